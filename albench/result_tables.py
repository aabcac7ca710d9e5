"""The tables of a results folder as Polars frames, and what its last run says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from albench.store.build_tables import (
    build_annotations_table,
    build_curves_table,
    build_queries_table,
    build_references_table,
    build_trials_table,
)
from albench.store.price_tables import price_annotations, price_curves, price_queries

if TYPE_CHECKING:
    import polars as pl

    from albench.analysis.judged_trials import JudgedTrial
    from albench.analysis.needed_repeats import CellRepeats
    from albench.spec.experiment import Experiment
    from albench.store.folder import ResultsFolder


@dataclass(frozen=True, repr=False)
class ResultTables:
    """The tables of an experiment, read when first asked for, and what went wrong in its last run."""

    experiment: Experiment
    folder: ResultsFolder
    failed: int = 0
    problems: tuple[str, ...] = ()
    stopped: str | None = None
    differences: tuple[str, ...] = ()

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
        from albench.report.tables.stopping import build_stops_table

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
    def _labels(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        return self.folder.read_labels()

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(self._labels[0]["key"])
