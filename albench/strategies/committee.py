"""Disagreement of a committee about a candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from albench.contracts import Need, Strategy
from albench.strategies.uncertainty import entropies

if TYPE_CHECKING:
    from albench.contracts import Committee, Floats, PoolView


class Qbc(Strategy):
    """Query by committee: the candidates on which bagged copies of the query model disagree most."""

    name: ClassVar[str] = "qbc"
    family: ClassVar[str] = "committee"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.COMMITTEE})
    main: ClassVar[str | None] = "disagreement"
    reference: ClassVar[str] = "Seung, Opper, Sompolinsky, 1992, Query by committee"

    disagreement: Literal["vote_entropy", "kl"] = "vote_entropy"
    """vote_entropy: entropy of the members' votes (Dagan, Engelson, 1995); kl: mean Kullback-Leibler
    divergence of the members from their mean (McCallum, Nigam, 1998), which equals BALD."""
    members: int = Field(default=5, ge=2)
    """Models in the committee, each fitted on a bootstrap of the labelled rows."""

    def required(self) -> frozenset[Need]:
        """Return what it needs: probabilities only for ``kl``."""
        return self.needs | ({Need.PROBA} if self.disagreement == "kl" else frozenset())

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return the disagreement in nats."""
        del state
        committee = pool.committee(self.members)
        return _DISAGREEMENT[self.disagreement](committee, pool.n_classes)


def vote_entropy(committee: Committee, n_classes: int) -> Floats:
    """Return the entropy of the members' votes per candidate, in nats."""
    votes = committee.votes
    n_members, n = votes.shape
    flat = votes + np.arange(n) * n_classes
    counts = np.bincount(flat.ravel(), minlength=n * n_classes).reshape(n, n_classes)
    # The counts take few values, so their terms are looked up, not computed: equal votes tie exactly.
    share = np.arange(n_members + 1) / n_members
    terms = -share * np.log(np.where(share > 0, share, 1))
    found: Floats = np.sort(terms[counts], axis=1).sum(axis=1)
    return found


def mean_kl(committee: Committee, n_classes: int) -> Floats:
    """Return the mean Kullback-Leibler divergence of the members from their mean, in nats."""
    del n_classes
    proba = committee.proba
    found: Floats = np.maximum(entropies(proba.mean(axis=0)) - entropies(proba).mean(axis=0), 0)
    return found


_DISAGREEMENT = {"vote_entropy": vote_entropy, "kl": mean_kl}
