"""How far predicted probabilities are from the distribution over the classes that is the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import Metric
from albench.metrics.classification import CLIP

if TYPE_CHECKING:
    from albench.contracts import Outputs


class SoftCrossEntropy(Metric):
    """Mean over the test rows of -sum_c q_c ln p_c, q the target's distribution, p clipped to [1e-6, 1].

    For datasets whose target is a distribution. Where every q is one class it is ``log_loss``; its least
    value is the mean entropy of q, which no model can beat.
    """

    name = "soft_cross_entropy"
    reference = (
        "Peterson, Battleday, Griffiths, Russakovsky, 2019, Human uncertainty makes classification more"
        " robust"
    )
    needs_proba = True
    needs_distribution = True
    greater_is_better = False
    bounds = (0.0, None)

    def score(self, outputs: Outputs) -> float | None:
        """Return a number in [0, 13.8], in nats."""
        if outputs.distribution is None:
            return None
        logs = np.log(np.clip(outputs.proba, CLIP, 1))
        return float(-np.einsum("ij,ij->i", outputs.distribution, logs).mean())
