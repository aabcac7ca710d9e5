"""A column that says when rows arrive: numbers or dates, no feature, and an order of the rows."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl
import pytest

from albench.datasets.facts import compute_dataset_hash
from albench.datasets.files.csv import CsvFile
from albench.datasets.files.parquet import ParquetFile
from albench.errors import DatasetError


def load(folder, times, **options):
    rows = [f"{time},{i},{'ab'[i % 2]}" for i, time in enumerate(times)]
    (folder / "t.csv").write_text("\n".join(["when,x,y", *rows]) + "\n", encoding="utf-8")
    return CsvFile(path="t.csv", target="y", time="when", **options).load(folder)


@pytest.mark.parametrize(
    "times",
    [
        ["10", "9", "11.5", "9"],
        ["2026-02-01", "2025-12-31", "2026-10-01", "2025-12-31"],
        ["2026-02-01T10:00", "2026-02-01T09:59", "2026-02-01T11:00", "2026-02-01T09:59"],
        ["2026-02-01 10:00:00.5", "2026-02-01 10:00:00", "2026-02-02 00:00:00", "2026-02-01 10:00:00"],
        ["2026-02-01T10:00Z", "2026-02-01T10:59+01:00", "2026-02-01T11:00Z", "2026-02-01T09:59Z"],
        ["1764500000000000002", "1764500000000000001", "1764500000000000003", "1764500000000000001"],
        ["2e3", "1e3", "1e60", "1e3"],
        [
            "2026-02-01T10:00:00.000000002Z",
            "2026-02-01T10:00:00.000000001Z",
            "2026-02-01T10:00:00.000000003Z",
            "2026-02-01T10:00:00.000000001Z",
        ],
        ["2262-12-31", "1677-01-01", "9999-12-31", "1677-01-01"],
    ],
)
def test_rows_are_placed_by_their_time(tmp_path, times):
    table = load(tmp_path, times)
    assert table.times.tolist() == [2, 1, 3, 1]
    assert table.numeric_names == ("x",)


def test_times_of_a_parquet_file_have_types_already(tmp_path):
    days = [datetime(2026, 3, day) for day in (3, 1, 2)]  # noqa: DTZ001 - as a file holds them
    pl.DataFrame({"when": days, "x": [0, 1, 2], "y": ["a", "b", "a"]}).write_parquet(tmp_path / "t.parquet")
    table = ParquetFile(path="t.parquet", target="y", time="when").load(tmp_path)
    assert table.times.tolist() == [3, 1, 2]


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (["1", "", "3"], "line 3.*a row has no time to arrive at"),
        (["1", "2.5", "inf"], "line 4.*a row has no time to arrive at"),
        (["2026-01-01", "01.02.2026", "2026-01-03"], "line 3.*'01.02.2026' is no time as the others are"),
        (["1", "2", "later"], "line 4.*'later' is no time"),
    ],
)
def test_a_row_without_a_time_is_named(tmp_path, times, words):
    with pytest.raises(DatasetError, match=words):
        load(tmp_path, times)


def test_a_time_column_that_is_not_there_is_told(tmp_path):
    load(tmp_path, ["1", "2"])
    with pytest.raises(
        DatasetError, match="'time' names a column 'wen' that is not there; did you mean 'when'"
    ):
        CsvFile(path="t.csv", target="y", time="wen").load(tmp_path)


def test_when_rows_arrive_is_part_of_the_identity_of_a_dataset(tmp_path):
    hashes = {compute_dataset_hash(load(tmp_path, times)) for times in (["1", "2"], ["2", "1"], ["3", "5"])}
    assert len(hashes) == 2
    assert (
        compute_dataset_hash(CsvFile(path="t.csv", target="y", drop=("when",)).load(tmp_path)) not in hashes
    )


def test_the_times_of_kept_rows_are_theirs(tmp_path):
    table = load(tmp_path, ["4", "3", "2", "1"])
    assert np.array_equal(table.select_rows(np.array([1, 3])).times, [3, 1])
