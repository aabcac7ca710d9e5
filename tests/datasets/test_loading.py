"""A user's own dataset passes the same checks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from albench.contracts import DatasetSource, Table
from albench.datasets.files.csv import CsvFile
from albench.datasets.loading import load_table
from albench.errors import DatasetError


class Mine(DatasetSource):
    labels: tuple[int, ...] = (0, 1, 1)

    def load(self, base: Path) -> Table:
        labels = np.array(self.labels)
        return Table(
            np.ones((3, 1)), np.empty((3, 0), np.int32), ("a",), (), (), labels, ("x", "y"), ("my own",)
        )


class NoTable(DatasetSource):
    def load(self, base: Path) -> Table:
        return np.ones(3)  # type: ignore[return-value]


def test_warnings_of_the_checks_follow_those_of_the_dataset():
    table = load_table(Mine(), Path())
    assert table.warnings == (
        "my own",
        "class 'x' has one row: it is learnt or scored, never both",
        "1 constant column: 'a'",
        "33.3% of the rows repeat an earlier row",
    )
    assert not table.numeric.flags.writeable


def test_errors_name_the_class():
    with pytest.raises(DatasetError, match=r"Mine: row 2: no target value"):
        load_table(Mine(labels=(0, -1, 1)), Path())
    with pytest.raises(DatasetError, match=r"NoTable: load\(\) returned a ndarray of float64 of shape"):
        load_table(NoTable(), Path())


def test_what_is_built_in_is_checked_once(files: Path):
    source = CsvFile(path="lone_class.csv", target="kind")
    assert load_table(source, files).warnings == source.load(files).warnings
