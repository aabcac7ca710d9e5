"""Every kind of bad data gets one sentence: which file, which column, which line, what to do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from albench.contracts import Table
from albench.datasets.checks import check_table
from albench.datasets.files.csv import CsvFile
from albench.datasets.files.parquet import ParquetFile
from albench.datasets.where import Where
from albench.errors import DatasetError

MESSAGES = {
    "missing_target": "column 'kind', line 4: no target value (2 of 5 rows): fill it in, remove the row, or "
    "declare unlabelled: keep",
    "one_class": "column 'kind': there is only one class, 'x'; two are needed",
    "text_among_numbers": (
        "column 'age', line 6: 'forty' is not a number, but 3 cells of the column are (2 are not: 'forty', "
        "'many'): declare categorical: ['age'], or missing: ['', '?', 'NA', 'NaN', 'nan', 'null', 'None', "
        "'forty', 'many']"
    ),
    "empty": "the file is empty",
    "blank": "the file is empty",
    "header_only": "there are no rows",
    "duplicate_names": "column 'a': two columns have this name",
    "infinite": "column 'b', line 4: the value is infinite (-inf) (and 1 row more)",
    "target_only": "no feature columns are left beside the target",
    "short_row": "line 3: the header has 3 cells, this row 2",
    "long_row": "line 4: the header has 3 cells, this row 4",
    "latin1": "line 3: byte 0xe9 is not UTF-8: declare its encoding (cp1252?) or save it as UTF-8",
    "latin1_header": "line 1: byte 0xe9 is not UTF-8: declare its encoding (cp1252?) or save it as UTF-8",
    "open_quote": (
        "line 2: the cell that a quote opens does not end on its line: close it, double quotes within cells "
        "(\"\"), or declare quote: '' if quotes are no marks"
    ),
    "row_numbers": "column 1 has no name; if it is a row number, declare drop: ['']",
    "semicolons": "the header is one cell, 'a;b;kind': declare separator: ';'",
}


@pytest.mark.parametrize("stem", MESSAGES)
def test_a_bad_csv_file_has_its_whole_message(stem: str, files: Path):
    with pytest.raises(DatasetError) as caught:
        CsvFile(path=f"{stem}.csv", target="kind").load(files)
    assert str(caught.value) == f"{stem}.csv: {MESSAGES[stem]}"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"target": "knid"}, "there is no target column 'knid'; did you mean 'kind'?"),
        (
            {"target": "species"},
            "there is no target column 'species'; there are 'id', 'height', 'leaves', 'colour', ",
        ),
        (
            {"target": "kind", "drop": ("identity",)},
            "'drop' names a column 'identity' that is not there; there are 'id'",
        ),
        (
            {"target": "kind", "categorical": ("color",)},
            "'categorical' names a column 'color' that is not there; did you mean 'colour'?",
        ),
        ({"target": "kind", "drop": ("kind",)}, "'drop' names the target column 'kind'"),
        ({"target": "kind", "categorical": ("kind",)}, "'categorical' names the target column 'kind'"),
        (
            {"target": "kind", "drop": ("id",), "categorical": ("id",)},
            "'categorical' names column 'id', which 'drop' removes",
        ),
        (
            {"target": "zone", "missing": ("2", "", "?")},
            "column 'zone', line 3: no target value (2 of 6 rows)",
        ),
    ],
)
def test_settings_that_name_wrong_columns_are_refused(settings: dict, message: str, files: Path):
    with pytest.raises(DatasetError) as caught:
        CsvFile(path="plants.csv", **settings).load(files)
    assert str(caught.value).startswith(f"plants.csv: {message}")


def test_a_file_that_is_not_there_is_named_with_its_folder(tmp_path: Path):
    with pytest.raises(DatasetError) as caught:
        CsvFile(path="data/none.csv", target="kind").header(tmp_path)
    assert str(caught.value) == f"data/none.csv: no such file ({(tmp_path / 'data/none.csv').resolve()})"
    with pytest.raises(DatasetError, match="is a folder"):
        CsvFile(path=".", target="kind").load(tmp_path)


def test_a_file_that_is_no_parquet(files: Path):
    with pytest.raises(DatasetError, match=r"^plants\.csv: cannot be read as Parquet: "):
        ParquetFile(path="plants.csv", target="kind").load(files)
    with pytest.raises(DatasetError, match=r"^empty\.csv: cannot be read as Parquet: "):
        ParquetFile(path="empty.csv", target="kind").header(files)


def test_parquet_messages_count_rows_from_one(tmp_path: Path):
    pl.DataFrame({"a": [1.0, 2.0, 3.0], "kind": ["x", None, "y"]}).write_parquet(tmp_path / "t.parquet")
    with pytest.raises(
        DatasetError, match=r"^t\.parquet: column 'kind', row 2: no target value \(1 of 3 rows\)"
    ):
        ParquetFile(path="t.parquet", target="kind").load(tmp_path)


def test_parquet_columns_that_are_neither_numbers_nor_names(tmp_path: Path):
    frame = pl.DataFrame({"when": ["2020-01-01", "2020-01-02"], "kind": ["x", "y"]})
    frame.with_columns(pl.col("when").str.to_date()).write_parquet(tmp_path / "t.parquet")
    with pytest.raises(DatasetError, match=r"^t\.parquet: column 'when': values of type Date are neither"):
        ParquetFile(path="t.parquet", target="kind").load(tmp_path)


def table(**changes: object) -> Table:
    parts = {
        "numeric": np.array([[1.0], [2.0], [3.0]]),
        "categorical": np.array([[0], [1], [-1]], dtype=np.int32),
        "numeric_names": ("a",),
        "categorical_names": ("b",),
        "categories": (("p", "q"),),
        "labels": np.array([0, 1, 1]),
        "classes": ("x", "y"),
    }
    return Table(**(parts | changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": np.array([0, 1])}, "'numeric' has shape (3, 1) where (2, 1) is needed"),
        ({"labels": np.array([0, 1, 2])}, "column 'y', row 3: code 2 is not in 0..1"),
        ({"labels": np.array([0, -2, 1])}, "column 'y', row 2: code -2 is not in 0..1"),
        ({"labels": np.array([0, 1, 1]), "classes": ("x", "y", "z")}, "column 'y': class 'z' has no row"),
        ({"classes": ("y", "x")}, "classes are not sorted or not distinct"),
        ({"categories": (("p", "p"),)}, "column 'b': categories are not sorted or not distinct"),
        ({"categories": (("p",),)}, "column 'b', row 2: code 1 is not in -1..0"),
        ({"categories": ()}, "'categories' has shape (0,) where (1,) is needed"),
        ({"categorical_names": ("a",)}, "column 'a': 2 columns have this name"),
    ],
)
def test_tables_that_contradict_themselves(changes: dict, message: str):
    with pytest.raises(DatasetError) as caught:
        check_table(table(**changes), Where("mine", "y"))
    assert str(caught.value).startswith(f"mine: {message}")


def test_a_checked_table_cannot_be_written_to():
    checked = check_table(table(), Where("mine"))
    for values in (checked.numeric, checked.categorical, checked.labels):
        with pytest.raises(ValueError):
            values[0] = 1
