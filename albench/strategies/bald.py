from __future__ import annotations

from typing import TYPE_CHECKING

from albench.strategies.committee import CommitteeStrategy, mean_kl

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView


class Bald(CommitteeStrategy):
    """Bayesian active learning by disagreement: mutual information of label and member, H(p) - mean_m H(p_m).

    The same number as ``{qbc: kl}``, under the name by which it is known for ensembles and dropout.
    """

    name = "bald"
    complexity = "O(n M C)"
    reference = (
        "Houlsby, Huszar, Ghahramani, Lengyel, 2011, Bayesian active learning for classification and"
        " preference learning"
    )

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return numbers in [0, ln n_classes]."""
        return mean_kl(self.get_committee(pool).proba)
