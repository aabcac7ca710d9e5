"""What an oracle gave to each strategy: how many answers were wrong, how many it refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence import GivenLabels
from albench.analysis.stats.intervals import (
    average_estimates,
    build_t_interval,
    estimate_mean,
    find_units,
)
from albench.contracts import REFUSED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.details.pick_similarity import PickArrays
    from albench.analysis.panel import CurvePanel
    from albench.analysis.stats.intervals import Estimate
    from albench.contracts import Floats


def count_given_labels(
    panels: Sequence[CurvePanel], picks: PickArrays, strategies: Sequence[str], random: str
) -> tuple[GivenLabels, ...]:
    """Return what the oracle gave, random's first; nothing where every answer was the true label.

    Parameters
    ----------
    panels : sequence of CurvePanel
        One per dataset.
    picks : PickArrays
    strategies : sequence of str
    random : str
    """
    names = [random, *(name for name in strategies if name != random)]
    shares = {name: [_compute_shares(panel, picks, name) for panel in panels] for name in names}
    if not any(np.nansum(of) for by_dataset in shares.values() for of in by_dataset):
        return ()
    return tuple(_summarise(name, shares[name], shares[random], panels, own=name == random) for name in names)


def _compute_shares(panel: CurvePanel, picks: PickArrays, strategy: str) -> Floats:
    """Return shares of wrong labels among the answers, and of refusals among the queries, by repeat.

    Of shape (2, n_repeats); means over the arms, not-a-number where nothing was queried.
    """
    sums, n = np.zeros((2, panel.splits.size)), np.zeros(panel.splits.size)
    for name, arm, repeat in panel.queried:
        queries = picks.find_picks(panel, name, arm, repeat)
        true, given = picks.labels[queries], picks.given[queries]
        if name == strategy and true.size:
            is_refused = given == REFUSED
            n_answers = true.size - is_refused.sum()
            wrong = ((given != true) & ~is_refused).sum() / n_answers if n_answers else 0.0
            sums[:, repeat] += wrong, is_refused.mean()
            n[repeat] += 1
    return np.asarray(np.divide(sums, n, out=np.full(sums.shape, np.nan), where=n > 0))


def _summarise(
    strategy: str,
    shares: Sequence[Floats],
    of_random: Sequence[Floats],
    panels: Sequence[CurvePanel],
    *,
    own: bool,
) -> GivenLabels:
    wrong, refused = (_average([of[i] for of in shares]) for i in range(2))
    estimates: list[Estimate | None] = []
    for mine, theirs, panel in zip(shares, of_random, panels, strict=True):
        differences = mine[0] - theirs[0]
        paired = np.isfinite(differences)
        if paired.any():
            estimates.append(estimate_mean(differences[paired], find_units(panel.splits[paired])))
    known = [estimate for estimate in estimates if estimate is not None]
    mean = None if own or not known or len(known) < len(estimates) else average_estimates(known)
    return GivenLabels(
        strategy=strategy,
        wrong=wrong,
        refused=refused,
        more_wrong=None if mean is None else float(mean.mean),
        interval=build_t_interval(mean, "the repeats of these datasets"),
    )


def _average(shares: Sequence[Floats]) -> float | None:
    means = [float(of[np.isfinite(of)].mean()) for of in shares if np.isfinite(of).any()]
    return float(np.mean(means)) if means else None
