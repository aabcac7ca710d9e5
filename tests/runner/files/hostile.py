"""Components that return what their parameter says, an expression, from the first query on.

In the expressions ``n`` is how many are asked for, ``m`` how many rows there are, and ``right`` what a component
that keeps its contract would return.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.naive_bayes import GaussianNB

from albench import DatasetSource, Metric, Need, Oracle, SeedSet, Signal, Split, Strategy, Table, top


class Lying:
    """Breaks whatever is asked of it."""

    def __array__(self, *args, **kwargs):
        raise Panic

    def __len__(self):
        return 10**12

    def __str__(self):
        raise Panic

    __repr__ = __str__


class Panic(BaseException):
    """What a library written in another language raises."""


def evaluate(expression, right, n, m):
    if not expression:
        return right
    names = {"np": np, "right": right, "n": n, "m": m, "Lying": Lying, "Panic": Panic}
    return eval(expression, names)  # noqa: S307 - the test wrote it


class HostileStrategy(Strategy):
    """Takes the first candidates, and returns one thing otherwise."""

    version: ClassVar[int] = 1
    part: str
    value: str

    def utilities(self, pool, state):
        m = pool.candidates.size
        right = -pool.candidates.astype(float)
        return evaluate(self.value, right, m, m) if self.part == "scores" else right

    def select(self, pool, state, n):
        if self.part == "scores":
            return super().select(pool, state, n)
        right = top(self.utilities(pool, state), pool.tie_keys, n)
        if self.part == "select":
            return evaluate(self.value, right, n, pool.candidates.size)
        own = evaluate(self.value, getattr(right, self.part), n, pool.candidates.size)
        return right._replace(**{self.part: own})


class HostileMetric(Metric):
    """Accuracy, or whatever the expression says."""

    version: ClassVar[int] = 1
    name: ClassVar[str] = "hostile_metric"
    value: str

    def score(self, outputs):
        n = outputs.labels.size
        return evaluate(self.value, float(np.mean(outputs.predicted == outputs.labels)), n, n)


class HostileSignal(Signal):
    """The mean of the largest probabilities, or whatever the expression says."""

    version: ClassVar[int] = 1
    name: ClassVar[str] = "hostile_signal"
    value: str

    def measure(self, proba, previous):
        return evaluate(self.value, float(proba.max(axis=1).mean()), len(proba), len(proba))


class HostileOracle(Oracle):
    """The true labels, or whatever the expression says."""

    version: ClassVar[int] = 1
    value: str

    def answers(self, labels, classes, *, rng):
        return evaluate(self.value, labels.copy(), labels.size, labels.size)


class HostileSeedSet(SeedSet):
    """Rows at random, or whatever the expression says."""

    version: ClassVar[int] = 1
    value: str

    def choose(self, labels, n_classes, size, *, split, start, rng):
        return evaluate(self.value, rng.permutation(labels.size)[:size], size, labels.size)


class SortingMetric(Metric):
    """Sorts the probabilities, which all metrics of the round see."""

    version: ClassVar[int] = 1
    name: ClassVar[str] = "a_sorting_metric"
    needs_proba: ClassVar[bool] = True

    def score(self, outputs):
        outputs.proba.sort(axis=1)
        return 0.5


class RebindingMetric(Metric):
    """Puts other predictions in the place of those that all metrics see."""

    version: ClassVar[int] = 1
    name: ClassVar[str] = "a_rebinding_metric"

    def score(self, outputs):
        outputs.predicted = np.zeros_like(outputs.labels)
        return 0.5


class WritesProba(Strategy):
    """Takes the first candidates, after it has made all their probabilities 0.5."""

    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA})
    writes: bool = True

    def utilities(self, pool, state):
        if self.writes:
            pool.proba.flags.writeable = True
            pool.proba[:] = 0.5
        return -pool.candidates.astype(float)


class WritesCandidates(Strategy):
    """Takes the first candidates, after it has made all of them row 0, in place or by another array."""

    version: ClassVar[int] = 1
    how: str

    def select(self, pool, state, n):
        picks = top(-pool.candidates.astype(float), pool.tie_keys, n)
        if self.how == "in place":
            pool.candidates.flags.writeable = True
            pool.candidates[:] = 0
        elif self.how == "through the base":
            owner = pool.candidates if pool.candidates.base is None else pool.candidates.base
            owner.flags.writeable = True
            owner[:] = 0
        elif self.how == "rebinds":
            pool.candidates = np.zeros_like(pool.candidates)
        return picks


class RefitsModel(Strategy):
    """Takes the first candidates; if it is told to, after it has fitted the model to wrong labels."""

    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})
    refits: bool = False

    def utilities(self, pool, state):
        if self.refits and pool.model is not None:
            rows = pool.features[pool.labelled]
            pool.model.fit(rows, np.roll(pool.labels, 1))
            if hasattr(pool.model, "coef_"):
                pool.model.coef_[:] = 0
        return -pool.candidates.astype(float)


class HostileModel(GaussianNB):
    """Gaussian naive Bayes that answers one question with whatever the expression says."""

    version = 1

    def __init__(self, part: str = "", value: str = ""):
        super().__init__()
        self.part = part
        self.value = value

    def fit(self, X, y) -> Any:
        super().fit(X, y)
        return evaluate(self.value, self, len(X), len(X)) if self.part == "fit" else self

    def predict(self, X):
        right = super().predict(X)
        return evaluate(self.value, right, len(X), len(X)) if self.part == "predict" else right

    def predict_proba(self, X):
        right = super().predict_proba(X)
        return evaluate(self.value, right, len(X), len(X)) if self.part == "predict_proba" else right


class HostileStep(TransformerMixin, BaseEstimator):
    """Leaves columns as they are, or whatever the expression says."""

    version = 1

    def __init__(self, value: str = ""):
        self.value = value

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return evaluate(self.value, X, len(X), len(X))


class HostileSplit(Split):
    """Halves, or whatever the expression says."""

    version: ClassVar[int] = 1
    value: str

    def divide(self, table, *, split, rng):
        rows = rng.permutation(table.n_rows)
        right = (rows[: rows.size // 2], rows[rows.size // 2 :])
        return evaluate(self.value, right, table.n_rows, table.n_rows)


class HostileDataset(DatasetSource):
    """Two classes of 30 rows, one field of which is whatever the expression says."""

    version: ClassVar[int] = 1
    part: str
    value: str

    def load(self, base):
        n = 60
        fields = {
            "numeric": np.random.default_rng(0).normal(size=(n, 2)),
            "categorical": np.empty((n, 0), np.int32),
            "numeric_names": ("a", "b"),
            "categorical_names": (),
            "categories": (),
            "labels": np.arange(n) % 2,
            "classes": ("x", "y"),
        }
        if self.part == "load":
            return evaluate(self.value, None, n, n)
        return Table(**{**fields, self.part: evaluate(self.value, fields[self.part], n, n)})
