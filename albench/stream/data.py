"""From a table to the rows of a stream: numbers, and nothing that is learned from rows to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.prepared import matrices
from albench.stream.trial import StreamData

if TYPE_CHECKING:
    from pathlib import Path

    from albench.contracts import Table

_ARRAYS = ("features", "labels", "times", "marks")


def save_stream_data(data: StreamData, folder: Path) -> None:
    """Write the arrays, which workers map."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in _ARRAYS:
        if (array := getattr(data, name)) is not None:
            matrices.save_matrix(np.asarray(array), folder / name)


def load_stream_data(folder: Path, classes: tuple[str, ...], identity: str) -> StreamData:
    """Map what :func:`save_stream_data` wrote, read-only."""
    names = [name for name in _ARRAYS if (folder / f"{name}.npy").is_file()]
    arrays = {name: matrices.load_matrix(folder / name) for name in names}
    marks = tuple(arrays.pop("marks").tolist())
    return StreamData(**arrays, classes=classes, identity=identity, marks=marks)


def make_stream_data(table: Table, identity: str) -> StreamData:
    """Return the rows of a table: its numbers, then a column of 0 and 1 for each category that it declares.

    A category that is missing is 0 in all of them.
    """
    one_hots = [
        column[:, None] == np.arange(len(names))
        for column, names in zip(table.categorical.T, table.categories, strict=True)
    ]
    features = np.ascontiguousarray(np.hstack([table.numeric.astype(np.float64), *one_hots]))
    return StreamData(features, table.labels, table.classes, identity, table.times, table.marks)
