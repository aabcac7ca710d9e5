"""What every part of the reading of a spec has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from pathlib import Path

    from albench.spec.document import Where
    from albench.spec.messages import Problems

T = TypeVar("T")


@dataclass(frozen=True)
class Context:
    """How to read.

    Attributes
    ----------
    problems : Problems
        Where mistakes are noted.
    folder : Path
        Folder that relative paths start from.
    import_user_code : bool
        Whether classes that are not built in may be imported.
    only_checks : bool
        Whether no experiment is wanted: of built-in components without parameters, what the catalogue says
        is enough then.
    is_past : bool
        Whether it is the spec of an earlier run: files and classes that it names may be gone by now.
    """

    problems: Problems
    folder: Path
    import_user_code: bool
    only_checks: bool = False
    is_past: bool = False


@dataclass(frozen=True)
class PlacedValue(Generic[T]):
    """A value of an axis and where it stands."""

    value: T
    where: Where


@dataclass(frozen=True)
class Axis(Generic[T]):
    """The values of an axis that could be read; ``complete`` if that is all of them."""

    items: tuple[PlacedValue[T], ...]
    complete: bool = True

    @property
    def values(self) -> tuple[T, ...]:
        """The values alone."""
        return tuple(item.value for item in self.items)
