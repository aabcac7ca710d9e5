"""Fitting a model: its estimator is made anew for each fit; fewer than two classes need none.

Classes are codes 0..n_classes-1, of which only some may be among the labels (:mod:`albench.models.fitted`).
"""

from __future__ import annotations

import inspect
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.errors import ImportPathError, ModelError
from albench.estimators.building import (
    NEEDS_CONSECUTIVE_CLASSES,
    build_parameters,
    explain_refusal,
    suggest_extra,
)
from albench.models import fast_logistic
from albench.models.calibration import fit_calibrated
from albench.models.fitted import FittedModel
from albench.models.resampling import resample
from albench.models.smoothing import smooth_labels
from albench.models.stacking import stack_rows
from albench.registry.imports import import_object

if TYPE_CHECKING:
    from albench.contracts import Floats, Model, Rows

SEMI_SUPERVISED = (
    "sklearn.semi_supervised.SelfTrainingClassifier",
    "sklearn.semi_supervised.LabelPropagation",
    "sklearn.semi_supervised.LabelSpreading",
)
"""Estimators that are given the unlabelled rows of the pool, too, with the label -1."""
LINEAR = "sklearn.linear_model."
WARM_START = "warm_start"


def import_estimator_class(path: str) -> Any:
    """Import an estimator class by path."""
    try:
        cls = import_object(path, Path())
    except ImportPathError as error:
        raise ModelError(f"cannot import estimator '{path}': {error}{suggest_extra(path)}") from error
    if not inspect.isclass(cls) or not (hasattr(cls, "fit") and hasattr(cls, "predict")):
        raise ModelError(f"'{path}' is no scikit-learn estimator: it needs fit and predict")
    return cls


@dataclass(frozen=True)
class ModelFitter:
    """Fits a model many times, a new estimator each time; class and parameters are looked up once.

    Attributes
    ----------
    seed : int
        ``random_state`` of whatever the spec leaves open.
    cls : type
        The estimator's class.
    takes_seed : bool
        Whether it has a ``random_state``.
    """

    model: Model
    seed: int
    cls: Any
    takes_seed: bool

    @classmethod
    def from_model(cls, model: Model, seed: int) -> ModelFitter:
        """Look up the estimator, with ``seed`` as its ``random_state`` unless the spec sets one."""
        estimator_class = import_estimator_class(model.estimator)
        try:
            estimator = estimator_class(**build_parameters(model.params, seed))
            takes_seed = "random_state" in estimator.get_params(deep=False)
        except (TypeError, ValueError) as error:
            text = explain_refusal(error, estimator_class, model.estimator, model.params)
            raise ModelError(text) from error
        _check_warm_start(model)
        _check_smoothing(model)
        return cls(model, seed, estimator_class, takes_seed)

    def with_seed(self, seed: int) -> ModelFitter:
        """Return one that makes the same estimator with another seed."""
        return replace(self, seed=seed)

    @property
    def is_semi_supervised(self) -> bool:
        """True if it learns from unlabelled rows, too."""
        return self.model.estimator in SEMI_SUPERVISED

    @property
    def _is_warm(self) -> bool:
        return bool(self.model.params.get(WARM_START))

    def make_estimator(self) -> Any:
        """Return a new estimator."""
        seed = {"random_state": self.seed} if self.takes_seed else {}
        return self.cls(**build_parameters({**seed, **self.model.params}, self.seed))

    def fit(
        self,
        X: Floats,
        y: Rows,
        n_classes: int,
        *,
        unlabelled: Floats | None = None,
        before: FittedModel | None = None,
        weights: Floats | None = None,
    ) -> FittedModel:
        """Fit on labelled rows; fewer than two classes need no fit.

        Parameters
        ----------
        X : ndarray of shape (n, d)
        y : ndarray of shape (n,), int
            Class codes.
        n_classes : int
            Classes of the dataset.
        unlabelled : ndarray of shape (m, d), optional
            Rows without labels, for semi-supervised estimators.
        before : FittedModel, optional
            What the last fit gave, for a warm start; it stays as it is.
        weights : ndarray of shape (n,), optional
            Of the labelled rows, for estimators that take ``sample_weight``.
        """
        classes = np.flatnonzero(np.bincount(y, minlength=n_classes))
        if classes.size < 2:  # noqa: PLR2004
            return FittedModel(None, classes, n_classes)
        if self.model.resampling is not None:
            if weights is not None:
                raise ModelError(f"{self.model.estimator} is fitted on resampled rows, which have no weights")
            X, y = resample(X, y, self.model.resampling, self.seed)
        if self.model.label_smoothing:
            X, y, weights = smooth_labels(X, y, self.model.label_smoothing, weights)
        if self.model.estimator.startswith(NEEDS_CONSECUTIVE_CLASSES):
            positions = np.searchsorted(classes, y)
            estimator = self._fit_estimator(X, positions, None, weights)
            return FittedModel(estimator, classes, n_classes, consecutive=True)
        if unlabelled is not None and self.is_semi_supervised:
            X, y = stack_rows([X, unlabelled]), np.concatenate([y, np.full(unlabelled.shape[0], -1)])
        continues = before is not None and self._is_warm and np.array_equal(before.classes, classes)
        estimator = self._fit_estimator(X, y, before if continues else None, weights)
        is_plain = self.model.resampling is None and weights is None
        return FittedModel(estimator, classes, n_classes, is_plain=is_plain)

    def _fit_estimator(self, X: Floats, y: Rows, before: FittedModel | None, weights: Floats | None) -> Any:
        if weights is not None and (self.model.calibrated is not None or self.is_semi_supervised):
            raise ModelError(f"{self.model.estimator} with these settings is fitted without weights of rows")
        if self.model.calibrated is not None:
            return fit_calibrated(self.make_estimator(), X, y, self.model.calibrated)
        # A copy: strategies may hold the last round's model.
        if before is not None:
            return _fit(deepcopy(before.estimator), X, y, weights)
        estimator = self.make_estimator()
        if weights is not None:
            return _fit(estimator, X, y, weights)
        plain = fast_logistic.fit_plain(estimator, X, y)
        return _fit(estimator, X, y) if plain is None else plain


def _fit(estimator: Any, X: Floats, y: Rows, weights: Floats | None = None) -> Any:
    fitted = estimator.fit(X, y) if weights is None else estimator.fit(X, y, sample_weight=weights)
    # By scikit-learn's contract fit returns self; without that line it is the estimator that was fitted, too.
    return estimator if fitted is None else fitted


def _check_warm_start(model: Model) -> None:
    if not model.params.get(WARM_START):
        return
    if not model.estimator.startswith(LINEAR) or model.calibrated is not None:
        raise ModelError(
            f"{model.estimator}: 'warm_start' is for linear models that are not calibrated; any other"
            " estimator is made anew for every fit"
        )


def _check_smoothing(model: Model) -> None:
    if not model.label_smoothing:
        return
    if problem := find_weights_misfit(model):
        raise ModelError(f"{model.estimator}: 'label_smoothing' gives rows their weight, but {problem}")


def fit_model(model: Model, X: Floats, y: Rows, *, n_classes: int, seed: int) -> FittedModel:
    """Fit a model once; see :class:`ModelFitter` for many fits."""
    return ModelFitter.from_model(model, seed).fit(X, y, n_classes)


def find_weights_misfit(model: Model) -> str:
    """Return why a model takes no weights of rows; nothing if it does."""
    from sklearn.utils.validation import has_fit_parameter

    if model.calibrated is not None:
        return "calibrated probabilities are fitted without weights of rows"
    if model.estimator in SEMI_SUPERVISED:
        return "a semi-supervised model is fitted without weights of rows"
    if not has_fit_parameter(import_estimator_class(model.estimator), "sample_weight"):
        return f"fit() of {model.estimator.rpartition('.')[2]} takes no sample_weight"
    return ""
