from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from albench.contracts import Need, Strategy
from albench.errors import StrategyError

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView


class Relevance(Strategy):
    """Most probably relevant first: p_positive, the rule of technology-assisted review.

    It finds positives rather than decision boundaries; judge it by recall as much as by accuracy.
    """

    name: ClassVar[str] = "relevance"
    family: ClassVar[str] = "uncertainty"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA})
    complexity: ClassVar[str] = "O(n)"
    main: ClassVar[str | None] = "positive"
    reference: ClassVar[str] = (
        "Cormack, Grossman, 2014, Evaluation of machine-learning protocols for technology-assisted review"
    )

    positive: int | None = Field(default=None, ge=0)
    """Place of the relevant class in the sorted order of the dataset's classes, from 0; by default the last
    one, which scikit-learn takes as positive, too."""

    def misfit(self, n_classes: int) -> str:
        """Say whether there is no such class."""
        fits = self.positive is None or self.positive < n_classes
        return "" if fits else f"positive is class {self.positive}, but there are {n_classes}, from 0"

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return numbers in [0, 1].

        Raises
        ------
        StrategyError
            If the dataset has no such class.
        """
        del state
        if wrong := self.misfit(pool.n_classes):
            raise StrategyError(wrong)
        return pool.proba[:, pool.n_classes - 1 if self.positive is None else self.positive]
