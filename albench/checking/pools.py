"""Small awkward pools in which every strategy must keep its contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.contracts import Need, SeedSet
from albench.coverage import Coverage
from albench.estimators.building import suggest_extra
from albench.identity import TrialIdentity
from albench.models.names import MODELS
from albench.oracles.perfect import PerfectOracle
from albench.oracles.refusing import RefusingOracle
from albench.prepared.split_arrays import SplitArrays
from albench.registry.lookup import make_recipe
from albench.trial.records import TrialTask

if TYPE_CHECKING:
    from albench.contracts import Floats, Model, Oracle, Rows, Strategy

_CLASSES = "abcdefghij"
_PRICES = {"label": 0.0, "rows": "0, 1, 2, 3"}
_ORDINARY = {2: "two classes, four features", 3: "three classes"}


class FirstRows(SeedSet):
    """The first rows of the pool, whatever their labels."""

    identity_name = "albench.checking.situations.FirstRows"
    looks_at_labels = False

    def choose(self, labels: Rows, n_classes: int, size: int, **where: Any) -> Rows:
        """Return positions 0, 1, 2, ..."""
        del labels, n_classes, where
        return np.arange(size)


@dataclass(frozen=True, eq=False)
class AwkwardPool:
    """A small pool, and the trial on it.

    Attributes
    ----------
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

    def build_task(self, strategy: Strategy, random_state: int = 0) -> TrialTask:
        """Return the trial of a strategy on this pool."""
        model = _choose_model(strategy)
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
            prices=_PRICES if Need.PRICES in strategy.required() else None,
        )
        return TrialTask(
            identity=identity,
            coverage=Coverage(self.n_labels, frozenset()),
            strategy=make_recipe(strategy),
            seed_set=make_recipe(FirstRows()),
            oracle=make_recipe(self.oracle),
            task_model=model,
            query_model=model,
            metrics=(),
            signals=(),
            classes=name_classes(strategy, self.n_classes),
        )

    def build_arrays(self) -> SplitArrays:
        """Return the arrays of the trial; some rows of each class of the pool are the test part."""
        # Copies: a strategy that writes into its arrays must not change the next trial.
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
            # Rows of 0, 1, 2 and 3: some are free.
            pool_prices=(np.arange(self.labels.size) % 4).astype(np.float64),
        )


def make_blobs(n: int, n_features: int, n_classes: int, seed: int = 0) -> tuple[Floats, Rows]:
    """Return overlapping normal clouds, one a class, in random order; the first rows are of all classes."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % n_classes
    centres = rng.normal(scale=1.5, size=(n_classes, n_features))
    return centres[labels] + rng.normal(size=(n, n_features)), labels


def list_suitable_pools(strategy: Strategy) -> tuple[AwkwardPool, ...]:
    """Return all pools, of three classes unless the strategy says that it works on others only."""
    numbers = (3, 2, *range(4, len(_CLASSES) + 1))
    return make_awkward_pools(
        next((n for n in numbers if not strategy.find_misfit(name_classes(strategy, n))), 3)
    )


def find_hindrance(strategy: Strategy, pool: AwkwardPool) -> str:
    """Say why a strategy, by its own word, cannot be tried on a pool; empty if it can."""
    if misfit := strategy.find_misfit(name_classes(strategy, pool.n_classes)):
        return misfit
    advice = suggest_extra(_choose_model(strategy).estimator)
    return f"no network to sample dropout from{advice}" if advice else ""


def name_classes(strategy: Strategy, n_classes: int) -> tuple[str, ...]:
    """Return names of so many classes, those among them that the strategy names."""
    names = [
        *dict.fromkeys(strategy.speaks_of()),
        *(name for name in _CLASSES if name not in strategy.speaks_of()),
    ]
    return tuple(sorted(names[:n_classes]))


def _choose_model(strategy: Strategy) -> Model:
    """Return logistic regression, or a network for a strategy that needs dropout to sample from."""
    name = "torch_mlp" if Need.DROPOUT in strategy.required() else "logistic_regression"
    return MODELS[name].make_model({})


def make_awkward_pools(n_classes: int = 3) -> tuple[AwkwardPool, ...]:
    """Return all pools; those that are not of two classes are of ``n_classes``."""
    from scipy.sparse import csr_matrix

    last, some = n_classes - 1, max(6, n_classes)
    X, y = make_blobs(max(60, 12 * n_classes), 4, n_classes)
    late = np.concatenate([np.flatnonzero(y < last), np.flatnonzero(y == last)])
    binary, sides = make_blobs(60, 3, 2)
    line, ends = make_blobs(50, 1, n_classes)
    return (
        AwkwardPool(_ORDINARY.get(n_classes, f"{n_classes} classes"), X, y, n_classes),
        AwkwardPool("two classes", binary, sides, 2),
        AwkwardPool("two classes, nine to one", binary, (np.arange(60) % 10 == 0).astype(np.intp), 2),
        AwkwardPool("one feature", line, ends, n_classes),
        AwkwardPool("duplicated rows", np.repeat(X[:some], 10, axis=0), np.repeat(y[:some], 10), n_classes),
        AwkwardPool("all rows equal", np.ones((40, 2)), np.arange(40) % 2, 2),
        AwkwardPool("a class that is not among the labels yet", X[late], y[late], n_classes),
        AwkwardPool(
            "one class among the labels", X[np.argsort(y, kind="stable")], np.sort(y), n_classes, rounds=2
        ),
        AwkwardPool("no label at the start", X, y, n_classes, seed_size=0),
        AwkwardPool("one candidate a round", X, y, n_classes, batch_size=1, rounds=4),
        AwkwardPool("a batch larger than what is left", X[:31], y[:31], n_classes, batch_size=12),
        AwkwardPool("a constant feature", np.column_stack([X, np.full(y.size, 3.0)]), y, n_classes),
        AwkwardPool("labels that are refused", X, y, n_classes, oracle=RefusingOracle(classes=("b",))),
        AwkwardPool("sparse features", csr_matrix(np.where(X > 0, X, 0)), y, n_classes),
    )
