"""A seed set in the middle of clusters."""

from __future__ import annotations

from pydantic import Field

from albench.seed_sets.from_nothing import StrategySeedSet
from albench.strategies.k_means import KMeans


class KMeansSeedSet(StrategySeedSet):
    """The rows nearest to the centres of k-means clusters, as the strategy ``k_means`` takes them."""

    name = "k_means"
    strategy = KMeans
    version = KMeans.version
    main = "batch_size"
    reference = KMeans.reference

    batch_size: int = Field(default=10, ge=1)
    """Rows chosen at a time, of as many clusters; a larger seed set takes several such batches, a smaller one
    the first rows of one. Set it to the seed size for one clustering into that many."""

    def get_batch_size(self, size: int) -> int:
        """Return the same for every size, so that a smaller seed set is a prefix of a larger one."""
        return self.batch_size
