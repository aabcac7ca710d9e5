"""A target that is a distribution over the classes: read from probabilities, counts or answers, or refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import albench
from albench.datasets.checks import check_table
from albench.datasets.facts import compute_dataset_hash
from albench.datasets.files.csv import CsvFile
from albench.datasets.files.parquet import ParquetFile
from albench.datasets.loading import load_table
from albench.datasets.where import Where
from albench.errors import DatasetError, SpecError

SHARES = {"p_cat": [0.7, 0.2, 0.5], "p_dog": [0.3, 0.8, 0.5]}
ANSWERS = {"ann": ["cat", "dog", "elk"], "ben": ["cat", "", "dog"], "cem": ["dog", "dog", ""]}
BY_CLASS = {"dog": "p_dog", "cat": "p_cat"}


@pytest.fixture
def load(tmp_path):
    """Write columns to a file and read it; feature ``a`` is there already."""

    def read(target, columns, source=CsvFile, **settings):
        frame = pl.DataFrame({"a": [0.5, 1.5, 2.5], **columns})
        file = tmp_path / f"data.{source.name}"
        (frame.write_csv if source is CsvFile else frame.write_parquet)(file)
        return load_table(source(path=file.name, target=target, **settings), tmp_path)

    return read


@pytest.mark.parametrize("source", [CsvFile, ParquetFile])
@pytest.mark.parametrize("times", [1, 10])
def test_probabilities_and_counts_are_shares_of_sorted_classes(load, source, times):
    """Counts are divided by their sum; the label is the largest, of equal ones the first class."""
    columns = {name: [round(share * times, 9) for share in shares] for name, shares in SHARES.items()}
    table = load({"columns": BY_CLASS}, columns, source)
    assert table.classes == ("cat", "dog")
    assert table.numeric_names == ("a",)
    assert_allclose(table.distribution, [[0.7, 0.3], [0.2, 0.8], [0.5, 0.5]], rtol=0, atol=1e-15)
    assert_array_equal(table.labels, [0, 1, 0])


def test_columns_of_a_list_are_called_as_their_classes(load):
    assert load({"columns": ["p_dog", "p_cat"]}, SHARES).classes == ("p_cat", "p_dog")


def test_answers_are_shares_of_those_who_answered(load):
    table = load({"annotators": ["ann", "ben", "cem"]}, ANSWERS, missing=["", "elk"])
    assert table.classes == ("cat", "dog")
    assert_allclose(table.distribution, [[2 / 3, 1 / 3], [0, 1], [0, 1]])
    assert_array_equal(table.labels, [0, 1, 1])
    assert table.answer_names == ("ann", "ben", "cem")
    assert_array_equal(table.answers, [[0, 0, 1], [1, -1, 1], [-1, 1, -1]])


@pytest.mark.parametrize(
    ("target", "columns", "message"),
    [
        ({"columns": BY_CLASS}, {**SHARES, "p_dog": [0.3, 0.8, 0.1]}, "line 4: the probabilities of the classes sum to 0.6, not to 1"),
        ({"columns": BY_CLASS}, {**SHARES, "p_dog": [-0.3, 0.8, 0.5]}, "column 'p_dog', line 2: -0.3 is no probability"),
        ({"columns": BY_CLASS}, {**SHARES, "p_dog": [0.3, None, 0.5]}, "column 'p_dog', line 3: an empty cell is no probability"),
        ({"columns": BY_CLASS}, {**SHARES, "p_dog": ["x", "y", "z"]}, "column 'p_dog': probabilities are numbers"),
        ({"columns": BY_CLASS}, {name: [None, *cells[1:]] for name, cells in SHARES.items()}, "no target value (1 of 3 rows)"),
        ({"columns": BY_CLASS}, {"p_cat": [0.7, 0.8, 0.5], "p_dog": [0.3, 0.2, 0.5]}, "line 4: class 'dog' is the most probable one of no row (its largest share is 0.5)"),
        ({"columns": ["p_cat", "p_dgo"]}, SHARES, "there is no target column 'p_dgo'; did you mean 'p_dog'?"),
        ({"annotators": ["ann", "ben"]}, {**ANSWERS, "ann": ["cat", "", "dog"]}, "no target value (1 of 3 rows)"),
        ({"annotators": ["ann", "cem"]}, {"ann": ["cat", "dog", "cat"], "cem": ["elk", "dog", "cat"]}, "declare it as 'missing', which makes it no answer"),
    ],
)  # fmt: skip
def test_what_is_no_distribution_is_refused_with_its_place(load, target, columns, message):
    with pytest.raises(DatasetError) as refused:
        load(target, columns)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"target": {}}, "by 'columns' or by 'annotators'"),
        ({"target": {"columns": ["p_cat"], "annotators": ["ann"]}}, "by 'columns' or by 'annotators'"),
        ({"target": {"columns": ["p_cat"]}}, "two columns or more"),
        ({"target": {"annotators": ["ann", "ann"]}}, "two columns or more, all different"),
        ({"target": {"columns": BY_CLASS}, "task": "regression"}, "no target of a regression"),
        ({"target": {"columns": BY_CLASS}, "drop": ["p_dog"]}, "'drop' names the target column 'p_dog'"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(load, settings, message):
    with pytest.raises((ValueError, DatasetError), match=message):
        load(columns=SHARES, **settings)


def test_a_spec_says_which_column_is_not_there(tmp_path):
    pl.DataFrame({"a": [1.0, 2.0], **{name: cells[:2] for name, cells in SHARES.items()}}).write_csv(
        tmp_path / "data.csv"
    )
    path = tmp_path / "spec.yaml"
    path.write_text(
        "datasets: [{csv: {path: data.csv, target: {columns: {cat: p_cat, dog: p_dgo}}}}]\n"
        "models: [gaussian_nb]\nstrategies: [random]\nseed_sizes: 2\nbatch_sizes: 1\nbudgets: 4\nrepeats: 1\n"
    )
    with pytest.raises(SpecError, match=r"(?s)no column 'p_dgo'.*did you mean 'p_dog'"):
        albench.plan(path)


def test_the_hash_covers_the_distribution_and_not_the_form_of_its_file(load):
    hashes = [
        compute_dataset_hash(load({"columns": BY_CLASS}, columns, source))
        for columns, source in (
            (SHARES, CsvFile),
            (SHARES, ParquetFile),
            ({"p_cat": [7, 2, 5], "p_dog": [3, 8, 5]}, CsvFile),
            ({"p_cat": [0.6, 0.2, 0.5], "p_dog": [0.4, 0.8, 0.5]}, CsvFile),
        )
    ]
    mode = compute_dataset_hash(load("kind", {"kind": ["cat", "dog", "cat"]}))
    assert hashes[0] == hashes[1] == hashes[2]
    assert len({*hashes, mode}) == 3


def test_a_label_that_is_not_the_most_probable_class_is_refused(load):
    table = load({"columns": BY_CLASS}, SHARES)
    for changes, message in (
        ({"labels": np.array([1, 1, 0])}, "row 1: the label is not the most probable class"),
        (
            {"distribution": table.distribution * 2},
            "row 1: the probabilities of the classes are no distribution",
        ),
        ({"distribution": table.distribution[:2]}, "'distribution' has shape"),
    ):
        with pytest.raises(DatasetError, match=message):
            check_table(replace(table, **changes), Where("data"))


def test_irrelevant_classes_and_distributions_do_not_go_together(tmp_path, load):
    pool = {"irrelevant": ["cat"]}
    with pytest.raises(DatasetError, match="no class can be irrelevant"):
        load({"columns": BY_CLASS}, SHARES, pool=pool)


def test_rows_that_nobody_has_answered_are_kept_where_that_is_declared(load):
    answers = {**ANSWERS, "ann": ["cat", "", "dog"]}
    table = load({"annotators": ["ann", "ben"]}, answers, unlabelled="keep")
    assert_allclose(table.distribution, [[1, 0], [0, 1]])
    assert_array_equal(table.labels, [0, 1])
    assert table.unlabelled.n_rows == 1
