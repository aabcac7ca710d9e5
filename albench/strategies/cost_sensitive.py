from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from albench.contracts import Need, Strategy
from albench.contracts.class_name import ClassName
from albench.errors import StrategyError
from albench.strategies.class_names import arrange_costs, list_classes, make_tuples, read_costs
from albench.strategies.uncertainty import find_two_largest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from albench.contracts import Floats, PoolView


class CostSensitive(Strategy):
    """Largest expected cost of the best answer, min_j sum_c p_c cost[c][j], or smallest gap of the best two.

    With costs of 1 off the diagonal, ``least_confident`` gives what the strategy of that name gives, and
    ``margin`` its utilities minus 1.
    """

    name = "cost_sensitive"
    family = "uncertainty"
    needs = frozenset({Need.PROBA})
    complexity = "O(n C^2)"
    main = "costs"
    reference = (
        "Chen, Lin, 2013, Active learning for multiclass cost-sensitive classification using probabilistic"
        " models"
    )

    costs: tuple[tuple[float, ...], ...] = Field(
        min_length=2, json_schema_extra={"type": ["array", "object"]}
    )
    """Cost of each answer for each true class: one row a true class, one column an answer, in the order of
    ``classes``; or, naming them, ``{true class: {answer: cost}}``."""
    classes: tuple[ClassName, ...] | None = None
    """Names of the classes in the order of rows and columns; by default the dataset's, sorted as text."""
    measure: Literal["least_confident", "margin"] = "least_confident"
    """least_confident: expected cost of the cheapest answer; margin: minus the gap to the second cheapest."""

    @model_validator(mode="before")
    @classmethod
    def _read_mapping(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not isinstance(data.get("costs"), dict):
            # What a validator has looked at counts as Python's, where a list is no tuple.
            return make_tuples(data)
        if data.get("classes") is not None:
            raise ValueError("a mapping of costs names the classes: leave out 'classes'")
        classes, costs = read_costs(data["costs"])
        return {**data, "classes": classes, "costs": costs}

    @model_validator(mode="after")
    def _check_square(self) -> Self:
        if any(len(row) != len(self.costs) for row in self.costs):
            raise ValueError("costs must be a square matrix, one row and one column a class")
        if self.classes is not None and len(set(self.classes)) != len(self.costs):
            raise ValueError("classes must be as many different names as costs has rows")
        return self

    def speaks_of(self) -> tuple[str, ...]:
        """Name the classes of rows and columns."""
        return self.classes or ()

    def explain_places(self, classes: Sequence[str]) -> str:
        """Say which classes the rows are."""
        return "" if self.classes else f"rows and columns of costs are {list_classes(classes)}"

    def misfit(self, n_classes: int) -> str:
        """Say whether the matrix is of other classes."""
        fits = len(self.costs) == n_classes
        return "" if fits else f"costs of {len(self.costs)} classes for a dataset of {n_classes}"

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return expected costs, or minus their gap."""
        if wrong := self.find_misfit(pool.classes) if self.classes else self.misfit(pool.n_classes):
            raise StrategyError(wrong)
        costs = (
            arrange_costs(self.costs, self.classes, pool.classes) if self.classes else np.array(self.costs)
        )
        return compute_expected_costs(pool.proba, costs, self.measure)


def compute_expected_costs(proba: Floats, costs: Floats, measure: str) -> Floats:
    """Return the expected cost of the cheapest answer, or minus its gap to the second cheapest."""
    dearest, second = find_two_largest(-(proba @ costs))
    return -dearest if measure == "least_confident" else second - dearest
