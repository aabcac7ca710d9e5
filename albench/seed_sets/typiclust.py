"""A seed set of typical rows of the largest clusters."""

from __future__ import annotations

from pydantic import Field

from albench.seed_sets.from_nothing import StrategySeedSet
from albench.strategies.typiclust import TypiClust


class TypiClustSeedSet(StrategySeedSet):
    """The most typical row of each of the largest clusters, as the strategy ``typiclust`` takes them."""

    name = "typiclust"
    strategy = TypiClust
    version = TypiClust.version
    main = "batch_size"
    reference = TypiClust.reference

    batch_size: int = Field(default=10, ge=1)
    """Rows chosen at a time; a larger seed set takes several such batches, each of more clusters, a smaller
    one the first rows of one. Set it to the seed size for one clustering into that many."""

    def get_batch_size(self, size: int) -> int:
        """Return the same for every size, so that a smaller seed set is a prefix of a larger one."""
        return self.batch_size
