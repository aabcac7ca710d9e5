"""Drift that is simulated on the rows of any dataset: where it is, how wide, and what changes.

Positions and widths are shares of the stream, so that a longer stream has the same drift.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from albench.contracts.stream import Drift, DriftedRows
from albench.errors import TrialError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats, Rows

    Mask = NDArray[np.bool_]


class NoDrift(Drift):
    """Nothing changes but what changes in the rows themselves."""

    name = "none"

    def keeps_labels(self) -> bool:
        """Say that they do."""
        return True

    def apply(self, features: Floats, labels: Rows, n_classes: int, rng: np.random.Generator) -> DriftedRows:
        """Return the rows as they are."""
        return DriftedRows(features, labels, np.arange(labels.size), ())


class _ConceptDrift(Drift):
    """What the drifts between two concepts have in common."""

    what: Literal["labels", "features"] = "labels"
    """What the new concept is: each class has the name of the next one, or each column the values of the
    next one."""

    def keeps_labels(self) -> bool:
        """Say that they do where features change."""
        return self.what == "features"

    def choose_new(self, n_rows: int, rng: np.random.Generator) -> tuple[Mask, tuple[int, ...]]:
        """Return which rows are of the new concept, and where changes begin."""
        raise NotImplementedError

    def apply(self, features: Floats, labels: Rows, n_classes: int, rng: np.random.Generator) -> DriftedRows:
        """Return the rows, in the same order, some of them of the new concept."""
        is_new, marks = self.choose_new(labels.size, rng)
        if self.what == "labels":
            labels = np.where(is_new, (labels + 1) % n_classes, labels)
        else:
            features = np.where(is_new[:, None], np.roll(features, -1, axis=1), features)
        return DriftedRows(features, labels, np.arange(labels.size), marks)


class SuddenDrift(_ConceptDrift):
    """From one row on, all rows are of the new concept."""

    name = "sudden"
    main = "at"

    at: float = Field(default=0.5, gt=0, lt=1)
    """Where it is, as a share of the stream."""

    def choose_new(self, n_rows: int, rng: np.random.Generator) -> tuple[Mask, tuple[int, ...]]:
        """Return the rows from the change on."""
        start = _find_row(self.at, n_rows)
        return np.arange(n_rows) >= start, (start,)


class GradualDrift(_ConceptDrift):
    """Row t is of the new concept with probability 1 / (1 + exp(-4 (t - centre) / width)).

    The change begins half a width before its centre, where that is 12 %.
    """

    name = "gradual"
    main = "at"
    reference = "Bifet, Holmes, Kirkby, Pfahringer, 2010, MOA: Massive online analysis"

    at: float = Field(default=0.5, gt=0, lt=1)
    """Where its centre is, as a share of the stream."""
    width: float = Field(default=0.1, gt=0, le=1)
    """How wide it is, as a share of the stream."""

    def choose_new(self, n_rows: int, rng: np.random.Generator) -> tuple[Mask, tuple[int, ...]]:
        """Draw the concept of each row."""
        centre, width = round(self.at * n_rows), self.width * n_rows
        exponent = -4.0 * (np.arange(n_rows) - centre) / width
        # Beyond 500 the probability is 0 in double precision, and exp would overflow later.
        probability = 1 / (1 + np.exp(np.minimum(exponent, 500.0)))
        return rng.random(n_rows) < probability, (min(max(0, round(centre - width / 2)), n_rows - 1),)


class RecurringDrift(_ConceptDrift):
    """Two concepts in turn, each for the same number of rows."""

    name = "recurring"
    main = "every"

    every: float = Field(default=0.25, gt=0, lt=1)
    """How long each lasts, as a share of the stream."""

    def choose_new(self, n_rows: int, rng: np.random.Generator) -> tuple[Mask, tuple[int, ...]]:
        """Return every second stretch."""
        length = max(1, round(self.every * n_rows))
        return np.arange(n_rows) // length % 2 == 1, tuple(range(length, n_rows, length))


class CovariateDrift(Drift):
    """Rows with small values of a feature come first, then those with large ones: no label changes.

    A share of all rows, at random, comes at any time. Rows without that value come as any other one does.
    """

    name = "covariate"
    main = "at"

    at: float = Field(default=0.5, gt=0, lt=1)
    """Where the change is, as a share of the stream."""
    column: int = Field(default=0, ge=0)
    """The feature, by its position."""
    overlap: float = Field(default=0.1, ge=0, lt=1)
    """Share of the rows that comes at any time."""

    def keeps_labels(self) -> bool:
        """Say that they do: they come in another order."""
        return True

    def find_misfit(self, n_features: int) -> str:
        """Say where there is no such column."""
        if self.column < n_features:
            return ""
        return f"there is no column {self.column}: rows have {n_features} features, from 0 on"

    def apply(self, features: Floats, labels: Rows, n_classes: int, rng: np.random.Generator) -> DriftedRows:
        """Return the same rows in another order."""
        n_rows, n_features = features.shape
        if problem := self.find_misfit(n_features):
            raise TrialError(f"covariate drift: {problem}")
        start = _find_row(self.at, n_rows)
        column = _fill_at_random(features[:, self.column], rng)
        ranks = np.argsort(np.argsort(column, kind="stable"), kind="stable")
        is_free = rng.random(n_rows) < self.overlap
        ranks[is_free] = rng.permutation(ranks[is_free])
        order = np.argsort(ranks >= start, kind="stable")
        return DriftedRows(features[order], labels[order], order, (start,))


def _find_row(at: float, n_rows: int) -> int:
    """Return the row at a share of a stream, which must be one of its rows however short it is."""
    return min(round(at * n_rows), n_rows - 1)


def _fill_at_random(column: Floats, rng: np.random.Generator) -> Floats:
    """Return a column in which missing values are those of other rows, at random; 0 where there are none."""
    is_missing = np.isnan(column)
    if not is_missing.any():
        return column
    values = column[~is_missing] if not is_missing.all() else np.zeros(1)
    filled = column.copy()
    filled[is_missing] = rng.choice(values, int(is_missing.sum()))
    return filled
