"""Labelled rows balanced before a fit: rows of smaller classes repeated, or made up between neighbours."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from albench.errors import ModelError
from albench.models.stacking import stack_rows

if TYPE_CHECKING:
    from albench.contracts import Floats, Resampling, Rows


class ResamplingWarning(UserWarning):
    """A round in which a class had too few rows for what was asked; a trial's notes count them."""


def resample(X: Floats, y: Rows, resampling: Resampling, seed: int) -> tuple[Floats, Rows]:
    """Return the rows, and below them what is added so that all classes have as many as the largest.

    Parameters
    ----------
    X : ndarray or csr_matrix of shape (n, d)
    y : ndarray of shape (n,), int
    seed : int
        The same rows give the same rows.
    """
    codes, counts = np.unique(y, return_counts=True)
    rng = np.random.default_rng(seed)
    blocks, labels = [X], [y]
    for code, count in zip(codes, counts, strict=True):
        if count == counts.max():
            continue
        n_added = int(counts.max() - count)
        if resampling.method == "smote" and count > 1:
            neighbours = min(resampling.neighbours, int(count) - 1)
            blocks.append(_make_up_rows(X, y, int(code), n_added, neighbours, seed))
        else:
            if resampling.method == "smote":
                text = "SMOTE: a class has one labelled row, which is repeated"
                warnings.warn(text, ResamplingWarning, stacklevel=2)
            blocks.append(X[rng.choice(np.flatnonzero(y == code), size=n_added)])
        labels.append(np.full(n_added, code))
    return stack_rows(blocks), np.concatenate(labels)


def _make_up_rows(X: Floats, y: Rows, code: int, n_added: int, neighbours: int, seed: int) -> Floats:
    try:
        from imblearn.over_sampling import SMOTE
    except ImportError as error:
        missing = "SMOTE is in a package that is not installed: pip install 'albench[imbalance]'"
        raise ModelError(missing) from error
    wanted = {code: int((y == code).sum()) + n_added}
    smote = SMOTE(sampling_strategy=wanted, k_neighbors=neighbours, random_state=seed)
    rows: Floats = smote.fit_resample(X, y)[0][y.size :]
    return rows
