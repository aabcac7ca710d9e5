"""How a run shows its progress in a notebook: one bar that is drawn anew in its place."""

from __future__ import annotations

import sys
import time
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any

from albench.runner.progress import get_first_line
from albench.text import format_duration

if TYPE_CHECKING:
    from albench.runner.progress import Display, FinishedJob, RunCounts

_SHOWN = 5
_PAUSE_S = 0.2
"""Between two drawings: each is a message to the browser."""


def open_notebook_display() -> Display | None:
    """Return the display of the notebook that this process is the kernel of; None if it is none."""
    # A kernel has imported it.
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive else None
    return NotebookDisplay() if getattr(shell, "kernel", None) is not None else None


class NotebookDisplay:
    """A bar with what goes on and the time that is left; below it, notes and why jobs failed."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._drawn_at = 0.0
        self._begun_at = time.monotonic()
        self._phase = "planning"
        self._total = self._done = self._failed = self._reused = 0
        self._left, self._until = "", "left"
        # A dict for its order: of what is said twice, once is enough.
        self._lines: dict[str, None] = {}

    def show_phase(self, text: str) -> None:
        """Say what goes on."""
        self._phase = text
        self._draw()

    def show_note(self, text: str) -> None:
        """Say what a user should know, below the bar."""
        self._lines[f"note: {text}"] = None
        self._draw()

    def start(self, counts: RunCounts) -> None:
        """Draw the empty bar; make it longer where a look has shown that more must run."""
        self._total += counts.n_jobs
        self._reused += counts.reused
        self._failed += counts.kept_failed
        self._until = "to the look" if counts.look else "left"
        self._draw()

    def show_result(self, result: FinishedJob) -> None:
        """Move the bar on; a reason for failures becomes a line."""
        self._done += 1
        if result.status != "done":
            self._failed += result.is_trial
            self._lines[f"failed: {get_first_line(result.reason or result.status)}"] = None
        self._left = "" if result.eta_s is None else f"{format_duration(result.eta_s)} {self._until}"
        if time.monotonic() - self._drawn_at > _PAUSE_S:
            self._draw()

    def stop(self) -> None:
        """Leave what was done, and how long it took."""
        self._phase = "done" if self._done >= self._total else "stopped"
        self._left = f"in {format_duration(time.monotonic() - self._begun_at)}"
        self._draw()

    def _draw(self) -> None:
        failed = f"{self._failed} failed" if self._failed else ""
        reused = f"{self._reused} reused" if self._reused else ""
        counts = f"{self._done}/{self._total}" if self._total else ""
        words = ", ".join(filter(None, (self._phase, counts, failed, reused, self._left)))
        lines = list(self._lines)[:_SHOWN]
        if len(self._lines) > _SHOWN:
            lines.append(f"and {len(self._lines) - _SHOWN} more")
        bar = f'<progress value="{self._done}" max="{self._total}"></progress> ' if self._total else ""
        below = "".join(f"<br>{escape(line)}" for line in lines)
        content = {
            "text/plain": "\n".join([words, *lines]),
            "text/html": f"<div>{bar}{escape(words)}{below}</div>",
        }
        if self._handle is None:
            show: Any = import_module("IPython.display").display
            self._handle = show(content, raw=True, display_id=True)
        else:
            self._handle.update(content, raw=True)
        self._drawn_at = time.monotonic()
