"""Base class of the strategies that ask a committee, and the mutual information of its members."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field, model_validator

from albench.contracts import CommitteeMethod, Need, Strategy
from albench.strategies.uncertainty import entropies
from albench.strategies.wrapper import InnerModel

if TYPE_CHECKING:
    from typing import Self

    from albench.contracts import Committee, Floats, Model, PoolView

_NOISE = 1e-14


class CommitteeStrategy(Strategy):
    """Base of strategies that ask a committee."""

    family = "committee"
    needs = frozenset({Need.COMMITTEE, Need.PROBA})

    members: int = Field(default=5, ge=2)
    """Models in the committee: copies of the query model."""
    committee: CommitteeMethod = "bagging"
    """bagging: each is fitted on a bootstrap of the labelled rows; random_subspace: on all of them with a
    random half of the features (Ho, 1998); mc_dropout: the query network under so many dropout masks (Gal,
    Ghahramani, 2016)."""
    models: tuple[InnerModel, ...] = Field(default=())
    """Different models instead of copies, one member each, fitted on all labelled rows."""

    @model_validator(mode="after")
    def _check_one_kind(self) -> Self:
        if len(self.models) == 1:
            raise ValueError("models: a committee has at least two")
        beside = sorted(self.model_fields_set & {"members", "committee"})
        if self.models and beside:
            raise ValueError(f"{' and '.join(beside)} cannot stand beside models, which are the committee")
        return self

    def get_member_needs(self) -> frozenset[Need]:
        """Return what it needs of each member."""
        return frozenset({Need.PROBA})

    def required(self) -> frozenset[Need]:
        """Return what it needs of the query model: nothing if others are the committee."""
        if self.models:
            return frozenset({Need.COMMITTEE})
        dropout = {Need.DROPOUT} if self.committee == "mc_dropout" else frozenset()
        return self.get_member_needs() | {Need.COMMITTEE} | dropout

    def required_of_models(self) -> tuple[tuple[Model, frozenset[Need]], ...]:
        """Return the members that are no copies, each with what it needs of it."""
        return tuple((model, self.get_member_needs()) for model in self.models)

    def get_committee(self, pool: PoolView) -> Committee:
        """Return the committee of this round."""
        return pool.committee(self.members, method=self.committee, models=self.models)


def mean_kl(proba: Floats) -> Floats:
    """Return the mean Kullback-Leibler divergence of the members from their mean, in nats."""
    return clear_rounding_errors(entropies(proba.mean(axis=0)) - entropies(proba).mean(axis=0))


def clear_rounding_errors(divergence: Floats) -> Floats:
    """Return 0 for what is within rounding errors of it."""
    # A difference of equal entropies is a few units of their last digit, which must not order candidates.
    divergences: Floats = np.where(divergence > _NOISE, divergence, 0)
    return divergences
