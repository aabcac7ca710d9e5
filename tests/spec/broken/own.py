"""Components of a user's, good and bad."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field
from sklearn.base import BaseEstimator, ClassifierMixin

from albench import Metric, Strategy


class Outermost(Strategy):
    """A strategy with one parameter."""

    main: ClassVar[str | None] = "power"
    power: float = Field(default=2.0, gt=0)
    shape: Literal["round", "square"] = "round"
    corners: int | Literal["all"] | None = None


class Nameless(Metric):
    """A metric without a name."""


class Clash(Metric):
    """A metric called like a column."""

    name: ClassVar[str] = "cost"


class NoStrategy:
    """Not a strategy."""


class Picky(ClassifierMixin, BaseEstimator):
    """A classifier that must be told something."""

    def __init__(self, depth):
        if depth == 0:
            raise ValueError("depth must not be 0")
        self.depth = depth

    def fit(self, X, y):
        return self

    def predict(self, X):
        return X
