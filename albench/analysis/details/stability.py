"""How many repeats are enough for a ranking that other repeats agree with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.details import Stability
from albench.analysis.stats.significance import rank_values, scale_rounding
from albench.rng import analysis_stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.ranks import CompleteBlock
    from albench.contracts import Floats, Rows

DRAWS = 300
ENOUGH = 0.9
_DECIMALS = 12


def estimate_stability(blocks: Sequence[CompleteBlock]) -> Stability | None:
    """Return the agreement of rankings by disjoint sets of repeats, of splits where these are the units.

    None without datasets, below 4 repeats, or below 2 strategies.
    """
    able = [block.by_unit for block in blocks]
    if not able or min(areas.shape[1] for areas in able) < 4 or len(able[0]) < 2:  # noqa: PLR2004
        return None
    # Two sets without a repeat in common: agreement of overlapping ones would be too high.
    most = min(areas.shape[1] for areas in able) // 2
    sizes = tuple(sorted({*range(1, min(most, 5) + 1), *(most * i // 8 for i in range(1, 9))} - {0}))
    rng = np.random.default_rng(analysis_stream("stability", len(able), most))
    orders = [rng.random((DRAWS, areas.shape[1])).argsort(axis=1) for areas in able]
    agreements = [_measure_agreement(able, orders, size) for size in sizes]
    tau = tuple(agreement[0] for agreement in agreements)
    enough = next((size for i, size in enumerate(sizes) if min(tau[i:]) >= ENOUGH), None)
    return Stability(sizes, tau, tuple(agreement[1] for agreement in agreements), enough)


def _measure_agreement(able: Sequence[Floats], orders: Sequence[Rows], size: int) -> tuple[float, float]:
    """Return the mean tau and the share of agreement on the best, of sets of some size."""
    left, right = (_rank_subsets(able, orders, slice(start, start + size)) for start in (0, size))
    return float(kendall(left, right).mean()), float(_compare_best(left, right).mean())


def _compare_best(left: Floats, right: Floats) -> Floats:
    """Return how many of the strategies that are best in either ranking are best in both, as a share."""
    first, second = (ranks <= ranks.min(axis=1, keepdims=True) + 10.0**-_DECIMALS for ranks in (left, right))
    return np.asarray((first & second).sum(axis=1) / (first | second).sum(axis=1))


def _rank_subsets(able: Sequence[Floats], orders: Sequence[Rows], part: slice) -> Floats:
    """Return mean ranks of shape (n_draws, n_strategies)."""
    pairs = zip(able, orders, strict=True)
    means = [by_unit[:, order[:, part]].mean(axis=2).T for by_unit, order in pairs]
    return np.asarray(np.mean([rank_values(-mean, scale_rounding(mean)) for mean in means], axis=0))


def kendall(left: Floats, right: Floats) -> Floats:
    """Return Kendall's tau-b along the last axis; 1 where both are all ties, 0 where one alone is.

    References
    ----------
    Kendall, 1945, The treatment of ties in ranking problems
    """
    a, b = (
        np.sign(np.round(x[..., :, np.newaxis] - x[..., np.newaxis, :], _DECIMALS)) for x in (left, right)
    )
    scale = np.sqrt(np.square(a).sum(axis=(-2, -1)) * np.square(b).sum(axis=(-2, -1)))
    both = (np.abs(a).sum(axis=(-2, -1)) == 0) & (np.abs(b).sum(axis=(-2, -1)) == 0)
    tau = np.divide((a * b).sum(axis=(-2, -1)), scale, out=np.zeros(scale.shape), where=scale > 0)
    return np.where(both, 1.0, tau)
