"""OpenML: datasets, tasks with their own splits, suites of tasks (Vanschoren et al., 2014)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from albench.contracts import DatasetSource
from albench.datasets.cache import openml_entries as cache
from albench.datasets.checks import Where, checked
from albench.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from albench.contracts import Table

REFERENCE = "Vanschoren, van Rijn, Bischl and Torgo (2014), OpenML: networked science in machine learning"


class OpenmlDataset(DatasetSource):
    """A dataset of OpenML, by number or by name (its lowest active number).

    ``albench fetch`` downloads it once; `run` reads the copy and needs no network. Types are OpenML's:
    numeric attributes are numbers, all others are categorical unless declared as ``text``.
    """

    name: ClassVar[str] = "openml"
    main: ClassVar[str | None] = "id"
    reference: ClassVar[str] = REFERENCE

    id: int | str
    """Number or name."""
    data_version: int | None = Field(default=None, ge=1)
    """Version, for a dataset that is given by name."""
    target: str = ""
    """Column to predict; OpenML's default target unless given."""
    drop: tuple[str, ...] = ()
    """Columns that are no features, besides those that OpenML says to ignore."""
    categorical: tuple[str, ...] = ()
    """Columns that hold numbers which are names."""
    text: tuple[str, ...] = ()
    """Columns that hold sentences rather than names."""
    task: Literal["classification", "regression"] = "classification"
    """Whether the target is a class or a number."""

    def default_label(self) -> str:
        """Return the name, or ``openml-31``."""
        return f"openml-{self.id}" if isinstance(self.id, int) else self.id

    def members(self, base: Path) -> tuple[tuple[str, DatasetSource], ...]:
        """Return the dataset of this number, if a name was given and its number is known."""
        del base
        number = self._number()
        if number is None or isinstance(self.id, int):
            return ((self.default_label(), self),)
        return ((self.default_label(), self.model_copy(update={"id": number, "data_version": None})),)

    def lacks(self, base: Path) -> tuple[str, ...]:
        """Name the dataset if it is not in the cache."""
        del base
        number = self._number()
        return () if number is not None and cache.entry("data", number) else (f"openml {self.id}",)

    def fetch(self, base: Path) -> None:
        """Download the dataset, and find its number first if a name was given."""
        from albench.datasets.cache import openml_client as client

        del base
        number = self._number()
        if number is None:
            with cache.scratch() as scratch:
                number = client.find_dataset(str(self.id), self.data_version, scratch)
            with cache.held("names", self._named()):
                cache.write_meta("names", self._named(), {"id": number})
        fetch_data(number)

    def load(self, base: Path) -> Table:
        """Read the copy in the cache.

        Raises
        ------
        DatasetError
            If there is none, or the target is not one column.
        """
        number = self._number()
        found = None if number is None else cache.entry("data", number)
        if found is None:
            raise DatasetError(
                f"{', '.join(self.lacks(base))} is not in the cache: `albench fetch` downloads it"
            )
        where = Where(f"openml {number}")
        return _table(found, self, self.target or _default_target(found, where), where)

    def _number(self) -> int | None:
        if isinstance(self.id, int):
            return self.id
        known = cache.entry("names", self._named())
        return int(known.meta["id"]) if known else None

    def _named(self) -> str:
        return f"{self.id}" if self.data_version is None else f"{self.id} version {self.data_version}"


class OpenmlTask(DatasetSource):
    """A supervised task of OpenML: a dataset, a target and, for ``split: declared``, its own splits."""

    name: ClassVar[str] = "openml_task"
    main: ClassVar[str | None] = "id"
    reference: ClassVar[str] = REFERENCE

    id: int = Field(ge=1)
    """Number of the task."""

    def default_label(self) -> str:
        """Return ``openml-task-59``."""
        return f"openml-task-{self.id}"

    def lacks(self, base: Path) -> tuple[str, ...]:
        """Name the task if it or its dataset is not in the cache."""
        del base
        task = cache.entry("tasks", self.id)
        there = task is not None and cache.entry("data", task.meta["dataset"]) is not None
        return () if there else (f"openml_task {self.id}",)

    def fetch(self, base: Path) -> None:
        """Download the task, its splits and its dataset."""
        from albench.datasets.cache import openml_client as client

        del base
        with cache.held("tasks", self.id):
            if cache.entry("tasks", self.id) is None:
                with cache.scratch() as scratch:
                    task = client.get_task(self.id, scratch)
                meta = {"id": task.id, "dataset": task.dataset, "target": task.target, "task": task.kind}
                cache.write_task(self.id, meta, task.divisions)
        found = cache.entry("tasks", self.id)
        if found is not None:
            fetch_data(found.meta["dataset"])

    def load(self, base: Path) -> Table:
        """Read the copy in the cache.

        Raises
        ------
        DatasetError
            If there is none.
        """
        task = cache.entry("tasks", self.id)
        data = cache.entry("data", task.meta["dataset"]) if task else None
        if task is None or data is None:
            raise DatasetError(
                f"{', '.join(self.lacks(base))} is not in the cache: `albench fetch` downloads it"
            )
        source = OpenmlDataset(id=task.meta["dataset"], task=task.meta["task"])
        where = Where(f"openml_task {self.id}")
        table = _table(data, source, task.meta["target"], where)
        return checked(replace(table, divisions=cache.read_divisions(task)), where)


class OpenmlSuite(DatasetSource):
    """All tasks of an OpenML suite, by number or alias (``OpenML-CC18``): as many datasets.

    The resolved spec lists the tasks, so that a suite that changes later does not change an experiment.
    """

    name: ClassVar[str] = "openml_suite"
    main: ClassVar[str | None] = "id"
    reference: ClassVar[str] = "Bischl et al. (2021), OpenML benchmarking suites"

    id: int | str
    """Number or alias."""

    def default_label(self) -> str:
        """Return ``openml-suite-99`` or the alias."""
        return f"openml-suite-{self.id}" if isinstance(self.id, int) else self.id

    def members(self, base: Path) -> tuple[tuple[str, DatasetSource], ...]:
        """Return the suite's tasks, called after their datasets; the suite itself if they are not there."""
        tasks = self._tasks()
        if not tasks or any(task.lacks(base) for task in tasks):
            return ((self.default_label(), self),)
        names = [_dataset_name(task) for task in tasks]
        many = Counter(names)
        labels = [
            name if many[name] == 1 else f"{name} (task {task.id})"
            for name, task in zip(names, tasks, strict=True)
        ]
        return tuple(zip(labels, tasks, strict=True))

    def lacks(self, base: Path) -> tuple[str, ...]:
        """Name the suite, or those of its tasks that are not in the cache."""
        tasks = self._tasks()
        return (
            tuple(name for task in tasks for name in task.lacks(base))
            if tasks
            else (f"openml_suite {self.id}",)
        )

    def fetch(self, base: Path) -> None:
        """Download the list of tasks, then every task; those that fail are named together.

        Raises
        ------
        DatasetError
            If a download failed; the others are in the cache.
        """
        from albench.datasets.cache import openml_client as client

        with cache.held("suites", self.id):
            if cache.entry("suites", self.id) is None:
                with cache.scratch() as scratch:
                    suite = client.get_suite(self.id, scratch)
                cache.write_meta(
                    "suites", self.id, {"id": suite.id, "name": suite.name, "tasks": list(suite.tasks)}
                )
        failures = []
        for task in self._tasks():
            try:
                task.fetch(base)
            except DatasetError as error:
                failures.append(str(error))
        if failures:
            raise DatasetError("; ".join(failures))

    def load(self, base: Path) -> Table:
        """Refuse: a suite is many tables.

        Raises
        ------
        DatasetError
            Always: a suite that is in the cache stands for its tasks.
        """
        raise DatasetError(f"{', '.join(self.lacks(base))} is not in the cache: `albench fetch` downloads it")

    def _tasks(self) -> tuple[OpenmlTask, ...]:
        found = cache.entry("suites", self.id)
        common = {name: getattr(self, name) for name in DatasetSource.model_fields}
        return tuple(OpenmlTask(id=task, **common) for task in found.meta["tasks"]) if found else ()


def fetch_data(number: int) -> None:
    """Download a dataset by number into the cache, unless it is there."""
    from albench.datasets.cache import openml_client as client

    with cache.held("data", number):
        if cache.entry("data", number) is None:
            with cache.scratch() as scratch:
                cache.write_data(client.get_dataset(number, scratch))


def _dataset_name(task: OpenmlTask) -> str:
    found = cache.entry("tasks", task.id)
    data = cache.entry("data", found.meta["dataset"]) if found else None
    return str(data.meta["name"]) if data else task.default_label()


def _default_target(found: cache.Entry, where: Where) -> str:
    target = str(found.meta["target"])
    if not target or "," in target:
        told = f"names several targets ({target})" if target else "names no default target"
        raise where.error(f"OpenML {told}: declare target")
    return target


def _table(found: cache.Entry, source: OpenmlDataset, target: str, where: Where) -> Table:
    import polars as pl

    from albench.datasets.columns import as_table

    frame, matrix = cache.read_data(found)
    sparse_names = tuple(found.meta["sparse_names"])
    _check_names(source, target, (*frame.columns, *sparse_names), where)
    out = {*source.drop, *(name for name in found.meta["left_out"] if name != target)}
    apart = {target, *source.categorical, *source.text}
    where = Where(where.name, target)
    if matrix is not None:
        frame = frame.with_columns(
            [
                pl.Series(name, matrix[:, [i]].toarray().ravel())
                for i, name in enumerate(sparse_names)
                if name in apart
            ]
        )
    table = as_table(
        frame.drop([name for name in frame.columns if name in out]),
        target=target,
        categorical=source.categorical,
        text=source.text,
        missing=(),
        task=source.task,
        where=where,
    )
    if matrix is not None:
        kept = [i for i, name in enumerate(sparse_names) if name not in out | apart]
        names = tuple(sparse_names[i] for i in kept)
        table = replace(table, sparse=matrix[:, kept], sparse_names=names)
    return checked(table, where)


def _check_names(source: OpenmlDataset, target: str, columns: Sequence[str], where: Where) -> None:
    from albench.datasets.files import hint

    for setting, names in (
        ("target", (target,)),
        ("drop", source.drop),
        ("categorical", source.categorical),
        ("text", source.text),
    ):
        for name in names:
            if name not in columns:
                raise where.error(
                    f"'{setting}' names a column '{name}' that is not there{hint(name, columns)}"
                )
