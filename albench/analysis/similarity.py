"""Which strategies buy the same labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence import Similarity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from albench.analysis.panel import Panel
    from albench.analysis.picks import Picks
    from albench.contracts import Floats, Rows


def similarity(panel: Panel, picks: Picks, strategies: Sequence[str], random: str) -> Similarity | None:
    """Return the shared picks of all pairs round by round; None where nothing was bought.

    Parameters
    ----------
    panel : Panel
    picks : Picks
    strategies : sequence of str
    random : str
        Compared with itself by its first two arms.
    """
    most = max((allowed for _, allowed in panel.bought.values()), default=0)
    if most == 0:
        return None
    n_bought = np.append(np.arange(panel.batch_size, most, panel.batch_size), most).astype(np.float64)
    sides = [*((name, 0) for name in strategies), (random, 1)]
    k = len(strategies)
    total, n = np.zeros((k, k, n_bought.size)), np.zeros((k, k, 1))
    for repeat in range(panel.splits.size):
        bought = [picks.rows[picks.of(panel, name, arm, repeat)] for name, arm in sides]
        found = jaccard(bought, n_bought)
        there = np.array([rows.size > 0 for rows in bought])
        known = there[:, np.newaxis] & there
        if random in strategies:
            own = strategies.index(random)
            found[own, own], known[own, own] = found[own, -1], known[own, -1]
        total += np.where(known[:k, :k, np.newaxis], found[:k, :k], 0.0)
        n += known[:k, :k, np.newaxis]
    mean = np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0)
    return Similarity(panel.dataset, tuple(strategies), n_bought, mean)


def jaccard(bought: Sequence[NDArray[np.int64]], sizes: Floats) -> Floats:
    """Return shared picks as a share of all picks of each pair, after so many of each.

    Parameters
    ----------
    bought : sequence of ndarray of shape (n_picks,)
        Rows in order of purchase, one sequence a strategy; one that ends early stays as it is.
    sizes : ndarray of shape (n_rounds,)
        Ascending.

    Returns
    -------
    ndarray of shape (n_strategies, n_strategies, n_rounds)
        0 where neither has picks.

    References
    ----------
    Jaccard, 1912, The distribution of the flora in the alpine zone
    """
    rows, place = np.unique(np.concatenate(list(bought)), return_inverse=True)
    first_round = np.full((len(bought), rows.size), sizes.size)
    ends = np.cumsum([own.size for own in bought])
    for i, (own, end) in enumerate(zip(bought, ends, strict=True)):
        first_round[i, place[end - own.size : end]] = np.searchsorted(sizes, np.arange(1, own.size + 1))
    shared = np.stack([_shared(own, first_round, sizes.size) for own in first_round])
    n = shared[np.arange(len(bought)), np.arange(len(bought))]
    either = n[:, np.newaxis] + n - shared
    found: Floats = np.divide(shared, either, out=np.zeros(shared.shape), where=either > 0)
    return found


def _shared(own: Rows, first_round: Rows, n_rounds: int) -> Rows:
    """Return how many rows each strategy shares with one of them by each round, (n_strategies, n_rounds)."""
    by_both = np.maximum(own, first_round) + (n_rounds + 1) * np.arange(len(first_round))[:, np.newaxis]
    counts = np.bincount(by_both.ravel(), minlength=first_round.shape[0] * (n_rounds + 1))
    found: Rows = counts.reshape(-1, n_rounds + 1)[:, :n_rounds].cumsum(axis=1)
    return found
