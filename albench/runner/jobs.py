"""The jobs of a run: texts, splits, then trials and references, longest first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from albench.canonical import digest, encode_canonical
from albench.planning.costs import estimate_reference_work, estimate_trial_work
from albench.registry.lookup import make_recipe
from albench.runner.executors.choose import get_limits
from albench.runner.tasks import build_reference_task, build_trial_task
from albench.runner.worker import EmbedJob, FitJob, PrepareJob, embed_texts, write_split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from albench.contracts import Table
    from albench.planning.decisions import Decision
    from albench.planning.plan import Plan, PlannedReference, PlannedTrial
    from albench.store.folder import ResultsFolder

    Preparation = tuple[Callable[[Any], str], Iterable[Any]]
    """What a worker does to make arrays, and its jobs."""

# A dataset, the label of its preprocessing where several are compared, and a split.
DatasetSplit = tuple[str, str, int]


class JobBuilder:
    """Builds the jobs of the trials and references that will run.

    Parameters
    ----------
    folder : ResultsFolder
        Holds the picks of trials that are scored again.
    scratch : Path
        Where prepared arrays lie while the run goes on.
    """

    def __init__(
        self,
        plan: Plan,
        pending: Mapping[str, Decision],
        references: Mapping[str, PlannedReference],
        folder: ResultsFolder,
        scratch: Path,
    ) -> None:
        self._plan, self._folder, self._scratch = plan, folder, scratch
        self._pending, self._references = pending, references

    def list_preparations(self, tables: Mapping[str, Table]) -> Iterator[Preparation]:
        """Yield what makes the arrays of trials, one after the other, each with its jobs."""
        yield embed_texts, self.build_embed_jobs(tables)
        yield write_split, self.build_prepare_jobs(tables)

    def build_embed_jobs(self, tables: Mapping[str, Table]) -> Iterator[EmbedJob]:
        """Yield a job for every dataset whose texts are embedded before it is divided."""
        for dataset, label in dict.fromkeys((dataset, label) for dataset, label, _ in self.list_splits()):
            preprocessing = self._plan.experiment.get_preprocessing(dataset, label)
            target = self._get_texts_folder(dataset, label)
            # An earlier block may have made them.
            if preprocessing.text and tables[dataset].text and not Path(target).exists():
                yield EmbedJob(tables[dataset], preprocessing, target)

    def list_splits(self) -> list[DatasetSplit]:
        """Return every split that a trial or a reference needs."""
        trials = {_get_split(d.trial) for d in self._pending.values()}
        return sorted(trials | set(map(_get_split, self._references.values())))

    def build_prepare_jobs(self, tables: Mapping[str, Table]) -> Iterator[PrepareJob]:
        """Yield a job for every split."""
        experiment = self._plan.experiment
        sharing = self._collect_sharing()
        for dataset, label, split in self.list_splits():
            table = tables[dataset]
            yield PrepareJob(
                # What takes part in nothing is not sent to workers.
                table=table if table.unlabelled_uses else replace(table, unlabelled=None),
                dataset=self._plan.facts[dataset].hash,
                split=make_recipe(experiment.split),
                split_index=split,
                validation=experiment.validation,
                random_state=experiment.random_state,
                target=self._get_arrays_folder((dataset, label, split)),
                sharing=tuple(sharing.get((dataset, label, split), {}).values()),
                needs_difficulty=any(entry.component.needs_difficulty() for entry in experiment.oracles),
                row_prices=self._plan.facts[dataset].row_prices,
                answer_columns=tuple(column for column, _ in self._plan.facts[dataset].answers),
                preprocessing=experiment.get_preprocessing(dataset, label),
                embeddings_folder=self._get_texts_folder(dataset, label),
            )

    def build_fit_jobs(self) -> Iterator[FitJob]:
        """Yield the longest jobs first, so that no long one is left to a single worker at the end.

        Trials that can score the picks of others in this run come after all others.
        """
        facts = self._plan.facts
        work = {key: estimate_trial_work(d.trial, facts[d.trial.dataset]) for key, d in self._pending.items()}
        work |= {
            key: estimate_reference_work(ref, facts[ref.dataset]) for key, ref in self._references.items()
        }
        keys = sorted(work, key=lambda key: (work[key], key), reverse=True)
        for key in sorted(keys, key=self._shares_picks):
            yield self.build_fit_job(key)

    def _shares_picks(self, key: str) -> bool:
        return key in self._pending and self._pending[key].picks_of in self._pending

    def build_fit_job(self, key: str) -> FitJob:
        """Return the job of a trial or a reference."""
        experiment = self._plan.experiment
        limits = get_limits(experiment.execution)
        if key in self._references:
            ref = self._references[key]
            arrays = self._get_arrays_folder(_get_split(ref))
            return FitJob(build_reference_task(ref, experiment), arrays, limits)
        decision = self._pending[key]
        arrays = self._get_arrays_folder(_get_split(decision.trial))
        return FitJob(build_trial_task(decision, experiment, self._folder), arrays, limits)

    def _collect_sharing(self) -> dict[DatasetSplit, dict[str, dict[str, Any]]]:
        """Return the recipes of what will choose rows by what a split shares, by split, each once."""
        recipes: dict[DatasetSplit, dict[str, dict[str, Any]]] = {}
        for trial in [d.trial for d in self._pending.values() if d.action == "run"]:
            seed_set = trial.seed_set.component
            on_split = recipes.setdefault(_get_split(trial), {})
            for component in (trial.strategy.component, *([seed_set] if seed_set.looks_at_features else ())):
                recipe = make_recipe(component)
                on_split[encode_canonical(recipe)] = recipe
        return recipes

    def _get_arrays_folder(self, split: DatasetSplit) -> str:
        return str(self._scratch / f"{self._format_features_name(*split[:2])}-{split[2]}")

    def _get_texts_folder(self, dataset: str, label: str) -> str:
        return str(self._scratch / f"{self._format_features_name(dataset, label)}-texts")

    def _format_features_name(self, dataset: str, label: str) -> str:
        """Return a name for a dataset and what is done to its columns."""
        preprocessing = self._plan.experiment.get_preprocessing(dataset, label).fragment()
        return f"{self._plan.facts[dataset].hash[:16]}-{digest(preprocessing)[:8]}"


def _get_split(planned: PlannedTrial | PlannedReference) -> DatasetSplit:
    return planned.dataset, planned.preprocessing, planned.identity.split_index


def choose_job_builder(plan: Plan) -> type[JobBuilder]:
    """Return what builds the jobs of a plan."""
    if not plan.is_stream:
        return JobBuilder
    # Only they have it.
    from albench.runner.stream_jobs import StreamJobBuilder

    return StreamJobBuilder
