"""What the trials of a split share: arrays that need no label, computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict

from albench.contracts.component import _format_items, class_path

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from albench.contracts.component import Floats


class Shared(BaseModel):
    """Something about a pool that needs no label: computed once for a split, read by all its trials.

    A small frozen class whose fields say what is computed: equal needs of different strategies are met by
    one computation. Arrays come back read-only, from ``pool.shared[need]``.

    Attributes
    ----------
    identity_name : str
        What seeds call a class of albench, for good: it may move to another module. A user's is called by its
        import path.
    version : int
        Raised by hand when the arrays change.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    identity_name: ClassVar[str] = ""
    version: ClassVar[int] = 1
    accepts_sparse: ClassVar[bool] = False
    """True if it copes with features in scipy's compressed rows; else it is given dense ones."""
    row_arrays: ClassVar[tuple[str, ...]] = ()
    """Its arrays with one entry a row, if it can be computed of the pool and unlabelled rows below it, whose
    entries are cut off; none if it is of the pool alone."""

    def identity(self) -> dict[str, Any]:
        """What is computed, as JSON values."""
        return {
            "class": class_path(type(self)),
            "version": type(self).version,
            **_format_items(params=self.model_dump(mode="json")),
        }

    def compute(
        self, features: Floats, *, n_classes: int, rng: np.random.Generator
    ) -> dict[str, NDArray[Any]]:
        """Return named arrays.

        Parameters
        ----------
        features : ndarray of shape (n_pool, n_features)
        n_classes : int
            Classes of the dataset.
        rng : Generator
            Its stream depends on the split and on the identity alone.

        Raises
        ------
        StrategyError
            If the pool is too large for it.
        """
        raise NotImplementedError(f"{type(self).__qualname__} must define compute(...)")
