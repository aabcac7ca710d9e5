"""Mistakes of one dataset, told together."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from albench.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Mistakes:
    """What is wrong with a dataset, collected until there is no point in looking further."""

    def __init__(self) -> None:
        self._errors: list[DatasetError] = []

    @contextmanager
    def collect(self) -> Iterator[None]:
        """Keep the error of the block, and go on after it."""
        try:
            yield
        except DatasetError as error:
            self._errors.append(error)

    @contextmanager
    def end(self) -> Iterator[None]:
        """Raise an error of the block together with those before it."""
        try:
            yield
        except DatasetError as error:
            raise join_errors([*self._errors, error]) from error

    def raise_all(self) -> None:
        """Raise what was collected."""
        if self._errors:
            raise join_errors(self._errors)


def join_errors(errors: Sequence[DatasetError], most: int | None = None) -> DatasetError:
    """Return one error of one or more: a line each, of the first ``most``."""
    lines = [str(error) for error in errors[:most]]
    if most is not None and len(errors) > most:
        lines[-1] += f" (and {len(errors) - most} more of this kind)"
    return DatasetError("\n".join(lines))
