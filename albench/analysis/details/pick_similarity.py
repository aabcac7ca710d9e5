"""Which strategies query the same labels, and of which classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from albench.analysis.evidence.datasets import Balance, Similarity
from albench.analysis.panel import find_spans, list_rounds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from albench.analysis.panel import CurvePanel
    from albench.contracts import Floats, Rows


def compare_picks(
    panel: CurvePanel, picks: PickArrays, strategies: Sequence[str], random: str
) -> Similarity | None:
    """Return the shared picks of all pairs round by round; None where nothing was queried."""
    most = max((allowed for _, allowed in panel.queried.values()), default=0)
    if most == 0:
        return None
    n_queried = list_rounds(0, most, panel.batch_size)[1:]
    sides = [*((name, 0) for name in strategies), (random, 1)]
    k = len(strategies)
    total, n = np.zeros((k, k, n_queried.size)), np.zeros((k, k, 1))
    for repeat in range(panel.splits.size):
        queried = [picks.rows[picks.find_picks(panel, name, arm, repeat)] for name, arm in sides]
        similarity = jaccard(queried, n_queried)
        there = np.array([rows.size > 0 for rows in queried])
        is_known = there[:, np.newaxis] & there
        # Random with itself would always be 1: its second arm says what chance gives.
        if random in strategies:
            own = strategies.index(random)
            similarity[own, own], is_known[own, own] = similarity[own, -1], is_known[own, -1]
        total += np.where(is_known[:k, :k, np.newaxis], similarity[:k, :k], 0.0)
        n += is_known[:k, :k, np.newaxis]
    mean = np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0)
    return Similarity(panel.dataset, tuple(strategies), n_queried, mean)


def jaccard(queried: Sequence[NDArray[np.int64]], sizes: Floats) -> Floats:
    """Return shared picks as a share of all picks of each pair, after so many of each.

    Parameters
    ----------
    queried : sequence of ndarray of shape (n_picks,)
        Rows in the order of the queries, one sequence a strategy; one that ends early stays as it is.
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
    # Each row becomes the round from which on a strategy has it: one pass then serves all rounds.
    rows, column = np.unique(np.concatenate(list(queried)), return_inverse=True)
    first_round = np.full((len(queried), rows.size), sizes.size)
    ends = np.cumsum([own.size for own in queried])
    for i, (own, end) in enumerate(zip(queried, ends, strict=True)):
        first_round[i, column[end - own.size : end]] = np.searchsorted(sizes, np.arange(1, own.size + 1))
    shared = np.stack([_count_shared(own, first_round, sizes.size) for own in first_round])
    n = shared[np.arange(len(queried)), np.arange(len(queried))]
    either = n[:, np.newaxis] + n - shared
    return np.asarray(np.divide(shared, either, out=np.zeros(shared.shape), where=either > 0))


def _count_shared(own: Rows, first_round: Rows, n_rounds: int) -> Rows:
    """Return how many rows each strategy shares with one of them by each round, (n_strategies, n_rounds)."""
    by_both = np.maximum(own, first_round) + (n_rounds + 1) * np.arange(len(first_round))[:, np.newaxis]
    counts = np.bincount(by_both.ravel(), minlength=first_round.shape[0] * (n_rounds + 1))
    totals: Rows = counts.reshape(-1, n_rounds + 1)[:, :n_rounds].cumsum(axis=1)
    return totals


@dataclass(frozen=True, eq=False)
class PickArrays:
    """The table ``queries`` without seed sets, its rows by trial and then in the order of the queries.

    Attributes
    ----------
    span : mapping
        Key of a trial -> its first row and the row after its last one.
    rows, labels, given : ndarray of shape (n_picks,), int
        Rows of the dataset, their true classes, and those that the oracle gave.
    """

    span: Mapping[str, tuple[int, int]]
    rows: NDArray[np.int64]
    labels: NDArray[np.int64]
    given: NDArray[np.int64]

    def find_picks(self, panel: CurvePanel, strategy: str, arm: int, repeat: int) -> slice:
        """Return the picks of a trial within the budget of the panel; none where there is no trial."""
        key, most = panel.queried.get((strategy, arm, repeat), ("", 0))
        first, end = self.span.get(key, (0, 0))
        return slice(first, min(end, first + most))


def read_picks(queries: pl.DataFrame) -> PickArrays:
    """Return the queries as arrays."""
    ordered = queries.filter(pl.col("round") > 0).sort("key", "round", "rank")
    return PickArrays(
        find_spans(ordered),
        ordered["row"].to_numpy(),
        ordered["label_true"].to_numpy(),
        ordered["label_given"].to_numpy(),
    )


def measure_balance(
    panel: CurvePanel, picks: PickArrays, strategies: Sequence[str], random: str, classes: Sequence[str]
) -> tuple[Balance, ...]:
    """Return the balance of what strategies queried over all repeats; nothing without random's picks.

    These are a sample of the pool.
    """
    counts = {name: _count_classes(panel, picks, name, len(classes)) for name in (*strategies, random)}
    pool = counts[random]
    if not pool.sum() or len(classes) < 2:  # noqa: PLR2004 - one class is always balanced
        return ()
    return tuple(
        _compare_classes(panel.dataset, name, classes, counts[name], pool)
        for name in strategies
        if counts[name].sum()
    )


def _count_classes(panel: CurvePanel, picks: PickArrays, strategy: str, n_classes: int) -> Floats:
    totals = np.zeros(n_classes)
    for name, arm, repeat in panel.queried:
        if name == strategy:
            labels = picks.labels[picks.find_picks(panel, name, arm, repeat)]
            totals += np.bincount(labels, minlength=n_classes)
    return totals


def _compare_classes(
    dataset: str, strategy: str, classes: Sequence[str], queried: Floats, pool: Floats
) -> Balance:
    shares, pool_shares = queried / queried.sum(), pool / pool.sum()
    return Balance(
        dataset=dataset,
        strategy=strategy,
        classes=tuple(classes),
        queried=tuple(shares.tolist()),
        pool=tuple(pool_shares.tolist()),
        distance=float(np.abs(shares - pool_shares).sum() / 2),
        evenness=compute_evenness(shares),
        never=tuple(classes[code] for code in np.flatnonzero((queried == 0) & (pool > 0)).tolist()),
    )


def compute_evenness(shares: Floats) -> float:
    """Return the entropy of shares that sum to 1 as a share of the largest possible one (Pielou, 1966)."""
    some = shares[shares > 0]
    return float(-(some * np.log(some)).sum() / np.log(shares.size))
