"""Metrics that a rare class moves as much as a frequent one, over all classes; recorded when declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import Metric

if TYPE_CHECKING:
    from albench.contracts import Outputs


class MatthewsCorrelation(Metric):
    """Correlation of true and predicted classes, from -1 to 1; 0 is chance. Undefined if either is constant.

    (n trace(C) - sum_k p_k t_k) / sqrt((n^2 - sum_k p_k^2) (n^2 - sum_k t_k^2)), with t_k and p_k the rows of
    class k and those predicted as it.
    """

    name = "mcc"
    bounds = (-1.0, 1.0)
    reference = "Gorodkin, 2004, Comparing two K-category assignments by a K-category correlation"

    def score(self, outputs: Outputs) -> float | None:
        """Return a number in [-1, 1], or None."""
        confusion = outputs.confusion.astype(np.float64)
        actual, predicted, n = confusion.sum(axis=1), confusion.sum(axis=0), confusion.sum()
        spread = (n**2 - predicted @ predicted) * (n**2 - actual @ actual)
        covariance = n * np.trace(confusion) - predicted @ actual
        return float(np.clip(covariance / np.sqrt(spread), -1, 1)) if spread > 0 else None

    def explain_undefined(self, outputs: Outputs) -> str:
        """Say what is constant."""
        constant = np.unique(outputs.labels).size < 2  # noqa: PLR2004 - one class has no correlation
        what = "the scored part holds" if constant else "the model predicts"
        return f"{what} one class alone"


class GeometricMean(Metric):
    """Geometric mean over the classes c of the test part of the share that is found, C_cc / n_c.

    0 as soon as one class is never found.
    """

    name = "g_mean"
    reference = "Kubat, Matwin, 1997, Addressing the curse of imbalanced training sets: one-sided selection"

    def score(self, outputs: Outputs) -> float | None:
        """Return a number in [0, 1]."""
        actual = outputs.confusion.sum(axis=1)
        seen = actual > 0
        recalls = outputs.confusion.diagonal()[seen] / actual[seen]
        return float(recalls.prod() ** (1 / recalls.size))
