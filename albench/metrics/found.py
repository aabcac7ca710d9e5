"""How many rows of a rare class were found in the pool: for users who want the rows rather than a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.metrics.one_class import NamedClassMetric
from albench.text import quote

if TYPE_CHECKING:
    from albench.contracts import Outputs


class Found(NamedClassMetric):
    """Share of the pool's rows of a class that were queried by then: rows found / rows of the class.

    It looks at what was queried, the seed set included, and not at the model; a row counts by its true class,
    whatever the oracle said. With the whole pool queried it is 1. Undefined where the pool has no such row.
    """

    name = "found"
    reference = "Garnett, Krishnamurthy, Xiong, Schneider, Mann, 2012, Bayesian optimal active search"

    def score(self, outputs: Outputs) -> float | None:
        """Return a number in [0, 1], or None."""
        if self.class_name not in outputs.classes:
            return None
        code = outputs.classes.index(self.class_name)
        n_there = int((outputs.pool == code).sum())
        return int((outputs.queried == code).sum()) / n_there if n_there else None

    def explain_undefined(self, outputs: Outputs) -> str:
        """Say what lacks the class."""
        if self.class_name not in outputs.classes:
            return f"the dataset has no class {quote(self.class_name)}"
        return f"the pool has no row of class {quote(self.class_name)}"
