"""The file of a labelling project: its cells as they stand there, and which rows can be labelled."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from albench.datasets.files.csv import CsvFile
from albench.datasets.files.declared_splits import read_parts_of_column
from albench.datasets.files.open import is_packed
from albench.datasets.files.parquet import ParquetFile
from albench.datasets.loading import load_table
from albench.datasets.value_names import name_values
from albench.errors import DatasetError
from albench.labelling.whole_table import digest_rows, join_unlabelled
from albench.splits.declared import Declared
from albench.text import quote

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from albench.contracts import DatasetSource, Rows, Split, Table
    from albench.datasets.files.base import FileSource


@dataclass(frozen=True, eq=False)
class DataFile:
    """A partly labelled file.

    Attributes
    ----------
    source : FileSource
        As the spec declares it.
    columns : tuple of str
        All of its columns.
    frame : polars.DataFrame
        Its cells; of CSV as text.
    whole : Table
        All of its rows in its order, and after them those of a test file.
    pool : ndarray of int
        Rows that can be labelled: all of the file, but for those that it declares as test part.
    test : ndarray of int
        Labelled rows of a declared test part; none without one.
    """

    path: Path
    source: FileSource
    columns: tuple[str, ...]
    frame: pl.DataFrame
    whole: Table
    pool: Rows
    test: Rows

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """What each row of the file is called: by its columns of ``id``, or by its number from 1."""
        if not self.source.id:
            return tuple(str(number) for number in range(1, self.frame.height + 1))
        columns = [self.frame[name].to_list() for name in self.source.id]
        if len(columns) == 1:
            return tuple(map(str, columns[0]))
        return tuple(
            json.dumps(list(map(str, parts)), ensure_ascii=False) for parts in zip(*columns, strict=True)
        )

    @cached_property
    def rows(self) -> dict[str, int]:
        """Row of each key, counted from 0."""
        return {key: row for row, key in enumerate(self.keys)}

    @cached_property
    def examples(self) -> dict[str, int]:
        """The first row of each class, in whose words the file writes it."""
        codes, firsts = np.unique(self.whole.labels[: self.frame.height], return_index=True)
        pairs = zip(codes.tolist(), firsts.tolist(), strict=True)
        return {self.whole.classes[code]: row for code, row in pairs if code >= 0}

    def digest_rows(self, keys: list[str]) -> list[str]:
        """Return a short hash of the features of each of some rows."""
        return digest_rows(self.whole, np.array([self.rows[key] for key in keys], dtype=np.intp))

    def read_class(self, answer: str) -> str:
        """Return the name of the class that an answer says; empty if it says none."""
        text = answer.strip()
        if not text or text in self.source.missing:
            return ""
        # Together with the classes: "1.0" is "1" where all of them are numbers.
        return name_values([*self.whole.classes, text])[-1]


def open_data_file(source: DatasetSource, folder: Path, split: Split) -> DataFile:
    """Read the file of a labelling project.

    Parameters
    ----------
    folder : Path
        Of the spec.
    split : Split
        ``declared`` keeps the test part that the file declares apart.

    Raises
    ------
    DatasetError
        If labels cannot be written into it, or it cannot be used.
    """
    source = _check_source(source)
    path = find_data_file(source, folder)
    whole = join_unlabelled(load_table(source, folder))
    frame = source.read_frame(folder)
    pool = test = np.arange(0)
    in_file = np.arange(frame.height)
    if source.test_file and not isinstance(split, Declared):
        raise DatasetError(
            f"{source.path}: its rows and those of the test_file are one dataset: declare split: declared"
        )
    if isinstance(split, Declared) and source.test_file:
        pool, test = in_file, np.arange(frame.height, whole.n_rows)
    elif isinstance(split, Declared) and source.split:
        ((pool, test),) = read_parts_of_column(frame[source.split], source.missing, source.where(path))
    else:
        pool = in_file
    columns = source.header(folder) or ()
    return DataFile(path, source, columns, frame, whole, pool, test[whole.labels[test] >= 0])


def find_data_file(source: DatasetSource, folder: Path) -> Path:
    """Return the file of a dataset."""
    path = _check_source(source).find_existing_file(folder)
    if is_packed(path):
        raise DatasetError(f"{path.name}: labels cannot be written into an archive: unpack it first")
    return path


def _check_source(source: DatasetSource) -> FileSource:
    if not isinstance(source, CsvFile | ParquetFile):
        what = source.default_label() or type(source).name
        raise DatasetError(
            f"{quote(what)} is no file that labels can be written into: those are CSV, TSV and Parquet files"
        )
    if source.url:
        raise DatasetError(
            f"{source.path}: labels cannot be written into a download: copy it, and leave out url"
        )
    if not source.target_name:
        raise DatasetError(
            f"{source.path}: its target is a distribution in several columns, and a label is written into one"
        )
    if source.task == "regression":
        raise DatasetError(f"{source.path}: its target is a number; query strategies here need classes")
    if source.pool is not None:
        raise DatasetError(
            f"{source.path}: 'pool' changes the pools of simulations, and a labelling project takes rows "
            "as they are: leave it out"
        )
    return source
