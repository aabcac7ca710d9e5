"""Disks that are full or read-only, files that vanish or rot, a clock that is set back."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import albench

FILES = Path(__file__).parent / "files"
SMALL = {"datasets": ["iris"], "strategies": ["random", "margin"], "execution": {"n_jobs": 1}}
linux = pytest.mark.skipif(sys.platform != "linux", reason="limits and users are set as on Linux")
slow = pytest.mark.skipif("ALBENCH_FAULTS" not in os.environ, reason="slow: nox -s faults")


def called(*arguments, script=None, **options):
    program = ["-m", "albench"] if script is None else [str(FILES / script)]
    command = [sys.executable, *program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def see_told(done, *words):
    """See that a command ended with a message of one sentence or two, and no traceback."""
    assert done.returncode in (0, 1, 2, 3), done.stderr
    assert "Traceback" not in done.stderr
    assert "bug in albench" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


@linux
@pytest.mark.parametrize(
    ("call", "n"),
    [
        # The fourth file that is renamed is a table of the plan, the ninth a part.
        pytest.param("replace", 9, id="renaming a part"),
        pytest.param("fsync", 13, id="flushing a part", marks=slow),
        pytest.param("fsync", 3, id="flushing the spec", marks=slow),
        pytest.param("replace", 4, id="renaming the plan", marks=slow),
        pytest.param("write", 3000, id="writing", marks=slow),
        pytest.param("write", 8000, id="writing a part", marks=slow),
        pytest.param("replace", 20, id="the tables", marks=slow),
        pytest.param("write", 10**6, id="the page", marks=slow),
    ],
)
def test_a_full_disk_is_told_and_the_run_goes_on_when_there_is_room(
    write, run, tables, assert_same, tmp_path, albench_in, call, n
):
    path, results = write(**SMALL), tmp_path / "full"
    full = called(call, n, "run", path, "--results", results, script="full_disk.py")
    see_told(full, os.strerror(errno.ENOSPC) if call != "write" else "error: ")
    folder = results / "small" / "parts"
    assert not list(folder.glob(".*"))
    page = results / "small" / "report.html"
    assert not page.exists() or page.read_text(encoding="utf-8").rstrip().endswith("</html>")
    before = {part.name: part.read_bytes() for part in folder.glob("*.parquet")}
    again = albench_in(tmp_path, "run", path, "--results", results)
    assert again.returncode == 0, again.stderr
    assert before.items() <= {part.name: part.read_bytes() for part in folder.iterdir()}.items()
    assert_same(tables(albench.open_results(path, results=results)), tables(run(**SMALL)))


@linux
@slow
def test_a_read_only_folder_is_told(write, run, tmp_path):
    path, results = write(**SMALL), tmp_path / "results"
    run(**SMALL).report()
    folders = [Path(folder) for folder, _, _ in os.walk(results)]
    for file in results.rglob("*"):
        file.chmod(0o555 if file.is_dir() else 0o444)
    results.chmod(0o555)
    try:
        for command in ("run", "report"):
            seen = called(command, path, "--results", results, script="as_owner.py")
            see_told(seen, os.strerror(errno.EACCES))
        for command in ("status", "plan"):
            seen = called(command, path, "--results", results, script="as_owner.py")
            assert seen.returncode == 0, seen.stderr
    finally:
        for folder in folders:
            folder.chmod(0o755)


VANISHING = """\
import shutil
from pathlib import Path

from albench import Strategy


class Vanishing(Strategy):
    what: str

    def utilities(self, pool, state):
        if pool.round == 2:
            for found in Path(self.what).parent.glob(Path(self.what).name):
                shutil.rmtree(found) if found.is_dir() else found.unlink()
        return -pool.candidates.astype(float)
"""


def vanishing(run, write, tmp_path, what):
    (tmp_path / "mine.py").write_text(VANISHING, encoding="utf-8")
    strategy = {"./mine.py:Vanishing": {"what": str(what)}}
    return write(datasets=["iris"], strategies=["random", strategy], execution={"n_jobs": 1})


@slow
def test_a_results_folder_that_vanishes_is_told(run, write, tmp_path):
    path = vanishing(run, write, tmp_path, tmp_path / "results")
    see_told(
        called("run", path, "--results", tmp_path / "results"), "cannot write", "No such file or directory"
    )


@slow
def test_parts_that_vanish_are_missing_and_made_again(run, write, tmp_path):
    path = vanishing(run, write, tmp_path, tmp_path / "results" / "small" / "parts" / "trial-*")
    first = called("run", path, "--results", tmp_path / "results", "--quiet")
    assert first.returncode == 3
    (tmp_path / "mine.py").write_text(VANISHING.replace("== 2", "== 99"), encoding="utf-8")
    assert called("run", path, "--results", tmp_path / "results", "--quiet").returncode == 0
    assert albench.open_results(path, results=tmp_path / "results").n_missing == 0


@slow
def test_prepared_arrays_that_vanish_are_no_failures_of_trials(run, write, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    path = vanishing(run, write, tmp_path, scratch / "albench-*")
    done = called("run", path, "--results", tmp_path / "results", env={**os.environ, "TMPDIR": str(scratch)})
    see_told(done, "the arrays of a split", "TMPDIR")
    output = called("status", path, "--results", tmp_path / "results").stdout
    assert "failed" not in output


@pytest.mark.slow
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda content: content[: len(content) // 2], id="truncated", marks=slow),
        pytest.param(
            lambda content: content[:2000] + bytes([content[2000] ^ 1]) + content[2001:], id="a bit"
        ),
        pytest.param(lambda content: b"", id="empty", marks=slow),
        pytest.param(lambda content: content[:40] + b"\0" * 200 + content[240:], id="a hole", marks=slow),
        pytest.param(lambda content: b"PAR1" + b"x" * 500 + b"PAR1", id="garbage", marks=slow),
    ],
)
def test_a_spoiled_part_is_named_and_made_again(write, run, tables, assert_same, tmp_path, spoil, albench_in):
    path = write(**SMALL)
    results = run(**SMALL)
    expected = tables(results)
    part = min(results.folder.parts.glob("trial-*"))
    part.write_bytes(spoil(part.read_bytes()))
    for command in ("status", "report", "plan", "run"):
        done = albench_in(tmp_path, command, path, "--results", tmp_path / "results")
        assert done.returncode == 0
        see_told(done, f"{part.name}' cannot be used: ")
    assert_same(tables(albench.open_results(path, results=tmp_path / "results")), expected)


@slow
def test_a_clock_that_is_set_back_changes_no_number(write, run, tables, assert_same, tmp_path):
    spec = {**SMALL, "repeats": 1}
    run(**spec)
    path = write(**SMALL)
    done = called("run", path, "--results", tmp_path / "results", "--quiet", script="back_in_time.py")
    assert done.returncode == 0, done.stderr
    results = albench.open_results(path, results=tmp_path / "results")
    years = results.trials["finished_at"].dt.year()
    assert (years == 1999).sum() == results.trials.filter(pl.col("split") == 1).height == 3
    assert_same(tables(results), tables(run(where="elsewhere", **SMALL)))
    assert albench.plan(path, results=tmp_path / "results").to_run == 0
