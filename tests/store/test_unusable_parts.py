"""Parts that no run has written: named, left out and kept, while the rest is read; a run makes them again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import albench
from albench.cli import main
from albench.store.checksum import add_checksum
from albench.store.folder import TRIAL, ResultsFolder

SPEC = """
datasets: [iris]
models: [gaussian_nb]
strategies: [random, margin]
seed_sizes: 5
batch_sizes: 5
budgets: 20
repeats: 2
execution: {n_jobs: 1}
"""
posix = pytest.mark.skipif(sys.platform == "win32", reason="named pipes and links are POSIX")
AS_OWNER = Path(__file__).parents[1] / "runner" / "files" / "as_owner.py"
VOLATILE = ["fit_s", "query_s", "score_s", "wall_s", "peak_mib", "finished_at"]


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    place = tmp_path_factory.mktemp("ran")
    (place / "small.yaml").write_text(SPEC, encoding="utf-8")
    albench.run(place / "small.yaml", results=place / "results")
    return place


@pytest.fixture
def spec(ran, tmp_path):
    shutil.copytree(ran, tmp_path, dirs_exist_ok=True)
    return tmp_path / "small.yaml"


@pytest.fixture
def opened(spec, tmp_path):
    return lambda: albench.open_results(spec, results=tmp_path / "results")


@pytest.fixture
def command(spec, tmp_path, monkeypatch, capsys):
    """Run a command on the folder: its exit code, what it says and what it tells."""

    def called(name, *arguments):
        line = ["albench", name, str(spec), "--results", str(tmp_path / "results"), *arguments]
        monkeypatch.setattr(sys, "argv", line)
        # A reader of a named pipe would never end.
        signal.alarm(60)
        with pytest.raises(SystemExit) as ended:
            main()
        signal.alarm(0)
        return Ended(ended.value.code, *capsys.readouterr())

    return called


class Ended(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def write_frame(file, frame, *, with_checksum):
    if not with_checksum:
        frame.write_parquet(file)
        return
    frame.write_parquet(file)
    file.write_bytes(add_checksum(file.read_bytes()))


def as_text(name):
    return pl.col(name).list.eval(pl.element().cast(pl.String))


WRONG = {
    "tied as text": lambda frame: frame.with_columns(as_text("query.tied")),
    "tied that is too short": lambda frame: frame.with_columns(pl.col("query.tied").list.head(3)),
    "scores as text": lambda frame: frame.with_columns(as_text("score.accuracy")),
    "whole scores": lambda frame: frame.with_columns(pl.col("score.accuracy").cast(pl.List(pl.Int64))),
    "a score shorter than the rounds": lambda frame: frame.with_columns(pl.col("score.brier").list.head(2)),
    "a score that is missing": lambda frame: frame.drop("score.log_loss"),
    "a key that is a number": lambda frame: frame.with_columns(key=pl.lit(7)),
    "the key of another trial": lambda frame: frame.with_columns(key=pl.lit("0" * 64)),
    "no key": lambda frame: frame.drop("key"),
    "two rows": lambda frame: pl.concat([frame, frame]),
    "no rows": lambda frame: frame.head(0),
    "no metrics": lambda frame: frame.with_columns(metrics=pl.lit(None, pl.List(pl.String))),
    "an identity that is no JSON": lambda frame: frame.with_columns(identity=pl.lit("[" * 9999)),
    "the identity of a reference": lambda frame: frame.with_columns(identity=pl.lit('{"job": "reference"}')),
    "a status that there is not": lambda frame: frame.with_columns(status=pl.lit("fine")),
    "rounds that are text": lambda frame: frame.with_columns(rounds=pl.lit("four")),
}


@pytest.mark.parametrize(("with_checksum", "wrong"), list(zip(cycle((False, True)), WRONG, strict=False)))
def test_a_part_of_wrong_columns_is_left_out_and_made_again(spec, opened, wrong, with_checksum):
    before = opened()
    trials, curves = before.trials, before.curves
    file = min(before.folder.parts.glob("trial-*"))
    frame = WRONG[wrong](pl.read_parquet(file))
    write_frame(file, frame, with_checksum=with_checksum)
    content, key = file.read_bytes(), file.stem.removeprefix("trial-")

    results = opened()
    assert results.n_missing == 1
    assert_frame_equal(results.trials, trials.filter(pl.col("key") != key))
    assert_frame_equal(
        results.curves.sort("key", "round"), curves.filter(pl.col("key") != key).sort("key", "round")
    )
    (note,) = results.notes
    assert f"'{file}' cannot be used: " in note
    assert file.read_bytes() == content, "a reader changes nothing"

    again = albench.run(spec, results=results.folder.path.parent)
    assert (again.folder.aside / file.name).read_bytes() == content
    assert again.notes == opened().notes == ()
    assert_frame_equal(again.trials.drop(VOLATILE), trials.drop(VOLATILE))
    assert albench.plan(spec, results=results.folder.path.parent).to_run == 0


def test_a_reference_under_the_name_of_a_trial_is_no_trial(spec, opened):
    folder = opened().folder
    reference = min(folder.parts.glob("reference-*"))
    shutil.copy(reference, folder.parts / "trial-x.parquet")
    assert opened().n_missing == 0
    (note,) = opened().notes
    assert "trial-x.parquet' cannot be used: " in note


def test_columns_that_nobody_knows_are_no_mistake_and_are_kept(spec, opened, tmp_path):
    """Another version may have added them."""
    folder = opened().folder
    first, second = sorted(folder.parts.glob("trial-*"))[:2]
    pl.read_parquet(first).with_columns(source=pl.lit("a"), other=pl.lit(1)).write_parquet(first)
    pl.read_parquet(second).with_columns(source=pl.lit("b"), other=pl.lit("c")).write_parquet(second)
    assert opened().notes == ()
    albench.merge([folder.path], into=tmp_path / "merged")
    merged = ResultsFolder(tmp_path / "merged")
    rows = merged.read_rows(TRIAL, merged.list_keys(TRIAL))
    assert rows["source"].drop_nulls().sort().to_list() == ["a", "b"]
    assert rows.height == 6


def test_of_a_segment_only_the_wrong_rows_are_left_out(spec, opened):
    folder = opened().folder
    folder.compact()
    (segment,) = folder.segments.glob("trial-*")
    rows = pl.read_parquet(segment)
    key = rows["key"][2]
    is_second = pl.col("key") == key
    short = pl.when(is_second).then(pl.col("query.tied").list.head(1)).otherwise(pl.col("query.tied"))
    rows.with_columns(short.alias("query.tied")).write_parquet(segment)
    content = segment.read_bytes()
    results = opened()
    assert set(results.trials["key"]) == set(rows["key"]) - {key}
    assert "1 of the rows of" in results.notes[0]
    again = albench.run(spec, results=folder.path.parent)
    assert again.n_missing == 0
    assert set(again.trials["key"]) == set(rows["key"])
    assert (folder.aside / segment.name).read_bytes() == content
    assert opened().notes == ()


def in_place_of(path, kind, outside):
    """Put something else in the place of a file or folder, which goes outside."""
    outside.mkdir(exist_ok=True)
    path.rename(outside / path.name)
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to(outside / path.name)


@posix
@pytest.mark.parametrize("kind", ["folder", "pipe", "link"])
def test_what_is_no_plain_file_is_not_read_as_a_part(spec, opened, command, tmp_path, kind):
    file = min(opened().folder.parts.glob("trial-*"))
    in_place_of(file, kind, tmp_path / "outside")
    words = {"folder": "it is a folder", "pipe": "it is a named pipe", "link": "it is a symbolic link"}
    done = command("status")
    assert done.returncode == 0, done.stderr
    assert f"'{file}' cannot be used: {words[kind]}" in done.stderr
    assert "5 of 6 trials done, 1 missing" in done.stdout
    assert command("report").returncode == 0
    ran = command("run", "--quiet")
    assert ran.returncode == 0, ran.stderr
    assert opened().n_missing == 0
    assert list((opened().folder.aside).iterdir()) == [opened().folder.aside / file.name]


@posix
@pytest.mark.parametrize("kind", ["pipe", "link"])
@pytest.mark.parametrize("name", ["experiment.yaml", "resolved.yaml", "plan/trials.parquet", "datasets.json"])
def test_what_is_no_plain_file_is_not_read_beside_the_parts(command, opened, tmp_path, kind, name):
    in_place_of(opened().folder.path / name, kind, tmp_path / "outside")
    done = command("status" if name == "experiment.yaml" else "report")
    assert done.returncode == 2
    assert f"{name}' is a {'named pipe' if kind == 'pipe' else 'symbolic link'}, not a file" in done.stderr


@posix
@pytest.mark.parametrize(
    ("name", "commands"),
    [("tables", ["report", "run"]), ("parts", ["run"]), ("plan", ["run"]), ("segments", ["run"])],
)
def test_a_folder_that_is_a_link_is_neither_written_nor_tidied(
    spec, opened, command, tmp_path, name, commands
):
    opened().report()
    folder, outside = opened().folder, tmp_path / "outside"
    folder.segments.mkdir()
    in_place_of(folder.path / name, "link", outside)
    half = outside / name / ".another.csv.999999999.partial"
    half.write_text("of somebody else")
    before = {path.name: path.read_bytes() for path in (outside / name).iterdir()}
    for each in commands:
        done = command(each)
        assert done.returncode == 2, done.stderr
        assert f"{name}' is a symbolic link, not a folder" in done.stderr
    assert {path.name: path.read_bytes() for path in (outside / name).iterdir()} == before


@posix
def test_a_results_folder_may_be_a_link_itself(spec, opened, command, tmp_path):
    """To a disk with more room."""
    in_place_of(opened().folder.path, "link", tmp_path / "outside")
    assert command("run", "--quiet").returncode == 0
    assert command("status").stdout.startswith(f"{opened().folder.path}: 6 of 6 trials done")


@posix
@pytest.mark.parametrize("kind", ["file", "pipe", "link to itself"])
def test_what_is_no_results_folder_at_all_is_told(spec, command, tmp_path, monkeypatch, capsys, kind):
    place = tmp_path / "results" / "small"
    sound = place.rename(tmp_path / "sound")
    if kind == "file":
        place.touch()
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to(place)
    for name in ("status", "report", "run"):
        assert command(name).returncode == 2
    monkeypatch.setattr(sys, "argv", ["albench", "merge", str(sound), "--into", str(place)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "bug in albench" not in capsys.readouterr().err


@posix
def test_parts_that_may_not_be_read_are_not_taken_for_none(spec, opened, tmp_path):
    parts = opened().folder.parts
    parts.chmod(0)
    try:
        line = [sys.executable, AS_OWNER, "status", str(spec), "--results", str(tmp_path / "results")]
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        with_merge = [sys.executable, AS_OWNER, "merge", str(parts.parent), "--into", str(tmp_path / "all")]
        merged = subprocess.run(with_merge, capture_output=True, text=True, check=False)
    finally:
        parts.chmod(0o755)
    for ended in (done, merged):
        assert ended.returncode == 2, ended.stdout
        assert f"'{parts}' cannot be read: Permission denied" in ended.stderr
    assert not (tmp_path / "all").exists()


def test_a_plan_of_keys_alone_is_named_and_a_run_writes_it_again(spec, opened, command):
    file = opened().folder.path / "plan" / "trials.parquet"
    pl.read_parquet(file).select("key").write_parquet(file)
    for name in ("status", "report"):
        done = command(name)
        assert done.returncode == 2
        assert "trials.parquet' is damaged (it has no column 'dataset')" in done.stderr
    assert command("run", "--quiet").returncode == 0
    assert command("status").returncode == 0


@pytest.mark.parametrize("content", ['{"a":' * 100_000, "[" * 100_000, '{"a":' * 900 + "1" + "}" * 900])
def test_environments_nested_without_end_are_named(opened, command, content):
    (opened().folder.path / "environment.json").write_text(content)
    done = command("report")
    assert done.returncode == 2
    assert "environment.json' is damaged (" in done.stderr
    assert command("run", "--quiet").returncode == 0


@pytest.mark.parametrize("name", ["status", "run"])
def test_of_many_parts_that_cannot_be_used_the_first_are_named_and_the_others_counted(
    command, tmp_path, name
):
    (parts,) = (tmp_path / "results").glob("*/parts")
    for number in range(50):
        (parts / f"trial-{number:064x}.parquet").write_bytes(b"")
    ended = command(name)
    assert ended.returncode == 0
    assert ended.stderr.count("cannot be used") == 10
    assert "note: and 40 more" in ended.stderr
