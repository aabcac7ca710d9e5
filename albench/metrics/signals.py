"""Signals that stopping rules watch: no hidden label is needed for any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import Signal

if TYPE_CHECKING:
    from albench.contracts import Floats


class MeanEntropy(Signal):
    """Mean entropy of the class probabilities on the stop set, in nats."""

    name = "mean_entropy"

    def measure(self, proba: Floats, previous: Floats | None) -> float | None:
        """Return a number in [0, log(n_classes)]."""
        logs = np.log(proba, out=np.zeros_like(proba), where=proba > 0)
        return float(-(proba * logs).sum(axis=1).mean())


class MeanTopProbability(Signal):
    """Mean probability of the most probable class on the stop set."""

    name = "mean_top_probability"

    def measure(self, proba: Floats, previous: Floats | None) -> float | None:
        """Return a number in [1/n_classes, 1]."""
        return float(proba.max(axis=1).mean())


class Agreement(Signal):
    """Share of the stop set on which this round and the last predict the same class; none in round 0."""

    name = "agreement"

    def measure(self, proba: Floats, previous: Floats | None) -> float | None:
        """Return a number in [0, 1], or None in the first round."""
        if previous is None:
            return None
        return float((proba.argmax(axis=1) == previous.argmax(axis=1)).mean())
