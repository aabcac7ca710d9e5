"""A seed set that covers the pool."""

from __future__ import annotations

from albench.seed_sets.from_nothing import StrategySeedSet
from albench.strategies.k_center import KCenter


class KCenterSeedSet(StrategySeedSet):
    """A random row, then one by one the row farthest from all before it, as the strategy ``k_center``."""

    name = "k_center"
    strategy = KCenter
    version = KCenter.version
    reference = KCenter.reference
