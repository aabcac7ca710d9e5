"""A CSV file with a target column."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from albench.datasets.files import csv_text
from albench.datasets.files.base import FileSource, Reading
from albench.datasets.files.csv_text import Dialect
from albench.datasets.where import Where
from albench.text import quote

if TYPE_CHECKING:
    import polars as pl

    from albench.datasets.mistakes import Mistakes


class CsvFile(FileSource):
    """A CSV file (with a header, ``.gz`` unpacked) with one column as the target.

    A column of numbers is numeric; a column of text or truth values is categorical. Text in a column that is
    mostly numbers is an error, since it is a typing mistake as often as a category: declare the column as
    ``categorical`` or the text as ``missing``. Cells are those that Python's csv module reads; quotes that
    may have swallowed rows are an error.
    """

    name = "csv"

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
            "a".encode(self.encoding)
        except LookupError as error:
            raise ValueError(f"no encoding is called '{self.encoding}'") from error
        if self.quote == self.separator:
            raise ValueError(f"separator and quote are both {quote(self.quote)}: declare another quote")
        if self.decimal == self.separator:
            raise ValueError(f"separator and decimal are both '{self.decimal}': declare another separator")
        return self

    @property
    def dialect(self) -> Dialect:
        """How the text is to be read."""
        return Dialect(self.separator, self.quote, self.encoding, self.limit)

    def where(self, file: Path) -> CsvWhere:
        """Return how messages name this file and its lines."""
        return CsvWhere(self.path, self.target_name, file, self.dialect)

    def _columns(self, file: Path) -> tuple[str, ...]:
        names = csv_text.read_header(file, self.dialect, Where(self.path))
        if names[0].lower().startswith("sep="):
            raise Where(self.path).error("the first line is a mark for Excel (sep=): delete it")
        other = next((mark for mark in ",;\t|" if len(names) == 1 and mark in names[0]), None)
        if other is not None:
            raise Where(self.path).error(
                f"the header is one cell, {quote(names[0])}: declare separator: {other!r}"
            )
        return names

    def _raw(self, file: Path) -> Reading:
        from albench.datasets.files.csv_cells import read_cells

        cells = read_cells(file, self.dialect, self.where(file), self._columns(file))
        return Reading(cells.frame, warnings=cells.warnings)

    def _typed(self, frame: pl.DataFrame, where: Where, mistakes: Mistakes) -> Reading:
        from albench.datasets.files.inference import infer_types

        inferred = infer_types(frame, self._as_names, self.missing, self.decimal, where)
        with mistakes.collect():
            if inferred.error is not None:
                raise inferred.error
        return Reading(inferred.frame, warnings=inferred.warnings)


@dataclass(frozen=True)
class CsvWhere(Where):
    """Names rows by their line in the file."""

    file: Path = Path()
    dialect: Dialect = field(default_factory=Dialect)

    def row(self, index: int) -> str:
        """Name the line that the row ``index``, counted from 0, starts on."""
        return f"line {csv_text.find_line(self.file, self.dialect, Where(self.name), index)}"


class TsvFile(CsvFile):
    """A file of cells with tabs between them (with a header, ``.gz`` unpacked), as ``csv``."""

    name = "tsv"

    separator: str = Field(default="\t", min_length=1, max_length=1)
    """Character between two cells."""
