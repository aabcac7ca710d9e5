"""The smallest difference that a grid can show, and the cheapest grid that shows a wanted one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.stats.intervals import Estimate, average_estimates
from albench.analysis.stats.power import (
    POWER,
    compute_signed_rank_power,
    find_repeats_needed,
    find_smallest_effect,
    find_smallest_signed_rank_effect,
)
from albench.analysis.stats.significance import can_be_tested, find_fewest_datasets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.power.spread import Spread

FEWEST_UNITS = 3
_MOST_REPEATS, _MOST_DATASETS = 100, 200
_START = 10  # repeats that a spread is taken over before their number is sought


@dataclass(frozen=True)
class Detectable:
    """What is shown in four of five experiments, after the corrections of the page.

    Attributes
    ----------
    place : str
        A dataset, or what several are taken as.
    difference : float or None
        In area, in units of the metric; None where nothing can be tested.
    saving : float or None
        The label saving that is worth it; None beyond 90 %, or where the curve is not known.
    reason : str
        Why there is no difference.
    """

    place: str
    difference: float | None
    saving: float | None
    reason: str = ""


def predict_detectable(
    spreads: Sequence[Spread], n_repeats: int, n_strategies: int, between: float | None
) -> list[Detectable]:
    """Return what a grid can show on each dataset, on these datasets together, and of others like them.

    Parameters
    ----------
    n_repeats : int
        Independent ones: splits, where a split has several starts.
    between : float or None
        Standard deviation of true gains over datasets; None if it is not known.

    References
    ----------
    Cohen, 1988, Statistical Power Analysis for the Behavioral Sciences
    """
    if n_repeats < FEWEST_UNITS:
        reason = f"{n_repeats} repeats have no interval: it takes {FEWEST_UNITS}"
        return [Detectable("on any dataset", None, None, reason)]
    single = [_predict_single(spread, n_repeats) for spread in spreads]
    if len(spreads) == 1:
        return single
    these = average_estimates([_estimate(spread, n_repeats) for spread in spreads])
    effect = find_smallest_effect(float(these.error), these.df, n_strategies)
    together = _build_detectable(f"on these {len(spreads)} datasets", effect, spreads)
    return [*single, together, _predict_others(spreads, n_repeats, n_strategies, between)]


def _predict_single(spread: Spread, n_repeats: int) -> Detectable:
    estimate = _estimate(spread, n_repeats)
    effect = find_smallest_effect(float(estimate.error), estimate.df)
    return _build_detectable(f"on {spread.dataset}", effect, [spread])


def _build_detectable(place: str, effect: float, spreads: Sequence[Spread]) -> Detectable:
    savings = [saving for of in spreads if (saving := of.convert_to_saving(effect)) is not None]
    return Detectable(place, effect, float(np.median(savings)) if savings else None)


def _estimate(spread: Spread, n_repeats: int) -> Estimate:
    return Estimate(np.array(0.0), np.array(spread.sd / n_repeats**0.5), n_repeats - 1.0)


def _predict_others(
    spreads: Sequence[Spread], n_repeats: int, n_strategies: int, between: float | None
) -> Detectable:
    place, n = "on other datasets like these", len(spreads)
    if not can_be_tested(n, n_strategies):
        enough = find_fewest_datasets(n_strategies)
        return Detectable(place, None, None, f"cannot be tested with {n} datasets: it takes {enough}")
    if between is None:
        return Detectable(place, None, None, "how gains vary over datasets is not known yet")
    spread = compute_spread(spreads, n_repeats, between)
    effect = find_smallest_signed_rank_effect(spread, n, n_strategies)
    return _build_detectable(place, effect, spreads)


def compute_spread(spreads: Sequence[Spread], n_repeats: int, between: float) -> float:
    """Return the standard deviation over datasets of measured gains."""
    within = float(np.mean([spread.sd**2 for spread in spreads])) / n_repeats
    return float(np.sqrt(between**2 + within))


@dataclass(frozen=True)
class Wanted:
    """What it takes to show a wanted difference in four of five experiments.

    Attributes
    ----------
    n_repeats : int or None
        At most 10,000; None where the effect has no meaning.
    difference : float or None
        What the wanted effect is in area.
    reason : str
        Why there is none.
    """

    place: str
    n_repeats: int | None
    n_datasets: int
    difference: float | None
    reason: str = ""


def find_design(
    spreads: Sequence[Spread],
    n_strategies: int,
    between: float | None,
    *,
    difference: float | None = None,
    saving: float | None = None,
) -> list[Wanted]:
    """Return the fewest repeats on each dataset and on all of them, and the cheapest grid of others.

    Parameters
    ----------
    difference, saving : float, optional
        What is wanted: a difference in area, or a label saving within 0 and 0.9.
    """
    effects = {of: _convert(of, difference, saving) for of in spreads}
    wanted = [_design_single(of, effect) for of, effect in effects.items()]
    able = [of for of, effect in effects.items() if effect is not None]
    if not able:
        return wanted
    mean = float(np.mean([effects[of] for of in able]))
    if len(able) > 1:
        together = average_estimates([_estimate(of, _START) for of in able])
        n = max(find_repeats_needed(together, _START, mean, n_strategies), FEWEST_UNITS)
        wanted.append(
            Wanted(
                f"on {'these ' if len(able) == len(spreads) else ''}{len(able)} datasets", n, len(able), mean
            )
        )
    if between is not None and (cheapest := _find_cheapest(able, n_strategies, between, mean)):
        wanted.append(Wanted("on other datasets like these", *cheapest, mean))
    return wanted


def _design_single(spread: Spread, effect: float | None) -> Wanted:
    if effect is None:
        reason = "a label saving is worth no difference there: random's curve does not rise"
        return Wanted(f"on {spread.dataset}", None, 1, None, reason)
    n = find_repeats_needed(_estimate(spread, _START), _START, effect)
    return Wanted(f"on {spread.dataset}", max(n, FEWEST_UNITS), 1, effect)


def _convert(spread: Spread, difference: float | None, saving: float | None) -> float | None:
    """Return the wanted difference in area; None where a label saving is worth none."""
    if difference is not None or saving is None:
        return difference
    return spread.convert_to_difference(saving) or None


def _find_cheapest(
    spreads: Sequence[Spread], n_strategies: int, between: float, effect: float
) -> tuple[int, int] | None:
    """Return repeats and datasets of the fewest trials that show an effect; None beyond 200 datasets."""
    least = find_fewest_datasets(n_strategies)
    grids: list[tuple[int, int, int]] = []
    for n_repeats in range(1, _MOST_REPEATS + 1):
        spread = compute_spread(spreads, n_repeats, between)
        for n_datasets in range(least, _MOST_DATASETS + 1):
            if grids and n_repeats * n_datasets >= min(grids)[0]:
                break
            if compute_signed_rank_power(effect, spread, n_datasets, n_strategies) >= POWER:
                grids.append((n_repeats * n_datasets, n_repeats, n_datasets))
                break
    if not grids:
        return None
    _, n_repeats, n_datasets = min(grids)
    return n_repeats, n_datasets
