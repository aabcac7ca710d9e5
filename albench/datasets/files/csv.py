"""A CSV file with a target column."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, model_validator

from albench.datasets.checks import Where
from albench.datasets.files import csv_text
from albench.datasets.files.base import FileSource
from albench.datasets.files.csv_text import Dialect

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl


class CsvFile(FileSource):
    """A CSV file (with a header, ``.gz`` unpacked) with one column as the target.

    A column of numbers is numeric; a column of text or truth values is categorical. Text in a column that is
    mostly numbers is an error, since it is a typing mistake as often as a category: declare the column as
    ``categorical`` or the text as ``missing``.
    """

    name: ClassVar[str] = "csv"

    separator: str = Field(default=",", min_length=1, max_length=1)
    """Character between two cells."""
    quote: str = Field(default='"', max_length=1)
    """Character around cells that hold a separator; empty for none."""
    decimal: Literal[".", ","] = "."
    """Decimal point or comma."""
    encoding: str = "utf-8"
    """Of the text: ``latin-1``, ``cp1252``, ``utf-16``."""

    @model_validator(mode="after")
    def _check_dialect(self) -> Self:
        try:
            codecs.lookup(self.encoding)
        except LookupError as error:
            raise ValueError(f"no encoding is called '{self.encoding}'") from error
        if self.decimal == self.separator:
            raise ValueError(f"separator and decimal are both '{self.decimal}': declare another separator")
        return self

    @property
    def dialect(self) -> Dialect:
        """How the text is to be read."""
        return Dialect(self.separator, self.quote, self.encoding, self.limit)

    def where(self, file: Path) -> CsvWhere:
        """Return how messages name this file and its lines."""
        return CsvWhere(self.path, self.target, file, self.dialect)

    def _columns(self, file: Path) -> tuple[str, ...]:
        names = csv_text.read_header(file, self.dialect, Where(self.path))
        other = next((mark for mark in ",;\t|" if len(names) == 1 and mark in names[0]), None)
        if other is not None:
            raise Where(self.path).error(
                f"the header is one cell, '{names[0]}': declare separator: {other!r}"
            )
        return names

    def _raw(self, file: Path) -> pl.DataFrame:
        return _read(file, self.dialect, self.where(file), self._columns(file))

    def _typed(self, frame: pl.DataFrame, where: Where) -> pl.DataFrame:
        return frame.with_columns(
            [
                cells
                if cells.name in self._as_names
                else infer_types(cells, self.missing, where, self.decimal)
                for cells in frame.get_columns()
            ]
        )


@dataclass(frozen=True)
class CsvWhere(Where):
    """Names rows by their line in the file."""

    file: Path = Path()
    dialect: Dialect = field(default_factory=Dialect)

    def row(self, index: int) -> str:
        """Name the line that the row ``index``, counted from 0, starts on."""
        return f"line {csv_text.find_line(self.file, self.dialect, Where(self.name), index)}"


def infer_types(column: pl.Series, missing: Sequence[str], where: Where, decimal: str = ".") -> pl.Series:
    """Return a column of text as numbers if they are numbers, as text otherwise.

    Raises
    ------
    DatasetError
        If most cells are numbers and some are not.
    """
    from albench.datasets.files.columns import clean_values

    text = column.set(column.is_in(list(missing)), None)
    numbers = _numbers(text, decimal)
    if numbers.null_count() == text.null_count():
        return numbers
    text = clean_values(column, missing)
    numbers = _numbers(text, decimal)
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


def _numbers(text: pl.Series, decimal: str) -> pl.Series:
    import polars as pl

    if decimal == ",":
        text = text.set(text.str.contains(".", literal=True), None).str.replace(",", ".", literal=True)
    return text.cast(pl.Float64, strict=False)


def _read(file: Path, dialect: Dialect, where: CsvWhere, names: Sequence[str]) -> pl.DataFrame:
    """Read every cell as text, without blank lines."""
    import polars as pl

    converted = csv_text.decode_to_utf8(file, dialect, where)
    try:
        frame = pl.read_csv(
            file if converted is None else converted,
            separator=dialect.separator,
            quote_char=dialect.quote or None,
            infer_schema=False,
            empty_string_is_null=False,
            glob=False,
        )
    except pl.exceptions.PolarsError as error:
        csv_text.check_widths(file, dialect, where)
        raise where.error(f"cannot be read as CSV: {str(error).partition(chr(10))[0]}") from error
    if frame.width != len(names):
        raise where.error(f"{frame.width} columns where the header has {len(names)}")
    frame.columns = list(names)
    # A row that is too short looks like one that ends in empty cells; a blank line like one of empty cells.
    if (frame[:, -1] == "").any():
        kept = csv_text.check_widths(file, dialect, where)
        if kept and kept[-1] >= frame.height:
            raise where.error("line endings or quotes are not those of a CSV file")
        frame = frame if len(kept) == frame.height else frame[kept]
    return frame


class TsvFile(CsvFile):
    """A file of cells with tabs between them (with a header, ``.gz`` unpacked), as ``csv``."""

    name: ClassVar[str] = "tsv"

    separator: str = Field(default="\t", min_length=1, max_length=1)
    """Character between two cells."""
