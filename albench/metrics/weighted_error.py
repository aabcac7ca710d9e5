"""Errors weighted by what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from albench.contracts import Metric
from albench.text import list_quoted

if TYPE_CHECKING:
    from albench.contracts import Floats, Outputs

Cost = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class WeightedError(Metric):
    """Mean cost of the predictions for the test rows: sum_ij cost_ij C_ij / n, 0 where all are right.

    C is the confusion matrix. A wrong prediction costs 1 unless the spec says otherwise; with all costs 1 it
    is 1 - accuracy. Undefined on a dataset that lacks a class which is named.
    """

    name = "weighted_error"
    greater_is_better = False
    bounds = (0.0, None)
    reference = "Elkan, 2001, The foundations of cost-sensitive learning"

    costs: Annotated[dict[str, Cost | dict[str, Cost]], Field(min_length=1)]
    """What it costs to get a row of a class wrong, {fraud: 20}, or by what it is taken for:
    {fraud: {fine: 20, unsure: 5}}."""

    def speaks_of(self) -> tuple[str, ...]:
        """Name the classes of the costs."""
        predicted = [name for cost in self.costs.values() if isinstance(cost, dict) for name in cost]
        return tuple(dict.fromkeys((*self.costs, *predicted)))

    def score(self, outputs: Outputs) -> float | None:
        """Return a number from 0, or None."""
        if not set(self.speaks_of()) <= set(outputs.classes):
            return None
        return float((self._build_matrix(outputs.classes) * outputs.confusion).sum() / outputs.labels.size)

    def explain_undefined(self, outputs: Outputs) -> str:
        """Say which class the dataset lacks."""
        lacking = [name for name in self.speaks_of() if name not in outputs.classes]
        return f"the dataset has no class {list_quoted(lacking)}"

    def _build_matrix(self, classes: tuple[str, ...]) -> Floats:
        costs = 1 - np.eye(len(classes))
        for true, cost in self.costs.items():
            row = costs[classes.index(true)]
            if isinstance(cost, dict):
                row[[classes.index(name) for name in cost]] = list(cost.values())
            else:
                row[:] = cost
        np.fill_diagonal(costs, 0)
        return costs
