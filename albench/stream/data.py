"""From a table to the rows of a stream: numbers, missing ones among them; nothing is learned from any row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.datasets.stream_columns import N_HASHES
from albench.prepared import matrices
from albench.stream.trial import StreamData

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from albench.contracts import Floats, Table

_ARRAYS = ("features", "labels", "times", "marks", "n_hashes")


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
    marks, n_hashes = tuple(arrays.pop("marks").tolist()), int(arrays.pop("n_hashes"))
    return StreamData(**arrays, classes=classes, identity=identity, marks=marks, n_hashes=n_hashes)


def make_stream_data(table: Table, identity: str) -> StreamData:
    """Return the rows of a table: its numbers, then a column of 0 and 1 for each category that it declares.

    A category that is missing is 0 in all of them. Texts are last: hashed counts of their words, signed, of
    length 1 (``HashingVectorizer``), of which nothing is learned from other texts.
    """
    one_hots = [
        column[:, None] == np.arange(len(names))
        for column, names in zip(table.categorical.T, table.categories, strict=True)
    ]
    sparse = [] if table.sparse is None else [table.sparse.toarray()]
    hashes = [_hash_words(texts) for texts in table.text]
    blocks = [table.numeric.astype(np.float64), *sparse, *one_hots, *hashes]
    features = np.ascontiguousarray(np.hstack(blocks))
    n_hashes = N_HASHES * len(hashes)
    return StreamData(features, table.labels, table.classes, identity, table.times, table.marks, n_hashes)


def _hash_words(texts: Sequence[str]) -> Floats:
    from sklearn.feature_extraction.text import HashingVectorizer

    hashes: Floats = HashingVectorizer(n_features=N_HASHES).transform(texts).toarray()
    return hashes
