"""Metrics of how well the probabilities rank; recorded when declared.

Binary: the minority class of the test part is positive. Multi-class: one-vs-rest, mean over the classes that
are present in the test part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import Metric

if TYPE_CHECKING:
    from collections.abc import Callable

    from albench.contracts import Floats, Outputs


def _average_one_vs_rest(outputs: Outputs, score: Callable[[Floats, Floats], float]) -> float | None:
    counts = np.bincount(outputs.labels, minlength=outputs.n_classes)
    present = np.flatnonzero(counts)
    if present.size < 2:  # noqa: PLR2004
        return None
    if outputs.n_classes == 2:  # noqa: PLR2004
        present = np.array([int(np.argmin(counts[::-1]) == 0)])
    return float(np.mean([score(outputs.labels == code, outputs.proba[:, code]) for code in present]))


class RankingMetric(Metric):
    """Base of metrics that are undefined while the scored part holds one class."""

    needs_proba = True

    def explain_undefined(self, outputs: Outputs) -> str:
        """Say what the scored part lacks."""
        return "needs two classes in the scored part"


class RocAuc(RankingMetric):
    """Area under the ROC curve: the chance that a positive row outranks a negative one.

    Binary: the minority class of the test part is positive. Multi-class: one-vs-rest, mean over the classes
    that are present. Undefined while the test part holds one class.
    """

    name = "roc_auc"
    reference = "Fawcett, 2006, An introduction to ROC analysis"

    def score(self, outputs: Outputs) -> float | None:
        """Return a number in [0, 1], or None."""
        from sklearn.metrics import roc_auc_score

        return _average_one_vs_rest(outputs, roc_auc_score)


class AveragePrecision(RankingMetric):
    """Average precision, the area under the steps of precision over recall: sum_k (R_k - R_k-1) P_k.

    Positive classes as for ``roc_auc``. Undefined while the test part holds one class.
    """

    name = "average_precision"
    reference = "Davis, Goadrich, 2006, The relationship between precision-recall and ROC curves"

    def score(self, outputs: Outputs) -> float | None:
        """Return a number in [0, 1], or None."""
        from sklearn.metrics import average_precision_score

        return _average_one_vs_rest(outputs, average_precision_score)
