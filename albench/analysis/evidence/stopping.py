"""What stopping rules cost: in labels and metric against hindsight, and in labels by the price of a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence.cells import Interval
    from albench.contracts import Floats


_NAMED = 3


@dataclass(frozen=True)
class RuleCost:
    """A rule with one strategy, on one dataset or as a mean over all of them.

    Attributes
    ----------
    dataset : str
        Empty for the mean over the datasets.
    n_trials, n_stopped : int
        Trials that are judged, and those of them in which it stops within the budget.
    n_labels : float
        Mean labels at the stop, those of the validation part among them if the rule looks at it; a rule that
        does not stop buys the whole budget.
    labels_too_many, metric_lost : float
        Means, against hindsight.
    """

    rule: str
    strategy: str
    dataset: str
    n_trials: int
    n_stopped: int
    n_labels: float
    labels_too_many: float
    labels_interval: Interval | None
    metric_lost: float
    metric_interval: Interval | None


@dataclass(frozen=True, eq=False)
class RegretCurve:
    """Mean regret in labels over the price of a point; ends of the interval are None without one."""

    mean: Floats
    low: Floats | None
    high: Floats | None


@dataclass(frozen=True)
class PriceRange:
    """Prices at which a rule has the least mean regret; the whole budget has it where its name is empty."""

    rule: str
    low: float
    high: float


@dataclass(frozen=True)
class StoppingEvidence:
    """What the stopping rules of an experiment cost in its primary slice.

    Attributes
    ----------
    strategy : str
        The strategy whose trials the regrets are of.
    costs : tuple of RuleCost
        Of every strategy; means over the datasets before single ones.
    hindsight_labels : float or None
        Mean labels in hindsight of the strategy's trials; None where no trial can be judged.
    prices : ndarray of shape (n_prices,)
        What a point (0.01) of the metric is worth, in labels.
    regrets : mapping of str to RegretCurve
        Rule -> its regret; that of the whole budget under the empty name.
    best : tuple of PriceRange
        In the order of prices.
    n_unjudged : int
        Trials in some of whose rounds the metric has no number.
    n_ended : int
        Trials that an enforced rule has ended. Where there are such, none is judged: those that no rule has
        ended are the exceptions.
    enders : tuple of str
        The rules that have ended them.
    ended_labels : float or None
        Mean labels of those of them that are trials of the strategy.
    """

    rules: tuple[str, ...]
    strategy: str
    costs: tuple[RuleCost, ...]
    hindsight_labels: float | None
    prices: Floats
    regrets: Mapping[str, RegretCurve]
    best: tuple[PriceRange, ...]
    n_unjudged: int = 0
    n_ended: int = 0
    enders: tuple[str, ...] = ()
    ended_labels: float | None = None

    def list_never(self) -> list[str]:
        """Name the rules that stop in no trial of the strategy."""
        costs = [self.find_cost(rule) for rule in self.rules]
        return [cost.rule for cost in costs if cost is not None and not cost.n_stopped]

    def list_widest(self) -> list[PriceRange]:
        """Return the ranges of prices that are the widest, in the order of prices: three at most."""
        widest = sorted(self.best, key=lambda each: -each.high / each.low)[:_NAMED]
        return [each for each in self.best if each in widest]

    def find_cost(self, rule: str, strategy: str = "", dataset: str = "") -> RuleCost | None:
        """Return what a rule costs, with the strategy of the regrets unless another one is named."""
        wanted = rule, strategy or self.strategy, dataset
        return next((cost for cost in self.costs if (cost.rule, cost.strategy, cost.dataset) == wanted), None)
