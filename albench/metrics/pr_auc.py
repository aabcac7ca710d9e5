"""How well probabilities rank the rows of one class before all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.metrics.one_class import NamedClassMetric
from albench.text import quote

if TYPE_CHECKING:
    from albench.contracts import Outputs


class PrAuc(NamedClassMetric):
    """Average precision of a class against all others, by its probability: sum_k (R_k - R_k-1) P_k.

    The area under the steps of precision over recall; chance has the share of the class in the test part.
    Undefined where the scored part has no row of the class.
    """

    name = "pr_auc"
    needs_proba = True
    reference = "Davis, Goadrich, 2006, The relationship between precision-recall and ROC curves"

    def score(self, outputs: Outputs) -> float | None:
        """Return a number in [0, 1], or None."""
        from sklearn.metrics import average_precision_score

        if self.class_name not in outputs.classes:
            return None
        code = outputs.classes.index(self.class_name)
        is_class = outputs.labels == code
        return float(average_precision_score(is_class, outputs.proba[:, code])) if is_class.any() else None

    def explain_undefined(self, outputs: Outputs) -> str:
        """Say what has no such class."""
        what = "scored part" if self.class_name in outputs.classes else "dataset"
        return f"the {what} has no row of class {quote(self.class_name)}"
