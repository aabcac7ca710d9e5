"""What Lu et al. (2023) do differently: their split, their seed set, their two strategies in pool order.

Lu, Li, Lin, Chen, Huang, 2023, Re-benchmarking pool-based active learning for binary classification.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.svm import SVC

from albench import Need, SeedSet, Split, Strategy, top

if TYPE_CHECKING:
    from albench import Picks, PoolView, Table

TRAIN_SHARE = 0.6


class Shuffled(Split):
    """60 % train, shuffled twice with the same seed; split i is the i-th seed that counts."""

    first: int = 0
    """Seed of the first split."""
    both_classes_in: int = 20
    """A seed is skipped if the first so many rows of train, its seed set, hold one class; 0 skips none."""

    def sizes(self, class_counts: tuple[int, ...]) -> tuple[int, int]:
        """Return the rows of train and test."""
        n_train = int(sum(class_counts) * TRAIN_SHARE)
        return n_train, sum(class_counts) - n_train

    def divide(self, table: Table, *, split: int, rng: np.random.Generator) -> tuple[Any, Any]:
        """Shuffle all rows, cut, shuffle train again by a new generator of the same seed."""
        del rng
        n_train = self.sizes(tuple(np.bincount(table.labels)))[0]
        divisions = (_divided(table.n_rows, n_train, seed) for seed in itertools.count(self.first))
        counting = (found for found in divisions if _both(table, found[0][: self.both_classes_in]))
        return next(itertools.islice(counting, split, None))


def _both(table: Table, rows: Any) -> bool:
    return not len(rows) or len(np.unique(table.labels[rows])) > 1


def _divided(n_rows: int, n_train: int, seed: int) -> tuple[Any, Any]:
    rows = np.arange(n_rows)
    np.random.default_rng(seed).shuffle(rows)
    train, test = rows[:n_train], rows[n_train:]
    np.random.default_rng(seed).shuffle(train)
    return train, test


class First(SeedSet):
    """The first rows of the pool, in its order."""

    def choose(self, labels: Any, n_classes: int, size: int, **place: Any) -> Any:
        """Return positions 0, 1, ..."""
        del labels, n_classes, place
        return np.arange(size)


class Uniform(Strategy):
    """The next row in the order of the pool, which the split has shuffled."""

    family = "baseline"

    def utilities(self, pool: PoolView, state: None) -> Any:
        """Earlier rows first."""
        del state
        return -pool.candidates.astype(float)


class EntropyOfLogistic(Strategy):
    """Entropy of a logistic regression of its own with C = 0.1, whatever the task model (US-NC)."""

    family = "uncertainty"
    needs = frozenset({Need.LABELS})
    version = 3

    def utilities(self, pool: PoolView, state: None) -> Any:
        """Return entropies in nats."""
        del state
        from scipy.stats import entropy

        model = EarlierLogisticRegression(C=0.1).fit(pool.features[pool.labelled], pool.labels)
        return entropy(model.predict_proba(pool.features[pool.candidates]), axis=1)


class Margin(Strategy):
    """Smallest gap of the query model's top two classes: of decision values, or of probabilities (US-C).

    Ties come in the order in which a quicksort leaves the gaps of all of train.
    """

    family = "uncertainty"
    needs = frozenset({Need.MODEL})
    version = 2

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Take the smallest gaps: |f| where a binary model has decision values."""
        del state
        gaps = _gaps(pool)
        places = np.empty(gaps.size)
        places[_quicksorted(gaps)] = np.arange(gaps.size)
        return top(-gaps[pool.candidates], places[pool.candidates], n)


def _gaps(pool: PoolView) -> Any:
    if hasattr(pool.model, "decision_function"):
        return np.abs(pool.model.decision_function(pool.features))
    ordered = np.sort(pool.proba_of(np.arange(len(pool.features))), axis=1)
    return ordered[:, -1] - ordered[:, -2]


def _quicksorted(values: Any) -> Any:
    # How numpy orders ties among float64 depends on the processor; long doubles it sorts by the plain
    # quicksort that it had for all types at the time of the paper.
    return np.argsort(values.astype(np.longdouble))


class LibactQuire(Strategy):
    """QUIRE as libact computes it, with a width of 1 and lambda = 1: not the formula of Huang et al. (2010).

    Its inverse of the block of unlabelled rows leaves out the kernel of the labelled ones, and where that is
    downdated, one number is taken off all cells, not an outer product.
    """

    family = "hybrid"
    needs = frozenset({Need.LABELS})
    cost = "quadratic"

    def start(self, pool: PoolView) -> tuple[Any, Any]:
        """Return the kernel of all of train and the inverse of kernel + 1."""
        from sklearn.metrics.pairwise import rbf_kernel

        kernel = rbf_kernel(pool.features, gamma=1.0)
        return kernel, np.linalg.inv(kernel + np.eye(len(kernel)))

    def utilities(self, pool: PoolView, state: tuple[Any, Any]) -> Any:
        """Return minus libact's value of each candidate."""
        kernel, inverse = state
        known, left = pool.labelled, pool.candidates
        across = kernel[np.ix_(left, known)]
        block = np.eye(left.size) + kernel[np.ix_(left, left)] - across @ across.T
        own = np.diagonal(block)
        downdate = ((block**2).sum(axis=0) - own**2) / own
        inner = inverse[np.ix_(left, left)]
        pull = inverse[np.ix_(left, known)] @ (2.0 * pool.labels - 1)
        # L_su (block_uu - downdate) L_ul y for each candidate s, u being all the others.
        spread = block @ pull
        diagonal = np.diagonal(inner)
        through = inner @ spread - diagonal * spread - pull * ((inner * block).sum(axis=1) - diagonal * own)
        through -= downdate * (inner.sum(axis=1) - diagonal) * (pull.sum() - pull)
        return np.linalg.det(inner) / diagonal - diagonal - 2 * np.abs(pull - through)


class MonotoneSVC(SVC):
    """A support vector machine whose probabilities rise with its decision values: margins in their order."""

    def predict_proba(self, X: Any) -> Any:
        """Return the logistic function of the decision values, shape (n, 2)."""
        from scipy.special import expit

        positive = expit(self.decision_function(X))
        return np.column_stack([1 - positive, positive])


class EarlierLogisticRegression(ClassifierMixin, BaseEstimator):
    """A logistic regression of two classes that stops where scikit-learn did at the time of the paper.

    L-BFGS on the sum of the losses, from zero, until a step gains less than 2e-9 of it or the gradient is
    below 1e-4; later versions stop elsewhere. A pick or a test row can turn on the difference.
    """

    def __init__(self, C: float = 1.0) -> None:
        self.C = C

    def fit(self, X: Any, y: Any) -> EarlierLogisticRegression:
        """Fit coefficients and an intercept that is not penalised."""
        from scipy.optimize import minimize
        from scipy.special import expit, log_expit

        self.classes_ = np.unique(y)
        signs = np.where(y == self.classes_[-1], 1.0, -1.0)

        def loss(w: Any) -> tuple[float, Any]:
            margins = signs * (X @ w[:-1] + w[-1])
            slopes = (expit(margins) - 1) * signs
            value = 0.5 * w[:-1] @ w[:-1] / self.C - log_expit(margins).sum()
            return value, np.append(X.T @ slopes + w[:-1] / self.C, slopes.sum())

        options = {"gtol": 1e-4, "maxiter": 100}
        start = np.zeros(X.shape[1] + 1)
        self.weights_ = minimize(loss, start, method="L-BFGS-B", jac=True, options=options).x
        return self

    def decision_function(self, X: Any) -> Any:
        """Return the log odds of the second class, shape (n,)."""
        return X @ self.weights_[:-1] + self.weights_[-1]

    def predict_proba(self, X: Any) -> Any:
        """Return probabilities, shape (n, 2)."""
        from scipy.special import expit

        odds = self.decision_function(X)
        return np.column_stack([expit(-odds), expit(odds)])

    def predict(self, X: Any) -> Any:
        """Return the class of larger probability."""
        return self.classes_[(self.decision_function(X) > 0).astype(int)]
