"""What annotators would answer, what was bought of it, and the vote that makes one label of many answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from albench.contracts.component import Floats, Rows

_ROUNDING = 1e-9
REFUSED = -1
"""What an oracle answers that gives no label: the query is paid for, the row teaches nothing."""
NOBODY = -1
"""Stands in ``Annotations.asked`` where there is nobody more to ask."""


@dataclass(frozen=True, eq=False)
class Annotations:
    """What each annotator would answer to each row of the pool, and who is asked.

    Attributes
    ----------
    names : tuple of str
        Of the annotators, all different.
    labels : ndarray of shape (n_pool, n_annotators), int
        Class codes; ``REFUSED`` where an annotator who is asked gives no label.
    prices : ndarray of shape (n_pool, n_annotators) or (n_annotators,), float
        What an answer costs, given or refused; 0 or more.
    asked : ndarray of shape (n_pool, n_asked), int
        Who is asked about a row, in that order: positions in ``names``, each once, then ``NOBODY``.
    """

    names: tuple[str, ...]
    labels: Rows
    prices: Floats
    asked: Rows


@dataclass(frozen=True, eq=False)
class BoughtAnswers:
    """Answers in the order in which they were bought, refused ones included: one element an answer.

    Attributes
    ----------
    positions, annotators, attempts, labels : ndarray of shape (n_answers,), int
        Which row of the pool, who, how often the row was asked about before, and the answer.
    prices : ndarray of shape (n_answers,), float
    rounds : ndarray of shape (n_answers,), int
        The first round whose fit could use the answer.
    """

    positions: Rows
    annotators: Rows
    attempts: Rows
    labels: Rows
    prices: Floats
    rounds: Rows

    def select(self, mask: NDArray[np.bool_]) -> BoughtAnswers:
        """Return some of the answers."""
        names = ("positions", "annotators", "attempts", "labels", "prices", "rounds")
        return BoughtAnswers(*(getattr(self, name)[mask] for name in names))


def vote(answers: BoughtAnswers, n_pool: int, n_classes: int) -> Rows:
    """Return the class with most votes for each row of the pool; ``REFUSED`` where no answer is a label.

    Of classes with as many votes the one that was answered first.
    """
    import numpy as np

    of_labels = answers.select(answers.labels >= 0)
    votes = np.zeros((n_pool, n_classes))
    np.add.at(votes, (of_labels.positions, of_labels.labels), 1.0)
    return choose_most(votes, of_labels.positions, of_labels.labels)


def choose_most(votes: Floats, positions: Rows, labels: Rows) -> Rows:
    """Return the class of each row with the largest number, of equal ones the one that was answered first.

    Parameters
    ----------
    votes : ndarray of shape (n_pool, n_classes)
    positions, labels : ndarray of shape (n_labels,), int
        The answers that are labels, in their order; a row without any is ``REFUSED``, and a class that nobody
        answered is behind those that somebody did where both have the largest number.
    """
    import numpy as np

    n_pool, n_classes = votes.shape
    order = np.full((n_pool, n_classes), positions.size)
    # Backwards, so that the first answer of a class is the last to be written.
    order[positions[::-1], labels[::-1]] = np.arange(positions.size)[::-1]
    # Sums of the same weights in another order are equal but for rounding.
    is_most = votes >= votes.max(axis=1, keepdims=True) - _ROUNDING
    given = np.where(is_most, order, positions.size + 1).argmin(axis=1)
    has_answer = np.zeros(n_pool, np.bool_)
    has_answer[positions] = True
    return np.where(has_answer, given, REFUSED)
