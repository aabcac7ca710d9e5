"""What predicts and learns on a stream: an estimator with ``partial_fit``, or any on a window of labels."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from albench.contracts.model import RIVER
from albench.errors import ModelError
from albench.models.fitted import FittedModel
from albench.models.fitting import ModelFitter
from albench.stream.river_learner import RiverLearner

if TYPE_CHECKING:
    from albench.contracts import Floats, Model


class Learner(Protocol):
    """Predicts the row that arrives, and learns labels as they arrive."""

    def predict_proba(self, features: Floats) -> Floats:
        """Return class probabilities of shape (n_classes,) for a row of shape (d,)."""
        ...

    def learn(self, features: Floats, label: int) -> None:
        """Learn a label."""
        ...

    def advance(self) -> None:
        """Know that a row arrives."""
        ...


@dataclass(frozen=True)
class LearnerSettings:
    """How a model learns from a stream.

    Attributes
    ----------
    refit_every : int or None
        It is fitted anew in every so many rows if labels have arrived; None to learn label by label.
    window : int or None
        Last labels that it is fitted on; None for all of them. Only of models that are fitted anew.
    """

    model: Model
    refit_every: int | None = None
    window: int | None = None

    def make_learner(self, n_classes: int, seed: int) -> Learner:
        """Return a learner that has seen nothing yet."""
        if self.model.estimator.startswith(RIVER):
            if self.refit_every is not None:
                raise ModelError(f"{self.model.estimator} learns label by label: it takes no 'refit_every'")
            return RiverLearner(self.model, n_classes, seed)
        fitter = ModelFitter.from_model(self.model, seed)
        if self.refit_every is None:
            return _IncrementalLearner(fitter, n_classes)
        return _WindowLearner(fitter, n_classes, self.refit_every, self.window)


_ONLY_IN_BATCHES = ("sklearn.naive_bayes.GaussianNB",)
"""Their ``partial_fit`` is of no use label by label: it smooths variances by that of the last batch, by 0 for
one row; where a class is constant in a column, probabilities are not-a-number then."""


def choose_learning(model: Model, refit_every: int, window: int | None) -> LearnerSettings:
    """Return how a model learns: label by label where it can, else fitted anew on a window.

    What is declared of fits (calibration, resampling, smoothed labels) needs a fit; it cannot be learnt label
    by label.
    """
    if model.estimator.startswith(RIVER):
        return LearnerSettings(model)
    fitter = ModelFitter.from_model(model, 0)
    is_plain = model.calibrated is None and model.resampling is None and not model.label_smoothing
    if is_plain and model.estimator not in _ONLY_IN_BATCHES:
        estimator = fitter.make_estimator()
        if hasattr(estimator, "partial_fit"):
            return LearnerSettings(model)
    return LearnerSettings(model, refit_every, window)


class _IncrementalLearner:
    """An estimator that learns label by label; before the first every class is equally probable."""

    def __init__(self, fitter: ModelFitter, n_classes: int) -> None:
        self._estimator = fitter.make_estimator()
        name = type(self._estimator).__name__
        for method in ("partial_fit", "predict_proba"):
            if not hasattr(self._estimator, method):
                raise ModelError(_explain_missing(name, method))
        self._classes = np.arange(n_classes)
        self._has_learned = False

    def predict_proba(self, features: Floats) -> Floats:
        if not self._has_learned:
            return np.full(self._classes.size, 1 / self._classes.size)
        proba: Floats = self._estimator.predict_proba(features[np.newaxis])[0]
        return proba

    def learn(self, features: Floats, label: int) -> None:
        classes: dict[str, Any] = {} if self._has_learned else {"classes": self._classes}
        self._estimator.partial_fit(features[np.newaxis], np.array([label]), **classes)
        self._has_learned = True

    def advance(self) -> None:
        pass


def _explain_missing(name: str, method: str) -> str:
    if method == "partial_fit":
        return f"{name} cannot learn label by label, it has no partial_fit: fit it anew with 'refit_every'"
    return f"{name} gives no probabilities, which streams need (for SGDClassifier: loss: log_loss)"


class _WindowLearner:
    """An estimator that is fitted anew on the last labels, or all of them."""

    def __init__(self, fitter: ModelFitter, n_classes: int, refit_every: int, window: int | None) -> None:
        self._fitter = fitter
        self._n_classes = n_classes
        self._refit_every = refit_every
        self._rows: deque[Floats] = deque(maxlen=window)
        self._labels: deque[int] = deque(maxlen=window)
        self._fitted = FittedModel(None, np.empty(0, np.intp), n_classes)
        self._has_new = False
        self._n_arrived = 0

    def predict_proba(self, features: Floats) -> Floats:
        if not self._fitted.has_proba:
            raise ModelError(_explain_missing(type(self._fitted.estimator).__name__, "predict_proba"))
        proba: Floats = self._fitted.proba(features[np.newaxis])[0]
        return proba

    def learn(self, features: Floats, label: int) -> None:
        self._rows.append(features)
        self._labels.append(label)
        self._has_new = True

    def advance(self) -> None:
        if self._has_new and self._n_arrived % self._refit_every == 0:
            X, y = np.asarray(self._rows), np.asarray(self._labels, dtype=np.intp)
            self._fitted = self._fitter.fit(X, y, self._n_classes)
            self._has_new = False
        self._n_arrived += 1


class Committee:
    """Learners of one kind that each learn a label as often as a Poisson draw of mean 1 says."""

    def __init__(
        self, settings: LearnerSettings, n_members: int, n_classes: int, rng: np.random.Generator
    ) -> None:
        seeds = rng.integers(2**31, size=n_members).tolist()
        self._members = [settings.make_learner(n_classes, seed) for seed in seeds]
        self._rng = rng

    def predict_proba(self, features: Floats) -> Floats:
        """Return class probabilities by each member, shape (n_members, n_classes)."""
        return np.asarray([member.predict_proba(features) for member in self._members])

    def learn(self, features: Floats, label: int) -> None:
        """Let each member learn a label as often as it draws."""
        for member, times in zip(self._members, self._rng.poisson(1.0, len(self._members)), strict=True):
            for _ in range(times):
                member.learn(features, label)

    def advance(self) -> None:
        """Know that a row arrives."""
        for member in self._members:
            member.advance()
