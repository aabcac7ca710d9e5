"""What the code of others says is kept, whatever it says, and bounded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from albench.cli import cli
from albench.errors import ModelError

FILE = Path(__file__).parent / "files" / "speaking.py"


@pytest.fixture
def run_strategies(run, tmp_path):
    """Run strategies of the file; return the results."""
    shutil.copy(FILE, tmp_path / "speaking.py")

    def ran(*names, **changes):
        mine = [f"./speaking.py:{name}" for name in names]
        return run(**{"datasets": ["iris"], "strategies": ["random", *mine], "repeats": 1, **changes})

    return ran


def test_a_failure_is_kept_whatever_it_says(run_strategies, tmp_path):
    results = run_strategies("Mute", "Unstorable", "Endless")
    assert (results.failed, results.n_missing) == (3, 0)
    rows = {row["strategy"]: row for row in results.failures.iter_rows(named=True)}
    where = " (in round 0, with 5 labels)"
    mute = "MuteError: (its message cannot be made: RuntimeError)"
    assert rows["Mute"]["reason"] == mute + where
    assert rows["Unstorable"]["reason"] == "ValueError: bad \\ud800" + where
    # 3,000,000 signs after "first line" and a new line, 11 signs; the first and the last 1,000 stay.
    left_out = "[... 2,998,011 characters are left out ...]"
    reason = f"ValueError: first line\n{'x' * 989} {left_out} {'x' * 1000}"
    assert rows["Endless"]["reason"] == reason + where
    assert 50_000 < len(rows["Endless"]["traceback"]) < 50_100
    assert rows["Endless"]["traceback"].startswith("Traceback (most recent call last):")
    assert "in utilities" in rows["Endless"]["traceback"]
    shown = {problem.split(": ", 1)[1] for problem in results.problems}
    assert shown == {mute + where, "ValueError: bad \\ud800" + where, "ValueError: first line"}
    process = CliRunner().invoke(
        cli, ["status", str(tmp_path / "small.yaml"), "--results", str(tmp_path / "results")]
    )
    assert process.exit_code == 0
    assert "ValueError: first line\n" in process.output
    assert "x" * 100 not in process.output


def test_a_warning_is_kept_whatever_it_says(run_strategies):
    trials = run_strategies("Warns").trials
    (reason,) = trials.filter(trials["strategy"] == "Warns")["reason"]
    # 5 labels of 30 are there at first, 5 more a round: 5 queries.
    assert reason == "UserWarning x5: bad \\ud800"


def test_a_model_and_its_reference_fail_with_what_they_cannot_say(run_strategies):
    results = run_strategies(models=["gaussian_nb", "./speaking.py:MuteModel"])
    message = "MuteError: (its message cannot be made: RuntimeError)"
    assert [row for row in results.references["reason"] if row] == [message]
    assert results.failed == 2
    assert all(row.startswith(message) for row in results.failures["reason"])


def test_a_preprocessing_that_cannot_say_why_is_named(run_strategies):
    with pytest.raises(ModelError, match=r"MuteStep: \(its message cannot be made: RuntimeError\)$"):
        run_strategies(preprocessing={"numeric": "./speaking.py:MuteStep"})
