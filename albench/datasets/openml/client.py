"""The ``openml`` package, used through its public functions and kept from leaving traces."""

from __future__ import annotations

import logging
import os
import warnings
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.contracts import Rows

SKIP_PARQUET = "OPENML_SKIP_PARQUET"
TIMEOUT = (20.0, 60.0)
"""Seconds to connect, and between two pieces of an answer."""
_ATTEMPTS = 2


@dataclass(frozen=True)
class Download:
    """A dataset as OpenML describes it, and the file that came.

    Attributes
    ----------
    target : str
        The default target; empty if there is none, several names with commas if there are several.
    left_out : tuple of str
        Row identifiers, and attributes that the uploader says to ignore.
    kinds : dict of str to str
        ``numeric``, ``nominal``, ``string`` or ``date`` of each column; empty for ARFF, which says it itself.
    """

    id: int
    name: str
    version: int
    licence: str
    url: str
    target: str
    left_out: tuple[str, ...]
    kinds: dict[str, str]
    arff: Path | None
    parquet: Path | None


@dataclass(frozen=True)
class TaskDownload:
    """A task: a dataset, a target, and rows of pool and test of each fold."""

    id: int
    dataset: int
    target: str
    kind: str
    divisions: tuple[tuple[Rows, Rows], ...]


@dataclass(frozen=True)
class SuiteDownload:
    """A suite: an identifier and its tasks, in order."""

    id: int
    name: str
    tasks: tuple[int, ...]


def find_dataset(name: str, version: int | None, scratch: Path) -> int:
    """Return the lowest active identifier of a name, or that of one version."""
    with _configure_client(scratch, f"openml {name}") as openml:
        settings = {"status": "active"} if version is None else {"data_version": version, "status": "all"}
        listing = openml.datasets.list_datasets(data_name=name, output_format="dataframe", **settings)
        if not len(listing):
            raise DatasetError(f"openml {name}: OpenML knows no active dataset of this name")
        return int(listing["did"].min())


def get_dataset(identifier: int, scratch: Path) -> Download:
    """Download a dataset; its ARFF file is checked against the checksum that OpenML states."""
    with _configure_client(scratch, f"openml {identifier}") as openml:
        dataset = openml.datasets.get_dataset(identifier, download_data=True)
        kinds = {}
        if dataset.parquet_file:
            dataset = openml.datasets.get_dataset(
                identifier, download_data=True, download_features_meta_data=True
            )
            kinds = {feature.name: feature.data_type for feature in dataset.features.values()}
        return Download(
            id=int(dataset.dataset_id),
            name=str(dataset.name),
            version=int(dataset.version or 1),
            licence=str(dataset.licence or ""),
            url=str(dataset.openml_url or ""),
            target=str(dataset.default_target_attribute or ""),
            left_out=(*_read_names(dataset.row_id_attribute), *_read_names(dataset.ignore_attribute)),
            kinds=kinds,
            arff=Path(dataset.data_file) if dataset.data_file else None,
            parquet=Path(dataset.parquet_file) if dataset.parquet_file else None,
        )


def get_task(identifier: int, scratch: Path) -> TaskDownload:
    """Download a task with its splits, and the description (not the data) of its dataset."""
    with _configure_client(scratch, f"openml_task {identifier}") as openml:
        task = openml.tasks.get_task(identifier, download_splits=True)
        if not hasattr(task, "get_split_dimensions"):
            raise DatasetError(f"openml_task {identifier}: a task of type '{task.task_type}' has no splits")
        n_repeats, n_folds, _ = task.get_split_dimensions()
        parts = [
            task.get_train_test_split_indices(fold=fold, repeat=repeat)
            for repeat in range(n_repeats)
            for fold in range(n_folds)
        ]
        return TaskDownload(
            id=identifier,
            dataset=int(task.dataset_id),
            target=str(task.target_name),
            kind="regression" if "Regression" in str(task.task_type) else "classification",
            divisions=tuple((np.sort(pool), np.sort(test)) for pool, test in parts),
        )


def get_suite(identifier: int | str, scratch: Path) -> SuiteDownload:
    """Download the list of a suite's tasks, by identifier or alias."""
    with _configure_client(scratch, f"openml_suite {identifier}") as openml:
        suite = openml.study.get_suite(identifier)
        return SuiteDownload(int(suite.study_id), str(suite.name), tuple(int(task) for task in suite.tasks))


def _read_names(names: Any) -> tuple[str, ...]:
    if names is None:
        return ()
    return (names,) if isinstance(names, str) else tuple(map(str, names))


@contextmanager
def _configure_client(scratch: Path, what: str) -> Iterator[Any]:
    """Give the client with its cache in ``scratch``; what it raises becomes one sentence about ``what``.

    Its settings are put back afterwards. It logs on the root logger, which would configure that, and waits
    for an answer for ever unless every request is given a limit.
    """
    import openml
    import requests

    before = openml.config.get_config_as_dict()
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(_silence_root_logger())
        stack.enter_context(_limit_requests())
        stack.enter_context(_prefer_arff())
        stack.callback(openml.config.set_root_cache_directory, before["cachedir"])
        stack.callback(
            openml.config.set_retry_policy, before["retry_policy"], int(before["connection_n_retries"])
        )
        openml.config.set_root_cache_directory(str(scratch))
        openml.config.set_retry_policy("human", _ATTEMPTS)
        try:
            yield openml
        except DatasetError:
            raise
        except Exception as error:
            if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
                raise
            raise DatasetError(f"{what}: {_describe_error(error, str(openml.config.server))}") from error


@contextmanager
def _limit_requests() -> Iterator[None]:
    import requests

    sessions: Any = requests.Session
    plain = sessions.request

    def limited(session: Any, method: str, url: str, **settings: Any) -> Any:
        return plain(session, method, url, **{"timeout": TIMEOUT, **settings})

    sessions.request = limited
    try:
        yield
    finally:
        sessions.request = plain


@contextmanager
def _prefer_arff() -> Iterator[None]:
    """Leave out Parquet files, unless the environment says whether to."""
    if SKIP_PARQUET in os.environ:
        yield
        return
    os.environ[SKIP_PARQUET] = "true"
    try:
        yield
    finally:
        del os.environ[SKIP_PARQUET]


@contextmanager
def _silence_root_logger() -> Iterator[None]:
    root, handler = logging.getLogger(), logging.NullHandler()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)


def _describe_error(error: Exception, server: str) -> str:
    import requests
    from openml.exceptions import OpenMLHashException, OpenMLServerException, OpenMLServerNoResult

    if isinstance(error, OpenMLHashException):
        return "what came does not have the checksum that OpenML states: try again later"
    if isinstance(error, requests.Timeout):
        return f"the server {server} did not go on within {TIMEOUT[1]:g} s: try again later"
    if isinstance(error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return f"the server {server} cannot be reached, or broke off: try again later"
    if isinstance(error, OpenMLServerNoResult | OpenMLServerException):
        return f"OpenML answers: {error}"
    return f"cannot be downloaded from {server}: {type(error).__name__}: {error}"
