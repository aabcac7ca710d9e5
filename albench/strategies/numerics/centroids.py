"""From cluster centres to a batch: the nearest rows, each taken once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.ordering import Pick, Picks, best, build_picks
from albench.strategies.numerics.distances import compute_nearest_squared
from albench.strategies.numerics.k_means_clustering import k_means
from albench.strategies.numerics.linear_algebra import compute_far_mean

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView


def select_nearest_to_centres(X: Floats, centres: Floats, keys: Floats, n: int) -> Picks:
    """Take for each centre in turn the nearest row that is not taken; utilities are minus distances.

    Parameters
    ----------
    X : ndarray of shape (n_rows, d)
        What is chosen from; picks are its rows.
    centres : ndarray of shape (k, d)
        They are gone through again if there are fewer than ``n``.
    keys : ndarray of shape (n_rows,)
        Tie keys.
    n : int
        At most ``n_rows``.
    """
    mean = compute_far_mean(X)
    if mean is not None:
        X, centres = X - mean, centres - mean
    norms = np.einsum("ij,ij->i", X, X)
    chosen: list[int] = []
    picks: list[Pick] = []
    for i in range(n):
        centre = centres[[i % centres.shape[0]]]
        utilities = -np.sqrt(compute_nearest_squared(X, norms, centre, np.einsum("ij,ij->i", centre, centre)))
        utilities[chosen] = -np.inf
        pick, n_tied = best(utilities, keys)
        chosen.append(pick)
        picks.append((pick, float(utilities[pick]), n_tied))
    return build_picks(picks)


def select_by_k_means(
    pool: PoolView, X: Floats, n: int, *, weights: Floats | None = None, keep: np.ndarray | None = None
) -> Picks:
    """Cluster candidates into ``n`` clusters and take the rows nearest to their centres.

    Parameters
    ----------
    X : ndarray of shape (n_pool, d)
        What is clustered: features or an embedding.
    weights : ndarray, optional
        Of the candidates that are clustered.
    keep : ndarray of int, optional
        Candidates that are clustered and chosen from; all by default. At least ``n``.
    """
    keep = np.arange(pool.candidates.size) if keep is None else keep
    rows = X[pool.candidates[keep]]
    centres = k_means(rows, n, pool.rng, weights=weights).centres
    picks = select_nearest_to_centres(rows, centres, pool.tie_keys[keep], n)
    return picks._replace(candidates=keep[picks.candidates])
