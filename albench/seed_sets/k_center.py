"""A seed set that covers the pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from albench.seed_sets.from_nothing import StrategySeedSet
from albench.strategies.k_center import KCenter

if TYPE_CHECKING:
    from albench.contracts import Strategy


class KCenterSeedSet(StrategySeedSet):
    """A random row, then one by one the row farthest from all before it, as the strategy ``k_center``."""

    name: ClassVar[str] = "k_center"
    strategy: ClassVar[type[Strategy]] = KCenter
    version: ClassVar[int] = KCenter.version
    reference: ClassVar[str] = KCenter.reference
