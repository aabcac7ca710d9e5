"""The oracle that answers as often as a class is probable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from albench.contracts import Oracle

if TYPE_CHECKING:
    from albench.contracts import Floats, Rows


class SoftLabelsOracle(Oracle):
    """Gives each class as often as it is probable, on datasets whose target is a distribution.

    That is one more annotator, drawn from those who made the distribution: a row gets the same answer under
    every strategy, and another one where it is asked again. ``perfect`` gives the most probable class, as
    ``take: mode`` does.
    """

    name = "soft_labels"
    main = "take"
    paired = True
    reference = (
        "Peterson, Battleday, Griffiths, Russakovsky, 2019, Human uncertainty makes classification more"
        " robust"
    )

    take: Literal["sample", "mode"] = "sample"
    """sample: a class drawn from the row's distribution. mode: the most probable one, of as probable ones the
    first in the order of classes."""

    def needs_distribution(self) -> bool:
        """Say that it does."""
        return True

    def answers(
        self,
        labels: Rows,
        classes: tuple[str, ...],
        *,
        rng: np.random.Generator,
        distribution: Floats | None = None,
    ) -> Rows:
        """Return a class for each row."""
        if self.take == "mode" or distribution is None:
            return labels
        limits = distribution.cumsum(axis=1)
        # Up to the sum that rounding left, so that the last class with a share is the last that is drawn.
        draws = rng.random(labels.size) * limits[:, -1]
        return np.asarray((limits <= draws[:, np.newaxis]).sum(axis=1))
