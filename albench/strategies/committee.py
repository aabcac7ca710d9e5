"""Disagreement of a committee about a candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from albench.contracts import CommitteeMethod, Need, Strategy
from albench.strategies.uncertainty import entropies, margins
from albench.strategies.wrapper import InnerModel

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from albench.contracts import Committee, Floats, Model, PoolView, Rows

Disagreement = Literal["vote_entropy", "variation_ratio", "kl", "kl_max", "consensus_entropy", "min_margin"]

_NOISE = 1e-14


class OfCommittee(Strategy):
    """Base of strategies that ask a committee."""

    family: ClassVar[str] = "committee"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.COMMITTEE, Need.PROBA})

    members: int = Field(default=5, ge=2)
    """Models in the committee: copies of the query model."""
    committee: CommitteeMethod = "bagging"
    """bagging: each is fitted on a bootstrap of the labelled rows; random_subspace: on all of them with a
    random half of the features (Ho, 1998); mc_dropout: the query network under so many dropout masks (Gal,
    Ghahramani, 2016)."""
    models: tuple[InnerModel, ...] = Field(default=())
    """Different models instead of copies, one member each, fitted on all labelled rows."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if len(self.models) == 1:
            raise ValueError("models: a committee has at least two")
        beside = sorted(self.model_fields_set & {"members", "committee"})
        if self.models and beside:
            raise ValueError(f"{' and '.join(beside)} cannot stand beside models, which are the committee")
        return self

    def of_members(self) -> frozenset[Need]:
        """Return what it needs of each member."""
        return frozenset({Need.PROBA})

    def required(self) -> frozenset[Need]:
        """Return what it needs of the query model: nothing if others are the committee."""
        of_copies = self.of_members() | ({Need.DROPOUT} if self.committee == "mc_dropout" else frozenset())
        return frozenset({Need.COMMITTEE}) | (frozenset() if self.models else of_copies)

    def required_of_models(self) -> tuple[tuple[Model, frozenset[Need]], ...]:
        """Return the members that are no copies, each with what it needs of it."""
        return tuple((model, self.of_members()) for model in self.models)

    def asked(self, pool: PoolView) -> Committee:
        """Return the committee of this round."""
        return pool.committee(self.members, method=self.committee, models=self.models)


def vote_counts(votes: Rows, n_classes: int) -> Rows:
    """Return how many members vote for each class, shape (n_candidates, n_classes)."""
    n = votes.shape[1]
    flat = votes + np.arange(n) * n_classes
    return np.bincount(flat.ravel(), minlength=n * n_classes).reshape(n, n_classes)


def vote_entropy(votes: Rows, n_classes: int) -> Floats:
    """Return the entropy of the members' votes per candidate, in nats."""
    # The counts take few values, so their terms are looked up, not computed.
    share = np.arange(votes.shape[0] + 1) / votes.shape[0]
    terms = -share * np.log(np.where(share > 0, share, 1))
    found: Floats = terms[vote_counts(votes, n_classes)].sum(axis=1)
    return found


def variation_ratio(votes: Rows, n_classes: int) -> Floats:
    """Return the share of members that vote for another class than the most voted one."""
    found: Floats = 1 - vote_counts(votes, n_classes).max(axis=1) / votes.shape[0]
    return found


def mean_kl(proba: Floats) -> Floats:
    """Return the mean Kullback-Leibler divergence of the members from their mean, in nats."""
    return without_noise(entropies(proba.mean(axis=0)) - entropies(proba).mean(axis=0))


def max_kl(proba: Floats) -> Floats:
    """Return the largest Kullback-Leibler divergence of a member from their mean, in nats."""
    mean = proba.mean(axis=0)
    logs = np.log(np.maximum(mean, np.finfo(np.float64).tiny))
    crossed = -np.einsum("mnc,nc->mn", proba, logs)
    return without_noise((crossed - entropies(proba)).max(axis=0))


def without_noise(divergence: Floats) -> Floats:
    """Return 0 for what is within rounding errors of it."""
    # A difference of equal entropies is a few units of their last digit, which must not order candidates.
    found: Floats = np.where(divergence > _NOISE, divergence, 0)
    return found


def consensus_entropy(proba: Floats) -> Floats:
    """Return the entropy of the members' mean, in nats."""
    return entropies(proba.mean(axis=0))


def min_margin(proba: Floats) -> Floats:
    """Return 1 minus the smallest margin that a member has."""
    found: Floats = np.max([margins(member) for member in proba], axis=0)
    return found


_OF_PROBA: dict[str, Callable[[Floats], Floats]] = {
    "kl": mean_kl,
    "kl_max": max_kl,
    "consensus_entropy": consensus_entropy,
    "min_margin": min_margin,
}
