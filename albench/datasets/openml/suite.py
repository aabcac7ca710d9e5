"""Suites of OpenML: lists of tasks that are run together."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from albench.contracts import DatasetSource
from albench.datasets.openml import cache
from albench.datasets.openml.task import OpenmlTask
from albench.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

    from albench.contracts import Table


class OpenmlSuite(DatasetSource):
    """All tasks of an OpenML suite, by number or alias (``OpenML-CC18``): as many datasets.

    The resolved spec lists the tasks, so that a suite that changes later does not change an experiment.
    """

    name = "openml_suite"
    main = "id"
    reference = "Bischl et al. (2021), OpenML benchmarking suites"

    id: int | str
    """Number or alias."""

    def default_label(self) -> str:
        """Return ``openml-suite-99`` or the alias."""
        return f"openml-suite-{self.id}" if isinstance(self.id, int) else self.id

    def members(self, base: Path) -> tuple[tuple[str, DatasetSource], ...]:
        """Return the suite's tasks, called after their datasets; the suite itself if they are not there."""
        tasks = self._read_task_numbers()
        if not tasks or any(task.lacks(base) for task in tasks):
            return ((self.default_label(), self),)
        names = [_get_dataset_name(task) for task in tasks]
        many = Counter(names)
        labels = [
            name if many[name] == 1 else f"{name} (task {task.id})"
            for name, task in zip(names, tasks, strict=True)
        ]
        return tuple(zip(labels, tasks, strict=True))

    def lacks(self, base: Path) -> tuple[str, ...]:
        """Name the suite, or those of its tasks that are not in the cache."""
        tasks = self._read_task_numbers()
        return (
            tuple(name for task in tasks for name in task.lacks(base))
            if tasks
            else cache.find_missing_entries(f"openml_suite {self.id}", ("suites", self.id))
        )

    def damaged(self, base: Path) -> bool:
        """Say whether the suite or one of its tasks is in the cache, but not as it was written."""
        return cache.is_damaged("suites", self.id) or any(
            task.damaged(base) for task in self._read_task_numbers()
        )

    def fetch(self, base: Path) -> None:
        """Download the list of tasks, then every task; those that fail are named together."""
        from albench.datasets.openml import client

        with cache.hold_entry("suites", self.id):
            if cache.find_entry("suites", self.id) is None:
                with cache.create_scratch_folder() as scratch:
                    suite = client.get_suite(self.id, scratch)
                cache.write_meta(
                    "suites", self.id, {"id": suite.id, "name": suite.name, "tasks": list(suite.tasks)}
                )
        failures = []
        for task in self._read_task_numbers():
            try:
                task.fetch(base)
            except DatasetError as error:
                failures.append(str(error))
        if failures:
            raise DatasetError("; ".join(failures))

    def load(self, base: Path) -> Table:
        """Refuse: a suite is many tables."""
        raise DatasetError(f"{', '.join(self.lacks(base))} is not in the cache: `albench fetch` downloads it")

    def _read_task_numbers(self) -> tuple[OpenmlTask, ...]:
        cached = cache.find_entry("suites", self.id)
        common = {name: getattr(self, name) for name in DatasetSource.model_fields}
        return tuple(OpenmlTask(id=task, **common) for task in cached.meta["tasks"]) if cached else ()


def _get_dataset_name(task: OpenmlTask) -> str:
    cached = cache.find_entry("tasks", task.id)
    data = cache.find_entry("data", cached.meta["dataset"]) if cached else None
    return str(data.meta["name"]) if data else task.default_label()
