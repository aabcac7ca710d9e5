"""Published numbers, read from the files beside a spec, and the trials that they speak of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from albench.errors import DatasetError
from albench.tables import AXES, REPEAT

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from albench.spec.experiment import Expected, Experiment

LINE = "line"
WITHOUT = "without"
"""Splits that a mean leaves out, numbers with blanks between them."""
_CELL = (*AXES, "arm")
_WHOLE = ("seed_size", "batch_size", "arm", *REPEAT, "n", "round", "row")


@dataclass(frozen=True)
class Published:
    """A file of published numbers.

    Attributes
    ----------
    expected : Expected
    rows : DataFrame
        As the file holds them, with the ``line`` of each.
    """

    expected: Expected
    rows: pl.DataFrame

    @property
    def cell(self) -> list[str]:
        """Columns that name a cell of the grid."""
        return [name for name in _CELL if name in self.rows.columns]

    @property
    def trial(self) -> list[str]:
        """Columns that name a trial; those of a cell where a number is over all its repeats."""
        return [name for name in (*_CELL, *REPEAT) if name in self.rows.columns]

    @cached_property
    def datasets(self) -> frozenset[str] | None:
        """Labels of the datasets that it speaks of; None for all."""
        return frozenset(self.rows["dataset"]) if "dataset" in self.rows.columns else None


def published(experiment: Experiment) -> tuple[Published, ...]:
    """Read every file that ``expected`` names.

    Raises
    ------
    DatasetError
        If a number cannot be read; the message names file, line and column.
    """
    return tuple(_read(entry, experiment.folder) for entry in experiment.expected)


def _read(expected: Expected, folder: Path) -> Published:
    import polars as pl

    frame = pl.read_csv(folder / expected.file, infer_schema=False, encoding="utf8-lossy")
    frame = frame.with_row_index(LINE, offset=2)
    numbers = {name: pl.Int64() if name in _WHOLE else pl.Float64() for name in frame.columns}
    for label in set(frame.columns) & ({*_CELL} - {*_WHOLE} | {LINE, WITHOUT}):
        del numbers[label]
    for name, dtype in numbers.items():
        wrong = frame.filter(pl.col(name).cast(dtype, strict=False).is_null())
        if wrong.height:
            line, said = wrong.row(0, named=True)[LINE], wrong.row(0, named=True)[name]
            text = "nothing" if said is None else f"'{said}'"
            raise DatasetError(f"{expected.file}: line {line}: '{name}' is {text}, not a number")
    found = frame.cast(numbers)  # type: ignore[arg-type]
    return Published(expected, _splits(found, expected.file) if WITHOUT in found.columns else found)


def _splits(frame: pl.DataFrame, file: str) -> pl.DataFrame:
    """Read the numbers of splits that means leave out."""
    import polars as pl

    said = pl.col(WITHOUT).fill_null("")
    wrong = frame.filter(~said.str.contains(r"^[\d ]*$"))
    if wrong.height:
        row = wrong.row(0, named=True)
        raise DatasetError(
            f"{file}: line {row[LINE]}: '{WITHOUT}' is '{row[WITHOUT]}', not numbers of splits"
        )
    return frame.with_columns(said.str.extract_all(r"\d+").cast(pl.List(pl.Int64)))


def matched(found: Published, labels: pl.DataFrame) -> pl.DataFrame:
    """Return the published rows of the grid, each with the ``key`` of a trial that it speaks of.

    Parameters
    ----------
    found : Published
    labels : DataFrame
        One row a planned trial: ``key`` and the columns by which tables name it.

    Returns
    -------
    DataFrame
        The columns of ``found`` and ``key``; for ``means`` one row a repeat that the published mean is over.

    Raises
    ------
    DatasetError
        If a row speaks of more than one cell or trial.
    """
    import polars as pl

    named = labels.select("key", *_CELL, *REPEAT)
    joined = found.rows.join(named, on=found.trial, how="inner", coalesce=True, maintain_order="left")
    distinct = [*_CELL, *(() if found.expected.kind == "means" else REPEAT)]
    other = [name for name in distinct if name not in found.trial]
    several = joined.group_by(LINE).agg(pl.col(other).n_unique()).sort(LINE)
    for row in several.iter_rows(named=True):
        lacking = [name for name in other if row[name] > 1]
        if lacking:
            text = f"{found.expected.file}: line {row[LINE]} speaks of several trials"
            raise DatasetError(f"{text}: the experiment has more than one {lacking[0]}; add a column for it")
    return _averaged(joined) if found.expected.kind == "means" else joined


def _averaged(joined: pl.DataFrame) -> pl.DataFrame:
    """Return of each line the repeats that its mean is over: the first ``n``, ``without`` those left out."""
    import polars as pl

    if WITHOUT in joined.columns:
        joined = joined.filter(~pl.col(WITHOUT).list.contains(pl.col("split")))
    if "n" not in joined.columns:
        return joined
    ordered = joined.sort(LINE, *REPEAT)
    return ordered.filter(pl.int_range(pl.len()).over(LINE) < pl.col("n"))
