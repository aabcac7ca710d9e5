"""A seed set in the middle of clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from albench.seed_sets.from_nothing import StrategySeedSet
from albench.strategies.k_means import KMeans

if TYPE_CHECKING:
    from albench.contracts import Strategy


class KMeansSeedSet(StrategySeedSet):
    """The rows nearest to the centres of k-means clusters, as the strategy ``k_means`` takes them."""

    name: ClassVar[str] = "k_means"
    strategy: ClassVar[type[Strategy]] = KMeans
    version: ClassVar[int] = KMeans.version
    main: ClassVar[str | None] = "batch_size"
    reference: ClassVar[str] = KMeans.reference

    batch_size: int = Field(default=10, ge=1)
    """Rows chosen at a time, of as many clusters; a larger seed set takes several such batches, a smaller one
    the first rows of one. Set it to the seed size for one clustering into that many."""

    def get_batch_size(self, size: int) -> int:
        """Return the same for every size, so that a smaller seed set is a prefix of a larger one."""
        return self.batch_size
