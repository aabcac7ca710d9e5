"""Prequential metrics: each row is predicted first, and scored by its true label."""

from __future__ import annotations

from collections import deque
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from albench.tables import STREAM_METRICS, WINDOW_METRICS

if TYPE_CHECKING:
    from numpy.typing import NDArray

METRICS = (*STREAM_METRICS, *WINDOW_METRICS)


class Counts:
    """Predictions by true and predicted class, and how many of them repeating the last label would get right.

    Parameters
    ----------
    n_classes : int
    """

    def __init__(self, n_classes: int) -> None:
        self._confusion = [[0] * n_classes for _ in range(n_classes)]
        self._n_repeated = 0
        self._n_right = 0
        self.n = 0

    def add(self, label: int, predicted: int, is_repeated: bool, times: int = 1) -> None:  # noqa: FBT001
        """Count a prediction, or take one away with ``times`` -1."""
        self.n += times
        self._confusion[label][predicted] += times
        if label == predicted:
            self._n_right += times
        if is_repeated:
            self._n_repeated += times

    def compute(self) -> tuple[float, float, float]:
        """Return accuracy, kappa and kappa-temporal; not-a-number where one is undefined.

        Kappa is ``(p - p_e) / (1 - p_e)``, with the accuracy p and what independent predictions of the same
        frequencies would reach, p_e; kappa-temporal has the accuracy of repeating the last label instead.
        """
        if not self.n:
            return nan, nan, nan
        accuracy = self._n_right / self.n
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
    n_classes : int
    window : int
        Rows of the window.
    """

    def __init__(self, n_classes: int, window: int) -> None:
        self._all, self._recent = Counts(n_classes), Counts(n_classes)
        self._window = window
        self._predictions: deque[tuple[int, int, bool]] = deque()
        self._last_label = -1

    def add(self, label: int, predicted: int) -> None:
        """Score the prediction of the next row; nothing can be repeated before the first."""
        is_repeated = label == self._last_label
        self._last_label = label
        prediction = (label, predicted, is_repeated)
        self._all.add(*prediction)
        self._recent.add(*prediction)
        self._predictions.append(prediction)
        if len(self._predictions) > self._window:
            self._recent.add(*self._predictions.popleft(), times=-1)

    def compute(self) -> tuple[float, ...]:
        """Return one number for each of :data:`METRICS`."""
        return (*self._all.compute(), *self._recent.compute())


def find_recovery(is_right: NDArray[np.bool_], marks: tuple[int, ...], window: int) -> list[int | None]:
    """Return for each change after how many rows the accuracy of a window is what it was before.

    The window is the last one before the change, and the first one after it that has no row from before and
    is as accurate; None if there is none before the next change, or fewer rows than a window before this one.

    Parameters
    ----------
    is_right : ndarray of shape (n,), bool
        Whether each row was predicted rightly.
    marks : tuple of int
        The first row of each change, ascending.
    window : int
    """
    if not marks:
        return []
    sums = np.concatenate([[0], np.cumsum(is_right)])
    ends = (*marks, is_right.size)[1:]
    return [
        _find_return(sums, start, end, window) if start >= window else None
        for start, end in zip(marks, ends, strict=True)
    ]


def _find_return(sums: NDArray[np.int64], start: int, end: int, window: int) -> int | None:
    level = sums[start] - sums[start - window]
    after = sums[start + window : end + 1] - sums[start : end + 1 - window]
    reached = np.flatnonzero(after >= level)
    return int(reached[0]) + window if reached.size else None
