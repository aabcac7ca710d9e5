"""Answers into the file: all of them or none, nothing else touched, everything wrong in a sentence."""

from __future__ import annotations

import csv
import io
import json
import os

import pytest


@pytest.fixture
def proposed(plants, albench_in):
    """Propose four rows, and return their places in the file, counted from 0."""
    done = albench_in(plants.folder, "next", "my.yaml", "--strategy", "margin", "-n", 4)
    return [int(record["albench_row"]) - 1 for record in csv.DictReader(io.StringIO(done.stdout, newline=""))]


@pytest.fixture
def hand_in(plants, albench_in):
    """Return a function that hands in answers: pairs of row (from 1) and kind, or the text or bytes of a file."""

    def write(answers, *arguments, name="answers.csv"):
        text = answers
        if not isinstance(answers, str | bytes):
            text = "".join(["albench_row,kind\n", *(f"{row},{kind}\n" for row, kind in answers)])
        (plants.folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
        return albench_in(plants.folder, "next", "my.yaml", "--answers", name, *arguments)

    return write


def refuse(plants, hand_in, *arguments, **name):
    before, log = plants.data.read_bytes(), plants.log.read_bytes()
    done = hand_in(*arguments, **name)
    assert done.returncode == 2, done.stderr
    assert (plants.data.read_bytes(), plants.log.read_bytes()) == (before, log)
    return " ".join(done.stderr.split())


def test_answers_fill_the_target_cells_and_nothing_else_changes(plants, proposed, hand_in):
    before = plants.data.read_bytes()
    done = hand_in([(row + 1, plants.rows[row][-1]) for row in proposed])
    assert done.stderr == "answers.csv: 4 labels written\n"
    expected = make_file(plants, {*range(12), *proposed})
    assert plants.data.read_bytes() == expected != before
    assert (plants.folder / "plants.csv.bak").read_bytes() == before
    assert [path.name for path in plants.folder.iterdir() if "partial" in path.name] == []


def make_file(plants, known):
    now = plants.data.read_bytes()
    plants.label(known)
    expected = plants.data.read_bytes()
    plants.data.write_bytes(now)
    return expected


def test_rows_without_an_answer_are_skipped_and_counted(plants, proposed, hand_in):
    done = hand_in([(proposed[0] + 1, "rose"), (proposed[1] + 1, ""), (proposed[2] + 1, "?")])
    assert done.stderr == "answers.csv: 1 label written; 2 rows without an answer skipped\n"
    assert sum(map(bool, plants.read_kinds())) == 13


def test_answers_may_come_in_parts_and_again(plants, proposed, hand_in):
    first, second = ([(row + 1, "rose") for row in rows] for rows in (proposed[:1], proposed))
    assert hand_in(first).returncode == 0
    done = hand_in(second)
    assert done.stderr == "answers.csv: 3 labels written; 1 row had the same label already\n"
    assert hand_in(second).stderr.startswith("answers.csv: 0 labels written; 4 rows had the same")


def test_rows_that_do_not_belong_are_refused(plants, proposed, hand_in):
    other = next(row for row in range(12, 140) if row not in proposed)
    problem = refuse(plants, hand_in, [(proposed[0] + 1, "rose"), (other + 1, "rose"), (999, "lily")])
    assert "2 answers cannot be taken, and nothing was written" in problem
    assert f"line 3: row {other + 1} was never proposed" in problem
    assert "line 4: there is no row 999 in plants.csv" in problem


def test_rows_that_are_answered_twice_are_refused(plants, proposed, hand_in):
    row = proposed[0] + 1
    assert f"line 3: row {row} is answered twice, here and in line 2" in refuse(
        plants, hand_in, [(row, "rose"), (row, "rose")]
    )
    hand_in([(row, "rose")])
    assert f"row {row} is labelled 'rose' already, and 'lily' here" in refuse(
        plants, hand_in, [(row, "lily")]
    )


def test_new_classes_are_taken_on_demand_alone(plants, proposed, hand_in):
    answers = [(proposed[0] + 1, "roze"), (proposed[1] + 1, "lily")]
    problem = refuse(plants, hand_in, answers)
    assert "no class 'roze' so far: did you mean 'rose'?; --allow-new-classes" in problem
    done = hand_in(answers, "--allow-new-classes")
    assert done.stderr == "answers.csv: 2 labels written; new classes: roze\n"
    assert plants.read_kinds()[proposed[0]] == "roze"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.csv", "", "the file is empty"),
        ("a.csv", "row,kind\n1,rose\n", "line 2: there is no 'albench_row'"),
        ("a.csv", "albench_row,label\n1,rose\n", "line 2: there is no 'kind', the column of the labels"),
        ("a.csv", "albench_row,kind\n1,rose,\n", "line 2: the header has 2 cells, this row 3"),
        ("a.jsonl", "{}\n{\n", "line 2: cannot be read as JSON"),
        ("a.jsonl", "{}\n" + "[" * 100_000, "line 2: cannot be read as JSON"),
        ("a.json", "[" * 100_000, "cannot be read as JSON"),
        ("a.json", "{}", "it is no list of tasks or records"),
        ("a.json", "[3]", "item 1: it is no object of names and values"),
        ("a.json", '[{"data": {}, "annotations": [1]}]', "item 1: it is neither as Label Studio exports it"),
        ("a.json", '[{"id": 1, "fields": {}, "responses": {"kind": [{}]}}]', "KeyError: 'value'"),
        ("a.xlsx", "PK", "answers are read from .csv, .tsv, .txt, .jsonl and .json files: save it as such"),
        ("a.csv", "albench_row,kind,kind\n1,rose,\n", "the header has 'kind' twice"),
        ("a.csv", "sep=;\n", "the file is empty"),
        (
            "a.csv",
            "albench_row, Kind\n1,rose\n",
            "there is no 'kind', the column of the labels: ' Kind' is spelt",
        ),
    ],
)
def test_files_that_are_no_answers_are_refused(plants, proposed, hand_in, name, text, words):
    assert words in refuse(plants, hand_in, text, name=name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(plants, proposed, albench_in):
    os.mkfifo(plants.folder / "answers.csv")
    ended = albench_in(plants.folder, "next", "my.yaml", "--answers", "answers.csv")
    assert ended.returncode == 2
    assert "answers.csv: it is a pipe or a device, no file: save the answers as a file" in ended.stderr


@pytest.mark.parametrize(
    ("begin", "separator", "newline", "encoding", "name"),
    [
        ("\ufeff", ";", "\r\n", "utf-8", "a.csv"),
        ("", "\t", "\n", "utf-8", "a.csv"),
        ("sep=;\r\n", ";", "\r\n", "utf-8", "a.csv"),
        ("", "\t", "\r\n", "utf-16", "a.txt"),
        ("", ",", "\r", "utf-8", "a.csv"),
    ],
    ids=["semicolons", "tabs in csv", "sep=", "Unicode text", "old line ends"],
)
def test_answers_are_read_as_spreadsheets_write_them(
    plants, proposed, hand_in, begin, separator, newline, encoding, name
):
    rows = [(row + 1, plants.rows[row][-1], "é\u2028ü") for row in reversed(proposed)]
    lines = [
        separator.join(map(str, cells)) for cells in (("albench_row", "kind", "note"), *rows, ("", "", ""))
    ]
    answers = (begin + newline.join(lines)).encode(encoding)
    assert hand_in(answers, name=name).stderr == f"{name}: 4 labels written\n"
    assert [plants.read_kinds()[row] for row in proposed] == [plants.rows[row][-1] for row in proposed]


def test_numbers_of_rows_may_have_a_decimal_point(plants, proposed, hand_in):
    assert hand_in([(f"{row + 1}.0", "rose") for row in proposed]).stderr == "answers.csv: 4 labels written\n"


def test_a_file_in_another_encoding_is_told_how_to_save_it(plants, proposed, hand_in):
    answers = f"albench_row,kind\n{proposed[0] + 1},é\n".encode("cp1252")
    assert "a.csv: line 2 is not in UTF-8: save it as 'CSV UTF-8'" in refuse(
        plants, hand_in, answers, name="a.csv"
    )


def test_answers_are_read_from_json_lines(plants, proposed, hand_in):
    lines = [json.dumps({"albench_row": str(row + 1), "kind": "rose"}) for row in proposed]
    assert hand_in("\n".join(lines), name="a.jsonl").stderr == "a.jsonl: 4 labels written\n"


def annotate(row, *choices, cancelled=False):
    """A task as Label Studio exports it (labelstud.io/guide/export, raw JSON of completed tasks)."""
    result = [
        {
            "id": f"x{place}",
            "from_name": "kind",
            "to_name": "note",
            "type": "choices",
            "origin": "manual",
            "value": {"choices": list(choice)},
        }
        for place, choice in enumerate(choices)
    ]
    annotations = [
        {"id": place, "completed_by": place, "result": [item], "was_cancelled": False, "ground_truth": False}
        for place, item in enumerate(result)
    ]
    if cancelled:
        annotations.append({"id": 9, "completed_by": 1, "result": [], "was_cancelled": True})
    return {"id": row, "data": {"note": "...", "albench_row": str(row + 1)}, "annotations": annotations}


def test_answers_are_read_from_an_export_of_label_studio(plants, proposed, hand_in):
    a, b, c, d = proposed
    tasks = [annotate(a, ["rose"]), annotate(b, ["lily"], ["lily"]), annotate(c, cancelled=True), annotate(d)]
    done = hand_in(json.dumps(tasks), name="export.json")
    assert done.stderr == "export.json: 2 labels written; 2 rows without an answer skipped\n"
    assert [plants.read_kinds()[row] for row in proposed] == ["rose", "lily", "", ""]
    rows = json.loads(plants.log.read_text(encoding="utf-8").splitlines()[-1])["rows"]
    assert [row["by"] for row in rows] == ["0", "0, 1"]


def test_annotators_who_disagree_are_named(plants, proposed, hand_in):
    row = proposed[0]
    problem = refuse(plants, hand_in, json.dumps([annotate(row, ["rose"], ["lily"])]), name="export.json")
    assert f"item 1: row {row + 1} is answered twice, here and in item 1" in problem
    problem = refuse(plants, hand_in, json.dumps([annotate(row, ["rose", "lily"])]), name="export.json")
    assert "item 1: an annotation chooses 2 classes, rose, lily" in problem


def test_answers_are_read_from_records_of_argilla(plants, proposed, hand_in):
    def respond(row, *values):
        answers = [{"value": value, "user_id": f"u{i}"} for i, value in enumerate(values)]
        return {"id": str(row + 1), "fields": {"note": "..."}, "responses": {"kind": answers}}

    records = [respond(proposed[0], "rose", "rose"), respond(proposed[1])]
    done = hand_in(json.dumps(records), name="records.json")
    assert done.stderr == "records.json: 1 label written; 1 row without an answer skipped\n"


def test_answers_and_the_next_rows_in_one_command(plants, proposed, hand_in):
    done = hand_in([(row + 1, plants.rows[row][-1]) for row in proposed], "--strategy", "margin", "-n", "2")
    assert done.stderr.startswith("answers.csv: 4 labels written\n2 rows by margin, round 2")
    assert len(list(csv.DictReader(io.StringIO(done.stdout, newline="")))) == 2
