"""Which classes a strategy buys, beside what the pool holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence import Balance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.panel import Panel
    from albench.analysis.picks import Picks
    from albench.contracts import Floats


def balance(
    panel: Panel, picks: Picks, strategies: Sequence[str], random: str, n_classes: int
) -> tuple[Balance, ...]:
    """Return the balance of what each strategy has bought over all repeats; nothing without random's picks.

    Parameters
    ----------
    panel : Panel
    picks : Picks
    strategies : sequence of str
    random : str
        Its picks are a sample of the pool.
    n_classes : int
    """
    counts = {name: _counts(panel, picks, name, n_classes) for name in (*strategies, random)}
    pool = counts[random]
    if not pool.sum() or n_classes < 2:  # noqa: PLR2004 - one class is always balanced
        return ()
    return tuple(
        _balance(panel.dataset, name, counts[name], pool) for name in strategies if counts[name].sum()
    )


def _counts(panel: Panel, picks: Picks, strategy: str, n_classes: int) -> Floats:
    found = np.zeros(n_classes)
    for name, arm, repeat in panel.bought:
        if name == strategy:
            labels = picks.labels[picks.of(panel, name, arm, repeat)]
            found += np.bincount(labels, minlength=n_classes)
    return found


def _balance(dataset: str, strategy: str, bought: Floats, pool: Floats) -> Balance:
    ours, theirs = bought / bought.sum(), pool / pool.sum()
    return Balance(
        dataset=dataset,
        strategy=strategy,
        bought=tuple(ours.tolist()),
        pool=tuple(theirs.tolist()),
        distance=float(np.abs(ours - theirs).sum() / 2),
        evenness=evenness(ours),
        never=tuple(np.flatnonzero((bought == 0) & (pool > 0)).tolist()),
    )


def evenness(shares: Floats) -> float:
    """Return the entropy of shares that sum to 1 as a share of the largest possible one (Pielou, 1966)."""
    some = shares[shares > 0]
    return float(-(some * np.log(some)).sum() / np.log(shares.size))
