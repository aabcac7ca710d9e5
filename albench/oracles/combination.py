"""One label of several answers: by votes, by stated skills, by estimated ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from albench.contracts.annotations import choose_most, vote
from albench.oracles.dawid_skene import estimate_dawid_skene

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.contracts import BoughtAnswers, Floats, Rows

Combination = Literal["majority", "weighted", "dawid_skene", "all"]
_SMALLEST = 1e-6
"""Least probability of an answer by stated skills: nobody outvotes everybody."""


def combine_by_skill(answers: BoughtAnswers, n_pool: int, skills: Sequence[Floats]) -> Rows:
    """Return the class of each row under which its answers are most probable, all classes alike beforehand.

    An answer of an annotator with skill p counts log(p (K - 1) / (1 - p)) for its class: the log odds where
    there are two classes. Of classes that are as probable the one that was answered first.

    Parameters
    ----------
    skills : sequence of ndarray of shape (n_classes, n_classes)
        Confusion matrix of each annotator.
    """
    of_labels = answers.select(answers.labels >= 0)
    log_skills = np.log(np.maximum(np.array(skills), _SMALLEST))
    votes = np.zeros((n_pool, log_skills.shape[1]))
    np.add.at(votes, of_labels.positions, log_skills[of_labels.annotators, :, of_labels.labels])
    return choose_most(votes, of_labels.positions, of_labels.labels)


def combine_by_dawid_skene(
    answers: BoughtAnswers, n_pool: int, n_classes: int, prior_answers: float = 0.0
) -> Rows:
    """Return the most probable class of each row by what all answers say of all annotators."""
    of_labels = answers.select(answers.labels >= 0)
    if not of_labels.labels.size:
        return vote(answers, n_pool, n_classes)
    rows, items = np.unique(of_labels.positions, return_inverse=True)
    given = of_labels.annotators, of_labels.labels
    estimate = estimate_dawid_skene(items, *given, n_classes, prior_answers=prior_answers)
    proba = np.zeros((n_pool, n_classes))
    proba[rows] = estimate.proba
    return choose_most(proba, of_labels.positions, of_labels.labels)
