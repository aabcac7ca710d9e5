"""`kill -9` at every call that changes the disk, then on: nothing durable is lost or written twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from albench.canonical import digest as key
from albench.store.folder import TRIAL, ResultsFolder
from albench.store.part_files import list_part_files

SCRIPT = Path(__file__).parent / "files" / "killed.py"
METRICS = ("accuracy", "log_loss")


def lines(file):
    return [tuple(json.loads(line)) for line in file.read_text().splitlines()]


@pytest.mark.skipif(sys.platform == "win32", reason="forks and SIGKILL are POSIX")
@pytest.mark.parametrize(
    "step",
    [
        pytest.param(29, id="quick"),
        pytest.param(
            1,
            id="all",
            marks=pytest.mark.skipif("ALBENCH_FAULTS" not in os.environ, reason="slow: nox -s faults"),
        ),
    ],
)
def test_killed_at_every_step_of_writing_compacting_and_removing(part, tmp_path, step):
    parts, place = tmp_path / "parts", tmp_path / "killed"
    parts.mkdir()
    place.mkdir()
    # The first trials are run again at last, wider: their segment is superseded and goes.
    wanted = [(i, 3) for i in range(6)] + [(i, 5) for i in range(4)]
    for n, (i, rounds) in enumerate(wanted):
        part(i, rounds=rounds, minute=n).write_parquet(parts / f"{n:02d}.parquet")
    subprocess.run([sys.executable, str(SCRIPT), str(place), str(parts), str(step)], check=True)
    runs = sorted(int(run.name) for run in place.iterdir())
    undisturbed = ResultsFolder(place / str(runs[-1]) / "results")
    assert len(lines(place / str(runs[-1]) / "killed")) == len(wanted)
    assert not lines(place / str(runs[-1]) / "resumed")
    assert len(runs) > 60 / step
    for run in runs:
        durable, resumed = (lines(place / str(run) / name) for name in ("killed", "resumed"))
        folder = ResultsFolder(place / str(run) / "results")
        stored = folder.read_stored_trials()
        assert {trial_key: stored_trial.coverage.labels for trial_key, stored_trial in stored.items()} == {
            key(i): 6 if i < 4 else 4 for i in range(6)
        }
        # A wider result may have been written and not yet logged; nothing that was logged is written again.
        assert not set(durable) & set(resumed), run
        assert len(durable) + len(resumed) >= len(wanted) - 1, run
        assert_frame_equal(folder.read_trials(stored), undisturbed.read_trials(stored))
        assert_frame_equal(folder.read_curves(stored, METRICS), undisturbed.read_curves(stored, METRICS))
        assert_frame_equal(folder.read_queries(stored), undisturbed.read_queries(stored))
        assert not list(folder.path.rglob("*.partial")), run
        files = list_part_files(folder.parts, folder.segments, TRIAL)
        assert len(files.loose) < 4
