"""Small awkward pools in which every strategy must keep its contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from albench.contracts import SeedSet
from albench.identity import Coverage, TrialIdentity
from albench.models.names import MODELS
from albench.oracles.perfect import PerfectOracle
from albench.oracles.refusing import RefusingOracle
from albench.prepared.arrays import SplitArrays
from albench.registry import recipe
from albench.trial.task import TrialTask

if TYPE_CHECKING:
    from albench.contracts import Floats, Oracle, Rows, Strategy


class FirstRows(SeedSet):
    """The first rows of the pool, whatever their labels."""

    looks_at_labels: ClassVar[bool] = False

    def choose(self, labels: Rows, n_classes: int, size: int, **where: Any) -> Rows:
        """Return positions 0, 1, 2, ..."""
        del labels, n_classes, where
        return np.arange(size)


@dataclass(frozen=True, eq=False)
class Situation:
    """A pool, and how it is to be labelled.

    Attributes
    ----------
    name : str
        What a user reads.
    features : ndarray or csr_matrix of shape (n, d)
    labels : ndarray of shape (n,), int
        Classes of the rows; the first ``seed_size`` of them are the seed set.
    """

    name: str
    features: Any
    labels: Rows
    n_classes: int
    seed_size: int = 12
    batch_size: int = 5
    rounds: int = 3
    oracle: Oracle = field(default_factory=PerfectOracle)

    @property
    def n_labels(self) -> int:
        """Labels at the end."""
        return min(self.labels.size, self.seed_size + self.rounds * self.batch_size)

    def task(self, strategy: Strategy, random_state: int = 0) -> TrialTask:
        """Return the trial of a strategy in this situation, with logistic regression."""
        model = MODELS["logistic_regression"].model({})
        identity = TrialIdentity(
            dataset=self.name,
            preprocessing={},
            split={},
            split_index=0,
            validation=0.0,
            start=0,
            seed_size=self.seed_size,
            seed_set=FirstRows().fragment(),
            batch_size=self.batch_size,
            task_model=model.fragment(),
            query_model=model.fragment(),
            strategy=strategy.fragment(),
            arm=0,
            oracle=self.oracle.fragment(),
            random_state=random_state,
        )
        return TrialTask(
            identity=identity,
            coverage=Coverage(self.n_labels, frozenset()),
            strategy=recipe(strategy),
            seed_set=recipe(FirstRows()),
            oracle=recipe(self.oracle),
            task_model=model,
            query_model=model,
            metrics=(),
            signals=(),
            classes=tuple("abcdefghij"[: self.n_classes]),
        )

    def arrays(self) -> SplitArrays:
        """Return the arrays of the trial; some rows of each class of the pool are the test part."""
        rows = [np.flatnonzero(self.labels == code)[-3:] for code in range(self.n_classes)]
        test = np.concatenate(rows)
        return SplitArrays(
            pool_features=self.features.copy(),
            test_features=self.features[test],
            validation_features=self.features[:0],
            pool_labels=self.labels.copy(),
            test_labels=self.labels[test],
            validation_labels=self.labels[:0],
            pool_rows=np.arange(self.labels.size),
        )


def blobs(n: int, n_features: int, n_classes: int, seed: int = 0) -> tuple[Floats, Rows]:
    """Return overlapping normal clouds, one a class, in random order; the first rows are of all classes."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % n_classes
    centres = rng.normal(scale=1.5, size=(n_classes, n_features))
    return centres[labels] + rng.normal(size=(n, n_features)), labels


def situations() -> tuple[Situation, ...]:
    """Return all situations."""
    from scipy.sparse import csr_matrix

    X, y = blobs(60, 4, 3)
    late = np.concatenate([np.flatnonzero(y < 2), np.flatnonzero(y == 2)])  # noqa: PLR2004
    binary, sides = blobs(60, 3, 2)
    line, ends = blobs(50, 1, 3)
    return (
        Situation("three classes", X, y, 3),
        Situation("two classes", binary, sides, 2),
        Situation("two classes, nine to one", binary, (np.arange(60) % 10 == 0).astype(np.intp), 2),
        Situation("one feature", line, ends, 3),
        Situation("duplicated rows", np.repeat(X[:6], 10, axis=0), np.repeat(y[:6], 10), 3),
        Situation("all rows equal", np.ones((40, 2)), np.arange(40) % 2, 2),
        Situation("a class that is not among the labels yet", X[late], y[late], 3),
        Situation("one class among the labels", X[np.argsort(y, kind="stable")], np.sort(y), 3, rounds=2),
        Situation("no label at the start", X, y, 3, seed_size=0),
        Situation("one candidate a round", X, y, 3, batch_size=1, rounds=4),
        Situation("a batch larger than what is left", X[:31], y[:31], 3, batch_size=12),
        Situation("a constant feature", np.column_stack([X, np.full(60, 3.0)]), y, 3),
        Situation("labels that are refused", X, y, 3, oracle=RefusingOracle(classes=("b",))),
        Situation("sparse features", csr_matrix(np.where(X > 0, X, 0)), y, 3),
    )
