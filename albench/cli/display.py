"""How a command shows its progress: a bar on a terminal, one line a trial elsewhere."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from albench.cli.output import make_printable, print_text
from albench.planning.decisions import NEW_REASON
from albench.runner.progress import SilentDisplay
from albench.text import format_count, format_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.progress import Progress, TaskID
    from rich.status import Status

    from albench.runner.progress import Display, FinishedJob, RunCounts

_REASONS = 6


@contextmanager
def open_display(*, quiet: bool = False, logs: bool = True) -> Iterator[Display]:
    """Yield the display that suits where standard error goes, and leave a clean screen whatever happens.

    Parameters
    ----------
    quiet : bool
        Whether nothing is shown.
    logs : bool
        Whether lines are written where no terminal is.
    """
    display = _choose_display(quiet=quiet, logs=logs)
    try:
        yield display
    finally:
        display.stop()


@contextmanager
def show_phase(text: str) -> Iterator[None]:
    """Say on a terminal what goes on while the body runs."""
    with open_display(logs=False) as display:
        display.show_phase(text)
        yield


def _choose_display(*, quiet: bool, logs: bool) -> Display:
    if not quiet and sys.stderr.isatty() and not os.environ.get("CI"):
        return BarDisplay()
    return SilentDisplay() if quiet or not logs else LineDisplay()


def format_introduction(counts: RunCounts) -> str:
    """Say what will run, in one line."""
    parts = [f"{counts.to_run} trials to run"]
    if counts.to_rescore:
        parts.append(f"{counts.to_rescore} to score again")
    parts.append(f"{counts.reused} reused")
    if counts.kept_failed:
        parts.append(f"{counts.kept_failed} failed before (--rerun failed tries them again)")
    if counts.references:
        parts.append(f"{counts.references} references")
    workers = format_count(counts.n_workers, "worker")
    reasons = [(reason, n) for reason, n in counts.reasons.items() if reason != NEW_REASON][:_REASONS]
    why = "".join(f"\n  {n} of them: {reason}" for reason, n in reasons)
    return f"{', '.join(parts)}; {workers}{why}"


def format_left(eta_s: float, counts: RunCounts | None) -> str:
    """Say how long it takes to the end, or to the next look: what comes then is not known."""
    until = "to the look" if counts is not None and counts.look else "left"
    return f"{format_duration(eta_s)} {until}"


class LineDisplay:
    """One line a finished trial, for logs."""

    def __init__(self) -> None:
        self._total = 0
        self._done = 0
        self._phase = ""
        self._counts: RunCounts | None = None

    def show_phase(self, text: str) -> None:
        """Say what begins, once."""
        if text != self._phase:
            print_text(text, err=True)
        self._phase = text

    def show_note(self, text: str) -> None:
        """Say what a user should know about the data."""
        print_text(f"note: {text}", err=True)

    def start(self, counts: RunCounts) -> None:
        """Say what will run; of later blocks it is said by the phase when they are looked at."""
        if self._counts is None:
            print_text(format_introduction(counts), err=True)
        self._counts = counts
        self._total += counts.n_jobs

    def show_result(self, result: FinishedJob) -> None:
        """Say that a trial is on disk."""
        self._done += 1
        left = f", {format_left(result.eta_s, self._counts)}" if result.eta_s is not None else ""
        why = f": {result.reason}" if result.reason and result.status != "done" else ""
        place = f"[{self._done}/{self._total}]"
        seconds = f"{result.seconds:.2f} s{left}"
        print_text(f"{place} {result.status} {result.title} ({seconds}){why}", err=True)

    def stop(self) -> None:
        """Nothing more will come."""


class BarDisplay:
    """A spinner beside what goes on; while trials run, a bar with their counts and the time that is left."""

    def __init__(self) -> None:
        self._spinner: Status | None = None
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._failed = 0
        self._reused = 0
        self._errors: set[str | None] = set()
        self._counts: RunCounts | None = None

    @cached_property
    def _console(self) -> Console:
        from rich.console import Console

        return Console(stderr=True)

    def show_phase(self, text: str) -> None:
        """Say what begins."""
        from rich.text import Text

        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=make_printable(text), refresh=True)
        elif self._spinner is not None:
            self._spinner.update(Text(make_printable(text)))
        else:
            self._spinner = self._console.status(Text(make_printable(text)))
            self._spinner.start()

    def show_note(self, text: str) -> None:
        """Say what a user should know, above what is shown."""
        if self._progress is None and self._spinner is None:
            print_text(f"note: {text}", err=True)
        else:
            self._console.print(make_printable(f"note: {text}"), markup=False)

    def start(self, counts: RunCounts) -> None:
        """Draw the empty bar; make it longer where a look has shown that more must run."""
        is_first, self._counts = self._counts is None, counts
        if not is_first:
            self._reused += counts.reused
            self._failed += counts.kept_failed
            self._extend_bar(counts)
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._stop_spinner()
        print_text(format_introduction(counts), err=True)
        self._reused, self._failed = counts.reused, counts.kept_failed
        if not (total := counts.n_jobs):
            return
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[status]}"),
            console=self._console,
        )
        status = self._format_status(None)
        self._task = self._progress.add_task("starting workers", total=total, status=status)
        self._progress.start()

    def _extend_bar(self, counts: RunCounts) -> None:
        if self._progress is not None and self._task is not None:
            total = (self._progress.tasks[0].total or 0) + counts.n_jobs
            self._progress.update(self._task, total=total, status=self._format_status(None), refresh=True)

    def show_result(self, result: FinishedJob) -> None:
        """Move the bar on; the first failure of each error stays on the screen as a line."""
        if self._progress is None or self._task is None:
            return
        if result.status != "done":
            self._failed += result.is_trial
            self._show_failure(result)
        self._progress.update(self._task, advance=1, status=self._format_status(result.eta_s))

    def _show_failure(self, result: FinishedJob) -> None:
        # The same error of a hundred trials is one line here, and their number beside the bar.
        if result.reason not in self._errors:
            self._errors.add(result.reason)
            line = make_printable(f"failed: {result.title}: {result.reason}")
            self._console.print(line, markup=False, style="red")

    def stop(self) -> None:
        """Take the spinner away, and leave the bar as it stands."""
        self._stop_spinner()
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def _stop_spinner(self) -> None:
        if self._spinner is not None:
            self._spinner.stop()
            self._spinner = None

    def _format_status(self, eta_s: float | None) -> str:
        left = "" if eta_s is None else format_left(eta_s, self._counts)
        failed = f"{self._failed} failed" if self._failed else ""
        reused = f"{self._reused} reused" if self._reused else ""
        return ", ".join(text for text in (failed, reused, left) if text)
