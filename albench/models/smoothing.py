"""Labels that are smoothed: each labelled row stands for every class, most of its weight for its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from albench.contracts import Floats, Rows


def smooth_labels(
    X: Floats, y: Rows, share: float, weights: Floats | None = None
) -> tuple[Floats, Rows, Floats]:
    """Return every row once for each class that is among the labels, and what each weighs.

    A row weighs 1 - share + share / k for its own class of k, and share / k for each other one: what is
    fitted with these weights has the smoothed labels as its targets (Szegedy et al., 2016).

    Parameters
    ----------
    X : ndarray or csr_matrix of shape (n, d)
    y : ndarray of shape (n,), int
    share : float
        Of a row's weight, what is for all classes alike.
    weights : ndarray of shape (n,), optional
        Of the rows; 1 if not given.
    """
    classes = np.unique(y)
    rows = np.repeat(np.arange(y.size), classes.size)
    labels = np.tile(classes, y.size)
    shares = share / classes.size + (1 - share) * (labels == y[rows])
    return X[rows], labels, shares if weights is None else shares * weights[rows]
