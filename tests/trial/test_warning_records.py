"""What a trial is said to have warned of is its own, whichever trial of a process comes first."""

from __future__ import annotations

import sys
import threading
import warnings

import pytest

from albench.checking.pools import make_awkward_pools
from albench.contracts import Strategy
from albench.registry.lookup import import_user_class
from albench.trial.execute import run_trial
from albench.trial.warning_records import record_warnings

STRATEGY = """\
import warnings

warnings.warn("of its own import", DeprecationWarning)
warnings.simplefilter("error")
from albench import Strategy


class Warns(Strategy):
    def utilities(self, pool, state):
        import noisy_module

        warnings.warn("of the round", RuntimeWarning)
        return -pool.candidates.astype(float)
"""


@pytest.fixture
def noisy(tmp_path, monkeypatch):
    """A module that warns when it is imported; its name."""
    (tmp_path / "noisy_module.py").write_text(
        "import warnings\n\nwarnings.warn('of an import', DeprecationWarning, stacklevel=2)\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield "noisy_module"
    sys.modules.pop("noisy_module", None)


@pytest.mark.filterwarnings("ignore:of its own import")
def test_warnings_of_imports_are_no_property_of_a_trial(noisy, tmp_path):
    (tmp_path / "mine.py").write_text(STRATEGY, encoding="utf-8")
    strategy = import_user_class(Strategy, "./mine.py:Warns", tmp_path)()
    pool = make_awkward_pools()[0]
    task = pool.build_task(strategy)
    # As in a new worker, the first trial imports the class.
    del sys.modules[type(strategy).__module__]
    first, second = (run_trial(task, pool.build_arrays()) for _ in range(2))
    assert noisy in sys.modules
    assert first.notes == second.notes == f"RuntimeWarning x{pool.rounds}: of the round"


def test_another_thread_that_imports_is_not_the_trial(noisy):
    def work():
        __import__(noisy)
        warnings.warn("of its work", stacklevel=1)

    with record_warnings() as records:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert [str(record.message) for record in records] == ["of its work"]


def test_a_trial_that_is_run_by_a_module_on_its_import_has_its_warnings(tmp_path, monkeypatch):
    (tmp_path / "runs_a_trial.py").write_text(
        "import warnings\n"
        "from albench.trial.warning_records import record_warnings\n\n"
        "with record_warnings() as records:\n"
        "    warnings.warn('of the trial')\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    module = __import__("runs_a_trial")
    assert [str(record.message) for record in module.records] == ["of the trial"]
