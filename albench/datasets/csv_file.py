"""A CSV file with a target column."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from albench.datasets import csv_text
from albench.datasets.checks import Where
from albench.datasets.files import FileSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl


class CsvFile(FileSource):
    """A CSV file (UTF-8, with a header) with one column as the target.

    A column of numbers is numeric; a column of text or truth values is categorical. Text in a column that is
    mostly numbers is an error, since it is a typing mistake as often as a category: declare the column as
    ``categorical`` or the text as ``missing``.
    """

    name: ClassVar[str] = "csv"

    separator: str = Field(default=",", min_length=1, max_length=1)
    """Character between two cells."""

    def where(self, file: Path) -> CsvWhere:
        """Return how messages name this file and its lines."""
        return CsvWhere(self.path, self.target, file, self.separator)

    def _columns(self, file: Path) -> tuple[str, ...]:
        return csv_text.header(file, self.separator, Where(self.path))

    def _check_columns(self, found: Sequence[str]) -> None:
        other = next((mark for mark in ";\t|" if len(found) == 1 and mark in found[0]), None)
        if other is not None:
            raise Where(self.path).error(
                f"the header is one cell, '{found[0]}': declare separator: {other!r}"
            )
        super()._check_columns(found)

    def _frame(self, file: Path) -> pl.DataFrame:
        where = self.where(file)
        text = _read(file, self.separator, where, self._columns(file))
        as_names = {self.target, *self.categorical, *self.drop}
        columns = [
            text[column] if column in as_names else typed(text[column], self.missing, where)
            for column in text.columns
        ]
        return text.with_columns(columns)


@dataclass(frozen=True)
class CsvWhere(Where):
    """Names rows by their line in the file."""

    file: Path = Path()
    separator: str = ","

    def row(self, index: int) -> str:
        """Name the line that the row ``index``, counted from 0, starts on."""
        return f"line {csv_text.line_of(self.file, self.separator, Where(self.name), index)}"


def typed(column: pl.Series, missing: Sequence[str], where: Where) -> pl.Series:
    """Return a column of text as numbers if they are numbers, as text otherwise.

    Raises
    ------
    DatasetError
        If most cells are numbers and some are not.
    """
    import polars as pl

    from albench.datasets.columns import cleaned

    text = column.set(column.is_in(list(missing)), None)
    numbers = text.cast(pl.Float64, strict=False)
    if numbers.null_count() == text.null_count():
        return numbers
    text = cleaned(column, missing)
    numbers = text.cast(pl.Float64, strict=False)
    wrong = (numbers.is_null() & text.is_not_null()).arg_true()
    n_numbers = len(numbers) - numbers.null_count()
    if not len(wrong):
        return numbers
    if n_numbers > len(wrong):
        cell = text[int(wrong[0])]
        raise where.error(
            f"'{cell}' is not a number, but {n_numbers} cells of the column are: declare "
            f"categorical: ['{column.name}'], or add '{cell}' to missing",
            column=column.name,
            row=int(wrong[0]),
        )
    return text


def _read(file: Path, separator: str, where: CsvWhere, names: Sequence[str]) -> pl.DataFrame:
    """Read every cell as text, without blank lines."""
    import polars as pl

    try:
        frame = pl.read_csv(
            file, separator=separator, infer_schema=False, empty_string_is_null=False, glob=False
        )
    except pl.exceptions.PolarsError as error:
        csv_text.check_widths(file, separator, where)
        raise where.error(f"cannot be read as CSV: {str(error).partition(chr(10))[0]}") from error
    if frame.width != len(names):
        raise where.error(f"{frame.width} columns where the header has {len(names)}")
    frame.columns = list(names)
    # A row that is too short looks like one that ends in empty cells; a blank line like one of empty cells.
    if (frame[:, -1] == "").any():
        kept = csv_text.check_widths(file, separator, where)
        if kept and kept[-1] >= frame.height:
            raise where.error("line endings or quotes are not those of a CSV file")
        frame = frame if len(kept) == frame.height else frame[kept]
    return frame
