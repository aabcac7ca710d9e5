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

_ARRAYS = (*("features", "labels", "times", "marks", "n_hashes", "answers", "answer_names", "distribution"),)


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
    others = {name: arrays.pop(name).tolist() for name in ("marks", "n_hashes", "answer_names")}
    others |= {name: tuple(others[name]) for name in ("marks", "answer_names")}
    return StreamData(**arrays, **others, classes=classes, identity=identity)


def make_stream_data(table: Table, identity: str) -> StreamData:
    """Return the rows of a table: its numbers, then a column of 0 and 1 for each category that it declares.

    A category that is missing is 0 in all of them. Texts are last: hashed counts of their words, signed, of
    length 1 (``HashingVectorizer``), of which nothing is learned from other texts.
    """
    from albench.datasets.recorded_answers import select_answers

    one_hots = [
        column[:, None] == np.arange(len(names))
        for column, names in zip(table.categorical.T, table.categories, strict=True)
    ]
    sparse = [] if table.sparse is None else [table.sparse.toarray()]
    hashes = [_hash_words(texts) for texts in table.text]
    blocks = [table.numeric.astype(np.float64), *sparse, *one_hots, *hashes]
    features = np.ascontiguousarray(np.hstack(blocks))
    # The target is a column of right answers.
    names = (*table.answer_names, *filter(None, [table.target_name]))
    return StreamData(
        features=features,
        labels=table.labels,
        classes=table.classes,
        identity=identity,
        times=table.times,
        marks=table.marks,
        n_hashes=N_HASHES * len(hashes),
        answers=select_answers(table, names) if names else None,
        answer_names=names,
        distribution=table.distribution,
    )


def _hash_words(texts: Sequence[str]) -> Floats:
    from sklearn.feature_extraction.text import HashingVectorizer

    hashes: Floats = HashingVectorizer(n_features=N_HASHES).transform(texts).toarray()
    return hashes
