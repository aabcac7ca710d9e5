"""How far labelled rows are from others: a classifier two-sample test (Lopez-Paz and Oquab, 2017)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albench.datasets.auc import compute_auc
from albench.text import format_count, list_words, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from albench.contracts import Floats, Table

LEAST_ROWS = 20
"""Of each part, below which nothing is said."""
_MOST_ROWS = 2_000
_MOST_CELLS = 1 << 17
_N_FOLDS = 5
_N_COMPONENTS = 20
_N_BINS = 10
_MOST_CATEGORIES = 250
_Z = 1.959963984540054
_SEED = 0


@dataclass(frozen=True)
class Representativeness:
    """How well a classifier tells unlabelled rows from labelled ones.

    Attributes
    ----------
    auc : float
        Area under the ROC curve of cross-fitted predictions; 0.5 where they cannot be told apart.
    low, high : float
        Its 95 % interval.
    column : str
        The column that alone tells them apart best; empty where none does half as well as all together, or
        where the parts do not differ.
    """

    auc: float
    low: float
    high: float
    column: str = ""

    @property
    def is_shifted(self) -> bool:
        """Whether the interval is above 0.5."""
        return self.low > 0.5  # noqa: PLR2004 - what chance gives

    def describe_auc(self) -> str:
        """Say how large it is."""
        return f"AUC of {self.auc:.2f} [{self.low:.2f}, {self.high:.2f}]"

    def describe_shift(self) -> str:
        """Say how the parts are told apart, and what that means for conclusions."""
        most = f", most by {quote(self.column)}" if self.column else ""
        return (
            f"a classifier tells them apart with an {self.describe_auc()}{most}; conclusions hold for rows "
            "like the labelled ones"
        )


def compare_with_unlabelled(table: Table) -> Representativeness | None:
    """Say whether the labelled rows of a table are like its unlabelled ones.

    Gradient-boosted trees predict which part a row is from, in five folds, by at most 2,000 rows of each,
    fewer where there are many columns; so the time is bounded. Texts and sparse columns enter as 20
    components each. The variance of the AUC is twice DeLong's: where the parts are alike, what a fold finds
    by chance in the others is what they find in it, so that each chance is counted twice. The same table
    gives the same numbers.

    Returns
    -------
    Representativeness or None
        None where there are no unlabelled rows, or fewer than 20 rows of either kind.
    """
    unlabelled = table.unlabelled
    if unlabelled is None or min(table.n_rows, unlabelled.n_rows) < LEAST_ROWS:
        return None
    n_most = max(_MOST_ROWS // 4, min(_MOST_ROWS, _MOST_CELLS // table.n_features))
    parts = [_sample_rows(part, n_most) for part in (table, unlabelled)]
    is_unlabelled = np.repeat([False, True], [part.n_rows for part in parts])
    blocks = list(_build_blocks(*parts))
    auc, variance = compute_auc(_cross_fit(blocks, is_unlabelled), is_unlabelled)
    margin = _Z * (2 * variance) ** 0.5
    comparison = Representativeness(auc, max(0.0, auc - margin), min(1.0, auc + margin))
    if not comparison.is_shifted:
        return comparison
    column = _find_telling_column(blocks, is_unlabelled, (auc + 0.5) / 2)
    return Representativeness(comparison.auc, comparison.low, comparison.high, column)


def describe_unlabelled(table: Table, comparison: Representativeness | None) -> Iterator[str]:
    """Yield how many rows are unlabelled, what they lend, and whether the labelled ones are like them."""
    if table.unlabelled is None:
        return
    uses = list_words(table.unlabelled_uses)
    lent = f", and take part in {uses}" if uses else ""
    counts = (
        f"{format_count(table.n_rows, 'row is', 'rows are')} labelled, {table.n_unlabelled:,} are not{lent}"
    )
    if comparison is None:
        yield f"{counts}; whether they are alike is not known with fewer than {LEAST_ROWS} of either"
        return
    if not comparison.is_shifted:
        yield f"{counts}; a classifier does not tell them apart ({comparison.describe_auc()})"
        return
    yield f"{counts}. The labelled rows differ from the unlabelled ones: {comparison.describe_shift()}"


class _Block(NamedTuple):
    """What a classifier sees of a column: numbers, one category code, or the components of several."""

    name: str
    values: Floats
    is_categorical: bool = False


def _sample_rows(table: Table, n_most: int) -> Table:
    if table.n_rows <= n_most:
        return table
    rows = np.random.default_rng(_SEED).choice(table.n_rows, n_most, replace=False)
    return table.select_rows(np.sort(rows))


def _build_blocks(labelled: Table, unlabelled: Table) -> Iterator[_Block]:
    numeric = np.vstack([labelled.numeric, unlabelled.numeric]).astype(np.float64)
    for position, name in enumerate(labelled.numeric_names):
        yield _Block(name, numeric[:, [position]])
    codes = np.vstack([labelled.categorical, unlabelled.categorical])
    for position, name in enumerate(labelled.categorical_names):
        yield _Block(name, _join_rare(codes[:, position])[:, np.newaxis], is_categorical=True)
    if labelled.sparse is not None and unlabelled.sparse is not None:
        from scipy.sparse import vstack
        from sklearn.preprocessing import MaxAbsScaler

        matrix = MaxAbsScaler().fit_transform(vstack([labelled.sparse, unlabelled.sparse], format="csr"))
        yield _Block("", _compute_components(matrix))
    for name, texts, others in zip(labelled.text_names, labelled.text, unlabelled.text, strict=True):
        from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

        counts = HashingVectorizer(n_features=1 << 14, alternate_sign=False, norm=None).transform(
            [*texts, *others]
        )
        yield _Block(name, _compute_components(TfidfTransformer().fit_transform(counts)))


def _join_rare(codes: NDArray[np.int32]) -> Floats:
    """Return codes by frequency, those beyond the most as one; not-a-number where a value is missing."""
    counts = np.bincount(codes[codes >= 0], minlength=1)
    ranks = np.argsort(np.argsort(-counts, kind="stable"))
    joined = np.minimum(ranks, _MOST_CATEGORIES)[np.maximum(codes, 0)].astype(np.float64)
    joined[codes < 0] = np.nan
    return joined


def _compute_components(matrix: NDArray[np.float64]) -> Floats:
    """Return the first principal directions of a sparse matrix, found without knowing the parts."""
    from sklearn.decomposition import TruncatedSVD

    n_components = max(1, min(_N_COMPONENTS, *(size - 1 for size in matrix.shape)))
    components: Floats = TruncatedSVD(n_components, random_state=_SEED).fit_transform(matrix)
    return components


def _iterate_folds(
    is_unlabelled: NDArray[np.bool_],
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    from sklearn.model_selection import StratifiedKFold

    folds = StratifiedKFold(_N_FOLDS, shuffle=True, random_state=_SEED)
    yield from folds.split(np.zeros((is_unlabelled.size, 1)), is_unlabelled)


def _cross_fit(blocks: Sequence[_Block], is_unlabelled: NDArray[np.bool_]) -> Floats:
    """Return the probability that each row is unlabelled, by trees that have not seen it."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    X = np.hstack([block.values for block in blocks])
    is_categorical = np.repeat(
        [block.is_categorical for block in blocks], [block.values.shape[1] for block in blocks]
    )
    probabilities = np.empty(is_unlabelled.size)
    # These fits are so small that threads only wait for each other.
    with threadpool_limits(1):
        for train, test in _iterate_folds(is_unlabelled):
            # What is missing in all of these rows cannot be divided.
            columns = ~np.isnan(X[train]).all(axis=0)
            if not columns.any():
                probabilities[test] = is_unlabelled[train].mean()
                continue
            trees = HistGradientBoostingClassifier(
                max_iter=max(10, min(50, 10_000 // X.shape[1])),
                max_leaf_nodes=8,
                min_samples_leaf=10,
                categorical_features=is_categorical[columns],
                early_stopping=False,
                random_state=_SEED,
            )
            trees.fit(X[train][:, columns], is_unlabelled[train])
            probabilities[test] = trees.predict_proba(X[test][:, columns])[:, 1]
    return probabilities


def _find_telling_column(blocks: Sequence[_Block], is_unlabelled: NDArray[np.bool_], least: float) -> str:
    """Return the column with the largest AUC by itself; empty where none has the least."""
    aucs = {}
    for block in blocks:
        alone = (
            _cross_fit([block], is_unlabelled)
            if block.values.shape[1] > 1
            else _compute_shares(block, is_unlabelled)
        )
        aucs[block.name] = compute_auc(alone, is_unlabelled).value
    best = max(aucs, key=lambda name: aucs[name])
    return best if aucs[best] >= least else ""


def _compute_shares(block: _Block, is_unlabelled: NDArray[np.bool_]) -> Floats:
    """Return the share of unlabelled rows among the other folds' rows with about the same value."""
    values = block.values[:, 0]
    known = values[~np.isnan(values)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, _N_BINS + 1)[1:-1])) if known.size else known
    cells = values if block.is_categorical else np.searchsorted(edges, values)
    cells = np.where(np.isnan(values), -1, cells).astype(np.intp) + 1
    n_cells, prior = int(cells.max()) + 1, is_unlabelled.mean()
    shares = np.empty(values.size)
    for train, test in _iterate_folds(is_unlabelled):
        n_rows = np.bincount(cells[train], minlength=n_cells)
        n_unlabelled = np.bincount(cells[train], is_unlabelled[train], minlength=n_cells)
        shares[test] = ((n_unlabelled + prior) / (n_rows + 1))[cells[test]]
    return shares
