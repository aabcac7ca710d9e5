"""Components that say what cannot be said, stored or read on one screen."""

from __future__ import annotations

import warnings

from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.naive_bayes import GaussianNB

from albench import Strategy


class MuteError(Exception):
    def __str__(self):
        raise RuntimeError("no words")


class Mute(Strategy):
    def utilities(self, pool, state):
        raise MuteError


class Unstorable(Strategy):
    def utilities(self, pool, state):
        raise ValueError("bad \ud800")


class Endless(Strategy):
    def utilities(self, pool, state):
        raise ValueError("first line\n" + "x" * 3_000_000)


class Warns(Strategy):
    def utilities(self, pool, state):
        warnings.warn("bad \ud800", UserWarning, stacklevel=1)
        return -pool.candidates.astype(float)


class MuteModel(GaussianNB):
    def fit(self, X, y):
        raise MuteError


class MuteStep(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        raise MuteError

    def transform(self, X):
        return X
