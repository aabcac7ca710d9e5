"""A file and the file of its test part, read as one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from albench.datasets.mistakes import join_errors
from albench.datasets.where import Where
from albench.text import list_quoted, suggest_word

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import polars as pl

_SHOWN = 5


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


def join_frames(frames: Sequence[pl.DataFrame], names: Collection[str], where: Where) -> pl.DataFrame:
    """Put the rows of a file and of its test file one below the other.

    Parameters
    ----------
    frames : sequence of polars.DataFrame
        One, or two.
    names : collection of str
        Columns whose values are names, whatever they are stored as.
    """
    import polars as pl

    if len(frames) == 1:
        return frames[0].rechunk()
    first, second = frames
    test_file = where.second.name if isinstance(where, JoinedWhere) else ""
    check_same_columns(first.columns, second.columns, test_file)
    second = second.select(first.columns)
    _check_same_types([name for name in first.columns if name not in names], first, second, where)
    try:
        return pl.concat([first, second], how="vertical_relaxed", rechunk=True)
    except pl.exceptions.PolarsError as error:
        line = str(error).partition("\n")[0]
        raise where.error(f"its rows and those of its test file cannot be put together: {line}") from error


def _check_same_types(names: Sequence[str], first: pl.DataFrame, second: pl.DataFrame, where: Where) -> None:
    import polars as pl

    errors = []
    for name in names:
        types = (first[name].dtype, second[name].dtype)
        if pl.Null not in types and types[0].is_numeric() != types[1].is_numeric():
            text = f"its values are {types[0]}, and {types[1]} in the test file: save both with one type"
            errors.append(where.error(text, column=name))
    if errors:
        raise join_errors(errors, _SHOWN)


def check_same_columns(names: Sequence[str], test_names: Sequence[str], test_file: str) -> None:
    """See that a test file has the columns of the file before it."""
    present = frozenset(test_names)
    lacking = [name for name in names if name not in present]
    if lacking:
        others = [name for name in test_names if name not in frozenset(names)]
        advice = suggest_word(lacking[0], others) if len(lacking) == 1 else ""
        raise Where(test_file).error(
            f"it has no column {list_quoted(lacking, 'and')}, as the file has whose test part it is"
            + (f"; {advice}" if advice else "")
        )
