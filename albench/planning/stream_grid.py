"""The grid of an experiment on streams, expanded to trials. Pure: nothing is read, run or written."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, cast

from albench.contracts.stream import explain_misfit, explain_unfit_oracle
from albench.coverage import Coverage
from albench.errors import SpecError
from albench.identity import StreamIdentity
from albench.planning.fragments import Fragments
from albench.planning.grid import check_distinct
from albench.planning.misfits import check_class_names, list_missing_answers
from albench.planning.plan import Plan, PlannedTrial
from albench.stream.learners import choose_learning
from albench.text import list_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from albench.contracts import BudgetManager, Drift, StreamStrategy
    from albench.datasets.facts import DatasetFacts
    from albench.spec.experiment import Entry
    from albench.spec.stream_experiment import StreamExperiment
    from albench.stream.learners import LearnerSettings


@dataclass(frozen=True, kw_only=True)
class PlannedStreamTrial(PlannedTrial):
    """A cell of the grid of streams for one repeat."""

    identity: StreamIdentity
    strategy: Entry[StreamStrategy]  # type: ignore[assignment]
    seed_set: Any = None
    manager: Entry[BudgetManager]
    drift: Entry[Drift]
    learner: LearnerSettings

    @property
    def title(self) -> str:
        """Dataset, model, strategy, budget, repeat."""
        share = f"{100 * self.identity.share:.12g}%"
        drift = "" if self.drift.label == "none" else f" {self.drift.label}"
        return (
            f"{self.dataset} {self.model.label} {self.strategy.label} {self.manager.label} {share}{drift} "
            f"repeat {self.identity.repeat}"
        )

    def to_row(self) -> dict[str, Any]:
        """Return the row of the plan's table: the columns by which tables name this trial."""
        return {
            "key": self.identity.key,
            "dataset": self.dataset,
            "model": self.model.task.label,
            "strategy": self.strategy.label,
            "manager": self.manager.label,
            "budget": self.identity.share,
            "oracle": self.oracle.label,
            "drift": self.drift.label,
            "repeat": self.identity.repeat,
        }


@dataclass(frozen=True)
class StreamPlan(Plan):
    """Everything that an experiment on streams asks for."""

    is_stream = True

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know about the data, by dataset, and about prices."""
        of_data = (
            f"{label}: {text}"
            for label, facts in self.facts.items()
            for text in (*facts.warnings, *self._note_lost_marks(facts))
        )
        return (*of_data, *self._note_prices())

    def _note_prices(self) -> Iterator[str]:
        for entry in self.experiment.oracles:
            if any(annotator.cost != 1 for annotator in getattr(entry.component, "annotators", ())):
                yield (
                    f"oracle '{entry.label}': what its annotators cost does not count on a stream, whose "
                    "budgets are shares of the rows"
                )

    def _note_lost_marks(self, facts: DatasetFacts) -> Iterator[str]:
        order = cast("StreamExperiment", self.experiment).order
        if facts.marks and order != "given":
            rows = list_words(list(map(str, facts.marks)))
            yield f"its concept changes at row {rows}; 'order: {order}' mixes it up, 'order: given' does not"


def make_stream_plan(experiment: StreamExperiment, facts: Mapping[str, DatasetFacts]) -> StreamPlan:
    """Expand the grid; what is inapplicable is refused, or skipped where the spec says so."""
    check_class_names(experiment, facts)
    grid = _Grid(experiment, facts)
    trials = [trial for entry in experiment.datasets for trial in grid.plan_trials(facts[entry.label])]
    check_distinct(trials)
    run = tuple(trial for trial in trials if not trial.skipped)
    skipped = tuple(trial for trial in trials if trial.skipped)
    if skipped and experiment.inapplicable == "error":
        raise SpecError(skipped[0].skipped)
    return StreamPlan(experiment, facts, run, (), skipped)


class _Grid:
    """What all datasets have in common: fragments of components, how models learn, what goes together."""

    def __init__(self, experiment: StreamExperiment, facts: Mapping[str, DatasetFacts]) -> None:
        self._experiment = experiment
        refit = experiment.refit
        self._learners = {
            model.label: choose_learning(model.task.component, refit.every, refit.window)
            for model in experiment.models
        }
        self._pairs = [
            (strategy, manager, explain_misfit(strategy.component, manager.component))
            for strategy, manager in experiment.pairs
        ]
        self._unfit_oracles = {
            (oracle.label, drift.label): f"oracle '{oracle.label}': {problem}"
            for oracle, drift in product(experiment.oracles, experiment.drifts)
            if (problem := explain_unfit_oracle(oracle.component, drift.component))
        }
        self._missing_answers = list_missing_answers(experiment, facts)
        self._coverage = Coverage(0, frozenset(experiment.scores))

    def plan_trials(self, facts: DatasetFacts) -> Iterator[PlannedStreamTrial]:
        """Yield the trials on one dataset."""
        experiment, misfits = self._experiment, dict(facts.misfits)
        fragments = Fragments(facts)
        too_few = _explain_start(experiment, facts)
        cells = product(
            experiment.models,
            self._pairs,
            experiment.budgets,
            experiment.oracles,
            experiment.drifts,
            range(experiment.repeats.splits),
        )
        for model, (strategy, manager, misfit), budget, oracle, drift, repeat in cells:
            learner = self._learners[model.label]
            reasons = (
                misfit,
                experiment.misfits.get((strategy.label, model.label)),
                too_few or misfits.get("") or misfits.get(drift.label),
                self._unfit_oracles.get((oracle.label, drift.label)),
                self._missing_answers.get((oracle.label, facts.label)),
            )
            identity = StreamIdentity(
                dataset=facts.hash,
                split_index=repeat,
                task_model=fragments.get(model.task.component),
                query_model=fragments.get(model.task.component),
                strategy=fragments.get(strategy.component),
                manager=fragments.get(manager.component),
                oracle=fragments.get(oracle.component),
                drift=fragments.get(drift.component),
                share=budget.value / 100,
                order=experiment.order,
                delay=experiment.delay,
                n_start=experiment.start,
                scale=experiment.scale,
                learning=_describe_learning(learner),
                window=experiment.window,
                score_every=experiment.score_every,
                holdout=experiment.holdout,
                random_state=experiment.random_state,
            )
            yield PlannedStreamTrial(
                dataset=facts.label,
                model=model,
                strategy=strategy,
                manager=manager,
                oracle=oracle,
                drift=drift,
                learner=learner,
                identity=identity,
                coverage=self._coverage,
                n_pool=max(0, facts.n_rows - experiment.start),
                classes=facts.classes,
                skipped=next(filter(None, reasons), ""),
            )


def _explain_start(experiment: StreamExperiment, facts: DatasetFacts) -> str:
    n_streamed = facts.n_rows - experiment.start
    if n_streamed <= 0:
        of = f"dataset '{facts.label}': 'start: {experiment.start}'"
        return f"{of} leaves none of its {facts.n_rows} rows for the stream"
    # A drift divides them: of each part, too, all are kept apart then.
    if round(experiment.holdout * n_streamed) < n_streamed:
        return ""
    of = f"dataset '{facts.label}': 'holdout: {experiment.holdout:g}'"
    return f"{of} keeps all {n_streamed} rows of the stream apart: lower it"


def _describe_learning(learner: LearnerSettings) -> dict[str, Any]:
    if learner.refit_every is None:
        return {}
    return {"refit_every": learner.refit_every, "window": learner.window}
