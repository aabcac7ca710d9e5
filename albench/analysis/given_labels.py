"""What an oracle gave to each strategy: how many answers were wrong, how many it refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence import GivenLabels, LabelShare
from albench.analysis.stats.intervals import (
    THESE_DATASETS,
    average_all,
    build_t_interval,
    compute_corrected_ps,
    estimate_mean,
    find_units,
)
from albench.contracts import REFUSED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.details.pick_similarity import PickArrays
    from albench.analysis.panel import CurvePanel
    from albench.analysis.stats.intervals import Estimate
    from albench.contracts import Floats

_SHARES = ("wrong", "refused")


def count_given_labels(
    panels: Sequence[CurvePanel], picks: PickArrays, strategies: Sequence[str], random: str
) -> tuple[GivenLabels, ...]:
    """Return what the oracle gave, random's first; nothing where every answer was the true label."""
    names = [random, *(name for name in strategies if name != random)]
    by_dataset = [_compute_shares(panel, picks, names) for panel in panels]
    if not any(np.nansum(shares) for of in by_dataset for shares in of.values()):
        return ()
    parts = {
        part: _compare_with_random([{name: of[name][i] for name in names} for of in by_dataset], panels)
        for i, part in enumerate(_SHARES)
    }
    return tuple(GivenLabels(name, *(parts[part][name] for part in _SHARES)) for name in names)


def _compute_shares(panel: CurvePanel, picks: PickArrays, strategies: Sequence[str]) -> dict[str, Floats]:
    """Return shares of wrong labels among the answers, and of refusals among the queries, by repeat.

    Of shape (2, n_repeats); means over the arms, not-a-number where nothing was queried.
    """
    sums = {name: np.zeros((len(_SHARES), panel.splits.size)) for name in strategies}
    n = {name: np.zeros(panel.splits.size) for name in strategies}
    for name, arm, repeat in panel.queried:
        queries = picks.find_picks(panel, name, arm, repeat)
        true, given = picks.labels[queries], picks.given[queries]
        if name in sums and true.size:
            is_refused = given == REFUSED
            n_answers = true.size - is_refused.sum()
            wrong = ((given != true) & ~is_refused).sum() / n_answers if n_answers else 0.0
            sums[name][:, repeat] += wrong, is_refused.mean()
            n[name][repeat] += 1
    return {
        name: np.divide(total, n[name], out=np.full(total.shape, np.nan), where=n[name] > 0)
        for name, total in sums.items()
    }


def _compare_with_random(
    by_dataset: Sequence[Mapping[str, Floats]], panels: Sequence[CurvePanel]
) -> dict[str, LabelShare]:
    """Return a share of each strategy beside random's, whose shares come first."""
    random, *others = by_dataset[0]
    means = {name: _average([shares[name] for shares in by_dataset]) for name in (random, *others)}
    estimates = {name: _estimate_more(by_dataset, panels, name, random) for name in others}
    known = {name: estimate for name, estimate in estimates.items() if estimate is not None}
    ps = compute_corrected_ps(known)
    compared = {
        name: LabelShare(
            means[name],
            float(known[name].mean),
            build_t_interval(known[name], THESE_DATASETS),
            ps[name],
        )
        for name in known
    }
    return {name: compared.get(name, LabelShare(mean)) for name, mean in means.items()}


def _estimate_more(
    by_dataset: Sequence[Mapping[str, Floats]], panels: Sequence[CurvePanel], name: str, random: str
) -> Estimate | None:
    """Return the mean difference to random; None where a dataset that has pairs has no standard error."""
    estimates: list[Estimate | None] = []
    for shares, panel in zip(by_dataset, panels, strict=True):
        differences = shares[name] - shares[random]
        paired = np.isfinite(differences)
        if paired.any():
            estimates.append(estimate_mean(differences[paired], find_units(panel.splits[paired])))
    return average_all(estimates)


def _average(shares: Sequence[Floats]) -> float | None:
    means = [float(of[np.isfinite(of)].mean()) for of in shares if np.isfinite(of).any()]
    return float(np.mean(means)) if means else None
