from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field, model_validator

from albench.strategies.wrapper import Subsampling

if TYPE_CHECKING:
    from typing import Self

    from albench.contracts import PoolView
    from albench.ordering import Picks


class RandomSubsampling(Subsampling):
    """The wrapped strategy on a random part of the candidates, drawn anew each round.

    What the wrapped strategy computes of the whole pool, once for a split, is not made smaller: cap the pool
    for that (split: max_pool).
    """

    name = "random_subsampling"
    complexity = "that of the wrapped strategy on the part that is kept"
    reference = "Ertekin, Huang, Bottou, Giles, 2007, Learning on the border"

    share: float | None = Field(default=None, gt=0, le=1)
    """Part of the candidates that is kept; 0.1 if neither share nor size is given."""
    size: int | None = Field(default=None, ge=1)
    """How many candidates are kept, instead of a share."""

    @model_validator(mode="after")
    def _check_one_of_two(self) -> Self:
        if self.share is not None and self.size is not None:
            raise ValueError("give share or size, not both")
        return self

    def select(self, pool: PoolView, state: Any, n: int) -> Picks:
        """Choose among the part, which is never smaller than the batch."""
        n_all = pool.candidates.size
        size = self.size if self.size is not None else int(np.ceil((self.share or 0.1) * n_all))
        keep = pool.rng.permutation(n_all)[: max(n, min(size, n_all))]
        return self.select_among(pool, state, np.sort(keep), n)
