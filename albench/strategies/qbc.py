from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from albench.contracts import Need
from albench.strategies.committee import _OF_PROBA, Disagreement, OfCommittee, variation_ratio, vote_entropy

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView


class Qbc(OfCommittee):
    """Query by committee: the candidates on which the members disagree most.

    With v_c members voting for class c, p_m the probabilities of member m of M, and p their mean:

    * vote_entropy: -sum_c (v_c / M) ln (v_c / M) (Dagan, Engelson, 1995)
    * variation_ratio: 1 - max_c v_c / M (Freeman, 1965)
    * kl: mean_m KL(p_m || p) (McCallum, Nigam, 1998), which is the mutual information that ``bald`` asks for
    * kl_max: max_m KL(p_m || p)
    * consensus_entropy: H(p)
    * min_margin: 1 - min_m (p_m(1) - p_m(2)) (Jiang, Gupta, 2019)
    """

    name: ClassVar[str] = "qbc"
    complexity: ClassVar[str] = "O(n M C)"
    main: ClassVar[str | None] = "disagreement"
    reference: ClassVar[str] = "Seung, Opper, Sompolinsky, 1992, Query by committee"

    disagreement: Disagreement = "vote_entropy"
    """How disagreement is measured; the first two look at votes, the others at class probabilities."""

    def of_members(self) -> frozenset[Need]:
        """Return what it needs of each member: nothing but predictions for votes."""
        return frozenset({Need.PROBA} if self.disagreement in _OF_PROBA else ())

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return the disagreement, in nats or as a share."""
        del state
        committee = self.asked(pool)
        if self.disagreement == "vote_entropy":
            return vote_entropy(committee.votes, pool.n_classes)
        if self.disagreement == "variation_ratio":
            return variation_ratio(committee.votes, pool.n_classes)
        return _OF_PROBA[self.disagreement](committee.proba)
