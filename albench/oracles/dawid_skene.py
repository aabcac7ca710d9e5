"""The most probable labels, and what each annotator takes for what, from answers (Dawid, Skene, 1979)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from albench.contracts import Floats, Rows

_SMALLEST = 1e-10
"""Least probability of an answer and of a class: one answer alone never rules a class out for good."""
PRIOR_SKILL = 0.7
"""Share of right answers among those that are taken to have been seen beforehand."""


class DawidSkene(NamedTuple):
    """What expectation maximisation has estimated.

    Attributes
    ----------
    proba : ndarray of shape (n_rows, n_classes)
        Of each class, for each row.
    confusion : ndarray of shape (n_annotators, n_classes, n_classes)
        Probability of an answer (last axis) of an annotator to a row of a class.
    prior : ndarray of shape (n_classes,)
    """

    proba: Floats
    confusion: Floats
    prior: Floats
    n_iterations: int


def estimate_dawid_skene(
    rows: Rows,
    annotators: Rows,
    labels: Rows,
    n_classes: int,
    *,
    prior_answers: float = 0.0,
    max_iterations: int = 100,
    tolerance: float = 1e-8,
) -> DawidSkene:
    """Return the estimate that expectation maximisation reaches from shares of votes.

    Parameters
    ----------
    rows, annotators, labels : ndarray of shape (n_answers,), int
        From 0, and each row has an answer at least; a pair of row and annotator may come several times.
    n_classes : int
        A class that nobody has answered has probability 0.
    prior_answers : float
        Answers of each annotator to rows of each class that are taken to have been seen beforehand, seven in
        ten of them right; 0 is the maximum likelihood.
    tolerance : float
        It ends when no probability moves by more.

    References
    ----------
    Dawid, Skene, 1979, Maximum likelihood estimation of observer error-rates using the EM algorithm.
    """
    seen, codes = np.unique(labels, return_inverse=True)
    n_rows, n_annotators = rows.max(initial=-1) + 1, annotators.max(initial=-1) + 1
    proba = np.zeros((n_rows, seen.size))
    np.add.at(proba, (rows, codes), 1.0)
    proba /= proba.sum(axis=1, keepdims=True)
    beforehand = prior_answers * _build_prior(seen.size)
    prior, confusion = _maximise(proba, rows, annotators, codes, n_annotators, beforehand)
    n_iterations, step = 0, np.inf
    while step > tolerance and n_iterations < max_iterations:
        before, proba = proba, _expect(prior, confusion, rows, annotators, codes)
        prior, confusion = _maximise(proba, rows, annotators, codes, n_annotators, beforehand)
        step, n_iterations = np.abs(proba - before).max(initial=0), n_iterations + 1
    return _widen(proba, confusion, prior, seen, n_classes, n_iterations)


def _build_prior(n_seen: int) -> Floats:
    wrong = (1 - PRIOR_SKILL) / max(n_seen - 1, 1)
    return np.where(np.eye(n_seen, dtype=np.bool_), PRIOR_SKILL, wrong)


def _maximise(
    proba: Floats, rows: Rows, annotators: Rows, codes: Rows, n_annotators: int, beforehand: Floats
) -> tuple[Floats, Floats]:
    """Return the shares of the classes, and the confusion matrix of each annotator."""
    n_seen = proba.shape[1]
    # By answer and class: one sum a class is faster than one sum an answer.
    cells = annotators * n_seen + codes
    counts = [np.bincount(cells, proba[rows, true], n_annotators * n_seen) for true in range(n_seen)]
    confusion = np.array(counts).reshape(n_seen, n_annotators, n_seen).transpose(1, 0, 2)
    confusion = np.maximum(confusion + beforehand, _SMALLEST)
    return proba.mean(axis=0), confusion / confusion.sum(axis=2, keepdims=True)


def _expect(prior: Floats, confusion: Floats, rows: Rows, annotators: Rows, codes: Rows) -> Floats:
    """Return the probability of each class for each row, given all its answers."""
    likelihoods = np.log(confusion)[annotators, :, codes]
    n_rows = rows.max(initial=-1) + 1
    log_proba = np.array([np.bincount(rows, of_class, n_rows) for of_class in likelihoods.T]).T
    log_proba += np.log(np.maximum(prior, _SMALLEST))
    proba = np.exp(log_proba - log_proba.max(axis=1, keepdims=True))
    return np.asarray(proba / proba.sum(axis=1, keepdims=True))


def _widen(
    proba: Floats, confusion: Floats, prior: Floats, seen: Rows, n_classes: int, n_iterations: int
) -> DawidSkene:
    """Return the estimate over all classes."""
    all_proba, all_prior = np.zeros((proba.shape[0], n_classes)), np.zeros(n_classes)
    all_proba[:, seen], all_prior[seen] = proba, prior
    all_confusion = np.zeros((confusion.shape[0], n_classes, n_classes))
    all_confusion[np.ix_(np.arange(confusion.shape[0]), seen, seen)] = confusion
    return DawidSkene(all_proba, all_confusion, all_prior, n_iterations)
