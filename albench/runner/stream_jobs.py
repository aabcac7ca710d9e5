"""The jobs of trials on streams: the rows of each dataset written once, then a trial each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from albench.registry.lookup import make_recipe
from albench.runner.executors.choose import get_limits
from albench.runner.jobs import JobBuilder
from albench.runner.worker import FitJob, explain_scratch_trouble
from albench.stream.data import make_stream_data, save_stream_data
from albench.stream.execute import StreamTask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from albench.contracts import Table
    from albench.planning.stream_grid import PlannedStreamTrial
    from albench.runner.jobs import DatasetSplit, Preparation


@dataclass(frozen=True)
class StreamRowsJob:
    """Write the rows of a dataset to ``target``, as numbers."""

    table: Table
    dataset: str
    target: str


def write_stream_rows(job: StreamRowsJob) -> str:
    """Write the rows of a stream; return their folder."""
    data = make_stream_data(job.table, job.dataset)
    with explain_scratch_trouble(Path(job.target)):
        save_stream_data(data, Path(job.target))
    return job.target


class StreamJobBuilder(JobBuilder):
    """Builds the jobs of trials on streams."""

    def list_splits(self) -> list[DatasetSplit]:
        """Return the datasets, of which all repeats have the same rows."""
        return [(dataset, "", 0) for dataset in self._list_datasets()]

    def _list_datasets(self) -> list[str]:
        return sorted({decision.trial.dataset for decision in self._pending.values()})

    def list_preparations(self, tables: Mapping[str, Table]) -> Iterator[Preparation]:
        """Yield the writing of the rows of each dataset."""
        jobs = (
            StreamRowsJob(tables[dataset], self._plan.facts[dataset].hash, self._get_rows_folder(dataset))
            for dataset in self._list_datasets()
            # An earlier block may have made them.
            if not Path(self._get_rows_folder(dataset)).exists()
        )
        yield write_stream_rows, jobs

    def build_fit_job(self, key: str) -> FitJob:
        """Return the job of a trial."""
        trial = cast("PlannedStreamTrial", self._pending[key].trial)
        limits = get_limits(self._plan.experiment.execution)
        return FitJob(build_stream_task(trial), self._get_rows_folder(trial.dataset), limits)

    def _get_rows_folder(self, dataset: str) -> str:
        return str(self._scratch / f"{self._plan.facts[dataset].hash[:16]}-stream")


def build_stream_task(trial: PlannedStreamTrial) -> StreamTask:
    """Return the task of a trial."""
    return StreamTask(
        identity=trial.identity,
        strategy=make_recipe(trial.strategy.component),
        manager=make_recipe(trial.manager.component),
        oracle=make_recipe(trial.oracle.component),
        drift=make_recipe(trial.drift.component),
        model=trial.model.task.component,
        classes=trial.classes,
    )
