"""How probable each class of a row is, read from columns of probabilities, of counts or of answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albench.datasets.files.columns import encode_values, is_numeric
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from albench.contracts import Floats
    from albench.datasets.files.soft_target import SoftTarget
    from albench.datasets.where import Where

_ROUNDED = 0.01
"""How far the probabilities of a row may be from 1 in all, as they were rounded."""


class SoftLabels(NamedTuple):
    """A distribution over sorted classes for each row.

    Attributes
    ----------
    shares : ndarray of shape (n_rows, n_classes)
        Sums are 1; all are 0 in a row that nobody has answered.
    """

    classes: tuple[str, ...]
    shares: Floats

    def list_modes(self) -> list[str | None]:
        """Name the most probable class of each row, of equal ones the first; None where there is none."""
        modes = np.where(self.shares.any(axis=1), self.shares.argmax(axis=1), -1)
        return [None if mode < 0 else self.classes[mode] for mode in modes]

    def replace_columns(self, frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
        """Return a frame whose first of some columns is the most probable class, without the others."""
        import polars as pl

        modes = pl.Series(columns[0], self.list_modes(), dtype=pl.String)
        return frame.drop(columns).with_columns(modes)


def read_soft_labels(
    frame: pl.DataFrame, target: SoftTarget, missing: Sequence[str], where: Where
) -> SoftLabels:
    """Return the distribution that some columns of a frame hold."""
    if target.annotators:
        labels = _count_answers(frame, target.annotators, missing)
    else:
        labels = _read_shares(frame, target, where)
    present = {*labels.list_modes()}
    for place, name in enumerate(labels.classes):
        if name not in present:
            largest = int(labels.shares[:, place].argmax())
            advice = (
                "merge it with another class, or declare it as 'missing', which makes it no answer"
                if target.annotators
                else "merge it with another class, or leave its column out"
            )
            raise where.error(
                f"class {quote(name)} is the most probable one of no row (its largest share is"
                f" {labels.shares[largest, place]:.3g}): {advice}",
                row=largest,
            )
    return labels


def _count_answers(frame: pl.DataFrame, columns: Sequence[str], missing: Sequence[str]) -> SoftLabels:
    # Together, so that a class has one name in all of them.
    import polars as pl

    cells = pl.concat([frame[column].rename("") for column in columns])
    codes, names = encode_values(cells, missing)
    answers = codes.reshape(len(columns), frame.height)
    counts = np.stack([(answers == code).sum(axis=0) for code in range(len(names))], axis=1)
    return SoftLabels(names, counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))


def _read_shares(frame: pl.DataFrame, target: SoftTarget, where: Where) -> SoftLabels:
    import polars as pl

    columns, classes = target.list_columns(), target.list_classes()
    for column in columns:
        if not is_numeric(frame[column]):
            raise where.error("probabilities are numbers, and this column holds others", column=column)
    numbers = frame.select(columns).cast(pl.Float64).fill_null(float("nan")).to_numpy()
    numbers = np.where(np.isnan(numbers).all(axis=1, keepdims=True), 0.0, numbers)
    wrong = ~(np.isfinite(numbers) & (numbers >= 0))
    if wrong.any():
        row, place = np.argwhere(wrong)[0]
        what = "an empty cell" if np.isnan(numbers[row, place]) else f"{numbers[row, place]:g}"
        raise where.error(f"{what} is no probability and no count", column=columns[place], row=int(row))
    totals = numbers.sum(axis=1, keepdims=True)
    are_counts = (numbers == np.round(numbers)).all()
    off = np.zeros(len(totals), np.bool_) if are_counts else (np.abs(totals - 1) > _ROUNDED)[:, 0]
    off &= totals[:, 0] > 0
    if off.any():
        row = int(off.argmax())
        raise where.error(
            f"the probabilities of the classes sum to {totals[row, 0]:.3g}, not to 1 (counts are whole"
            " numbers)",
            row=row,
        )
    order = np.argsort(np.array(classes), kind="stable")
    shares = numbers[:, order] / np.where(totals > 0, totals, 1)
    return SoftLabels(tuple(classes[place] for place in order), shares)
