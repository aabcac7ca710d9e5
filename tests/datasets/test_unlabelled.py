"""Files in which some rows have no target value: which rows they are, and what of them counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml
from numpy.testing import assert_array_equal

from albench.contracts import DatasetSource, Table
from albench.datasets.facts import compute_dataset_hash
from albench.datasets.files.arff import ArffFile
from albench.datasets.files.csv import CsvFile
from albench.datasets.files.npz import NpzFile
from albench.datasets.files.parquet import ParquetFile
from albench.datasets.loading import load_table
from albench.errors import DatasetError

NOTES = """\
age,ward,note,kind
1,b,good morning,u
2,b,nice,

3,b,well,v
4,a,,\t
5,c,poor,u
6,d,fair,NA
7,,fine,v
"""
LABELLED = "age,ward,note,kind\n1,b,good morning,u\n3,b,well,v\n5,c,poor,u\n7,,fine,v\n"


def read(folder: Path, content: str = NOTES, unlabelled: tuple[str, ...] = ("keep",), **settings):
    (folder / "notes.csv").write_text(content)
    settings = {"target": "kind", "text": ("note",), **settings}
    return CsvFile(path="notes.csv", unlabelled=unlabelled, **settings).load(folder)


def test_rows_without_a_target_value_stand_apart_in_the_same_columns(tmp_path):
    table = read(tmp_path)
    unlabelled = table.unlabelled
    assert (table.n_rows, table.n_unlabelled, table.classes) == (4, 3, ("u", "v"))
    assert_array_equal(table.labels, [0, 1, 0, 1])
    assert_array_equal(unlabelled.labels, [-1, -1, -1])
    assert_array_equal(table.numeric[:, 0], [1, 3, 5, 7])
    assert_array_equal(unlabelled.numeric[:, 0], [2, 4, 6])
    assert unlabelled.text == (("nice", "", "fair"),)
    categories = [
        None if code < 0 else unlabelled.categories[0][code] for code in unlabelled.categorical[:, 0]
    ]
    assert categories == ["b", "a", "d"]
    assert unlabelled.categories[0][: len(table.categories[0])] == table.categories[0] == ("b", "c")
    for part in (table, unlabelled):
        assert not any(array.flags.writeable for array in (part.numeric, part.labels, part.file_rows))


def test_both_parts_know_their_rows_in_the_file(tmp_path):
    table = read(tmp_path)
    assert_array_equal(table.file_rows, [0, 2, 4, 6])
    assert_array_equal(table.unlabelled.file_rows, [1, 3, 5])
    rows = [line.split(",") for line in NOTES.splitlines()[1:] if line]
    for part in (table, table.unlabelled):
        assert_array_equal(part.numeric[:, 0], [float(rows[row][0]) for row in part.file_rows])


def test_rows_that_lend_nothing_change_no_key(tmp_path):
    alone = read(tmp_path, LABELLED, ())
    beside = read(tmp_path)
    assert compute_dataset_hash(beside) == compute_dataset_hash(alone)
    # A declared step sees these codes, so they may not depend on what other rows hold.
    assert_array_equal(beside.categorical, alone.categorical)
    assert beside.categories == alone.categories
    assert compute_dataset_hash(read(tmp_path, LABELLED)) == compute_dataset_hash(alone)


def test_rows_that_take_part_in_something_are_part_of_the_key(tmp_path):
    kept = read(tmp_path)
    used = replace(kept, unlabelled_uses=("preprocessing",))
    among = replace(kept, unlabelled_uses=("density",))
    moved = replace(used, unlabelled=replace(kept.unlabelled, numeric=kept.unlabelled.numeric + 1))
    assert len({compute_dataset_hash(table) for table in (kept, used, among, moved)}) == 4


def test_a_missing_target_value_is_an_error_that_names_the_way_out(tmp_path):
    with pytest.raises(DatasetError) as caught:
        read(tmp_path, unlabelled=())
    assert str(caught.value) == (
        "notes.csv: column 'kind', line 3: no target value (3 of 7 rows): fill it in, remove the row, or "
        "declare unlabelled: keep; if 'NA' is a class, declare missing: ['', '?', 'NaN', 'nan', 'null', 'None']"
    )


ZONES = "age,kind\n1,EU\n2,NA\n3,EU\n4,NA\n"


@pytest.mark.parametrize(
    ("unlabelled", "content", "problem"),
    [
        ((), ZONES, "declare unlabelled: keep; if 'NA' is a class, "),
        (("keep",), ZONES, "only one class, 'EU'; two are needed; if 'NA' is a class, "),
        (("keep",), ZONES.replace("EU", "None"), "has a target value: .*; if 'NA' and 'None' are classes, "),
    ],
)
def test_a_class_with_the_name_of_a_missing_value_is_told_how_to_be_a_class(
    unlabelled, content, problem, tmp_path
):
    with pytest.raises(DatasetError, match=problem) as caught:
        read(tmp_path, content, unlabelled, text=())
    missing = yaml.safe_load(str(caught.value).partition("declare missing: ")[2])
    table = read(tmp_path, content, unlabelled, text=(), missing=tuple(missing))
    assert (len(table.classes), table.n_rows, table.unlabelled) == (2, 4, None)


def test_two_texts_for_no_class_are_told_since_one_may_be_a_class(tmp_path):
    expected = (
        "column 'kind' has no class where it says '' or 'NA'; if 'NA' is a class, declare missing: "
        "['', '?', 'NaN', 'nan', 'null', 'None']"
    )
    assert expected in read(tmp_path).warnings
    only_blank, own = NOTES.replace("NA", ""), ("", "NA", "none of these")
    assert read(tmp_path, only_blank).warnings == ()
    assert read(tmp_path, only_blank.replace(",nice,", ",nice,none of these"), missing=own).warnings == ()


def test_mistakes_are_told_with_their_lines_in_the_file(tmp_path):
    with pytest.raises(DatasetError, match=r"column 'age', line 6: the value is infinite"):
        read(tmp_path, NOTES.replace("4,a", "inf,a"))
    with pytest.raises(DatasetError, match=r"column 'age', line 7: the value is infinite"):
        read(tmp_path, NOTES.replace("5,c", "-inf,c"))


@pytest.mark.parametrize(
    ("kinds", "problem"),
    [
        (
            ["", "NA", " "],
            "column 'kind': none of the 3 rows has a target value: label some before the others",
        ),
        (["u", "", "u"], "column 'kind': there is only one class, 'u'; two are needed"),
    ],
    ids=["nothing_labelled", "one_class"],
)
def test_too_few_labels_are_one_sentence(tmp_path, kinds, problem):
    text = "age,kind\n" + "".join(f"{age},{kind}\n" for age, kind in enumerate(kinds))
    with pytest.raises(DatasetError) as caught:
        read(tmp_path, text, text=())
    assert str(caught.value).startswith(f"notes.csv: {problem}")
    assert "\n" not in str(caught.value)


def test_a_class_with_one_labelled_row_goes_to_the_pool(tmp_path):
    table = read(tmp_path, NOTES + "8,a,odd,w\n")
    assert "class 'w' has one row: it is learnt or scored, never both" in table.warnings


def test_declared_parts_keep_their_labelled_rows(tmp_path):
    parts = iter(["part", "train", "test", "train", "test", "test", "train", "train"])
    text = "\n".join(f"{line},{next(parts)}" for line in NOTES.splitlines() if line)
    table = read(tmp_path, text, split="part")
    ((pool, test),) = table.divisions
    assert_array_equal(table.file_rows[pool], [0, 2, 6])
    assert_array_equal(table.file_rows[test], [4])


def test_numbers_to_predict_may_be_missing_too(tmp_path):
    table = read(
        tmp_path, target="age", content=NOTES.replace("2,b", ",b"), categorical=("kind",), task="regression"
    )
    assert_array_equal(table.targets, [1, 3, 4, 5, 6, 7])
    assert_array_equal(table.unlabelled.file_rows, [1])


def test_parquet_and_arff_read_the_same_parts(tmp_path):
    frame = pl.DataFrame({"x": [1.0, 2.0, 3.0], "kind": ["a", None, "b"]})
    frame.write_parquet(tmp_path / "t.parquet")
    (tmp_path / "t.arff").write_text(
        "@relation t\n@attribute x numeric\n@attribute kind {a,b}\n@data\n1,a\n2,?\n3,b\n"
    )
    sparse = (
        "@relation t\n@attribute x numeric\n@attribute kind {b,a,c}\n@data\n{0 1,1 a}\n{0 2,1 ?}\n{0 3}\n"
    )
    (tmp_path / "sparse.arff").write_text(sparse)
    for source in (
        ParquetFile(path="t.parquet", target="kind", unlabelled="keep"),
        ArffFile(path="t.arff", target="kind", unlabelled="keep"),
        ArffFile(path="sparse.arff", target="kind", unlabelled="keep"),
    ):
        table = source.load(tmp_path)
        assert (table.classes, table.file_rows.tolist()) == (("a", "b"), [0, 2])
        assert table.unlabelled.file_rows.tolist() == [1]
        cells = table.unlabelled.numeric if table.sparse is None else table.unlabelled.sparse.toarray()
        assert np.asarray(cells).tolist() == [[2.0]]


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_arrays_mark_missing_labels_as_not_a_number(tmp_path, task):
    np.savez(tmp_path / "a.npz", X=np.arange(8.0).reshape(4, 2), y=[2.0, np.nan, 10.0, 2.0])
    source = NpzFile(path="a.npz", features="X", labels="y", task=task)
    with pytest.raises(DatasetError, match=r"row 2: no target value \(1 of 4 rows\): .* unlabelled: keep"):
        source.load(tmp_path)
    table = source.model_copy(update={"unlabelled": ("keep",)}).load(tmp_path)
    assert_array_equal(table.file_rows, [0, 2, 3])
    assert_array_equal(table.unlabelled.numeric, [[2, 3]])
    if task == "classification":
        assert table.classes == ("10", "2")
        assert_array_equal(table.labels, [1, 0, 1])


def test_rows_of_soft_labels_that_nobody_answered_are_unlabelled(tmp_path):
    (tmp_path / "t.csv").write_text("x,ann,ben\n1,cat,cat\n2,,\n3,dog,cat\n4,dog,dog\n", encoding="utf-8")
    table = CsvFile(path="t.csv", target={"annotators": ["ann", "ben"]}, unlabelled="keep").load(tmp_path)
    assert_array_equal(table.distribution, [[1, 0], [0.5, 0.5], [0, 1]])
    assert table.unlabelled.file_rows.tolist() == [1]


def make_own(unlabelled_names=("a",), categories=("x", "z", "y"), value=4.0):
    class Own(DatasetSource):
        def load(self, base: Path) -> Table:
            codes = np.array([[0], [1]])
            rest = Table(
                np.array([[value]]),
                codes[:1] + 2,
                unlabelled_names,
                ("c",),
                (categories,),
                np.array([-1]),
                ("p", "q"),
            )
            labelled = Table(
                np.array([[1.0], [2.0]]), codes, ("a",), ("c",), (("x", "z"),), np.array([0, 1]), ("p", "q")
            )
            return replace(labelled, unlabelled=rest, unlabelled_uses=("preprocessing",))

    return Own()


def test_a_class_of_ones_own_may_give_unlabelled_rows():
    table = load_table(make_own(), Path())
    assert (table.n_rows, table.n_unlabelled) == (2, 1)
    assert table.unlabelled.categorical.dtype == np.int32
    assert not table.unlabelled.numeric.flags.writeable


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            {"unlabelled_names": ("b",)},
            "'numeric_names' of unlabelled rows differ from those of labelled rows",
        ),
        (
            {"categories": ("x", "y", "z")},
            "column 'c': categories of unlabelled rows do not begin with those",
        ),
        ({"value": np.inf}, "column 'a', row 1: the value is infinite"),
        ({"value": 1e200}, "column 'a', row 1: the value is too large"),
    ],
)
def test_unlabelled_rows_of_ones_own_are_checked(change, problem):
    with pytest.raises(DatasetError) as caught:
        load_table(make_own(**change), Path())
    assert str(caught.value).partition(": ")[2].startswith(problem)
