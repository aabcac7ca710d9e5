"""Parts move into segments: the same trials before, during and after, each once, the newest version."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from albench.canonical import digest as key
from albench.coverage import Coverage
from albench.errors import ResultsError
from albench.store import segments
from albench.store.folder import REFERENCE, TRIAL

METRICS = ("accuracy", "log_loss")


def compacted(folder):
    segments.compact(folder.parts, folder.segments, TRIAL)


def everything(folder):
    keys = folder.list_keys(TRIAL)
    frames = folder.read_trials(keys), folder.read_curves(keys, METRICS), folder.read_queries(keys)
    return {"keys": keys, "stored": folder.read_stored_trials()}, frames


def test_a_compaction_changes_nothing_that_is_read(folder, part):
    for i in range(20):
        audit = "probabilities" if i % 5 == 0 else "picks"
        folder.write_part(TRIAL, part(i, rounds=3 + i % 4, metrics=METRICS[: 1 + i % 2], audit=audit))
    folder.write_part(TRIAL, part(20, status="failed"))
    before, frames = everything(folder)
    whole = folder.read_trial(key(5))
    compacted(folder)
    assert not list(folder.parts.iterdir())
    assert len(list(folder.segments.iterdir())) == 1
    after, others = everything(folder)
    assert after == before
    for frame, other in zip(frames, others, strict=True):
        assert_frame_equal(frame, other, check_exact=True)
    assert_frame_equal(folder.read_trial(key(5)), whole, check_column_order=False, check_exact=True)
    assert not [name for name in folder.read_trial(key(20)).columns if "." in name]


def test_the_newest_version_of_a_trial_is_read_wherever_it_lies(folder, part):
    for rounds in (3, 4, 5):
        folder.write_part(TRIAL, part(0, rounds=rounds))
        folder.write_part(TRIAL, part(rounds))
        assert folder.read_stored_trials()[key(0)].coverage.labels == rounds + 1
        if rounds < 5:
            compacted(folder)
        assert folder.read_stored_trials()[key(0)].coverage.labels == rounds + 1
    assert folder.read_curves([key(0)], METRICS)["curve.round"].to_list() == [[0, 1, 2, 3, 4]]
    assert folder.read_trials(folder.list_keys(TRIAL)).height == 4


def test_a_segment_goes_when_all_of_it_was_run_again(folder, part):
    for minute in range(3):
        for i in range(3):
            folder.write_part(TRIAL, part(i, rounds=3 + minute, minute=minute))
        compacted(folder)
        assert len(list(folder.segments.iterdir())) == 1
    assert {stored.coverage.labels for stored in folder.read_stored_trials().values()} == {6}


def test_there_are_never_more_loose_parts_than_that(folder, part, monkeypatch):
    assert segments.MAX_LOOSE_PARTS == 2000
    monkeypatch.setattr(segments, "MAX_LOOSE_PARTS", 10)
    most = 0
    for i in range(25):
        folder.write_part(TRIAL, part(i))
        most = max(most, len(list(folder.parts.iterdir())))
    assert most == 9
    assert len(list(folder.segments.iterdir())) == 2
    assert folder.list_keys(TRIAL) == {key(i) for i in range(25)}


def test_a_reader_beside_the_writer_misses_nothing(folder, part, monkeypatch):
    monkeypatch.setattr(segments, "MAX_LOOSE_PARTS", 4)
    written = []

    def write():
        for i in range(60):
            folder.write_part(TRIAL, part(i % 40, minute=i // 40))
            written.append(key(i % 40))

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        while not writing.done():
            there = set(written)
            assert there <= folder.list_keys(TRIAL)
            assert there <= folder.read_stored_trials().keys()
        writing.result()


def test_what_an_interrupted_compaction_has_left_is_tidied_up(folder, part):
    for i in range(4):
        folder.write_part(TRIAL, part(i))
    kept = {file: file.read_bytes() for file in folder.parts.iterdir()}
    compacted(folder)
    for file, content in kept.items():
        file.write_bytes(content)
    folder.write_part(TRIAL, part(0, rounds=9, minute=5))
    died = subprocess.Popen([sys.executable, "-c", ""])
    died.wait()
    (folder.segments / f".trial-000002.parquet.{died.pid}.partial").write_bytes(b"PAR1")
    assert folder.read_stored_trials()[key(0)].coverage.labels == 10
    folder.create()
    assert [file.name for file in folder.parts.iterdir()] == [folder.get_part_file(TRIAL, key(0)).name]
    assert [file.name for file in folder.segments.iterdir()] == ["trial-000001.parquet"]
    assert folder.read_stored_trials()[key(0)].coverage.labels == 10


def test_what_another_run_is_still_writing_stays_until_it_has_ended(folder):
    folder.create()
    writer = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    page = folder.path / f".report.html.{writer.pid}.partial"
    page.write_bytes(b"<html>")
    folder.create()
    assert page.read_bytes() == b"<html>"
    writer.communicate(b"\n")
    folder.create()
    assert not page.exists()


@pytest.mark.parametrize("damage", ["truncated", "emptied"])
@pytest.mark.parametrize("where", ["loose", "segment"])
def test_a_broken_file_is_named(folder, part, where, damage):
    for i in range(3):
        folder.write_part(TRIAL, part(i))
    if where == "segment":
        compacted(folder)
    file = next(iter((folder.parts if where == "loose" else folder.segments).iterdir()))
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2] if damage == "truncated" else b"")
    with pytest.raises(ResultsError, match=f"{file.name}' cannot be read .*remove it and run again"):
        folder.read_stored_trials()


def test_kinds_do_not_mix(folder, part):
    folder.write_part(TRIAL, part(0))
    reference = pl.DataFrame(
        {
            "key": [key(1)],
            "identity": ["{}"],
            "status": ["done"],
            "metrics": [["accuracy"]],
            "score.accuracy": 0.5,
        }
    )
    folder.write_part(REFERENCE, reference.with_columns(part(0)["finished_at"], part(0)["environment"]))
    for kind in (TRIAL, REFERENCE):
        segments.compact(folder.parts, folder.segments, kind)
    assert folder.list_keys(TRIAL) == {key(0)}
    assert folder.read_reference_coverages() == {key(1): Coverage(0, frozenset({"accuracy"}))}
    assert folder.read_references([key(1)], ["accuracy"])["score.accuracy"].to_list() == [0.5]
