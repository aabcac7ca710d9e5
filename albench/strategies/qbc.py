from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from albench.contracts import Need
from albench.strategies.committee import CommitteeStrategy, clear_rounding_errors, mean_kl
from albench.strategies.uncertainty import entropies, margins

if TYPE_CHECKING:
    from collections.abc import Callable

    from albench.contracts import Floats, PoolView, Rows

Disagreement = Literal["vote_entropy", "variation_ratio", "kl", "kl_max", "consensus_entropy", "min_margin"]


class Qbc(CommitteeStrategy):
    """Query by committee: the candidates on which the members disagree most.

    With v_c members voting for class c, p_m the probabilities of member m of M, and p their mean:

    * vote_entropy: -sum_c (v_c / M) ln (v_c / M) (Dagan, Engelson, 1995)
    * variation_ratio: 1 - max_c v_c / M (Freeman, 1965)
    * kl: mean_m KL(p_m || p) (McCallum, Nigam, 1998), which is the mutual information that ``bald`` asks for
    * kl_max: max_m KL(p_m || p)
    * consensus_entropy: H(p)
    * min_margin: 1 - min_m (p_m(1) - p_m(2)) (Jiang, Gupta, 2019)
    """

    name = "qbc"
    complexity = "O(n M C)"
    main = "disagreement"
    reference = "Seung, Opper, Sompolinsky, 1992, Query by committee"

    disagreement: Disagreement = "vote_entropy"
    """How disagreement is measured; the first two look at votes, the others at class probabilities."""

    def get_member_needs(self) -> frozenset[Need]:
        """Return what it needs of each member: nothing but predictions for votes."""
        return frozenset({Need.PROBA} if self.disagreement in _OF_PROBA else ())

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return the disagreement, in nats or as a share."""
        committee = self.get_committee(pool)
        if self.disagreement == "vote_entropy":
            return vote_entropy(committee.votes, pool.n_classes)
        if self.disagreement == "variation_ratio":
            return variation_ratio(committee.votes, pool.n_classes)
        return _OF_PROBA[self.disagreement](committee.proba)


def count_votes(votes: Rows, n_classes: int) -> Rows:
    """Return how many members vote for each class, shape (n_candidates, n_classes)."""
    n = votes.shape[1]
    flat = votes + np.arange(n) * n_classes
    return np.bincount(flat.ravel(), minlength=n * n_classes).reshape(n, n_classes)


def vote_entropy(votes: Rows, n_classes: int) -> Floats:
    """Return the entropy of the members' votes per candidate, in nats."""
    # The counts take few values, so their terms are looked up, not computed.
    share = np.arange(votes.shape[0] + 1) / votes.shape[0]
    terms = -share * np.log(np.where(share > 0, share, 1))
    entropy: Floats = terms[count_votes(votes, n_classes)].sum(axis=1)
    return entropy


def variation_ratio(votes: Rows, n_classes: int) -> Floats:
    """Return the share of members that vote for another class than the most voted one."""
    ratio: Floats = 1 - count_votes(votes, n_classes).max(axis=1) / votes.shape[0]
    return ratio


def max_kl(proba: Floats) -> Floats:
    """Return the largest Kullback-Leibler divergence of a member from their mean, in nats."""
    mean = proba.mean(axis=0)
    logs = np.log(np.maximum(mean, np.finfo(np.float64).tiny))
    cross_entropies = -np.einsum("mnc,nc->mn", proba, logs)
    return clear_rounding_errors((cross_entropies - entropies(proba)).max(axis=0))


def consensus_entropy(proba: Floats) -> Floats:
    """Return the entropy of the members' mean, in nats."""
    return entropies(proba.mean(axis=0))


def min_margin(proba: Floats) -> Floats:
    """Return 1 minus the smallest margin that a member has."""
    largest: Floats = np.max([margins(member) for member in proba], axis=0)
    return largest


_OF_PROBA: dict[str, Callable[[Floats], Floats]] = {
    "kl": mean_kl,
    "kl_max": max_kl,
    "consensus_entropy": consensus_entropy,
    "min_margin": min_margin,
}
