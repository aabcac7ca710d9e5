"""How far answers to the same rows agree beyond chance: kappas of Cohen and Fleiss, Krippendorff's alpha.

An answer that was refused is no rating. Raters are annotators, each time that they were asked about a row one
of their own: the second answers of one annotator are compared with the first ones.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from albench.tables import AGREEMENT

if TYPE_CHECKING:
    from albench.contracts import BoughtAnswers, Floats, Rows

_RESAMPLES = 1000
_LEVEL = 0.95


def measure_agreement(answers: BoughtAnswers, n_classes: int, rng: np.random.Generator) -> dict[str, float]:
    """Return every measure by its column; not-a-number where there is none."""
    raters = answers.annotators * (answers.attempts.max(initial=0) + 1) + answers.attempts
    given = answers.labels >= 0
    positions, raters, labels = answers.positions[given], raters[given], answers.labels[given]
    ratings = tabulate_ratings(positions, raters, labels)
    counts = count_ratings(ratings, n_classes)
    low, high = bootstrap_alpha(counts, rng)
    values = (average_cohen(ratings), compute_fleiss(counts), compute_alpha(counts), low, high)
    return {column.name: value for column, value in zip(AGREEMENT, values, strict=True)}


def tabulate_ratings(positions: Rows, raters: Rows, labels: Rows) -> Rows:
    """Return ratings of shape (n_rows, n_raters), -1 where there is none."""
    rows, row = np.unique(positions, return_inverse=True)
    names, rater = np.unique(raters, return_inverse=True)
    ratings = np.full((rows.size, names.size), -1)
    ratings[row, rater] = labels
    return ratings


def count_ratings(ratings: Rows, n_classes: int) -> Rows:
    """Return how many raters gave each class to each row, shape (n_rows, n_classes)."""
    counts = np.zeros((ratings.shape[0], n_classes), np.intp)
    row, rater = np.nonzero(ratings >= 0)
    np.add.at(counts, (row, ratings[row, rater]), 1)
    return counts


def average_cohen(ratings: Rows) -> float:
    """Return Cohen's kappa of two raters; of more the mean over the pairs that have rows in common.

    References
    ----------
    Cohen, 1960, A coefficient of agreement for nominal scales
    Light, 1971, Measures of response agreement for qualitative data
    """
    pairs = combinations(range(ratings.shape[1]), 2)
    kappas = [compute_cohen(ratings[:, first], ratings[:, other]) for first, other in pairs]
    known = [kappa for kappa in kappas if not np.isnan(kappa)]
    return float(np.mean(known)) if known else float("nan")


def compute_cohen(first: Rows, other: Rows) -> float:
    """Return (p_o - p_e) / (1 - p_e) over the rows that both have rated; not-a-number where p_e is 1."""
    both = (first >= 0) & (other >= 0)
    first, other = first[both], other[both]
    if not first.size:
        return float("nan")
    n_classes = int(max(first.max(), other.max())) + 1
    shares = [np.bincount(ratings, minlength=n_classes) / first.size for ratings in (first, other)]
    return _correct_for_chance(float((first == other).mean()), float(shares[0] @ shares[1]))


def compute_fleiss(counts: Rows) -> float:
    """Return Fleiss' kappa over the rows with as many ratings, from 2, as most rows have.

    References
    ----------
    Fleiss, 1971, Measuring nominal scale agreement among many raters
    """
    n_ratings = counts.sum(axis=1)
    several = n_ratings[n_ratings > 1]
    if not several.size:
        return float("nan")
    n = int(np.bincount(several).argmax())
    counts = counts[n_ratings == n]
    observed = float(((counts * (counts - 1)).sum(axis=1) / (n * (n - 1))).mean())
    shares = counts.sum(axis=0) / counts.sum()
    return _correct_for_chance(observed, float(shares @ shares))


def compute_alpha(counts: Rows) -> float:
    """Return Krippendorff's alpha for nominal classes: 1 - observed / expected disagreement.

    Rows with one rating alone say nothing and are left out.

    References
    ----------
    Krippendorff, 2004, Content analysis: an introduction to its methodology (section 11.3)
    """
    pairable = counts[counts.sum(axis=1) > 1]
    return float(_compute_alphas(pairable, np.ones((1, len(pairable))))[0])


def bootstrap_alpha(counts: Rows, rng: np.random.Generator) -> tuple[float, float]:
    """Return the percentile interval of alpha at 95 %, its rows drawn anew; not-a-number below 2 of them."""
    pairable = counts[counts.sum(axis=1) > 1]
    n = len(pairable)
    if n < 2:  # noqa: PLR2004
        return float("nan"), float("nan")
    weights = rng.multinomial(n, np.full(n, 1 / n), size=_RESAMPLES).astype(np.float64)
    alphas = _compute_alphas(pairable, weights)
    # Resamples of one class alone have no disagreement to expect.
    known = alphas[np.isfinite(alphas)]
    if not known.size:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(low), float(high)


def _compute_alphas(counts: Rows, weights: Floats) -> Floats:
    """Return alpha with so much weight on each row, weights of shape (n_resamples, n_rows)."""
    n_ratings = counts.sum(axis=1)
    within = (counts * (counts - 1)).sum(axis=1) / np.maximum(n_ratings - 1, 1)
    totals = weights @ counts
    n = totals.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = 1 - (weights @ within) / n
        expected = 1 - (totals * (totals - 1)).sum(axis=1) / (n * (n - 1))
        alphas = 1 - observed / expected
    return np.asarray(np.where(expected > 0, alphas, np.nan))


def _correct_for_chance(observed: float, expected: float) -> float:
    return float("nan") if expected >= 1 else (observed - expected) / (1 - expected)
