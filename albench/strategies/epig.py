from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.strategies.committee import CommitteeStrategy, clear_rounding_errors
from albench.strategies.uncertainty import entropies

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView

# Cells that are worked on at a time: 256 KiB stay in the cache of a core.
_BLOCK = 1 << 15


class Epig(CommitteeStrategy):
    """Expected predictive information gain: mean over targets x* of the mutual information of y and y*.

    The joint distribution of the two labels is the members' mean of p_m(y | x) p_m(y* | x*). Targets are
    drawn from the candidates, anew each round.
    """

    name = "epig"
    complexity = "O(n T M C^2), T targets"
    reference = (
        "Bickford Smith, Kirsch, Farquhar, Gal, Foster, Rainforth, 2023, Prediction-oriented Bayesian active"
        " learning"
    )

    targets: int = Field(default=100, ge=1)
    """Rows whose predictions are to be informed about."""

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return numbers in [0, ln n_classes]."""
        proba = self.get_committee(pool).proba
        rows = np.sort(pool.rng.permutation(proba.shape[1])[: self.targets])
        return compute_predictive_information(proba, proba[:, rows])


def compute_predictive_information(proba: Floats, targets: Floats) -> Floats:
    """Return the mean mutual information of each candidate's label and the targets' labels, in nats.

    Parameters
    ----------
    proba : ndarray of shape (n_members, n_candidates, n_classes)
    targets : ndarray of shape (n_members, n_targets, n_classes)
    """
    n_members, n, n_classes = proba.shape
    n_targets = targets.shape[1]
    flat_targets = targets.reshape(n_members, -1) / n_members
    joint = np.empty(n)
    width = max(1, _BLOCK // (flat_targets.shape[1] * n_classes))
    for first in range(0, n, width):
        block = proba[:, first : first + width].reshape(n_members, -1)
        cells = block.T @ flat_targets
        logs = np.log(np.maximum(cells, np.finfo(np.float64).tiny))
        joint[first : first + width] = -np.einsum("ij,ij->i", cells, logs).reshape(-1, n_classes).sum(axis=1)
    alone = entropies(targets.mean(axis=0)).mean()
    return clear_rounding_errors(entropies(proba.mean(axis=0)) + alone - joint / n_targets)
