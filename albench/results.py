"""What an experiment has produced: its tables, the answer, the leaderboard, the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from albench.files import write_file
from albench.result_tables import ResultTables
from albench.spec.repeats import UntilDecided
from albench.store.plain_files import make_folder
from albench.tables import TABLES

if TYPE_CHECKING:
    import polars as pl

    from albench.analysis.evidence.conclusions import Evidence
    from albench.narrative import Check
    from albench.report.plots import Plots
    from albench.report.written_page import WrittenPage
    from albench.runner.outcome import Outcome
    from albench.spec.experiment import Experiment
    from albench.store.folder import ResultsFolder
    from albench.trace.trace import Story


@dataclass(frozen=True, repr=False)
class Results(ResultTables):
    """The results of an experiment, read when first asked for; ``print`` says the answer in sentences.

    Attributes
    ----------
    experiment : Experiment
    folder : Folder
    failed : int
        Trials of the last run that failed, now or before; 0 if the results were only opened.
    problems : tuple of str
        What went wrong in the last run, one sentence each.
    stopped : str or None
        Why the last run ended before everything was tried; None if it did not.
    differences : tuple of str
        What the spec file says otherwise by now than the run did that these are the results of.
    """

    @classmethod
    def from_run(cls, experiment: Experiment, folder: ResultsFolder, outcome: Outcome) -> Results:
        """Return the results of a folder after a run on it."""
        return cls(experiment, folder, outcome.failed, tuple(outcome.problems), outcome.stopped)

    def __repr__(self) -> str:
        return f"Results of '{self.experiment.name}' in '{self.folder.path}'"

    def __str__(self) -> str:
        failures = self.describe_failures()
        return "\n".join([*self.answer, *(("", *failures) if failures else ())])

    def _repr_html_(self) -> str:
        from albench.report.notebook_view import format_results_html

        table = self._format_first_screen()
        return format_results_html(self.answer, table, self.describe_failures(), self.folder.report)

    def _format_first_screen(self) -> str:
        from albench.report.notebook_view import format_first_screen
        from albench.spec.highlight import list_highlighted

        return format_first_screen(self.evidence, list_highlighted(self.experiment))

    @cached_property
    def evidence(self) -> Evidence:
        """What the analysis concludes."""
        import polars as pl

        from albench.analysis.conclude import conclude

        datasets = self.folder.read_datasets()
        classes = {dataset["label"]: dataset["classes"] for dataset in datasets}
        # Smaller pools of a pilot are no datasets of their own: no table or test is over them.
        pools = list(self.experiment.pilot_pools)
        evidence = conclude(
            self.experiment.leave_out_pilot_pools(),
            self.trials.filter(~pl.col("dataset").is_in(pools)),
            self.curves,
            self.references.filter(~pl.col("dataset").is_in(pools)),
            queries=self.queries,
            annotations=self.annotations,
            classes=classes,
            judged=self._judged,
            needed=[cell for cell in self.needed_repeats if cell.dataset not in pools],
        )
        if not self.experiment.pilot.budget:
            return evidence
        from albench.pilot.answer import answer_pilot

        (own,) = (dataset for dataset in datasets if dataset["label"] == self.experiment.datasets[0].label)
        answer = answer_pilot(self.experiment, self.trials, self.curves, self.references, own)
        return replace(evidence, pilot=answer)

    @cached_property
    def answer(self) -> tuple[str, ...]:
        """What the primary slice says, a sentence each: the answer first, then how sure it is."""
        from albench.narrative import write_answer

        return write_answer(self.evidence)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """What can be wrong with the experiment, looked at one by one."""
        from albench.narrative import run_checks

        return run_checks(self.evidence)

    def leaderboard(self, **axes: str | float) -> pl.DataFrame:
        """Return one row a strategy, the best first; of pools random before all others.

        Parameters
        ----------
        **axes : str, int or float
            Which slice: the primary one but for these, as ``metric="log_loss", model="svm_rbf"``, on streams
            ``metric="kappa", budget=0.05``.

        Returns
        -------
        DataFrame
            ``strategy``; ``area`` under the learning curve, on streams ``level``; its ``difference`` to
            random in the same repeat with ``low`` and ``high``; ``wins``, ``ties`` and ``losses``, ``p``
            values and more: ``docs/tables.md`` says what each is.

        Raises
        ------
        UnknownSliceError
            If there is none.
        """
        from albench.report.tables.leaderboard import build_leaderboard_table

        return build_leaderboard_table(self.evidence.find_slice(axes))

    @property
    def plot(self) -> Plots:
        """The figures of the page one by one: ``plot.curves()``, ``saving()``, ``picks()`` and more."""
        from albench.report.plots import Plots

        return Plots(self)

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return every table by name."""
        annotations = {"annotations": self.annotations} if self.annotations.height else {}
        return {
            "trials": self.trials,
            "curves": self.curves,
            "queries": self.queries,
            **annotations,
            "references": self.references,
            **({"stops": self.stops} if self.experiment.stopping else {}),
            **({"repeats": self.repeats} if isinstance(self.experiment.repeats, UntilDecided) else {}),
            "leaderboard": self.leaderboard(),
        }

    def write_tables(self) -> Path:
        """Write every table as Parquet and CSV beside the page; return their folder."""
        from albench.report.html.embed import format_table_csv

        folder = self.folder.tables
        make_folder(folder)
        tables = self.tables()
        # Of an experiment that had what this one has not.
        for name in TABLES.keys() - tables.keys():
            for suffix in ("csv", "parquet"):
                (folder / f"{name}.{suffix}").unlink(missing_ok=True)
        for name, frame in tables.items():
            with write_file(folder / f"{name}.parquet") as handle:
                frame.write_parquet(handle)
            with write_file(folder / f"{name}.csv") as handle:
                handle.write(format_table_csv(frame).encode())
        return folder

    def story(self, key: str) -> Story:
        """Return one trial pick by pick; ``print`` tells it in words.

        Parameters
        ----------
        key : str
            Of the trial, or the first signs of it.

        Raises
        ------
        UnknownTrialError
            If no trial has that key, or several have.
        """
        from albench.trace.trace import build_story

        return build_story(self, key)

    def report(self, path: str | Path | None = None) -> Path:
        """Write the page, and the tables beside it; return its path.

        Parameters
        ----------
        path : str or Path, optional
            Where to; ``report.html`` of the results folder unless given.
        """
        self.write_tables()
        return self._write_report(Path(path or self.folder.report))

    def _write_report(self, path: Path) -> Path:
        from albench.report import write_report

        return write_report(self, path)

    def update_report(self) -> WrittenPage:
        """Write the page and the tables, unless those that are there are of these results."""
        from albench.report.written_page import (
            WrittenPage,
            find_written_page,
            identify_page,
            record_written_page,
        )

        # The identity before the tables: what another run adds meanwhile is then seen next time.
        identity, unread = identify_page(self), replace(self)
        page = find_written_page(self.folder, identity)
        if page is None:
            page = WrittenPage(unread.report(), unread.answer)
            record_written_page(self.folder, identity, page.answer)
        return page
