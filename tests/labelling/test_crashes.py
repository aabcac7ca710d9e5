"""Whatever happens between two steps, no label is lost, and the next command goes on."""

from __future__ import annotations

import json
import threading
import time

import pytest

import albench
from albench.errors import DatasetError
from albench.files import acquire_lock
from albench.labelling import record, target_cells


@pytest.fixture
def answers(plants):
    """Propose four rows, and return a file of their answers."""
    rows = albench.propose(plants.spec, "margin", 4, by="ann").rows
    file = plants.folder / "a.csv"
    text = "".join(f"{row.key},{plants.rows[row.row][-1]}\n" for row in rows)
    file.write_text(f"albench_row,kind\n{text}", encoding="utf-8")
    return file


def fail(*_, **__):
    raise OSError(28, "No space left on device")


def test_a_crash_after_the_labels_and_before_the_log_is_made_good(plants, answers, monkeypatch):
    monkeypatch.setattr(record, "append_event", fail)
    with pytest.raises(OSError, match="No space"):
        albench.record_answers(plants.spec, answers, by="ann")
    monkeypatch.undo()
    assert sum(map(bool, plants.read_kinds())) == 16
    assert albench.record_answers(plants.spec, answers, by="ann").n_known == 4
    albench.propose(plants.spec, "margin", 4, by="ann")
    last = json.loads(plants.log.read_text(encoding="utf-8").splitlines()[-1])
    assert (last["round"], len(last["labelled"])) == (1, 4)


def test_a_disk_that_is_full_leaves_the_file_as_it_was(plants, answers, monkeypatch):
    before, log = plants.data.read_bytes(), plants.log.read_bytes()
    monkeypatch.setattr(target_cells, "replace_file", fail)
    with pytest.raises(OSError, match="No space"):
        albench.record_answers(plants.spec, answers, by="ann")
    assert (plants.data.read_bytes(), plants.log.read_bytes()) == (before, log)


def test_a_line_that_a_crash_has_cut_off_is_named(plants, answers):
    text = plants.log.read_bytes()
    # In the middle of a character.
    plants.log.write_bytes(text + '{"by": "é'.encode()[:-1])
    with pytest.raises(DatasetError, match="line 2 is no event of a labelling log: delete it if a crash has"):
        albench.propose(plants.spec, "margin", 4)


def test_a_log_that_lacks_a_line_is_noticed(plants, answers):
    albench.record_answers(plants.spec, answers)
    albench.propose(plants.spec, "margin", 4)
    lines = plants.log.read_text(encoding="utf-8").splitlines(keepends=True)
    plants.log.write_text("".join(lines[1:]), encoding="utf-8")
    with pytest.raises(DatasetError, match="its log lacks a line before the proposal of"):
        albench.propose(plants.spec, "margin", 4)


def test_two_commands_take_turns(plants, answers):
    lock = acquire_lock(plants.folder / ".plants.csv.lock")
    labelled = []

    def write():
        albench.record_answers(plants.spec, answers)
        labelled.append(sum(map(bool, plants.read_kinds())))

    thread = threading.Thread(target=write)
    with lock:
        thread.start()
        time.sleep(0.5)
        assert labelled == []
    thread.join(30)
    assert labelled == [16]
