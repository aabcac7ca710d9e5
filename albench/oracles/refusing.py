"""The oracle that does not answer everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.contracts import REFUSED, Oracle
from albench.contracts.conditions import IRRELEVANT

if TYPE_CHECKING:
    from albench.contracts import Rows


class RefusingOracle(Oracle):
    """Gives the true label, but refuses the rows of some classes.

    A query of such a row is paid for as any other; the row leaves the pool, and no model is fitted on it.
    Models never see its class, which keeps probability 0.
    """

    name = "refusing"
    main = "classes"

    classes: tuple[str, ...] = Field(default=(IRRELEVANT,), min_length=1)
    """Classes whose rows get no label."""

    def speaks_of(self) -> tuple[str, ...]:
        """Name the refused classes."""
        return self.classes

    def answers(self, labels: Rows, classes: tuple[str, ...], *, rng: np.random.Generator) -> Rows:
        """Return the true labels, and ``REFUSED`` for rows of the refused classes."""
        refused = np.isin(np.asarray(classes), self.classes)
        return np.where(refused[labels], REFUSED, labels)
