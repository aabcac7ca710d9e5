"""A seed set in the densest part of the pool."""

from __future__ import annotations

from albench.seed_sets.from_nothing import StrategySeedSet
from albench.strategies.information_density import InformationDensity


class DensitySeedSet(StrategySeedSet):
    """The rows most similar to the whole pool, as the strategy ``information_density`` takes them.

    While nothing is labelled all rows are as uncertain, so that density alone decides.
    """

    name = "density"
    strategy = InformationDensity
    version = InformationDensity.version
    reference = InformationDensity.reference
