"""Published numbers, read from the files beside a spec."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from albench.errors import DatasetError
from albench.tables import AXES, GROWTH, REPEAT

if TYPE_CHECKING:
    from pathlib import Path

    from albench.spec.experiment import Experiment
    from albench.spec.settings import Expected

LINE = "line"
WITHOUT = "without"
"""Splits that a mean leaves out, numbers with blanks between them."""
CELL = (*AXES, GROWTH.name, "arm")
_WHOLE = ("seed_size", "batch_size", "arm", *REPEAT, "n", "round", "row")
_LABELS = tuple(name for name in AXES if name not in _WHOLE)


@dataclass(frozen=True)
class Published:
    """A file of published numbers.

    Attributes
    ----------
    rows : DataFrame
        As the file holds them, with the ``line`` of each.
    """

    expected: Expected
    rows: pl.DataFrame

    @property
    def cell(self) -> list[str]:
        """Columns that name a cell of the grid."""
        return [name for name in CELL if name in self.rows.columns]

    @property
    def place(self) -> list[str]:
        """Columns that say what a number is of: a trial, or a cell where it is over all its repeats."""
        return [name for name in (*CELL, *REPEAT) if name in self.rows.columns]

    @property
    def of_references(self) -> bool:
        """True if the numbers are of models trained on whole pools, not of trials."""
        return self.expected.kind == "references"

    @cached_property
    def datasets(self) -> frozenset[str] | None:
        """Labels of the datasets that it speaks of; None for all."""
        return frozenset(self.rows["dataset"]) if "dataset" in self.rows.columns else None


def read_published(experiment: Experiment) -> tuple[Published, ...]:
    """Read every file that ``expected`` names.

    Raises
    ------
    DatasetError
        If a number cannot be read, or stands there twice; the message names file, line and column.
    """
    return tuple(_read(entry, experiment.folder) for entry in experiment.expected)


def _read(expected: Expected, folder: Path) -> Published:
    header, cells = _read_cells(folder / expected.file, expected.file)
    cells_frame = pl.DataFrame(
        cells, schema={LINE: pl.Int64(), **dict.fromkeys(header, pl.String())}, orient="row"
    )
    rows = cells_frame
    for name in header:
        if name == WITHOUT:
            rows = rows.with_columns(_parse_splits(cells_frame, expected.file))
        elif name not in _LABELS:
            rows = rows.with_columns(_parse_numbers(cells_frame, name, expected.file))
        elif not (name == "oracle" and expected.kind == "references"):
            _refuse_missing(cells_frame.filter(cells_frame[name].is_null()), name, expected.file, "a label")
    published = Published(expected, rows)
    _refuse_duplicates(published)
    return published


def _read_cells(path: Path, file: str) -> tuple[list[str], list[list[int | str | None]]]:
    """Return the head, and of each row that is not blank its line in the file and its cells."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        reader = csv.reader(stream)
        try:
            header = next(reader, [])
            rows = [(reader.line_num, [cell.strip() or None for cell in row]) for row in reader]
        except csv.Error as error:
            raise DatasetError(f"{file}: line {reader.line_num} cannot be read: {error}") from error
    filled = [(line, row) for line, row in rows if any(row)]
    if not filled:
        raise DatasetError(f"'{file}' holds no published number")
    for line, row in filled:
        if len(row) != len(header):
            raise DatasetError(f"{file}: line {line} has {len(row)} cells where the head has {len(header)}")
    return header, [[line, *row] for line, row in filled]


def _parse_numbers(texts: pl.DataFrame, name: str, file: str) -> pl.Series:
    whole = name in _WHOLE
    numbers = texts[name].cast(pl.Int64() if whole else pl.Float64(), strict=False)
    right = numbers.is_not_null() & numbers.cast(pl.Float64()).is_finite()
    what = "a whole number" if whole else "a number"
    least = 1 if name == "n" else 0
    if whole or name == "sd":
        right &= numbers >= least
        what += f" from {least}"
    _refuse_missing(texts.filter(~right.fill_null(value=False)), name, file, what)
    return numbers


def _parse_splits(texts: pl.DataFrame, file: str) -> pl.Series:
    """Read the numbers of splits that means leave out."""
    text = texts[WITHOUT].fill_null("")
    _refuse_missing(texts.filter(~text.str.contains(r"^[\d ]*$")), WITHOUT, file, "numbers of splits")
    return text.str.extract_all(r"\d+").cast(pl.List(pl.Int64))


def _refuse_missing(wrong: pl.DataFrame, name: str, file: str, what: str) -> None:
    if wrong.height:
        line, value = wrong.select(LINE, name).row(0)
        text = "nothing" if value is None else f"'{value}'"
        raise DatasetError(f"{file}: line {line}: '{name}' is {text}, not {what}")


def _refuse_duplicates(published: Published) -> None:
    """See that each number stands there once; means may be over several choices of splits."""
    kind = published.expected.kind
    if kind in {"means", "picks"}:
        return
    names = [*published.place, *(["round"] if kind == "curves" else [])]
    first: dict[tuple[object, ...], int] = {}
    for line, *values in published.rows.select(LINE, *names).rows():
        before = first.setdefault(tuple(values), line)
        if before != line:
            text = f"{published.expected.file}: lines {before} and {line} speak of the same number"
            raise DatasetError(text)
