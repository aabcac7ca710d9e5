"""A hundred trials that fail in the same way are one line, with one command to see it."""

from __future__ import annotations

import polars as pl
import pytest
from click.testing import CliRunner

import albench
from albench.cli import cli
from albench.cli.failures import format_failures

SPEC = """\
datasets: [iris, wine]
models: gaussian_nb
strategies: [random, ./mine.py:Broken]
seed_sizes: 5
budgets: 15
repeats: 2
execution: {n_jobs: 1}
"""
BROKEN = """
from albench import Strategy


class Broken(Strategy):
    def utilities(self, pool, state):
        raise RuntimeError("on purpose")
"""


def test_a_run_and_status_tell_equal_failures_once_with_a_command_that_shows_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "small.yaml").write_text(SPEC, encoding="utf-8")
    ran = CliRunner().invoke(cli, ["run", "small.yaml"], standalone_mode=False)
    status = CliRunner().invoke(cli, ["status", "small.yaml"], standalone_mode=False)
    error = "  failed: 4 of Broken on iris, wine with gaussian_nb: RuntimeError: on purpose"
    for output in (ran.stderr.partition("page: ")[2], status.stdout):
        lines = output.splitlines()
        place = lines.index(next(line for line in lines if line.startswith(error)))
        assert output.count("on purpose") == 1
        command = lines[place + 1].split()
        assert command[:3] == ["albench", "run", "small.yaml"]
    with pytest.raises(RuntimeError, match="on purpose"):
        albench.debug("small.yaml", command[command.index("--only") + 1])


def test_different_errors_are_told_apart_the_most_frequent_first():
    rows = [("late", 0), ("early", 1), ("early", 2), ("early\nof many lines", 3)]
    failures = pl.DataFrame(
        [
            {"dataset": f"d{n}", "model": "m", "strategy": None if n else "s", "split": n, "start": 0}
            | {"status": "failed", "reason": reason, "command": f"see {n}"}
            for reason, n in rows
        ]
    )
    assert list(format_failures(failures)) == [
        "  failed: 3 of reference on d1, d2, d3 with m: early",
        "    see 1",
        "  failed: d0 m s split 0 start 0: late",
        "    see 0",
    ]
