"""The trials of a pilot as arrays: for each nested pool the paired curves of random and of every strategy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from albench.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.contracts import Floats

FEWEST_REPEATS = 3
"""That a pool must have in common: the fewest with a standard error that says something."""


@dataclass(frozen=True, eq=False)
class PoolCurves:
    """The curves of one pool, repeats of random and of the strategies being paired; higher is better.

    Attributes
    ----------
    n_pool, n_test : int
        Rows of the pool and of the test part.
    n_labels : ndarray of shape (n_rounds,)
    random : ndarray of shape (n_repeats, n_rounds)
        Mean over the independent orders of random.
    strategies : mapping of str to ndarray of shape (n_repeats, n_rounds)
    whole : ndarray of shape (n_splits,)
        Level of the model that is trained on the whole pool, of each split; empty where there is none.
    """

    n_pool: int
    n_test: int
    n_labels: Floats
    random: Floats
    strategies: Mapping[str, Floats]
    whole: Floats

    def compute_gains(self, strategy: str) -> Floats:
        """Return how far a strategy is above random, averaged over the rounds after the seed set."""
        differences = self.strategies[strategy] - self.random
        return np.asarray(differences[:, 1:].mean(axis=1))


def read_pool_curves(
    trials: pl.DataFrame,
    curves: pl.DataFrame,
    references: pl.DataFrame,
    metric: str,
    *,
    random: str = "random",
    sign: int = 1,
) -> tuple[PoolCurves, ...]:
    """Return the curves of each pool of a pilot, the smallest pool first.

    Parameters
    ----------
    trials, curves, references : DataFrame
        As `Results` has them, of one model and one value of every other axis but datasets and strategies: a
        dataset is a nested pool.
    metric : str
        Column of ``curves`` and ``references``.
    random : str
        Label of random sampling.
    sign : {1, -1}
        -1 where lower is better: levels are turned over.

    Raises
    ------
    ResultsError
        If a pool has fewer than three repeats that random and every strategy have finished, or one round.
    """
    scores = (sign * pl.col(metric)).alias("level")
    finished = trials.filter(pl.col("status") == "done").select(
        "key", "dataset", "strategy", "split", "start", "n_pool", "n_test"
    )
    levels = curves.select("key", "n_labels", scores).join(finished, on="key")
    # Orders of random are averaged: they have the split, the seed set and the rounds in common.
    levels = levels.group_by("dataset", "strategy", "split", "start", "n_labels").agg(
        pl.col("level").mean(), pl.col("n_pool").first(), pl.col("n_test").first()
    )
    # In the order of the repeats, which they are compared with.
    wholes = (
        references.sort("split")
        .filter((pl.col("status") == "done") & (pl.col("labels") == "true"))
        .select("dataset", scores)
    )
    pools = [
        _build_pool_curves(
            str(label), group, wholes.filter(pl.col("dataset") == label)["level"].drop_nulls(), random
        )
        for (label,), group in levels.group_by("dataset", maintain_order=True)
    ]
    return tuple(sorted(pools, key=lambda pool: pool.n_pool))


def _build_pool_curves(label: str, levels: pl.DataFrame, whole: pl.Series, random: str) -> PoolCurves:
    wide = levels.pivot(on="strategy", index=["split", "start", "n_labels"], values="level")
    names = sorted(set(levels["strategy"]))
    if random not in names:
        raise ResultsError(f"pilot: no trial of '{random}' has finished on '{label}'")
    wide = wide.sort("split", "start", "n_labels").drop_nulls(names)
    n_labels = np.unique(wide["n_labels"].to_numpy())
    complete = pl.len().over("split", "start") == n_labels.size
    wide = wide.filter(complete)
    n_repeats = wide.height // max(n_labels.size, 1)
    if n_repeats < FEWEST_REPEATS:
        raise ResultsError(
            f"pilot: random and all strategies have {n_repeats} finished repeats in common on '{label}'; "
            f"{FEWEST_REPEATS} are needed: run the missing trials, or ask for more repeats"
        )
    if n_labels.size == 1:
        raise ResultsError(
            f"pilot: nothing is bought after the seed set on '{label}': lower 'seed_sizes' or 'batch_sizes'"
        )
    arrays = {name: wide[name].to_numpy().reshape(n_repeats, -1) for name in names}
    return PoolCurves(
        n_pool=int(levels["n_pool"].to_numpy().min()),
        n_test=int(levels["n_test"].to_numpy().min()),
        n_labels=n_labels.astype(float),
        random=arrays.pop(random),
        strategies=arrays,
        whole=whole.to_numpy(),
    )
