"""How far each named approximation of a strategy is from the exact one, and what it saves."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from statistics import mean
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import spearmanr
from strategy_rounds import Data, Trial

from albench.contracts import Strategy
from albench.registry.lookup import get_builtin

if TYPE_CHECKING:
    from strategy_rounds import GivenRound

    from albench.ordering import Picks

ROUNDS = 5


@dataclass(frozen=True)
class Approximation:
    """Parameters of a strategy that make it an approximation, and those of the exact one."""

    strategy: str
    params: dict[str, Any]
    exact: dict[str, Any] = field(default_factory=dict)
    n: int = 10_000
    batch: int = 10
    n_labelled: int = 50
    committee: bool = False

    @property
    def name(self) -> str:
        return " ".join([self.strategy, *(f"{key}={value}" for key, value in self.params.items())])


_REFITS: dict[str, Any] = {"n": 300, "batch": 5}
APPROXIMATIONS = (
    Approximation("expected_error_reduction", {"approx": "newton"}, **_REFITS),
    Approximation("expected_error_reduction", {"approx": "chord"}, **_REFITS),
    Approximation("expected_error_reduction", {"evaluation_rows": 100}, **_REFITS),
    Approximation("batch_bald", {"samples": 100}, {"samples": 5**5}, n=2000, batch=5, committee=True),
    Approximation("batch_bald", {"samples": 1000}, {"samples": 5**5}, n=2000, batch=5, committee=True),
    Approximation("epig", {"targets": 100}, {"targets": 2000}, n=2000, committee=True),
    Approximation("information_density", {"similarity": "linear_cosine"}, {"similarity": "cosine"}),
    Approximation("facility_location", {"neighbours": 50}, {"neighbours": 2000}, n=2000),
    Approximation("max_herding", {"evaluate_on": 1000}),
    Approximation("uncertainty_herding", {"evaluate_on": 1000}, n=3000),
)


def approximations(only: list[str]) -> None:
    """Print the table of agreement."""
    print(f"{'approximation':48} {'n':>7} {'picks in common':>16} {'rank correlation':>17} {'time':>7}")
    for approximation in APPROXIMATIONS:
        if not only or approximation.strategy in only:
            same, correlation, share = compared(approximation)
            correlated = "" if np.isnan(correlation) else f"{correlation:.3f}"
            print(
                f"{approximation.name:48} {approximation.n:>7,} {same:>16.0%} {correlated:>17} {share:>7.0%}",
                flush=True,
            )


def compared(approximation: Approximation) -> tuple[float, float, float]:
    """Return the share of equal picks, the rank correlation of utilities, and the share of the time.

    Means over the rounds of one trial, which labels what the exact strategy picks. A strategy that builds
    batches has no utilities to correlate.
    """
    trial = Trial(
        Data.draw(approximation.n), seed=0, n_labelled=approximation.n_labelled, batch=approximation.batch
    )
    exact, rough = (
        get_builtin("strategy", approximation.strategy)(**params)
        for params in ({**approximation.exact}, {**approximation.params})
    )
    same, correlations, seconds, states = [], [], [[], []], [None, None]
    for index in range(ROUNDS):
        both = []
        for which, strategy in enumerate((exact, rough)):
            # Each is shown a round of its own, so that both draw the same numbers.
            view = trial.round(committee=approximation.committee)
            started = time.process_time()
            states[which] = strategy.start(view) if index == 0 else states[which]
            both.append(query(strategy, view, states[which], approximation.batch))
            seconds[which].append(time.process_time() - started)
        (picks, utilities), (others, approximate) = both
        same.append(np.isin(others.candidates, picks.candidates).mean())
        if utilities is not None:
            correlations.append(spearmanr(utilities, approximate).statistic)
        trial.label(view.candidates[picks.candidates])
    return mean(same), mean(correlations or [np.nan]), sum(seconds[1]) / sum(seconds[0])


def query(strategy: Strategy, view: GivenRound, state: Any, n: int) -> tuple[Picks, np.ndarray | None]:
    """Return a batch, and the utilities of all candidates if the strategy gives them."""
    from albench.ordering import top

    if type(strategy).utilities is Strategy.utilities:
        return strategy.select(view, state, n), None
    utilities = strategy.utilities(view, state)
    return top(utilities, view.tie_keys, n), utilities
