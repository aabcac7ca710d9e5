from __future__ import annotations

import numpy as np

from albench import Strategy


class Indifferent(Strategy):
    """Every candidate is as good as any other."""

    def utilities(self, pool, state):
        return np.zeros(pool.candidates.size)
