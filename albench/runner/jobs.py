"""From what is to run to the jobs of a run: texts, splits, then trials and references, longest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from albench.canonical import canonical, digest
from albench.planning.costs import reference_work, trial_work
from albench.registry.lookup import recipe
from albench.runner.executors.choose import limits_of
from albench.runner.tasks import reference_task, trial_task
from albench.runner.worker import EmbedJob, FitJob, PrepareJob

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from albench.contracts import Table
    from albench.planning.decisions import Decision
    from albench.planning.grid import Plan, PlannedReference
    from albench.store.folder import Folder

Split = tuple[str, int]


class Jobs:
    """The jobs of the trials and references that will run.

    Parameters
    ----------
    plan : Plan
    pending : mapping of key to Decision
    references : mapping of key to PlannedReference
    folder : Folder
        Holds the picks of trials that are scored again.
    scratch : Path
        Where prepared arrays lie while the run goes on.
    """

    def __init__(
        self,
        plan: Plan,
        pending: Mapping[str, Decision],
        references: Mapping[str, PlannedReference],
        folder: Folder,
        scratch: Path,
    ) -> None:
        self._plan, self._folder, self._scratch = plan, folder, scratch
        self._pending, self._references = pending, references

    def embed(self, tables: Mapping[str, Table]) -> Iterator[EmbedJob]:
        """Yield a job for every dataset whose texts are embedded before it is divided."""
        needed = {d.trial.dataset for d in self._pending.values()}
        for dataset in sorted(needed | {ref.dataset for ref in self._references.values()}):
            how = self._plan.experiment.preprocessing_of(dataset)
            if how.text and tables[dataset].text:
                yield EmbedJob(tables[dataset], how, self._embedded(dataset))

    def prepare(self, tables: Mapping[str, Table]) -> Iterator[PrepareJob]:
        """Yield a job for every split that a trial or a reference needs."""
        it = self._plan.experiment
        trials = {(d.trial.dataset, d.trial.identity.split_index) for d in self._pending.values()}
        needed = trials | {(ref.dataset, ref.identity.split_index) for ref in self._references.values()}
        strategies = self._strategies()
        for dataset, split in sorted(needed):
            yield PrepareJob(
                table=tables[dataset],
                dataset=self._plan.facts[dataset].hash,
                split=recipe(it.split),
                split_index=split,
                validation=it.validation,
                random_state=it.random_state,
                target=self._arrays((dataset, split)),
                strategies=tuple(strategies.get((dataset, split), {}).values()),
                preprocessing=it.preprocessing_of(dataset),
                embedded=self._embedded(dataset),
            )

    def fits(self) -> Iterator[FitJob]:
        """Yield the longest jobs first, so that no long one is left to a single worker at the end.

        Trials that can score the picks of others in this run come after all others.
        """
        facts = self._plan.facts
        trials = [(trial_work(d.trial, facts[d.trial.dataset]), key) for key, d in self._pending.items()]
        fits = [(reference_work(ref, facts[ref.dataset]), key) for key, ref in self._references.items()]
        ordered = [key for _, key in sorted(trials + fits, reverse=True)]
        for key in sorted(ordered, key=self._borrows):
            yield self.fit(key)

    def _borrows(self, key: str) -> bool:
        return key in self._pending and self._pending[key].picks_of in self._pending

    def fit(self, key: str) -> FitJob:
        """Return the job of a trial or a reference."""
        it = self._plan.experiment
        limits = limits_of(it.execution)
        if key in self._references:
            ref = self._references[key]
            arrays = self._arrays((ref.dataset, ref.identity.split_index))
            return FitJob(reference_task(ref, it), arrays, limits)
        decision = self._pending[key]
        arrays = self._arrays((decision.trial.dataset, decision.trial.identity.split_index))
        return FitJob(trial_task(decision, it, self._folder), arrays, limits)

    def _strategies(self) -> dict[Split, dict[str, dict[str, Any]]]:
        """Return the recipes of the strategies that will query, by split, each once."""
        found: dict[Split, dict[str, dict[str, Any]]] = {}
        for trial in [d.trial for d in self._pending.values() if d.action == "run"]:
            made = recipe(trial.strategy.component)
            found.setdefault((trial.dataset, trial.identity.split_index), {})[canonical(made)] = made
        return found

    def _arrays(self, split: Split) -> str:
        return str(self._scratch / f"{self._features(split[0])}-{split[1]}")

    def _embedded(self, dataset: str) -> str:
        return str(self._scratch / f"{self._features(dataset)}-texts")

    def _features(self, dataset: str) -> str:
        """Name a dataset and what is done to its columns."""
        how = self._plan.experiment.preprocessing_of(dataset).fragment()
        return f"{self._plan.facts[dataset].hash[:16]}-{digest(how)[:8]}"
