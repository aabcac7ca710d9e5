"""Seed sets of several sizes are prefixes of one order of the pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.errors import TrialError

if TYPE_CHECKING:
    from albench.contracts import Floats, Rows


def take_prefix(order: Rows, size: int) -> Rows:
    """Return the first ``size`` positions."""
    if not 0 <= size <= order.size:
        raise TrialError(f"a seed set of {size} rows cannot come from a pool of {order.size}")
    return order[:size].astype(np.intp)


def sort_positions(keys: Floats | Rows, rng: np.random.Generator) -> Rows:
    """Order positions by their keys, ties at random."""
    return np.lexsort((rng.random(keys.size), keys))
