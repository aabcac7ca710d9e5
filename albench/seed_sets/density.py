"""A seed set in the densest part of the pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from albench.seed_sets.from_nothing import StrategySeedSet
from albench.strategies.information_density import InformationDensity

if TYPE_CHECKING:
    from albench.contracts import Strategy


class DensitySeedSet(StrategySeedSet):
    """The rows most similar to the whole pool, as the strategy ``information_density`` takes them.

    While nothing is labelled all rows are as uncertain, so that density alone decides.
    """

    name: ClassVar[str] = "density"
    strategy: ClassVar[type[Strategy]] = InformationDensity
    version: ClassVar[int] = InformationDensity.version
    reference: ClassVar[str] = InformationDensity.reference
