"""`albench next` on a state: which rows, what the log keeps, what it refuses in a sentence."""

from __future__ import annotations

import csv
import io
import json

import pytest
from partly_labelled import KINDS, write_rows


@pytest.fixture
def propose(plants, albench_in):
    """Return a function that asks for rows: their places in the file, counted from 0."""

    def ask(*arguments, strategy="margin", n=4):
        done = albench_in(plants.folder, "next", "my.yaml", "--strategy", strategy, "-n", n, *arguments)
        assert done.returncode == 0, done.stderr
        records = csv.DictReader(io.StringIO(done.stdout, newline=""))
        return [int(record["albench_row"]) - 1 for record in records]

    return ask


@pytest.fixture
def answer(plants, albench_in):
    """Return a function that answers rows with their true kinds."""

    def write(rows):
        file = plants.folder / "answers.csv"
        lines = [f"{row + 1},{plants.rows[row][-1]}" for row in rows]
        file.write_text("\n".join(["albench_row,kind", *lines]), encoding="utf-8")
        done = albench_in(plants.folder, "next", "my.yaml", "--answers", file, "--by", "ann")
        assert done.returncode == 0, done.stderr

    return write


def read_events(plants):
    return [json.loads(line) for line in plants.log.read_text(encoding="utf-8").splitlines()]


def refuse(plants, albench_in, *arguments):
    before = plants.data.read_bytes()
    done = albench_in(plants.folder, "next", "my.yaml", *arguments)
    assert done.returncode == 2
    assert plants.data.read_bytes() == before
    return " ".join(done.stderr.split())


@pytest.mark.parametrize("strategy", ["margin", "random", "typiclust"])
def test_rows_are_the_same_until_answers_come_and_never_labelled(propose, answer, strategy):
    first = propose(strategy=strategy)
    assert propose(strategy=strategy) == first
    assert min(first) >= 12
    answer(first[:3])
    second = propose(strategy=strategy)
    assert not set(second) & {*range(12), *first[:3]}
    assert second != first


def test_a_proposal_says_why(plants, albench_in):
    done = albench_in(plants.folder, "next", "my.yaml", "--strategy", "margin", "-n", 1)
    (record,) = csv.DictReader(io.StringIO(done.stdout, newline=""))
    assert record["kind"] == ""
    assert record["albench_order"] == "1"
    words = record["albench_reason"].split()
    assert " ".join(words[:4]) == "the two likeliest classes,"
    gap = 1 - float(record["albench_utility"])
    assert words[-2:] == (["0.01" if gap < 0.005 else f"{gap:.2f}", "apart"])
    assert set(words[4:7]) <= {*KINDS, *(f"{kind}," for kind in KINDS), "and"}


@pytest.mark.parametrize(
    ("strategy", "words"),
    [
        ("random", "drawn at random"),
        ("qbc", "members of the committee say"),
        ("entropy", "no class is sure"),
        ("least_confident", "the likeliest class,"),
        ("k_center", "farther from the labelled rows than 99 % of"),
    ],
)
def test_every_kind_of_strategy_has_its_reason(plants, albench_in, strategy, words):
    done = albench_in(plants.folder, "next", "my.yaml", "--strategy", strategy, "-n", 1)
    assert words in done.stdout


def test_relevance_says_how_probable_the_class_is_that_is_searched_for(plants, albench_in):
    done = albench_in(plants.folder, "next", "my.yaml", "--strategy", "relevance", "-n", 1)
    (record,) = csv.DictReader(io.StringIO(done.stdout, newline=""))
    # The last class in the alphabet, unless one is named.
    probability = float(record["albench_utility"])
    assert record["albench_reason"] == f"it is {max(KINDS)} with probability {probability:.2f}"


def test_the_log_says_who_was_asked_for_what(plants, propose, answer):
    first = propose("--by", "bob")
    propose("--by", "bob")
    answer(first[:2])
    second = propose("--by", "bob", strategy="random", n=3)
    proposed, answered, proposed_again = read_events(plants)
    assert [event["by"] for event in (proposed, answered, proposed_again)] == ["bob", "ann", "bob"]
    assert proposed["time"] <= answered["time"] <= proposed_again["time"]
    assert (proposed["strategy"], proposed_again["strategy"]) == ("margin", "random")
    assert proposed["components"]["strategy"] == {"name": "margin", "version": 1}
    assert [int(row["row"]) - 1 for row in proposed["rows"]] == first
    assert {row["predicted"] for row in proposed["rows"]} <= set(KINDS)
    assert [int(row["row"]) for row in proposed["labelled"]] == list(range(1, 13))
    assert answered["rows"] == [
        {"row": str(row + 1), "label": plants.rows[row][-1], "by": None} for row in first[:2]
    ]
    assert (proposed["round"], proposed_again["round"], proposed_again["n"]) == (0, 1, 3)
    assert [int(row["row"]) - 1 for row in proposed_again["labelled"]] == first[:2]
    assert [int(row["row"]) - 1 for row in proposed_again["rows"]] == second
    assert proposed["project"] == proposed_again["project"]


def test_labels_that_came_another_way_are_part_of_the_next_round(plants, propose):
    propose()
    plants.label({*range(12), 77})
    propose()
    assert [row["row"] for row in read_events(plants)[-1]["labelled"]] == ["78"]


def test_what_stands_in_the_way_is_a_sentence(plants, albench_in):
    plants.label(())
    assert "no row that can be proposed has a label yet" in refuse(plants, albench_in, "--strategy", "margin")
    plants.label([i for i in range(140) if plants.rows[i][-1] == "rose"])
    assert "all labelled rows are of class 'rose', from which no model learns" in refuse(
        plants, albench_in, "--strategy", "margin"
    )
    plants.label(range(138))
    assert "3 rows are asked for, and 2 rows without a label are left: -n 2" in refuse(
        plants, albench_in, "--strategy", "margin", "-n", 3
    )
    plants.label(range(140))
    assert "every row has a label: there is none left to propose" in refuse(
        plants, albench_in, "--strategy", "margin"
    )
    plants.label(range(12))
    assert "no strategy 'margn'; did you mean 'margin'?" in refuse(plants, albench_in, "--strategy", "margn")
    assert "looks at hidden labels" in refuse(plants, albench_in, "--strategy", "oracle_greedy")
    assert "looks at prices" in refuse(plants, albench_in, "--strategy", "{per_cost: margin}")
    assert "say which strategy proposes: --strategy 'margin'" in refuse(plants, albench_in)
    assert not plants.log.exists()


def test_a_spec_of_several_says_which(plants, albench_in):
    text = plants.spec.read_text(encoding="utf-8").replace("models: [", "models: [gaussian_nb, ")
    plants.spec.write_text(text, encoding="utf-8")
    problem = refuse(plants, albench_in, "--strategy", "margin")
    assert (
        "the experiment has 2 models, 'gaussian_nb' and 'logistic_regression': say which: --model" in problem
    )
    assert "no model 'gaussian'" in refuse(plants, albench_in, "--strategy", "margin", "--model", "gaussian")
    done = albench_in(plants.folder, "next", "my.yaml", "--strategy", "margin", "--model", "gaussian_nb")
    assert done.returncode == 0


def test_the_smaller_pools_of_a_pilot_are_no_datasets_to_choose_from(plants, albench_in):
    text = plants.spec.read_text(encoding="utf-8").replace("split: declared", "pilot: {budget: 300}")
    plants.spec.write_text(text.replace(", test_file: test.csv", ""), encoding="utf-8")
    done = albench_in(plants.folder, "next", "my.yaml", "--strategy", "margin")
    assert done.returncode == 0, done.stderr


def test_a_file_whose_rows_have_moved_is_refused(plants, propose, albench_in):
    propose()
    plants.rows[0], plants.rows[1] = plants.rows[1], plants.rows[0]
    plants.label(range(12))
    problem = refuse(plants, albench_in, "--strategy", "margin")
    assert "changed since rows were proposed: rows 1, 2 have other features: restore it" in problem
    assert "declared as id" in problem
    spec = plants.spec.read_text(encoding="utf-8").replace("kind,", "kind, drop: length,", 1)
    plants.spec.write_text(spec, encoding="utf-8")
    problem = refuse(plants, albench_in, "--strategy", "margin")
    assert "more have other features, as if rows were inserted or a column added: restore it" in problem


def test_a_label_that_is_gone_is_noticed(plants, propose, albench_in):
    propose()
    plants.label(range(11))
    assert "row 12 had a label when rows were proposed, and has none now" in refuse(
        plants, albench_in, "--strategy", "margin"
    )


def test_rows_with_a_name_may_move_and_new_ones_come(plants, propose, albench_in):
    spec = plants.spec.read_text(encoding="utf-8").replace("kind,", "kind, id: number,", 1)
    plants.spec.write_text(
        spec.replace("test_file: test.csv", "drop: []").replace("declared", "holdout"), "utf-8"
    )

    def write(order):
        rows = [[f"p{i}", *plants.rows[i][1:-1], plants.rows[i][-1] if i < 12 else ""] for i in order]
        write_rows(plants.data, rows)
        plants.data.write_bytes(plants.data.read_bytes().replace(b"place", b"number", 1))

    def ask():
        done = albench_in(plants.folder, "next", "my.yaml", "--strategy", "margin", "-n", 4)
        assert done.returncode == 0, done.stderr
        return {record["albench_row"] for record in csv.DictReader(io.StringIO(done.stdout, newline=""))}

    write(range(130))
    first = ask()
    write(reversed(range(130)))
    assert ask() == first
    write(range(140))
    ask()
    write(range(1, 140))
    assert "row p0 is not there any more" in refuse(plants, albench_in, "--strategy", "margin")


def test_who_has_no_name_is_asked_for_it(plants, albench_in, monkeypatch):
    def fail():
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", fail)
    assert "--by NAME" in refuse(plants, albench_in, "--strategy", "margin")
    assert albench_in(plants.folder, "next", "my.yaml", "--strategy", "margin", "--by", "ann").returncode == 0


def test_a_file_that_may_hold_answers_is_not_written_over(plants, albench_in):
    (plants.folder / "batch.csv").write_text("answers", encoding="utf-8")
    assert "there already" in refuse(plants, albench_in, "--strategy", "margin", "-o", "batch.csv")
    assert (plants.folder / "batch.csv").read_text(encoding="utf-8") == "answers"


def test_data_that_labels_cannot_be_written_into_are_refused(plants, albench_in):
    spec = plants.spec.read_text(encoding="utf-8")
    plants.spec.write_text(spec.replace("target: kind", "target: {annotators: [kind, note]}"), "utf-8")
    assert "its target is a distribution in several columns" in refuse(
        plants, albench_in, "--strategy", "margin"
    )
    plants.spec.write_text(
        "datasets: iris\nmodels: knn\nstrategies: [random, margin]\nbudgets: 50\n", "utf-8"
    )
    assert "no file that labels can be written into" in refuse(plants, albench_in)


def test_rows_of_a_declared_test_part_are_never_proposed(plants, propose, albench_in):
    parts = ["test" if i % 4 == 0 else "train" for i in range(140)]
    rows = [
        [*row[:3], part, row[-1] if i < 12 else ""]
        for i, (row, part) in enumerate(zip(plants.rows, parts, strict=True))
    ]
    write_rows(plants.data, rows)
    spec = plants.spec.read_text(encoding="utf-8").replace("test_file: test.csv", "split: note")
    plants.spec.write_text(spec, encoding="utf-8")
    proposed = propose(n=96)
    assert sorted(proposed) == [i for i in range(12, 140) if i % 4]
    assert "97 rows are asked for, and 96 rows without a label are left" in refuse(
        plants, albench_in, "--strategy", "margin", "-n", 97
    )


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("strategy", ["margin", "badge", "clue", "k_center", "information_density"])
def test_texts_are_proposed_with_a_reason(plants, propose, strategy):
    spec = plants.spec.read_text(encoding="utf-8").replace("kind,", "kind, text: note,", 1)
    plants.spec.write_text(spec, encoding="utf-8")
    assert len(propose(strategy=strategy)) == 4


def test_another_format_of_the_same_rows_gives_the_same_proposal(plants, propose, albench_in):
    import polars as pl

    first = propose()
    pl.read_csv(plants.data).write_parquet(plants.folder / "plants.parquet")
    pl.read_csv(plants.folder / "test.csv").write_parquet(plants.folder / "test.parquet")
    text = plants.spec.read_text(encoding="utf-8").replace(".csv", ".parquet").replace("{csv:", "{parquet:")
    plants.spec.write_text(text, encoding="utf-8")
    assert propose() == first
