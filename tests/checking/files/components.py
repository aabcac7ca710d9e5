"""Metrics, models, oracles and seed set methods: the first of each keeps its contract."""

from __future__ import annotations

import time
from typing import ClassVar

import numpy as np
from sklearn.naive_bayes import GaussianNB

from albench import Metric, Oracle, SeedSet, Signal


class Kappa(Metric):
    """Cohen's kappa: (p_o - p_e) / (1 - p_e)."""

    name: ClassVar[str] = "kappa"
    bounds: ClassVar[tuple[float, float | None]] = (-1.0, 1.0)

    def score(self, outputs):
        shares = outputs.confusion / outputs.labels.size
        expected = float(shares.sum(axis=0) @ shares.sum(axis=1))
        return None if expected == 1 else (float(np.trace(shares)) - expected) / (1 - expected)


class OutOfBounds(Kappa):
    """Kappa with bounds that it leaves."""

    bounds: ClassVar[tuple[float, float | None]] = (0.0, 1.0)


class Sorts(Metric):
    """Changes what it is shown."""

    name: ClassVar[str] = "sorts"

    def score(self, outputs):
        outputs.predicted.sort()
        return 0.5


class Undeclared(Metric):
    """Asks for probabilities and does not say so."""

    name: ClassVar[str] = "undeclared"

    def score(self, outputs):
        return float(outputs.proba.max(axis=1).mean())


class Backwards(Metric):
    """An error that says it is a level."""

    name: ClassVar[str] = "backwards"

    def score(self, outputs):
        return float(np.mean(outputs.predicted != outputs.labels))


class FirstRow(Metric):
    """Looks at one row."""

    name: ClassVar[str] = "first_row"

    def score(self, outputs):
        return float(outputs.labels[0] == outputs.predicted[0])


class Random(Metric):
    """Draws a number."""

    name: ClassVar[str] = "drawn"

    def score(self, outputs):
        return float(np.random.random())  # noqa: NPY002


class Spread(Signal):
    """Mean distance of the probabilities from equal ones."""

    name: ClassVar[str] = "spread"

    def measure(self, proba, previous):
        return float(np.abs(proba - 1 / proba.shape[1]).mean())


class Infinite(Signal):
    """Divides by nothing."""

    name: ClassVar[str] = "infinite"

    def measure(self, proba, previous):
        return float("inf")


class Honest(Oracle):
    """Gives the true labels."""

    def answers(self, labels, classes, *, rng):
        return labels.copy()


class Coded(Oracle):
    """Counts classes from 1."""

    def answers(self, labels, classes, *, rng):
        return labels + 1


class Writes(Oracle):
    """Writes into the true labels."""

    def answers(self, labels, classes, *, rng):
        labels[:] = 0
        return labels


class Moody(Oracle):
    """Draws from a generator of its own."""

    def answers(self, labels, classes, *, rng):
        return np.where(np.random.default_rng(time.perf_counter_ns()).random(labels.size) < 0.5, labels, -1)


class Early(SeedSet):
    """The first rows of a permutation."""

    def choose(self, labels, n_classes, size, *, split, start, rng):
        return rng.permutation(labels.size)[:size]


class NoPrefix(SeedSet):
    """Other rows for every size."""

    def choose(self, labels, n_classes, size, *, split, start, rng):
        return rng.choice(labels.size, size=size, replace=False)


class Twice(SeedSet):
    """The same row all the time."""

    def choose(self, labels, n_classes, size, *, split, start, rng):
        return np.zeros(size, int)


class Secret(SeedSet):
    """Looks at labels and does not say so."""

    def choose(self, labels, n_classes, size, *, split, start, rng):
        return np.argsort(labels, kind="stable")[:size]


class Hidden(SeedSet):
    """Looks at features and does not say so."""

    def choose_from(self, pool, size, rng):
        return np.argsort(pool.features[:, 0], kind="stable")[:size]


class Seen(Hidden):
    """The rows of the smallest first feature."""

    looks_at_features: ClassVar[bool] = True


class Good(GaussianNB):
    """Gaussian naive Bayes."""


class NoReturn(GaussianNB):
    """Does not return itself."""

    def fit(self, X, y):
        super().fit(X, y)


class Logs(GaussianNB):
    """Gives logarithms of probabilities."""

    def predict_proba(self, X):
        return self.predict_log_proba(X)


class Contradicts(GaussianNB):
    """Predicts the least probable class."""

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmin(axis=1)]


class AllClasses(GaussianNB):
    """Believes that classes are 0, 1, ... without a gap."""

    def predict(self, X):
        return self.predict_proba(X).argmax(axis=1)
