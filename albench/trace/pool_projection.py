"""The pool of a split as the strategies saw it, and a view of it in two dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.errors import ResultsError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats
    from albench.spec.experiment import Experiment

_FITTED = 2000  # rows that the axes of a view are fitted on
_FEW = 50  # rows or features, up to which all axes are found as fast as two
_BLOCK = 256  # rows whose distances to all others are in memory at a time


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
            columns = self._complete.toarray() if hasattr(self._complete, "tocsr") else self._complete
            points = np.column_stack([columns, np.zeros((n, 2 - d))])
            first, second = (*self.names, "", "")[:2]
            return PoolProjection(points, (first, second))
        # Evenly spaced, not drawn: the same results must give the same page.
        positions = np.unique(np.linspace(0, n - 1, min(n, _FITTED)).round().astype(np.intp))
        centre, axes, shares = _find_principal_axes(self._complete[positions])
        first, second = (f"{100 * share:.0f} %" for share in shares)
        names = (f"first principal component ({first})", f"second ({second})")
        return PoolProjection(np.asarray(self._complete @ axes.T) - centre @ axes.T, names)

    def find_nearest(self, rows: NDArray[Any], rounds: NDArray[Any]) -> tuple[NDArray[Any], Floats]:
        """Return for each row the nearest of those that were labelled in earlier rounds, and its distance.

        Euclidean, after preprocessing; a missing cell counts as the mean of its column.

        Parameters
        ----------
        rows : ndarray of shape (n_labels,), int
            Rows of the dataset, all of them in the pool, as they were labelled.
        rounds : ndarray of shape (n_labels,), int
            In ascending order.

        Returns
        -------
        ndarray of shape (n_labels,), int
        ndarray of shape (n_labels,)
            Infinite in the first round, before which nothing was labelled.
        """
        from sklearn.metrics.pairwise import paired_euclidean_distances

        features = self._complete[[self.positions[row] for row in rows.tolist()]]
        nearest, distances = np.zeros(rows.size, dtype=np.intp), np.full(rows.size, np.inf)
        for start in range(0, rows.size, _BLOCK):
            block, end = slice(start, start + _BLOCK), start + _BLOCK
            gaps = _compute_distances(features[block], features[:end])
            gaps[rounds[None, :end] >= rounds[block, None]] = np.inf
            nearest[block] = gaps.argmin(axis=1)
        later = np.flatnonzero(rounds > rounds[:1])
        if later.size:
            distances[later] = paired_euclidean_distances(features[later], features[nearest[later]])
        return rows[nearest], distances

    @cached_property
    def _complete(self) -> Any:
        """The features as 64-bit numbers, a missing cell as the mean of its column."""
        features = self.features.astype(np.float64)
        if not np.isnan(features.data if hasattr(features, "tocsr") else features).any():
            return features
        from sklearn.impute import SimpleImputer

        return SimpleImputer(keep_empty_features=True).fit_transform(features)


def _compute_distances(left: Any, right: Any) -> Floats:
    """Return Euclidean distances, equal ones for equal rows."""
    from scipy.spatial.distance import cdist
    from sklearn.metrics.pairwise import euclidean_distances

    # Of dense rows products are faster, but round equal rows differently from block to block.
    distances: Floats = euclidean_distances(left, right) if hasattr(left, "tocsr") else cdist(left, right)
    return distances


def _find_principal_axes(sample: Any) -> tuple[Floats, Floats, Floats]:
    """Return the centre of rows, their first two principal axes, and the share of the variance along each."""
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    n_features = sample.shape[1]
    if not StandardScaler(with_mean=False).fit(sample).var_.any():
        return np.zeros(n_features), np.zeros((2, n_features)), np.zeros(2)
    is_small = min(sample.shape) <= _FEW
    if is_small and hasattr(sample, "tocsr"):
        # The full decomposition takes no sparse rows, and the other one more columns than a small pool has.
        sample = sample.toarray()
    pca = PCA(2, svd_solver="full" if is_small else "arpack", random_state=0).fit(sample)
    return pca.mean_, pca.components_, pca.explained_variance_ratio_


def load_pool(
    experiment: Experiment, dataset: str, split: int, known_hash: str | None, preprocessing: str = ""
) -> PreparedPool:
    """Load a dataset and prepare its pool as a run does.

    Parameters
    ----------
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
    from albench.prepared.preprocess import prepare_split

    source = next(entry.component for entry in experiment.datasets if entry.label == dataset)
    table = load_table(source, experiment.folder)
    content_hash = compute_dataset_hash(table)
    if known_hash is not None and content_hash != known_hash:
        raise ResultsError(f"dataset '{dataset}' has changed since the results were made")
    prepared = prepare_split(
        table,
        experiment.split,
        experiment.get_preprocessing(dataset, preprocessing),
        dataset=content_hash,
        split=split,
        validation=experiment.validation,
        random_state=experiment.random_state,
    )
    arrays = prepared.arrays
    return PreparedPool(
        arrays.pool_features, prepared.feature_names, arrays.pool_rows, arrays.pool_labels, table.classes
    )
