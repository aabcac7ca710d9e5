"""What the file formats with named columns have in common: which are features, which is the target."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

from albench.datasets.checks import Where, check_table
from albench.datasets.files.location import LocatedSource, resolve_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import polars as pl

    from albench.contracts import Table

_SHOWN = 10
MISSING = ("", "?", "NA", "NaN", "nan", "null", "None")


class FileSource(LocatedSource):
    """A table in a file, with one column as the target."""

    target: str
    """Column that holds the class."""
    drop: tuple[str, ...] = ()
    """Columns that are no features: other targets, notes."""
    categorical: tuple[str, ...] = ()
    """Columns that hold numbers which are names: postcodes, codes of products."""
    missing: tuple[str, ...] = MISSING
    """Texts that stand for a missing value."""
    text: tuple[str, ...] = ()
    """Columns that hold sentences rather than names."""
    id: tuple[str, ...] = ()
    """Columns that together identify a row: no features, and no value may come twice."""
    test_file: str = ""
    """A second file, with the same columns, that is the test part: for ``split: declared``."""
    split: str = ""
    """Column that says of each row ``train`` or ``test`` (or ``validation``: in neither part): for
    ``split: declared``."""
    task: Literal["classification", "regression"] = "classification"
    """Whether the target is a class or a number."""
    precision: Literal["double", "single"] = "double"
    """Of numeric columns; single takes half the memory."""

    def files(self, base: Path) -> tuple[Path, ...]:
        """Return the files that must be there, resolved against the folder of the spec."""
        test = (resolve_file(base, self.test_file),) if self.test_file else ()
        return (*super().files(base), *test)

    def load(self, base: Path) -> Table:
        """Read the file, and the file of the test part if there is one.

        Raises
        ------
        DatasetError
            With file, column, and row where there is one.
        """
        import polars as pl

        from albench.datasets.files.columns import build_table
        from albench.datasets.files.declared_splits import check_ids, get_parts_of_files, read_parts_of_column

        parts = [self, *([self._of_test(base)] if self.test_file else [])]
        files = [part.find_existing_file(base) for part in parts]
        for part, file in zip(parts, files, strict=True):
            part._check_columns(part._columns(file))  # noqa: SLF001 - of this class
        frames = [part._raw(file) for part, file in zip(parts, files, strict=True)]  # noqa: SLF001
        where = self.where(files[0])
        if len(frames) > 1:
            frames[1] = frames[1].select(frames[0].columns)
            test = parts[1].where(files[1])
            where = JoinedWhere(where.name, where.target, where, test, frames[0].height)
        raw = pl.concat(frames, how="vertical_relaxed", rechunk=True)
        frame = self._typed(raw, where)
        check_ids(frame, self.id, where)
        divisions = get_parts_of_files([part.height for part in frames])
        if self.split:
            divisions = read_parts_of_column(frame[self.split], self.missing, where)
        table = build_table(
            frame.drop([*self.drop, *self.id, *([self.split] if self.split else [])]),
            target=self.target,
            categorical=self.categorical,
            text=self.text,
            missing=self.missing,
            task=self.task,
            single=self.precision == "single",
            where=where,
        )
        return check_table(replace(table, divisions=divisions), where)

    def header(self, base: Path) -> tuple[str, ...] | None:
        """Return the column names, without reading the data; None for a file that is to be downloaded.

        Raises
        ------
        DatasetError
            If there is no such file, or it has no header that can be read.
        """
        if self.lacks(base) or self.damaged(base):
            return None
        return self._columns(self.find_existing_file(base))

    def where(self, file: Path) -> Where:
        """Return how messages name this file and its rows."""
        del file
        return Where(self.path, self.target)

    def _of_test(self, base: Path) -> FileSource:
        del base
        return self.model_copy(update={"path": self.test_file, "url": "", "sha256": "", "test_file": ""})

    def _columns(self, file: Path) -> tuple[str, ...]:
        raise NotImplementedError(f"{type(self).__qualname__} must define _columns(file)")

    def _raw(self, file: Path) -> pl.DataFrame:
        raise NotImplementedError(f"{type(self).__qualname__} must define _raw(file)")

    def _typed(self, frame: pl.DataFrame, where: Where) -> pl.DataFrame:
        """Return the columns with types, for formats whose files have none."""
        del where
        return frame

    @property
    def _as_names(self) -> frozenset[str]:
        """Columns whose cells are names whatever they look like."""
        target = () if self.task == "regression" else (self.target,)
        return frozenset((*target, *self.categorical, *self.text, *self.drop, *self.id, self.split))

    def _check_columns(self, names: Sequence[str]) -> None:
        where = Where(self.path)
        for position, column in enumerate(names):
            if column in names[:position]:
                raise where.error("two columns have this name", column=column)
            if not column and "" not in (*self.drop, *self.id):
                raise where.error(
                    f"column {position + 1} has no name; if it is a row number, declare drop: ['']"
                )
        if self.target not in names:
            raise where.error(f"there is no target column '{self.target}'{hint(self.target, names)}")
        for setting in ("drop", "id", "text", "categorical"):
            for column in getattr(self, setting):
                self._check_declared(setting, column, names)
        if self.split:
            self._check_declared("split", self.split, names)

    def _check_declared(self, setting: str, column: str, names: Sequence[str]) -> None:
        where = Where(self.path)
        if column not in names:
            raise where.error(f"'{setting}' names a column '{column}' that is not there{hint(column, names)}")
        if column == self.target:
            raise where.error(f"'{setting}' names the target column '{column}'")
        if setting == "categorical":
            for other, verb in (("drop", "removes"), ("id", "takes"), ("text", "takes")):
                if column in getattr(self, other):
                    raise where.error(f"'categorical' names column '{column}', which '{other}' {verb}")


@dataclass(frozen=True)
class JoinedWhere(Where):
    """Names the rows of two files that were read as one."""

    first: Where = field(default_factory=lambda: Where(""))
    second: Where = field(default_factory=lambda: Where(""))
    n_first: int = 0

    def row(self, index: int) -> str:
        """Name a row, and the second file if it is there."""
        if index < self.n_first:
            return self.first.row(index)
        return f"{self.second.name} {self.second.row(index - self.n_first)}"


def hint(name: str, names: Sequence[str]) -> str:
    """Return what to add to a message about a column that is not there."""
    close = get_close_matches(name, names, n=1)
    if close:
        return f"; did you mean '{close[0]}'?"
    first_names = ", ".join(f"'{column}'" for column in names[:_SHOWN])
    return (
        f"; there {'is' if len(names) == 1 else 'are'} {first_names}{', ...' if len(names) > _SHOWN else ''}"
    )
