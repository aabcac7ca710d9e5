"""Tasks of OpenML: a dataset, a target, and splits that others used too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import Field

from albench.contracts import DatasetSource
from albench.datasets.checks import check_table
from albench.datasets.openml import cache
from albench.datasets.openml.dataset import (
    REFERENCE,
    OpenmlDataset,
    build_openml_table,
    describe_openml_provenance,
    fetch_data,
)
from albench.datasets.where import Where
from albench.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

    from albench.contracts import Table


class OpenmlTask(DatasetSource):
    """A supervised task of OpenML: a dataset, a target and, for ``split: declared``, its own splits."""

    name = "openml_task"
    main = "id"
    reference = REFERENCE

    id: int = Field(ge=1)
    """Number of the task."""

    def default_label(self) -> str:
        """Return ``openml-task-59``."""
        return f"openml-task-{self.id}"

    def provenance(self, base: Path) -> tuple[str, str]:
        """Return what OpenML says of the task's dataset."""
        task = cache.find_entry("tasks", self.id)
        return describe_openml_provenance(task.meta["dataset"]) if task else ("", "")

    def lacks(self, base: Path) -> tuple[str, ...]:
        """Name the task if it or its dataset is not in the cache."""
        return cache.find_missing_entries(f"openml_task {self.id}", *self._find_entries())

    def damaged(self, base: Path) -> bool:
        """Say whether the task or its dataset is in the cache, but not as it was written."""
        return any(cache.is_damaged(*each) for each in self._find_entries())

    def fetch(self, base: Path) -> None:
        """Download the task, its splits and its dataset."""
        from albench.datasets.openml import client

        with cache.hold_entry("tasks", self.id):
            if not cache.is_whole("tasks", self.id):
                with cache.create_scratch_folder() as scratch:
                    task = client.get_task(self.id, scratch)
                meta = {"id": task.id, "dataset": task.dataset, "target": task.target, "task": task.kind}
                cache.write_task(self.id, meta, task.divisions)
        cached = cache.find_entry("tasks", self.id)
        if cached is not None:
            fetch_data(cached.meta["dataset"])

    def load(self, base: Path) -> Table:
        """Read the copy in the cache."""
        task = cache.find_entry("tasks", self.id)
        data = cache.find_entry("data", task.meta["dataset"]) if task else None
        if task is None or data is None:
            raise DatasetError(
                f"{', '.join(self.lacks(base))} is not in the cache: `albench fetch` downloads it"
            )
        source = OpenmlDataset(id=task.meta["dataset"], task=task.meta["task"])
        where = Where(f"openml_task {self.id}")
        table = build_openml_table(data, source, task.meta["target"], where)
        return check_table(replace(table, divisions=cache.read_divisions(task)), where)

    def _find_entries(self) -> tuple[tuple[cache.What, int], ...]:
        """Return the task and, once that is known, its dataset."""
        task = cache.find_entry("tasks", self.id)
        return (("tasks", self.id), *((("data", task.meta["dataset"]),) if task else ()))
