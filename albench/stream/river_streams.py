"""Streams of River's generators."""

from __future__ import annotations

import inspect
from itertools import islice
from typing import Any

import numpy as np

from albench.canonical import digest
from albench.errors import DatasetError
from albench.estimators.building import import_class, make_object
from albench.stream.trial import StreamData

_SEEDS = ("seed", "seed_model", "seed_sample")


def draw_river_stream(path: str, n_rows: int, seed: int = 0, **params: Any) -> StreamData:
    """Draw rows of a generator of River, in its order.

    Parameters
    ----------
    path : str
        Import path of the generator: ``river.datasets.synth.SEA``, or ``Hyperplane``, ``LED``, ``Agrawal``,
        ``RandomRBF`` there.
    n_rows : int
    seed : int
        Of all that the generator draws, unless ``params`` say otherwise.
    **params
        Of the generator.

    Raises
    ------
    DatasetError
        If a feature is no number.
    """
    seeds = {name: seed for name in _SEEDS if name in inspect.signature(import_class(path)).parameters}
    generator = make_object(path, seeds | params, seed)
    rows = list(islice(generator, n_rows))
    names = list(rows[0][0])
    try:
        features = np.array([[row[name] for name in names] for row, _ in rows], dtype=np.float64)
    except ValueError as error:
        raise DatasetError(f"{path}: a feature is no number: {error}") from error
    classes, labels = np.unique([str(label) for _, label in rows], return_inverse=True)
    identity = digest(["river", path, n_rows, seed, params])
    return StreamData(features, labels, tuple(classes.tolist()), identity)
