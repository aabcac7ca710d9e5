"""A failure keeps what is needed to see it again, and is seen again by one command."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

import polars as pl
import pytest

import albench
from albench.errors import SpecError

slow = pytest.mark.skipif("ALBENCH_FAULTS" not in os.environ, reason="slow: nox -s faults")

MINE = """\
from albench import Strategy


class Mine(Strategy):
    def utilities(self, pool, state):
        if pool.features.shape[1] == 13 and pool.round == 1:
            return self.deeper(pool)
        return -pool.candidates.astype(float)

    def deeper(self, pool):
        raise RuntimeError("no wine")
"""
SPEC = {"strategies": ["random", "./mine.py:Mine"], "repeats": 1}


@pytest.fixture
def failed(run, tmp_path):
    (tmp_path / "mine.py").write_text(MINE, encoding="utf-8")
    return run(**SPEC)


def called(*arguments):
    command = [sys.executable, "-m", "albench", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def parts(results):
    return {part.name: part.read_bytes() for part in results.folder.parts.iterdir()}


def test_a_failure_keeps_exception_traceback_seed_and_command(failed, tmp_path):
    (row,) = failed.failures.iter_rows(named=True)
    assert (row["dataset"], row["strategy"], row["status"]) == ("wine", "Mine", "failed")
    assert row["reason"].startswith("RuntimeError: no wine (in round 1, with 10 labels)")
    assert 'in deeper\n    raise RuntimeError("no wine")' in row["traceback"]
    assert row["traceback"].endswith("RuntimeError: no wine\n")
    assert row["command"] == shlex.join(
        [
            "albench",
            "run",
            str(tmp_path / "small.yaml"),
            "--only",
            row["key"][:12],
            "--debug",
            "--results",
            str(tmp_path / "results"),
        ]
    )


def test_the_seed_is_that_of_the_task_model(run, tmp_path):
    """A model that fails tells the seed that it was given; the table of failures has the same."""
    (tmp_path / "mine.py").write_text(
        "from sklearn.linear_model import LogisticRegression\n\n\n"
        "class Mine(LogisticRegression):\n"
        "    def fit(self, X, y):\n"
        "        raise RuntimeError(f'seed {self.random_state}')\n",
        encoding="utf-8",
    )
    results = run(models=["./mine.py:Mine"], datasets=["iris"], repeats=1)
    # Two arms of random, margin, qbc, and a reference.
    assert results.failures.height == 5
    for row in results.failures.iter_rows(named=True):
        assert f"seed {row['seed']}" in row["reason"]
        assert "in fit" in row["traceback"]


def test_the_command_shows_the_traceback_and_writes_nothing(failed, albench_in, tmp_path):
    before = parts(failed)
    (command,) = failed.failures["command"]
    done = called(*shlex.split(command)[1:])
    assert done.returncode == 3
    assert done.stderr.startswith("Traceback (most recent call last):")
    assert 'in deeper\n    raise RuntimeError("no wine")\nRuntimeError: no wine\n' in done.stderr
    assert parts(failed) == before
    status = albench_in(tmp_path, "status", failed.experiment.path, "--results", failed.folder.path.parent)
    assert command in status.stdout


@slow
def test_a_trial_that_is_mended_says_so_and_then_runs_alone(failed, tmp_path):
    """Its code is part of its key: the key that failed leads to that of the code as it is."""
    (tmp_path / "mine.py").write_text(MINE.replace("== 13", "== 99"), encoding="utf-8")
    (key,), (command,) = failed.failures["key"], failed.failures["command"]
    trials = albench.plan(failed.experiment.path, results=tmp_path / "results").plan.trials
    (mended,) = (
        trial.identity.key for trial in trials if (trial.dataset, trial.strategy.label) == ("wine", "Mine")
    )
    seen = called(*shlex.split(command)[1:])
    assert (seen.returncode, seen.stderr) == (0, f"done: {mended}; nothing was written\n")
    before = parts(failed)
    alone = called("run", failed.experiment.path, "--results", tmp_path / "results", "--only", key[:8])
    assert alone.returncode == 0, alone.stderr
    after = parts(failed)
    assert {name for name, content in after.items() if before.get(name) != content} == {
        f"trial-{mended}.parquet"
    }
    # Results are those of the last whole run until there is another one.
    assert albench.run(failed.experiment.path, results=tmp_path / "results").failures.height == 0


@slow
def test_a_trial_that_kills_its_process_leaves_its_stack(run, tmp_path):
    code = MINE.replace('raise RuntimeError("no wine")', "ctypes.string_at(0)")
    (tmp_path / "mine.py").write_text(f"import ctypes\n\n{code}", encoding="utf-8")
    path = tmp_path / "small.yaml"
    results = run(execution={"n_jobs": 2}, **SPEC)
    (row,) = results.failures.iter_rows(named=True)
    assert row["reason"] == "its worker process died twice while it ran"
    assert row["traceback"] is None
    seen = called("run", path, "--only", row["key"][:12], "--debug")
    assert seen.returncode < 0
    assert "in deeper" in seen.stderr


def test_a_reference_can_be_seen_again_too(run, tmp_path):
    results = run(datasets=["iris"], repeats=1)
    (key,) = results.folder.read_columns("reference", None, {"key": pl.String()})["key"]
    record = albench.debug(tmp_path / "small.yaml", key[:10], results=tmp_path / "results")
    stored = results.references.row(0, named=True)
    assert (record.key, record.status) == (key, "done")
    assert {name: stored[name] for name in record.scores} == record.scores


def test_a_key_must_name_one_trial(failed, tmp_path):
    path = failed.experiment.path
    with pytest.raises(SpecError, match="no key of 'small' begins with 'xyz'"):
        albench.debug(path, "xyz")
    with pytest.raises(SpecError, match="8 keys of 'small' begin with ''"):
        albench.run(path, results=tmp_path / "results", only="")
    assert called("run", path, "--debug").returncode == 2
    assert called("run", path, "--only", "xyz", "--debug").returncode == 2
