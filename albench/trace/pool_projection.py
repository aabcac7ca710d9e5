"""The pool of a split as the strategies saw it, and a view of it in two dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from albench.contracts import Floats
    from albench.spec.experiment import Experiment

_FITTED = 2000  # rows that the axes of a view are fitted on


@dataclass(frozen=True)
class PoolProjection:
    """Coordinates of the pool, shape (n_pool, 2), and what the two axes are."""

    points: Floats
    axes: tuple[str, str]


@dataclass(frozen=True, eq=False)
class PreparedPool:
    """The pool of one split after preprocessing.

    Attributes
    ----------
    features : ndarray or csr_matrix of shape (n_pool, n_features)
    names : tuple of str
        Of the features.
    rows : ndarray of shape (n_pool,), int
        Row of the dataset of each pool position.
    labels : ndarray of shape (n_pool,), int
        True class codes.
    classes : tuple of str
    """

    features: Any
    names: tuple[str, ...]
    rows: NDArray[np.int64]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]

    @cached_property
    def positions(self) -> dict[int, int]:
        """Row of the dataset -> pool position."""
        return {int(row): position for position, row in enumerate(self.rows)}

    @cached_property
    def projection(self) -> PoolProjection:
        """The pool in two dimensions: as it is, or its first two principal components."""
        n, d = self.features.shape
        if d <= 2:  # noqa: PLR2004 - what a screen has
            points = np.column_stack([self._read_dense(np.arange(n)), np.zeros((n, 2 - d))])
            first, second = (*self.names, "", "")[:2]
            return PoolProjection(points, (first, second))
        # Evenly spaced, not drawn: the same results must give the same page.
        positions = np.unique(np.linspace(0, n - 1, min(n, _FITTED)).round().astype(np.intp))
        sample = self._read_dense(positions)
        centre = sample.mean(axis=0)
        _, spread, axes = np.linalg.svd(sample - centre, full_matrices=False)
        # The sign of a singular vector is the library's whim: its largest entry is made positive.
        first = axes[:2] * np.sign(axes[np.arange(2), np.abs(axes[:2]).argmax(axis=1)])[:, None]
        total = float(np.square(spread).sum()) or 1.0
        shares = [f"{100 * float(value) ** 2 / total:.0f} %" for value in spread[:2]]
        names = (f"first principal component ({shares[0]})", f"second ({shares[1]})")
        return PoolProjection(np.asarray(self.features @ first.T) - centre @ first.T, names)

    def find_nearest(self, row: int, labelled: Sequence[int]) -> tuple[int, float] | None:
        """Return the labelled row nearest to a row (Euclidean, after preprocessing), and its distance."""
        if not labelled:
            return None
        at = np.array([self.positions[labelled_row] for labelled_row in labelled])
        here = np.array([self.positions[row]])
        distances = np.linalg.norm(self._read_dense(at) - self._read_dense(here), axis=1)
        nearest = int(distances.argmin())
        return labelled[nearest], float(distances[nearest])

    def _read_dense(self, at: NDArray[Any]) -> Floats:
        rows = self.features[at]
        dense: Floats = np.asarray(rows.toarray() if hasattr(rows, "toarray") else rows, dtype=np.float64)
        return dense


def load_pool(experiment: Experiment, dataset: str, split: int, known_hash: str | None) -> PreparedPool:
    """Load a dataset and prepare its pool as a run does.

    Parameters
    ----------
    experiment : Experiment
    dataset : str
        Label of the dataset.
    split : int
    known_hash : str or None
        Content hash of the data that the results are about.

    Raises
    ------
    DatasetError
        If the dataset cannot be read.
    ResultsError
        If its content is no longer that of the results.
    """
    from albench.datasets.facts import compute_dataset_hash
    from albench.datasets.loading import load_table
    from albench.prepared.prepare import prepare_split

    source = next(entry.component for entry in experiment.datasets if entry.label == dataset)
    table = load_table(source, experiment.folder)
    content_hash = compute_dataset_hash(table)
    if known_hash is not None and content_hash != known_hash:
        raise ResultsError(f"dataset '{dataset}' has changed since the results were made")
    prepared = prepare_split(
        table,
        experiment.split,
        experiment.get_preprocessing(dataset),
        dataset=content_hash,
        split=split,
        validation=experiment.validation,
        random_state=experiment.random_state,
    )
    arrays = prepared.arrays
    return PreparedPool(
        arrays.pool_features, prepared.feature_names, arrays.pool_rows, arrays.pool_labels, table.classes
    )
