"""Committees: several models of the same labelled rows that may disagree."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from albench.models.fitting import ModelFitter, fit_model
from albench.prepared.matrices import freeze

if TYPE_CHECKING:
    from collections.abc import Callable

    from albench.contracts import Answers, Floats, Model, Rows
    from albench.models.fitted import FittedModel

# Rows of one call: smaller than a single model's blocks, since the answers of all members are stacked.
_BLOCK = 1 << 14


def fit_bagging(
    model: Model, X: Floats, y: Rows, *, n_classes: int, members: int, seeds: np.random.SeedSequence
) -> tuple[FittedModel, ...]:
    """Fit ``members`` copies of a model, each on as many rows drawn with replacement.

    A bootstrap that lacks a class gives a model to which that class has probability 0; one that holds a
    single class gives the constant model.

    Reference
    ---------
    Breiman, 1996, Bagging predictors; Abe, Mamitsuka, 1998, Query learning strategies using boosting and
    bagging.
    """
    models, fitter = [], ModelFitter.from_model(model, 0)
    for child in seeds.spawn(members):
        rng = np.random.default_rng(child)
        rows = rng.integers(y.size, size=y.size) if y.size else np.empty(0, np.intp)
        seed = int(rng.integers(2**31))
        models.append(fitter.with_seed(seed).fit(X[rows], y[rows], n_classes))
    return tuple(models)


def fit_random_subspace(
    model: Model, X: Floats, y: Rows, *, n_classes: int, members: int, seeds: np.random.SeedSequence
) -> tuple[FeatureSubsetModel, ...]:
    """Fit ``members`` copies of a model on all rows, each on a random half of the features, rounded up.

    Reference
    ---------
    Ho, 1998, The random subspace method for constructing decision forests.
    """
    models, fitter = [], ModelFitter.from_model(model, 0)
    n_features = X.shape[1]
    for child in seeds.spawn(members):
        rng = np.random.default_rng(child)
        columns = np.sort(rng.choice(n_features, size=(n_features + 1) // 2, replace=False))
        seed = int(rng.integers(2**31))
        models.append(FeatureSubsetModel(fitter.with_seed(seed).fit(X[:, columns], y, n_classes), columns))
    return tuple(models)


def sample_mc_dropout(
    fitted: FittedModel, *, members: int, seeds: np.random.SeedSequence
) -> tuple[FittedModel, ...]:
    """Return ``members`` samples of a fitted network, each under one dropout mask for all rows.

    Reference
    ---------
    Gal, Islam, Ghahramani, 2017, Deep Bayesian active learning with image data; one mask for all rows as in
    Kirsch, van Amersfoort, Gal, 2019, BatchBALD.
    """
    return fitted.sample_dropout([int(child.generate_state(1)[0] >> 1) for child in seeds.spawn(members)])


def fit_models(
    models: tuple[Model, ...], X: Floats, y: Rows, *, n_classes: int, seeds: np.random.SeedSequence
) -> tuple[FittedModel, ...]:
    """Fit each model on all rows."""
    children = zip(models, seeds.spawn(len(models)), strict=True)
    return tuple(
        fit_model(model, X, y, n_classes=n_classes, seed=int(child.generate_state(1)[0] >> 1))
        for model, child in children
    )


class FeatureSubsetModel:
    """A model fitted on some of the features."""

    __slots__ = ("columns", "fitted")

    def __init__(self, fitted: FittedModel, columns: Rows) -> None:
        self.fitted = fitted
        self.columns = columns

    @property
    def is_plain(self) -> bool:
        """Whether it was fitted on labelled rows as they are."""
        return self.fitted.is_plain

    def predict(self, X: Floats) -> Rows:
        """Return class codes of shape (n,)."""
        return self.fitted.predict(X[:, self.columns])

    def proba(self, X: Floats) -> Floats:
        """Return class probabilities of shape (n, n_classes)."""
        return self.fitted.proba(X[:, self.columns])


class CandidateCommittee:
    """Predictions of the members for the candidates, computed at their first use."""

    def __init__(self, members: tuple[Answers, ...], features: Floats, candidates: Rows) -> None:
        self.members = members
        self._features = features
        self._candidates = candidates

    @cached_property
    def votes(self) -> Rows:
        """Predicted class codes, shape (n_members, n_candidates)."""
        return self._answer_in_blocks(lambda X: np.stack([member.predict(X) for member in self.members]))

    @cached_property
    def proba(self) -> Floats:
        """Class probabilities, shape (n_members, n_candidates, n_classes)."""
        return self._answer_in_blocks(lambda X: np.stack([member.proba(X) for member in self.members]))

    def _answer_in_blocks(self, answer: Callable[[Floats], np.ndarray]) -> np.ndarray:
        rows = self._candidates
        firsts = range(0, max(rows.size, 1), _BLOCK)
        blocks = [answer(self._features[rows[first : first + _BLOCK]]) for first in firsts]
        return freeze(blocks[0] if len(blocks) == 1 else np.concatenate(blocks, axis=1))
