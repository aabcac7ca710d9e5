"""A query strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from albench.contracts.component import Component, CostClass, Kind, Need

if TYPE_CHECKING:
    from albench.contracts.component import Floats
    from albench.contracts.model import Model
    from albench.contracts.pool import PoolView
    from albench.contracts.shared import Shared
    from albench.ordering import Picks


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
