"""What the file formats have in common: which columns are features, which is the target."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from albench.contracts import DatasetSource
from albench.datasets.checks import Where, checked
from albench.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from albench.contracts import Table

_SHOWN = 10
MISSING = ("", "?", "NA", "NaN", "nan", "null", "None")


class FileSource(DatasetSource):
    """A table in a file, with one column as the target."""

    path: str
    """File, relative to the folder of the spec."""
    target: str
    """Column that holds the class."""
    drop: tuple[str, ...] = ()
    """Columns that are no features: identifiers, other targets."""
    categorical: tuple[str, ...] = ()
    """Columns that hold numbers which are names: postcodes, codes of products."""
    missing: tuple[str, ...] = MISSING
    """Texts that stand for a missing value."""

    def default_label(self) -> str:
        """Return the name of the file without its ending."""
        return Path(self.path).stem

    def files(self, base: Path) -> tuple[Path, ...]:
        """Return the file, resolved against the folder of the spec."""
        return ((base / self.path).resolve(),)

    def load(self, base: Path) -> Table:
        """Read the file.

        Raises
        ------
        DatasetError
            With file, column, and row where there is one.
        """
        from albench.datasets.columns import as_table

        file = self.existing(base)
        where = self.where(file)
        self._check_columns(self._columns(file))
        frame = self._frame(file).drop(self.drop)
        table = as_table(
            frame, target=self.target, categorical=self.categorical, missing=self.missing, where=where
        )
        return checked(table, where)

    def header(self, base: Path) -> tuple[str, ...]:
        """Return the column names, without reading the data.

        Raises
        ------
        DatasetError
            If there is no such file, or it has no header that can be read.
        """
        return self._columns(self.existing(base))

    def existing(self, base: Path) -> Path:
        """Return the file if it is there.

        Raises
        ------
        DatasetError
            If there is no such file.
        """
        (file,) = self.files(base)
        if not file.is_file():
            raise DatasetError(f"{self.path}: {'is a folder' if file.is_dir() else f'no such file ({file})'}")
        return file

    def where(self, file: Path) -> Where:
        """Return how messages name this file and its rows."""
        del file
        return Where(self.path, self.target)

    def _columns(self, file: Path) -> tuple[str, ...]:
        raise NotImplementedError(f"{type(self).__qualname__} must define _columns(file)")

    def _frame(self, file: Path) -> pl.DataFrame:
        raise NotImplementedError(f"{type(self).__qualname__} must define _frame(file)")

    def _check_columns(self, found: Sequence[str]) -> None:
        where = Where(self.path)
        for position, column in enumerate(found):
            if column in found[:position]:
                raise where.error("two columns have this name", column=column)
            if not column and "" not in self.drop:
                raise where.error(
                    f"column {position + 1} has no name; if it is a row number, declare drop: ['']"
                )
        if self.target not in found:
            raise where.error(f"there is no target column '{self.target}'{_hint(self.target, found)}")
        for setting in ("drop", "categorical"):
            for column in getattr(self, setting):
                self._check_declared(setting, column, found)

    def _check_declared(self, setting: str, column: str, found: Sequence[str]) -> None:
        where = Where(self.path)
        if column not in found:
            raise where.error(
                f"'{setting}' names a column '{column}' that is not there{_hint(column, found)}"
            )
        if column == self.target:
            raise where.error(f"'{setting}' names the target column '{column}'")
        if setting == "categorical" and column in self.drop:
            raise where.error(f"'categorical' names column '{column}', which 'drop' removes")


def _hint(name: str, found: Sequence[str]) -> str:
    close = get_close_matches(name, found, n=1)
    if close:
        return f"; did you mean '{close[0]}'?"
    shown = ", ".join(f"'{column}'" for column in found[:_SHOWN])
    return f"; there {'is' if len(found) == 1 else 'are'} {shown}{', ...' if len(found) > _SHOWN else ''}"
