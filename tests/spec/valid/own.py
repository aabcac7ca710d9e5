"""Components of a user's."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field
from sklearn.base import BaseEstimator, ClassifierMixin

from albench import Metric, Strategy


class Outermost(Strategy):
    """The candidates farthest from the origin."""

    main: ClassVar[str | None] = "power"
    power: float = Field(default=2.0, gt=0)

    def utilities(self, pool, state):
        return (abs(pool.features[pool.candidates]) ** self.power).sum(axis=1)


class Hits(Metric):
    """Number of test rows that are right."""

    name: ClassVar[str] = "hits"

    def score(self, outputs):
        return float(outputs.confusion.trace())


class Majority(ClassifierMixin, BaseEstimator):
    """Predicts the most frequent class."""

    def __init__(self, tie="first"):
        self.tie = tie

    def fit(self, X, y):
        self.classes_ = sorted(set(y))
        return self

    def predict(self, X):
        return [self.classes_[0]] * len(X)
