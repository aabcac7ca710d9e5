"""A query strategy, and what strategies share of a split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict

from albench.contracts.component import Component, CostClass, Kind, Need, _some, class_path

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from albench.contracts.component import Floats
    from albench.contracts.model import Model
    from albench.contracts.pool import PoolView
    from albench.ordering import Picks


class Shared(BaseModel):
    """Something about a pool that needs no label: computed once for a split, read by all its trials.

    A small frozen class whose fields say what is computed: equal needs of different strategies are met by
    one computation. Arrays come back read-only, from ``pool.shared[need]``.

    Attributes
    ----------
    version : int
        Raised by hand when the arrays change.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    version: ClassVar[int] = 1
    accepts_sparse: ClassVar[bool] = False
    """True if it copes with features in scipy's compressed rows; else it is given dense ones."""

    def identity(self) -> dict[str, Any]:
        """What is computed, as JSON values."""
        return {
            "class": class_path(type(self)),
            "version": type(self).version,
            **_some(params=self.model_dump(mode="json")),
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


class Strategy(Component):
    """A query strategy: scores candidates (``utilities``) or builds a batch (``select``).

    Attributes
    ----------
    family : str
        One of uncertainty, committee, density, diversity, hybrid, lookahead, wrapper, baseline, control.
    needs : frozenset of Need
        What it looks at; declares, too, whether its picks depend on the model.
    cost : str
        How a round grows with the pool.
    complexity : str
        The work of a round in n (candidates), L (labelled rows), b (batch size), C (classes), d (features)
        and M (members of a committee), beside the fit and the predictions of the query model.
    looks_at_budget : bool
        True if picks depend on the budget, which then enters the trial's identity.
    """

    kind: ClassVar[Kind] = "strategy"
    family: ClassVar[str] = ""
    needs: ClassVar[frozenset[Need]] = frozenset()
    cost: ClassVar[CostClass] = "linear"
    complexity: ClassVar[str] = ""
    looks_at_budget: ClassVar[bool] = False
    accepts_sparse: ClassVar[bool] = False
    """True if it copes with ``pool.features`` in scipy's compressed rows; else it is shown dense ones."""
    arms: ClassVar[bool] = False
    """True for random orders: the stream is keyed by the arm instead of what the picks depend on."""

    def required(self) -> frozenset[Need]:
        """Return what this strategy needs with its parameters; wrappers add what they wrap."""
        return type(self).needs

    def misfit(self, n_classes: int) -> str:
        """Say why it, or a strategy that it asks, cannot work on so many classes; empty if they can."""
        return next(filter(None, (strategy.misfit(n_classes) for strategy in self.inner())), "")

    def inner(self) -> tuple[Strategy, ...]:
        """Return the strategies that this one asks; wrappers return what they wrap."""
        return ()

    def required_of_models(self) -> tuple[tuple[Model, frozenset[Need]], ...]:
        """Return models of its own, and of strategies that it asks, each with what is needed of it."""
        return tuple(pair for strategy in self.inner() for pair in strategy.required_of_models())

    def shares(self) -> tuple[Shared, ...]:
        """Return what all trials of a split compute once; wrappers return that of what they wrap."""
        return ()

    def start(self, pool: PoolView) -> Any:
        """Return the memory of one trial, which the loop keeps and hands back every round."""
        del pool

    def utilities(self, pool: PoolView, state: Any) -> Floats:
        """Score the candidates, shape (n_candidates,); higher is queried first."""
        raise NotImplementedError(f"{type(self).__qualname__} must define utilities() or select()")

    def select(self, pool: PoolView, state: Any, n: int) -> Picks:
        """Return a batch of ``n`` candidates; by default those of highest utility."""
        from albench.ordering import top

        return top(self.utilities(pool, state), pool.tie_keys, n)
