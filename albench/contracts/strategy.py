"""A query strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from albench.contracts.component import Component, CostClass, Need
from albench.text import list_quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    kind = "strategy"
    family: ClassVar[str] = ""
    needs: ClassVar[frozenset[Need]] = frozenset()
    cost: ClassVar[CostClass] = "linear"
    complexity: ClassVar[str] = ""
    looks_at_budget: ClassVar[bool] = False
    accepts_sparse: ClassVar[bool] = False
    """True if it copes with ``pool.features`` in scipy's compressed rows; else it is shown dense ones."""
    asks_again: ClassVar[bool] = False
    """True if it may query rows that are labelled already, for another answer: ``pool.candidates`` are then
    all rows of the pool, and ``pool.bought`` holds the answers so far."""
    arms: ClassVar[bool] = False
    """True for random orders: the stream is keyed by the arm instead of what the picks depend on."""

    def required(self) -> frozenset[Need]:
        """Return what this strategy needs with its parameters; wrappers add what they wrap."""
        return type(self).needs

    def misfit(self, n_classes: int) -> str:
        """Say why it, or a strategy that it asks, cannot work on so many classes; empty if they can."""
        if any(strategy.asks_again for strategy in self.inner()):
            return "a strategy that asks labelled rows again cannot be asked by another one"
        return next(filter(None, (strategy.misfit(n_classes) for strategy in self.inner())), "")

    def speaks_of(self) -> tuple[str, ...]:
        """Name the classes that its parameters name, and those that it asks."""
        return tuple(name for strategy in self.inner() for name in strategy.speaks_of())

    def find_misfit(self, classes: Sequence[str]) -> str:
        """Say why it cannot work on a dataset of these classes; empty if it can."""
        if missing := [name for name in self.speaks_of() if name not in classes]:
            return f"no class {list_quoted(dict.fromkeys(missing))}; there {_list_present(classes)}"
        return self.misfit(len(classes))

    def explain_places(self, classes: Sequence[str]) -> str:
        """Say which classes it means by places in their sorted order, or by none; empty if it names them."""
        return "; ".join(filter(None, (strategy.explain_places(classes) for strategy in self.inner())))

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

    def utilities(self, pool: PoolView, state: Any) -> Floats:
        """Score the candidates, shape (n_candidates,); higher is queried first."""
        raise NotImplementedError(f"{type(self).__qualname__} must define utilities() or select()")

    def select(self, pool: PoolView, state: Any, n: int) -> Picks:
        """Return a batch of ``n`` candidates; by default those of highest utility."""
        from albench.contracts.returned import check_utilities
        from albench.ordering import top

        return top(check_utilities(self.utilities(pool, state)), pool.tie_keys, n)


def _list_present(classes: Sequence[str]) -> str:
    return f"{'is' if len(classes) == 1 else 'are'} {list_quoted(classes, 'and')}"
