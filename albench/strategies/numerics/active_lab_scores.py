"""Scores of ActiveLab: how sure one may be of the label of a row, from a model and from annotators.

A model's probabilities and the answers to a row are averaged, each rater weighted by how far it agrees with
the others (CROWDLAB); answers shrink the weight of what one more answer would add.

References
----------
Goh, Mueller, 2023, ActiveLab: active learning with re-labeling by multiple annotators
Goh, Tkachenko, Mueller, 2022, CROWDLAB: supervised learning to infer consensus labels
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albench.metrics.agreement import count_ratings

if TYPE_CHECKING:
    from albench.contracts import Floats, Rows

_LEAST = 1e-6
_SMALL = 1e-30
_TEMPERATURES = (0.1, 0.2, 0.5, 0.8, 1.0, 2.0, 3.0, 5.0, 8.0)
_STEPS = 4


class _Weights(NamedTuple):
    model: float
    raters: Floats


def score_rows(ratings: Rows, proba: Floats, unlabelled_proba: Floats) -> tuple[Floats, Floats]:
    """Return the scores of labelled and of unlabelled rows: the lowest are asked next.

    Parameters
    ----------
    ratings : ndarray of shape (n_labelled, n_raters), int
        Class codes, -1 where there is no answer; one and more in every row.
    proba : ndarray of shape (n_labelled, n_classes)
        Of a model that has not seen the labels of these rows.
    unlabelled_proba : ndarray of shape (n_unlabelled, n_classes)
    """
    n_classes = unlabelled_proba.shape[1]
    temperature, weights = 1.0, _Weights(1.0, np.ones(max(ratings.shape[1], 1)))
    if not ratings.size or (count_ratings(ratings, n_classes).sum(axis=1) == 1).all():
        quality = proba[np.arange(len(proba)), vote_by_model(ratings, proba)] if ratings.size else np.zeros(0)
    else:
        temperature = find_temperature(ratings, proba)
        quality, weights = _rate_consensus(ratings, scale_proba(proba, temperature))
    mean_rater = float(weights.raters.mean())
    of_row = (ratings >= 0) @ weights.raters[: ratings.shape[1]] + weights.model
    labelled = (quality * of_row + mean_rater / n_classes) / (of_row + mean_rater)
    best = scale_proba(unlabelled_proba, temperature).max(axis=1)
    unlabelled = (best * weights.model + mean_rater / n_classes) / (weights.model + mean_rater)
    return labelled, unlabelled


def _rate_consensus(ratings: Rows, proba: Floats) -> tuple[Floats, _Weights]:
    """Return how probable the best label of each row is, by the weights that this label itself gives."""
    votes = vote_by_model(ratings, proba)
    posterior, _ = _average(ratings, proba, votes)
    is_best = posterior == posterior.max(axis=1, keepdims=True)
    best = np.where(is_best.sum(axis=1) == 1, posterior.argmax(axis=1), votes)
    posterior, weights = _average(ratings, proba, best)
    return posterior[np.arange(len(best)), best], weights


def vote_by_model(ratings: Rows, proba: Floats) -> Rows:
    """Return the class with most votes; of as many the most probable, the rarest, and then the first one."""
    counts = count_ratings(ratings, proba.shape[1])
    order = np.stack([counts, np.where(counts == counts.max(axis=1, keepdims=True), proba, -1.0)])
    rarity = np.broadcast_to(-counts.sum(axis=0), counts.shape)
    codes = np.broadcast_to(-np.arange(counts.shape[1]), counts.shape)
    ranked = np.lexsort((codes, rarity, order[1], order[0]), axis=1)
    best: Rows = ranked[:, -1]
    return best


def _average(ratings: Rows, proba: Floats, labels: Rows) -> tuple[Floats, _Weights]:
    """Return the average of model and raters, shape (n_rows, n_classes), and what each of them weighs."""
    n_classes, given = proba.shape[1], ratings >= 0
    n_ratings = given.sum(axis=1)
    several = n_ratings > 1
    agreement = (ratings == labels[:, np.newaxis]).sum(axis=1) / n_ratings
    right = float(agreement[several].mean())
    counts = np.bincount(labels[several], minlength=n_classes)
    # What one would err by always naming the most frequent class.
    error_of_none = max(1 - counts.max() / several.sum(), _LEAST)
    rater_errors = 1 - measure_raters(ratings)
    raters = np.maximum(1 - rater_errors / error_of_none, _LEAST)
    model_error = float((proba[several].argmax(axis=1) != labels[several]).mean())
    model = max(1 - model_error / error_of_none, _LEAST) * float(np.sqrt(n_ratings.mean()))
    total = given @ raters + model
    votes = np.stack([(ratings == code) @ raters for code in range(n_classes)], axis=1)
    wrong = (1 - right) / (n_classes - 1)
    others = (given @ raters)[:, np.newaxis] - votes
    posterior = (proba * model + votes * right + others * wrong) / total[:, np.newaxis]
    return posterior, _Weights(model, raters)


def measure_raters(ratings: Rows) -> Floats:
    """Return how often each rater agrees with others about the same rows; those who share none the mean."""
    given = ratings >= 0
    n_others = given.sum(axis=1) - 1
    agreement = np.full(ratings.shape[1], np.nan)
    for rater, labels in enumerate(ratings.T):
        shared = given[:, rater] & (n_others > 0)
        if shared.any():
            same = (ratings[shared] == labels[shared, np.newaxis]).sum(axis=1) - 1
            agreement[rater] = same.sum() / n_others[shared].sum()
    return np.where(np.isnan(agreement), np.nanmean(agreement), agreement)


def find_temperature(ratings: Rows, proba: Floats) -> float:
    """Return the temperature under which the model's probabilities are nearest to the shares of votes."""
    counts = count_ratings(ratings, proba.shape[1])
    shares = counts / counts.sum(axis=1, keepdims=True)

    def compute_entropy(temperature: float) -> float:
        scaled = _apply_temperature(proba, temperature)
        return float(-(shares * np.log(np.maximum(scaled, _SMALL))).sum(axis=1).mean())

    coarse = int(np.argmin([compute_entropy(temperature) for temperature in _TEMPERATURES]))
    fine: list[float] = []
    if coarse:
        ends = _TEMPERATURES[coarse - 1], _TEMPERATURES[coarse]
        fine += np.linspace(*ends, _STEPS, endpoint=False).tolist()
    if coarse < len(_TEMPERATURES) - 1:
        fine += np.linspace(_TEMPERATURES[coarse], _TEMPERATURES[coarse + 1], _STEPS + 1).tolist()
    return fine[int(np.argmin([compute_entropy(temperature) for temperature in fine]))]


def scale_proba(proba: Floats, temperature: float) -> Floats:
    """Return probabilities made sharper by a temperature below 1, flatter by one above."""
    clipped = np.maximum(proba, _SMALL)
    return _apply_temperature(clipped / clipped.sum(axis=1, keepdims=True), temperature)


def _apply_temperature(proba: Floats, temperature: float) -> Floats:
    with np.errstate(divide="ignore"):
        logits = np.log(proba) / temperature
    scaled = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(scaled / scaled.sum(axis=1, keepdims=True))
