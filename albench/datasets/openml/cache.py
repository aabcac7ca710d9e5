"""OpenML's datasets, tasks and suites as the cache keeps them: own files, own types, own checksums.

Every entry is a folder that appears in one step, so that a reader sees all of it or nothing::

    openml/data/31/      meta.json, data.parquet, and sparse.npz where numbers are sparse
    openml/tasks/59/     meta.json, splits.npz
    openml/suites/99/    meta.json
    openml/names/credit-g/    meta.json
"""

from __future__ import annotations

import io
import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

import numpy as np

from albench.datasets.cache.cache_folder import (
    compute_checksum,
    create_entry,
    create_temporary_folder,
    get_cache_folder,
    lock_entry,
)
from albench.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import polars as pl
    from scipy.sparse import csr_matrix

    from albench.contracts import Rows
    from albench.datasets.openml.client import Download

What = Literal["data", "tasks", "suites", "names"]
META = "meta.json"


@dataclass(frozen=True)
class CacheEntry:
    """A folder of the cache.

    Attributes
    ----------
    meta : dict
        What OpenML says, and the checksum of every other file.
    """

    folder: Path
    meta: dict[str, Any]

    def file(self, name: str) -> Path | None:
        """Return a file of the entry after its checksum was compared; None if the entry has none."""
        if name not in self.meta["files"]:
            return None
        path = self.folder / name
        if not self._is_right(name):
            raise DatasetError(f"{path}: the cache was damaged: `albench fetch` replaces it")
        return path

    def is_whole(self) -> bool:
        """Say whether every file is what was written."""
        return all(map(self._is_right, self.meta["files"]))

    def _is_right(self, name: str) -> bool:
        path = self.folder / name
        return path.is_file() and compute_checksum(path) == self.meta["files"][name]


def find_entry(what: What, identifier: int | str) -> CacheEntry | None:
    """Return an entry of the cache; None if it is not there, or its facts cannot be read."""
    folder = _get_folder(what, identifier)
    try:
        return CacheEntry(folder, json.loads((folder / META).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, RecursionError):
        return None


def is_whole(what: What, identifier: int | str) -> bool:
    """Say whether an entry is there as it was written."""
    cached = find_entry(what, identifier)
    return cached is not None and cached.is_whole()


def is_damaged(what: What, identifier: int | str) -> bool:
    """Say whether an entry is there, but not as it was written."""
    return _get_folder(what, identifier).exists() and not is_whole(what, identifier)


def find_missing_entries(name: str, *entries: tuple[What, int | str]) -> tuple[str, ...]:
    """Return the name of what needs these entries if one cannot be read, and whether it was damaged."""
    gone = [each for each in entries if find_entry(*each) is None]
    damaged = any(_get_folder(*each).exists() for each in gone)
    return (f"{name} (damaged)" if damaged else name,) if gone else ()


@contextmanager
def hold_entry(what: What, identifier: int | str) -> Iterator[None]:
    """Keep other processes from writing this entry."""
    with lock_entry(_lock_file(what, identifier)):
        yield


@contextmanager
def create_scratch_folder() -> Iterator[Path]:
    """Give a folder for the client's own cache, removed afterwards."""
    with create_temporary_folder(get_cache_folder() / "openml", ".client-") as folder:
        yield folder


def write_meta(what: What, identifier: int | str, meta: dict[str, Any]) -> None:
    """Write an entry that is nothing but facts."""
    with create_entry(_get_folder(what, identifier)) as folder:
        _finish(folder, meta)


def write_task(identifier: int, meta: dict[str, Any], divisions: tuple[tuple[Rows, Rows], ...]) -> None:
    """Write a task with its splits."""
    with create_entry(_get_folder("tasks", identifier)) as folder:
        arrays: dict[str, Any] = {}
        for i, (pool, test) in enumerate(divisions):
            arrays |= {f"pool_{i}": pool.astype(np.int64), f"test_{i}": test.astype(np.int64)}
        np.savez_compressed(folder / "splits.npz", **arrays)
        _finish(folder, {**meta, "n_splits": len(divisions)})


def read_divisions(cached: CacheEntry) -> tuple[tuple[Rows, Rows], ...]:
    """Return rows of pool and test of each split of a task."""
    file = cached.file("splits.npz")
    if file is None:
        return ()
    with np.load(file, allow_pickle=False) as arrays:
        return tuple(
            (arrays[f"pool_{i}"].astype(np.intp), arrays[f"test_{i}"].astype(np.intp))
            for i in range(cached.meta["n_splits"])
        )


def write_data(download: Download) -> None:
    """Write a dataset with normalised types: numbers as float64, everything else as text."""
    frame, matrix, names = _normalise(download)
    with create_entry(_get_folder("data", download.id)) as folder:
        # Through memory: polars tells of a full disk in an error of its own, the system with a number.
        buffer = io.BytesIO()
        frame.write_parquet(buffer)
        (folder / "data.parquet").write_bytes(buffer.getvalue())
        if matrix is not None:
            parts = {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr}
            np.savez_compressed(folder / "sparse.npz", shape=np.array(matrix.shape), **parts)
        meta = {
            "id": download.id,
            "name": download.name,
            "version": download.version,
            "licence": download.licence,
            "url": download.url,
            "target": download.target,
            "left_out": list(download.left_out),
            "n_rows": frame.height if matrix is None else matrix.shape[0],
            "sparse_names": list(names),
        }
        _finish(folder, meta)


def read_data(cached: CacheEntry) -> tuple[pl.DataFrame, csr_matrix | None]:
    """Return the columns of a dataset, and its sparse numbers if it has any."""
    import polars as pl
    from scipy.sparse import csr_matrix

    frame = cached.file("data.parquet")
    matrix = cached.file("sparse.npz")
    table = pl.read_parquet(frame, glob=False) if frame is not None else pl.DataFrame()
    if matrix is None:
        return table, None
    with np.load(matrix, allow_pickle=False) as arrays:
        parts = (arrays["data"], arrays["indices"], arrays["indptr"])
        return table, csr_matrix(parts, shape=tuple(arrays["shape"].tolist()))


def _normalise(download: Download) -> tuple[pl.DataFrame, csr_matrix | None, tuple[str, ...]]:
    import polars as pl

    from albench.datasets.files import arff_sparse, arff_text
    from albench.datasets.where import Where

    where = Where(f"openml {download.id}")
    if download.parquet is not None:
        frame = pl.read_parquet(download.parquet, glob=False)
        return _convert_as_declared(frame, download.kinds), None, ()
    if download.arff is None:
        raise where.error("no file came")
    # Other line ends of Unicode may stand inside a cell.
    lines = download.arff.read_text(encoding="utf-8-sig").split("\n")
    head = arff_text.parse_header(lines, where)
    data = arff_text.iterate_rows(lines, head)
    if arff_sparse.is_sparse(data):
        parts = arff_sparse.split_sparse_rows(data, head, where)
        return parts.others, parts.matrix, parts.numeric_names
    return arff_text.build_dense_frame(data, head, where), None, ()


def _convert_as_declared(frame: pl.DataFrame, kinds: dict[str, str]) -> pl.DataFrame:
    """Return the columns of a Parquet file as an ARFF file has them."""
    import polars as pl

    from albench.datasets.value_names import name_values

    columns = []
    for column in frame.get_columns():
        if kinds.get(column.name) == "numeric":
            columns.append(column.cast(pl.Float64).fill_nan(None))
        elif not (column.dtype.is_numeric() or column.dtype == pl.Boolean):
            columns.append(column.cast(pl.String))
        else:
            values = column.drop_nulls().unique()
            named = pl.Series(name_values(values.to_list()), dtype=pl.String)
            columns.append(column.replace_strict(values, named, default=None, return_dtype=pl.String))
    return pl.DataFrame(columns)


def _finish(folder: Path, meta: dict[str, Any]) -> None:
    files = {file.name: compute_checksum(file) for file in sorted(folder.iterdir())}
    text = json.dumps({**meta, "files": files}, indent=1, ensure_ascii=False)
    (folder / META).write_text(text + "\n", encoding="utf-8")


def _lock_file(what: What, identifier: int | str) -> Path:
    folder = _get_folder(what, identifier)
    return folder.with_name(f"{folder.name}.lock")


def _get_folder(what: What, identifier: int | str) -> Path:
    return get_cache_folder() / "openml" / what / quote(str(identifier), safe="")
