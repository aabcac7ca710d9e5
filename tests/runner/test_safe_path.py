"""Modules in the working directory that no spec names are not imported, by no process of a run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import albench

MARKED = (
    "from pathlib import Path\n\n(Path(__file__).parent / f'{Path(__file__).stem} was imported').touch()\n"
)
OWN = """\
from albench import Strategy


class Mine(Strategy):
    def utilities(self, pool, state):
        return -pool.candidates.astype(float)
"""
# What the script of an installed albench does; Python puts the working directory first for -c and -m.
SCRIPT = "import sys; sys.path.remove(''); from albench.cli import main; main()"


@pytest.mark.parametrize(
    ("start", "execution"),
    [(["-c", SCRIPT], {"n_jobs": 1, "timeout": "5m"}), (["-m", "albench"], {"n_jobs": 1})],
    ids=["script", "module"],
)
def test_modules_beside_the_spec_are_not_imported(start, execution, write, tmp_path):
    names = ("random", "queue", "numbers", "decimal", "json", "numpy")
    for name in names:
        (tmp_path / f"{name}.py").write_text(MARKED, encoding="utf-8")
    (tmp_path / "my.py").write_text(OWN, encoding="utf-8")
    path = write(datasets=["iris"], strategies=["random", "./my.py:Mine"], repeats=1, execution=execution)
    source = {**os.environ, "PYTHONPATH": str(Path(albench.__file__).parents[1])}
    process = subprocess.run(
        [sys.executable, *start, "run", path.name, "--results", "results"],
        cwd=tmp_path,
        env=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    assert [name for name in names if (tmp_path / f"{name} was imported").exists()] == []


def test_the_processes_of_a_trial_have_the_variables_of_the_run(monkeypatch):
    from albench.runner.executors.loky import LokyExecutor

    for value in (None, "1"):
        monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
        if value is not None:
            monkeypatch.setenv("PYTHONSAFEPATH", value)
        executor = LokyExecutor(1)
        answers = list(executor.execute(lambda _: os.environ.get("PYTHONSAFEPATH"), [0], lambda *_: None))
        executor.close()
        assert answers == [value]
        assert os.environ.get("PYTHONSAFEPATH") == value
