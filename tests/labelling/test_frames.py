"""A notebook's tables in memory: written into a file for good, proposed from it, answered."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

import albench
from albench.datasets.files.csv import CsvFile
from albench.datasets.files.parquet import ParquetFile
from albench.datasets.hashing import compute_content_hash
from albench.errors import DatasetError

LABELS = ["no", "yes", None, "no", None, "yes"]
COLUMNS = {
    "size": [1.5, None, 2.5, 0.25, 8.0, 1.0],
    "count": [1, 2, 3, 4, 5, 6],
    "colour": ["red", "é", "red", None, "blue", "é"],
    "label": LABELS,
}


def load_hash(file):
    source = (ParquetFile if file.suffix == ".parquet" else CsvFile)(
        path=str(file), target="label", unlabelled="keep"
    )
    table = source.load(file.parent)
    return compute_content_hash(table), compute_content_hash(table.unlabelled)


@pytest.mark.parametrize(
    "table",
    [
        pl.DataFrame(COLUMNS),
        pd.DataFrame(COLUMNS, index=list("abcdef")),
        pd.DataFrame(COLUMNS).astype({"colour": "category", "label": "category", "count": "Int64"}),
        {
            "size": np.array([1.5, np.nan, 2.5, 0.25, 8.0, 1.0]),
            **{k: v for k, v in COLUMNS.items() if k != "size"},
        },
    ],
    ids=["polars", "pandas", "pandas types", "arrays"],
)
@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_a_table_in_memory_is_the_dataset_that_its_file_would_be(tmp_path, table, ending):
    own = tmp_path / "own.csv"
    own.write_text(
        "size,count,colour,label\n1.5,1,red,no\n,2,é,yes\n2.5,3,red,\n0.25,4,,no\n8.0,5,blue,\n1.0,6,é,yes\n",
        encoding="utf-8",
    )
    assert load_hash(albench.write_table(table, tmp_path / f"mine.{ending}")) == load_hash(own)


def test_columns_of_an_array_are_numbered(tmp_path):
    file = albench.write_table(
        {"x": np.arange(6.0).reshape(3, 2), "label": ["a", "b", None]}, tmp_path / "a.csv"
    )
    assert file.read_text(encoding="utf-8") == "x0,x1,label\n0.0,1.0,a\n2.0,3.0,b\n4.0,5.0,\n"


def test_a_file_that_holds_something_else_is_not_written_over(tmp_path):
    file = albench.write_table(COLUMNS, tmp_path / "mine.parquet")
    assert albench.write_table(pd.DataFrame(COLUMNS), file) == file
    for other in (pl.DataFrame(COLUMNS).head(5).write_parquet, lambda path: path.write_bytes(b"no table")):
        other(file)
        with pytest.raises(DatasetError, match="it is there already, and holds another table"):
            albench.write_table(COLUMNS, file)


def test_a_file_that_has_labels_by_now_is_not_written_over(tmp_path):
    file = albench.write_table(COLUMNS, tmp_path / "mine.csv")
    assert albench.write_table(pd.DataFrame(COLUMNS), file) == file
    labelled = file.read_text(encoding="utf-8").replace("blue,\n", "blue,yes\n")
    file.write_text(labelled, encoding="utf-8")
    with pytest.raises(DatasetError, match="it is there already, and holds another table"):
        albench.write_table(COLUMNS, file)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]
    assert file.read_text(encoding="utf-8") == labelled


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (
            [[1, 2], [3, 4]],
            "a table is a DataFrame of Polars or pandas, or a mapping of names to arrays, not list",
        ),
        ({"a": [1, 2], "b": [1]}, "no table of one type each"),
        ({"a": [1, "x"]}, "no table of one type each"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "two columns are called 'a'"),
    ],
    ids=["rows", "lengths", "types", "names"],
)
def test_what_is_no_table_is_refused(tmp_path, table, words):
    with pytest.raises(DatasetError, match=words):
        albench.write_table(table, tmp_path / "a.parquet")


def test_a_pilot_of_a_table_in_memory_needs_a_file(tmp_path):
    with pytest.raises(DatasetError, match="a table in memory needs a file, which labels are written into"):
        albench.run_pilot(COLUMNS, "label")
    with pytest.raises(DatasetError, match=r"a file that ends in \.parquet or \.csv"):
        albench.run_pilot(COLUMNS, "label", file=tmp_path / "mine.xlsx")


@pytest.mark.parametrize("kind", ["polars", "pandas"])
def test_a_proposal_is_a_frame_and_filled_in_a_table_of_answers(plants, kind):
    proposal = albench.propose(plants.spec, "margin", 4, by="ann")
    frame = proposal.to_frame()
    assert frame.columns[:2] == ["albench_row", "kind"]
    assert frame["albench_row"].to_list() == [row.key for row in proposal.rows]
    truth = [plants.rows[row.row][-1] for row in proposal.rows]
    filled = frame.with_columns(kind=pl.Series([*truth[:3], None]))
    checked = albench.record_answers(plants.spec, filled if kind == "polars" else filled.to_pandas())
    assert checked.describe() == "3 labels written; 1 row without an answer skipped"
    assert [plants.read_kinds()[row.row] for row in proposal.rows[:3]] == truth[:3]
    again = {"albench_row": [row.key for row in proposal.rows], "kind": np.array([*truth[:3], "rose?"])}
    with pytest.raises(DatasetError, match="row 4: no class 'rose\\?' so far"):
        albench.record_answers(plants.spec, again)
