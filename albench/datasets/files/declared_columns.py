"""Whether a file has the columns that its settings name, each for one purpose."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from typing import TYPE_CHECKING

from albench.datasets.mistakes import Mistakes
from albench.datasets.where import Where
from albench.text import list_quoted, quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.datasets.files.base import FileSource

_SHOWN = 10
_MOST_COMPARED = 10_000


def check_declared_columns(source: FileSource, names: Sequence[str]) -> None:
    """See that a file has names for its columns, and those that settings name, each for one purpose."""
    where = Where(source.path)
    mistakes = Mistakes()
    with mistakes.collect():
        _check_names(source, names, where)
    for target in source.target_columns:
        with mistakes.collect():
            if target not in names:
                raise where.error(f"there is no target column {quote(target)}{suggest_column(target, names)}")
    known = frozenset(names)
    for setting in ("drop", "answers", "prices", "id", "text", "categorical", "split", "time"):
        columns = getattr(source, setting)
        for column in ([columns] if columns else []) if isinstance(columns, str) else columns:
            with mistakes.collect():
                _check_declared(source, setting, column, names, known)
    mistakes.raise_all()


def _check_names(source: FileSource, names: Sequence[str], where: Where) -> None:
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        more = f" (as have those named {list_quoted(repeated[1:])})" if len(repeated) > 1 else ""
        raise where.error(f"two columns have this name{more}", column=repeated[0])
    if "" in names and "" not in (*source.drop, *source.id):
        raise where.error(
            f"column {names.index('') + 1} has no name; if it is a row number, declare drop: ['']"
        )


def _check_declared(
    source: FileSource, setting: str, column: str, names: Sequence[str], known: frozenset[str]
) -> None:
    where = Where(source.path)
    if column not in known:
        raise where.error(
            f"'{setting}' names a column {quote(column)} that is not there{suggest_column(column, names)}"
        )
    if column in source.target_columns:
        raise where.error(f"'{setting}' names the target column {quote(column)}")
    if setting == "categorical":
        for other, verb in (("drop", "removes"), ("id", "takes"), ("text", "takes")):
            if column in getattr(source, other):
                raise where.error(f"'categorical' names column {quote(column)}, which '{other}' {verb}")


def suggest_column(name: str, names: Sequence[str]) -> str:
    """Return what to add to a message about a column that is not there."""
    close = get_close_matches(name, names, n=1) if len(names) <= _MOST_COMPARED else []
    if close:
        return f"; did you mean {quote(close[0])}?"
    first_names = ", ".join(quote(column) for column in names[:_SHOWN])
    return (
        f"; there {'is' if len(names) == 1 else 'are'} {first_names}{', ...' if len(names) > _SHOWN else ''}"
    )
