"""How hard rows are, whatever model is trained: by a random forest that has not seen them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.prepared.matrices import map_array
from albench.rng import difficulty_stream
from albench.splits.apportion import draw_folds

if TYPE_CHECKING:
    from pathlib import Path

    from albench.contracts import Floats, Rows
    from albench.prepared.split_arrays import SplitArrays

_FILE = "difficulty.npy"
_FOLDS = 5
_TREES = 100


def compute_difficulty(
    arrays: SplitArrays, n_classes: int, *, random_state: int, dataset: str, split: int
) -> Floats:
    """Return how hard each row of the pool is, as :func:`compute_out_of_fold_difficulty` says it."""
    rng = np.random.default_rng(difficulty_stream(random_state, dataset=dataset, split=split))
    return compute_out_of_fold_difficulty(arrays.pool_features, arrays.pool_labels, n_classes, rng)


def compute_out_of_fold_difficulty(
    features: Floats, labels: Rows, n_classes: int, rng: np.random.Generator
) -> Floats:
    """Return 1 - margin of each row: the gap of the two most probable classes, out of fold.

    Five folds, a random forest of 100 trees each, trained on true labels. A class with fewer rows than folds
    is absent from some of them, and has probability 0 there.

    Returns
    -------
    ndarray of shape (n_rows,)
        From 0, where the forest is sure (of whatever class), to 1, where two classes are alike.
    """
    from sklearn.ensemble import RandomForestClassifier

    folds = draw_folds(labels, _FOLDS, rng)
    proba = np.zeros((labels.size, max(n_classes, 2)))
    for fold in range(_FOLDS):
        held_out = folds == fold
        if held_out.any() and not held_out.all():
            forest = RandomForestClassifier(_TREES, random_state=int(rng.integers(2**31)), n_jobs=1)
            forest.fit(features[~held_out], labels[~held_out])
            proba[np.ix_(held_out, forest.classes_)] = forest.predict_proba(features[held_out])
    second, first = np.sort(proba, axis=1)[:, -2:].T
    return np.asarray(1 - (first - second))


def save_difficulty(difficulty: Floats, folder: Path) -> None:
    """Write it where the trials of a split look for it."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / _FILE, difficulty)


def load_difficulty(folder: Path | None) -> Floats | None:
    """Map what was written; None where nothing was."""
    return map_array(folder / _FILE) if folder is not None and (folder / _FILE).is_file() else None
