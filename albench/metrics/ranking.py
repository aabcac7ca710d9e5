"""Metrics of how well the probabilities rank; recorded when declared.

Binary: the minority class of the test part is positive. Multi-class: one-vs-rest, mean over the classes that
are present in the test part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

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


class RocAuc(Metric):
    """Area under the ROC curve; undefined while the test part holds one class."""

    name: ClassVar[str] = "roc_auc"
    needs_proba: ClassVar[bool] = True

    def score(self, outputs: Outputs) -> float | None:
        """Return a number in [0, 1], or None."""
        from sklearn.metrics import roc_auc_score

        return _average_one_vs_rest(outputs, roc_auc_score)


class AveragePrecision(Metric):
    """Average precision (area under the precision-recall steps); undefined with one class."""

    name: ClassVar[str] = "average_precision"
    needs_proba: ClassVar[bool] = True

    def score(self, outputs: Outputs) -> float | None:
        """Return a number in [0, 1], or None."""
        from sklearn.metrics import average_precision_score

        return _average_one_vs_rest(outputs, average_precision_score)
