"""Uncertainty of one model about a candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from albench.contracts import Need, Strategy
from albench.errors import StrategyError

if TYPE_CHECKING:
    from typing import Self

    from albench.contracts import Floats, PoolView

_FEW_CLASSES = 16
_TINY = np.finfo(np.float64).tiny


class LeastConfident(Strategy):
    """Lowest probability of the most probable class: 1 - max_c p_c."""

    name: ClassVar[str] = "least_confident"
    family: ClassVar[str] = "uncertainty"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA})
    complexity: ClassVar[str] = "O(n C)"
    reference: ClassVar[str] = "Lewis, Gale, 1994, A sequential algorithm for training text classifiers"

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return numbers in [0, 1 - 1/n_classes]."""
        del state
        found: Floats = 1 - two_largest(pool.proba)[0]
        return found


class Margin(Strategy):
    """Smallest gap between the two most probable classes: 1 - (p_(1) - p_(2))."""

    name: ClassVar[str] = "margin"
    family: ClassVar[str] = "uncertainty"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA})
    complexity: ClassVar[str] = "O(n C)"
    reference: ClassVar[str] = (
        "Scheffer, Decomain, Wrobel, 2001, Active hidden Markov models for information extraction"
    )

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return numbers in [0, 1]."""
        del state
        return margins(pool.proba)


class Entropy(Strategy):
    """Largest entropy of the class probabilities: -sum_c p_c ln p_c, with 0 ln 0 = 0."""

    name: ClassVar[str] = "entropy"
    family: ClassVar[str] = "uncertainty"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA})
    complexity: ClassVar[str] = "O(n C)"
    reference: ClassVar[str] = "Settles, Craven, 2008, An analysis of active learning strategies"

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return numbers in [0, ln n_classes]."""
        del state
        return entropies(pool.proba)


class DistanceToBoundary(Strategy):
    """Smallest distance to the decision boundary: -|f| if binary, else minus the gap of the top two."""

    name: ClassVar[str] = "distance_to_boundary"
    family: ClassVar[str] = "uncertainty"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DECISION})
    complexity: ClassVar[str] = "O(n C)"
    reference: ClassVar[str] = "Tong, Koller, 2001, Support vector machine active learning"

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return numbers up to 0, in units of the decision function."""
        del state
        decision = pool.decision
        if decision.ndim == 1:
            return -np.abs(decision)
        first, second = two_largest(decision)
        return second - first


class RatioOfConfidence(Strategy):
    """Largest ratio of the second most probable class to the most probable one: p_(2) / p_(1)."""

    name: ClassVar[str] = "ratio_of_confidence"
    family: ClassVar[str] = "uncertainty"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA})
    complexity: ClassVar[str] = "O(n C)"
    reference: ClassVar[str] = "Monarch, 2021, Human-in-the-loop machine learning"

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return numbers in [0, 1]."""
        del state
        first, second = two_largest(pool.proba)
        return second / first


class CostSensitive(Strategy):
    """Largest expected cost of the best answer, min_j sum_c p_c cost[c][j], or smallest gap of the best two.

    With costs of 1 off the diagonal, ``least_confident`` gives what the strategy of that name gives, and
    ``margin`` its utilities minus 1.
    """

    name: ClassVar[str] = "cost_sensitive"
    family: ClassVar[str] = "uncertainty"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA})
    complexity: ClassVar[str] = "O(n C^2)"
    main: ClassVar[str | None] = "costs"
    reference: ClassVar[str] = (
        "Chen, Lin, 2013, Active learning for multiclass cost-sensitive classification using probabilistic"
        " models"
    )

    costs: tuple[tuple[float, ...], ...] = Field(min_length=2)
    """Cost of each answer for each true class: one row a true class, one column an answer, in the sorted
    order of the dataset's classes."""
    measure: Literal["least_confident", "margin"] = "least_confident"
    """least_confident: expected cost of the cheapest answer; margin: minus the gap to the second cheapest."""

    @model_validator(mode="after")
    def _square(self) -> Self:
        if any(len(row) != len(self.costs) for row in self.costs):
            raise ValueError("costs must be a square matrix, one row and one column a class")
        return self

    def misfit(self, n_classes: int) -> str:
        """Say whether the matrix is of other classes."""
        fits = len(self.costs) == n_classes
        return "" if fits else f"costs of {len(self.costs)} classes for a dataset of {n_classes}"

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return expected costs, or minus their gap.

        Raises
        ------
        StrategyError
            If the matrix is not of the dataset's classes.
        """
        del state
        if wrong := self.misfit(pool.n_classes):
            raise StrategyError(wrong)
        return expected_costs(pool.proba, np.array(self.costs), self.measure)


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


def two_largest(values: Floats) -> tuple[Floats, Floats]:
    """Return the largest and the second largest number of each row."""
    if values.shape[1] > _FEW_CLASSES:
        last = np.partition(values, -2, axis=1)[:, -2:]
        return last[:, 1], last[:, 0]
    first, second = values[:, 0].copy(), np.full(values.shape[0], -np.inf)
    for column in values.T[1:]:
        np.maximum(second, np.minimum(first, column), out=second)
        np.maximum(first, column, out=first)
    return first, second


def margins(proba: Floats) -> Floats:
    """Return 1 - (p_(1) - p_(2)) of each row."""
    first, second = two_largest(proba)
    return 1 - (first - second)


def expected_costs(proba: Floats, costs: Floats, measure: str) -> Floats:
    """Return the expected cost of the cheapest answer, or minus its gap to the second cheapest."""
    dearest, second = two_largest(-(proba @ costs))
    return -dearest if measure == "least_confident" else second - dearest


def entropies(proba: Floats) -> Floats:
    """Return the entropy of each row in nats, with 0 ln 0 = 0; classes on the last axis."""
    logs = np.maximum(proba, _TINY)
    np.log(logs, out=logs)
    found: Floats = -np.einsum("...c,...c->...", proba, logs)
    return found
