"""What an experiment has produced: tables as Polars frames, the leaderboard, the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from albench.files import write_file
from albench.spec.repeats import UntilDecided
from albench.store.build_tables import (
    build_annotations_table,
    build_curves_table,
    build_queries_table,
    build_references_table,
    build_trials_table,
)
from albench.store.plain_files import make_folder
from albench.store.price_tables import price_annotations, price_curves, price_queries
from albench.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from albench.analysis.evidence import Evidence
    from albench.analysis.judged_trials import JudgedTrial
    from albench.analysis.needed_repeats import CellRepeats
    from albench.narrative import Check
    from albench.report.plots import Plots
    from albench.report.written_page import WrittenPage
    from albench.runner.driver import Outcome
    from albench.spec.experiment import Experiment
    from albench.store.folder import ResultsFolder
    from albench.trace import Story


@dataclass(frozen=True, repr=False)
class Results:
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

    experiment: Experiment
    folder: ResultsFolder
    failed: int = 0
    problems: tuple[str, ...] = ()
    stopped: str | None = None
    differences: tuple[str, ...] = ()

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
    def notes(self) -> tuple[str, ...]:
        """What a user should know: files that cannot be used, a spec or data that have changed since."""
        from albench.store.recorded_experiment import list_changed_datasets

        changes = [
            f"the data of '{label}' have changed since that run"
            for label in list_changed_datasets(self.folder, self.experiment)
        ]
        if self.differences:
            changes.insert(0, f"the spec has changed since that run ({'; '.join(self.differences)})")
        about = "these are the results of what was run; `albench run` makes those of what is there now"
        return (*self.folder.list_flaws(), *(f"{change}: {about}" for change in changes))

    @property
    def scores(self) -> tuple[str, ...]:
        """Names of the score columns: metrics, those of the validation part, signals."""
        return self.experiment.scores

    @cached_property
    def trials(self) -> pl.DataFrame:
        """One row a trial; ``docs/tables.md`` says what each column of this and the other tables is."""
        return build_trials_table(self._labels[0], self.folder.read_trials(self._keys))

    @cached_property
    def curves(self) -> pl.DataFrame:
        """One row a round of a trial, a column a metric; ``key`` is that of ``trials``."""
        curves = build_curves_table(self.folder.read_curves(self._keys, self.scores), self.scores)
        costs = self.experiment.costs
        return price_curves(curves, self.queries, self.annotations, costs) if costs.differ else curves

    @cached_property
    def queries(self) -> pl.DataFrame:
        """One row a bought label, in the order of the picks; ``key`` is that of ``trials``."""
        queries = build_queries_table(self.folder.read_queries(self._keys))
        return price_queries(queries, self._labels[0], self.folder.read_datasets(), self.experiment.costs)

    @cached_property
    def annotations(self) -> pl.DataFrame:
        """One row an answer, where several annotators are asked or one is asked again; else empty."""
        annotations = build_annotations_table(self.folder.read_annotations(self._keys))
        if not annotations.height:
            return annotations
        datasets, costs = self.folder.read_datasets(), self.experiment.costs
        return price_annotations(annotations, self.queries, self._labels[0], datasets, costs)

    @cached_property
    def references(self) -> pl.DataFrame:
        """One row a model trained on a whole pool, a column a metric."""
        labels = self._labels[1]
        keys = set(labels["key"])
        metrics = [entry.component.column for entry in self.experiment.metrics]
        return build_references_table(labels, self.folder.read_references(keys, metrics), metrics)

    @cached_property
    def stops(self) -> pl.DataFrame:
        """One row a trial and a stopping rule: where it would have stopped, or has; none without rules."""
        from albench.analysis.judged_trials import build_stops_table

        return build_stops_table(self._judged)

    @cached_property
    def _judged(self) -> list[JudgedTrial]:
        experiment = self.experiment
        if not experiment.stopping:
            return []
        from albench.analysis.judged_trials import judge_trials
        from albench.planning.rules import list_observations
        from albench.splits.apportion import compute_share

        names = (*experiment.scores, *sorted(list_observations(experiment)))
        curves = build_curves_table(self.folder.read_curves(self._keys, names), names)
        n_validation = {
            dataset["label"]: compute_share(experiment.validation, dataset["n_rows"])
            for dataset in self.folder.read_datasets()
        }
        return judge_trials(experiment, self.trials, curves, n_validation)

    @cached_property
    def needed_repeats(self) -> tuple[CellRepeats, ...]:
        """How many repeats each cell needs and why; empty where the number of repeats is fixed."""
        from albench.analysis.needed_repeats import find_needed_repeats
        from albench.analysis.score_slices import list_pools

        return find_needed_repeats(self.experiment, self.trials, self.curves, list_pools(self.trials))

    @property
    def repeats(self) -> pl.DataFrame:
        """One row a cell, with its repeats and why it took no more; none where their number is fixed."""
        from albench.report.tables.repeats import build_repeats_table

        return build_repeats_table(self.needed_repeats)

    def missing_reasons(self) -> dict[str, int]:
        """Count the missing trials for each reason for which they were to run, the most frequent first."""
        labels = self._labels[0]
        if "why" not in labels.columns:
            return {}
        there = self.trials["key"].implode()
        missing = labels.filter(~labels["key"].is_in(there))["why"].drop_nulls()
        counts = missing.value_counts(sort=True)
        return dict(counts.iter_rows())

    @cached_property
    def failures(self) -> pl.DataFrame:
        """One row a trial or reference that did not end well, with its traceback, seed and command."""
        from albench.runner.failures import list_failures

        return list_failures(self.experiment, self.folder, self._labels)

    def describe_failures(self) -> tuple[str, ...]:
        """Say how many trials failed or are missing, and of each reason how to look into it; in lines."""
        from albench.narrative.failures import describe_failures

        n_trials = self._labels[0].height
        lines = describe_failures(self.failures, self.problems, n_trials=n_trials, n_missing=self.n_missing)
        return (*lines, f"the run was stopped: {self.stopped}") if self.stopped else lines

    @property
    def n_missing(self) -> int:
        """Trials that the experiment asks for and the folder does not hold."""
        return self._labels[0].height - self.trials.height

    @cached_property
    def evidence(self) -> Evidence:
        """What the analysis concludes."""
        import polars as pl

        from albench.analysis import conclude

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
        from albench.trace import build_story

        return build_story(
            self.experiment,
            self.folder,
            trials=self.trials,
            curves=self.curves,
            queries=self.queries,
            key=key,
        )

    def report(self, path: Path | None = None) -> Path:
        """Write the page, and the tables beside it; return its path.

        Parameters
        ----------
        path : Path, optional
            Where to; ``report.html`` of the results folder unless given.
        """
        self.write_tables()
        return self._write_report(path or self.folder.report)

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

    @cached_property
    def _labels(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        return self.folder.read_labels()

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(self._labels[0]["key"])
