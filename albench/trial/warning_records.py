"""The warnings of a trial: not those of modules that are first imported while it runs."""

from __future__ import annotations

import sys
import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from albench.registry import imports

if TYPE_CHECKING:
    from collections.abc import Iterator

_IMPORTERS = ("<frozen importlib.", imports.__file__)
"""Files whose functions run modules, Python's and ours."""


@contextmanager
def record_warnings() -> Iterator[list[warnings.WarningMessage]]:
    """Record every warning of the body, but for those of imports: they come once a process."""
    records: list[warnings.WarningMessage] = []
    # Whoever calls may be imported itself.
    thread, n_outer = threading.get_ident(), _count_import_frames()

    def record(*details: Any, **more: Any) -> None:
        if _count_import_frames() <= (n_outer if threading.get_ident() == thread else 0):
            records.append(warnings.WarningMessage(*details, **more))

    with warnings.catch_warnings():
        # By default Python shows a warning once a line of code, and a trial could not count its rounds.
        warnings.simplefilter("always")
        warnings.showwarning = record
        yield records


def _count_import_frames() -> int:
    """Return how many steps of imports this thread is in."""
    frame, count = sys._getframe(1), 0  # noqa: SLF001 - documented
    while frame is not None:
        count += frame.f_code.co_filename.startswith(_IMPORTERS)
        frame = frame.f_back  # type: ignore[assignment]
    return count
