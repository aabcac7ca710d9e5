"""Prequential metrics: each row is predicted first, and scored by its true label."""

from __future__ import annotations

from collections import deque
from math import nan

import numpy as np

from albench.tables import STREAM_METRICS, WINDOW_METRICS

METRICS = (*STREAM_METRICS, *WINDOW_METRICS)


class Counts:
    """Predictions by true and predicted class, and how many a repeated last label would get right."""

    def __init__(self, n_classes: int) -> None:
        self._confusion = [[0] * n_classes for _ in range(n_classes)]
        self._n_repeated = 0
        self.n_right = 0
        self.n = 0

    def add(self, label: int, predicted: int, is_repeated: bool, times: int = 1) -> None:  # noqa: FBT001
        """Count a prediction, or take one away with ``times`` -1."""
        self.n += times
        self._confusion[label][predicted] += times
        if label == predicted:
            self.n_right += times
        if is_repeated:
            self._n_repeated += times

    def compute(self) -> tuple[float, float, float]:
        """Return accuracy, kappa and kappa-temporal; not-a-number where one is undefined.

        Kappa is ``(p - p_e) / (1 - p_e)``, with the accuracy p and what independent predictions of the same
        frequencies would reach, p_e; kappa-temporal has the accuracy of repeating the last label instead.
        """
        if not self.n:
            return nan, nan, nan
        accuracy = self.n_right / self.n
        confusion = np.asarray(self._confusion) / self.n
        expected = float(confusion.sum(axis=0) @ confusion.sum(axis=1))
        return (
            accuracy,
            compute_kappa(accuracy, expected),
            compute_kappa(accuracy, self._n_repeated / self.n),
        )


def compute_kappa(accuracy: float, chance: float) -> float:
    """Return how far an accuracy is from a chance level to 1; not-a-number where that level is 1."""
    return nan if chance >= 1 - 1e-12 else (accuracy - chance) / (1 - chance)


class Prequential:
    """Scores over all rows so far, and over a window of the last ones.

    Parameters
    ----------
    marks : tuple of int
        The first row of each change, ascending.

    Attributes
    ----------
    recovery : list of (int or None)
        For each change so far after how many rows the accuracy of a window is what it was before: of the last
        window before the change, and the first one after it that has no row from before and is as accurate.
        None while there is none, from the next change on, and where fewer rows than a window lie before.
    """

    def __init__(self, n_classes: int, window: int, marks: tuple[int, ...] = ()) -> None:
        self._all, self._recent = Counts(n_classes), Counts(n_classes)
        self._window = window
        self._predictions: deque[tuple[int, int, bool]] = deque()
        self._last_label = -1
        self._marks = marks
        self._next_mark = marks[0] if marks else None
        self._level: int | None = None
        self.recovery: list[int | None] = []

    def add(self, label: int, predicted: int) -> None:
        """Score the prediction of the next row; nothing can be repeated before the first."""
        if self._all.n == self._next_mark:
            self._begin_change()
        is_repeated = label == self._last_label
        self._last_label = label
        prediction = (label, predicted, is_repeated)
        self._all.add(*prediction)
        self._recent.add(*prediction)
        self._predictions.append(prediction)
        if len(self._predictions) > self._window:
            self._recent.add(*self._predictions.popleft(), times=-1)
        if self._level is not None:
            self._note_return(self._level)

    def compute(self) -> tuple[float, ...]:
        """Return one number for each of :data:`METRICS`."""
        return (*self._all.compute(), *self._recent.compute())

    def _begin_change(self) -> None:
        n_rows = self._all.n
        while len(self.recovery) < len(self._marks) and self._marks[len(self.recovery)] == n_rows:
            self.recovery.append(None)
        self._next_mark = next(iter(self._marks[len(self.recovery) :]), None)
        self._level = self._recent.n_right if n_rows >= self._window else None

    def _note_return(self, level: int) -> None:
        n_rows = self._all.n - self._marks[len(self.recovery) - 1]
        if n_rows >= self._window and self._recent.n_right >= level:
            self.recovery[-1] = n_rows
            self._level = None
