"""A committee of query models, each fitted on a bootstrap of the labelled rows."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from albench.models.fitted import Fitted, fit

if TYPE_CHECKING:
    from albench.contracts import Floats, Model, Rows


def bagging(
    model: Model, X: Floats, y: Rows, *, n_classes: int, members: int, seeds: np.random.SeedSequence
) -> tuple[Fitted, ...]:
    """Fit ``members`` copies of a model, each on as many rows drawn with replacement.

    A bootstrap that lacks a class gives a model to which that class has probability 0; one that holds a
    single class gives the constant model.

    Reference
    ---------
    Breiman, 1996, Bagging predictors; Abe, Mamitsuka, 1998, Query learning strategies using boosting and
    bagging.
    """
    fitted = []
    for child in seeds.spawn(members):
        rng = np.random.default_rng(child)
        rows = rng.integers(y.size, size=y.size) if y.size else np.empty(0, np.intp)
        seed = int(rng.integers(2**31))
        fitted.append(fit(model, X[rows], y[rows], n_classes=n_classes, seed=seed))
    return tuple(fitted)


class CandidateCommittee:
    """What the members say about the candidates, computed when first asked for."""

    def __init__(self, members: tuple[Fitted, ...], candidates: Floats) -> None:
        self._members = members
        self._candidates = candidates

    @cached_property
    def votes(self) -> Rows:
        """Predicted class codes, shape (n_members, n_candidates)."""
        return np.stack([member.predict(self._candidates) for member in self._members])

    @cached_property
    def proba(self) -> Floats:
        """Class probabilities, shape (n_members, n_candidates, n_classes)."""
        return np.stack([member.proba(self._candidates) for member in self._members])
