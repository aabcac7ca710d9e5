"""Fitting a model, and the fitted model in a closed world: predictions cover the dataset's classes.

Classes are codes 0..n_classes-1. While nothing is labelled every class is equally probable; while one class
is labelled the model is the constant one; classes that were not among the labels have probability 0.
"""

from __future__ import annotations

import inspect
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.contracts.returned import check_embedding, check_predictions, check_proba, find_column_order
from albench.errors import ImportPathError, ModelError
from albench.estimators.building import (
    NEEDS_CONSECUTIVE_CLASSES,
    build_parameters,
    explain_refusal,
    suggest_extra,
)
from albench.models import fast_logistic
from albench.models.calibration import fit_calibrated
from albench.models.decision import compute_decision_values
from albench.models.resampling import resample
from albench.models.smoothing import smooth_labels
from albench.models.stacking import stack_rows
from albench.registry.imports import import_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.contracts import Floats, Model, Rows

# Their predict() is the argmax of predict_proba() by definition, so one call serves both.
_PREDICTS_ARGMAX = (
    "RandomForestClassifier",
    "ExtraTreesClassifier",
    "DecisionTreeClassifier",
    "ExtraTreeClassifier",
    "BaggingClassifier",
)

SEMI_SUPERVISED = (
    "sklearn.semi_supervised.SelfTrainingClassifier",
    "sklearn.semi_supervised.LabelPropagation",
    "sklearn.semi_supervised.LabelSpreading",
)
"""Estimators that are given the unlabelled rows of the pool, too, with the label -1."""
LINEAR = "sklearn.linear_model."
WARM_START = "warm_start"


def import_estimator_class(path: str) -> Any:
    """Import an estimator class by path.

    Raises
    ------
    ModelError
        If there is no such class.
    """
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
        """Look up the estimator, with ``seed`` as its ``random_state`` unless the spec sets one.

        Raises
        ------
        ModelError
            If the parameters do not suit the estimator, or what is declared beside them.
        """
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
    from albench.models.weights import find_weights_misfit

    if problem := find_weights_misfit(model):
        raise ModelError(f"{model.estimator}: 'label_smoothing' gives rows their weight, but {problem}")


class FittedModel:
    """A fitted estimator over all classes of a dataset.

    Parameters
    ----------
    estimator : object or None
        The fitted estimator; None for the constant and the uniform model.
    classes : ndarray of int
        Codes that were among the labels, ascending.
    consecutive : bool
        True if it knows classes by their positions in ``classes``.
    is_plain : bool
        Whether it was fitted on labelled rows as they are: neither resampled nor weighted.
    """

    __slots__ = ("_column_order", "classes", "consecutive", "estimator", "is_plain", "n_classes")

    def __init__(
        self,
        estimator: Any,
        classes: Rows,
        n_classes: int,
        *,
        consecutive: bool = False,
        is_plain: bool = True,
    ) -> None:
        self.estimator = estimator
        self.classes = classes
        self.n_classes = n_classes
        self.consecutive = consecutive
        self.is_plain = is_plain
        positions = np.arange(classes.size) if consecutive else classes
        self._column_order = find_column_order(estimator, positions)

    def copy(self) -> FittedModel:
        """Return a model that can be changed without changing this one."""
        estimator = deepcopy(self.estimator)
        return FittedModel(
            estimator, self.classes, self.n_classes, consecutive=self.consecutive, is_plain=self.is_plain
        )

    @property
    def has_proba(self) -> bool:
        """True if class probabilities can be asked for."""
        return self.estimator is None or hasattr(self.estimator, "predict_proba")

    @property
    def is_plain_logistic(self) -> bool:
        """True if it is a few numbers: coefficients of scikit-learn's logistic regression, or a constant."""
        return self.estimator is None or fast_logistic.is_logistic(self.estimator)

    @property
    def predicts_argmax(self) -> bool:
        """True if the predicted class is the most probable one by definition."""
        return self.estimator is None or type(self.estimator).__name__ in _PREDICTS_ARGMAX

    def predict(self, X: Floats) -> Rows:
        """Return class codes of shape (n,)."""
        if self.estimator is None:
            return np.full(X.shape[0], self.classes[0] if self.classes.size else 0, dtype=np.intp)
        decision = fast_logistic.compute_decisions(self.estimator, X)
        answer = (
            self.estimator.predict(X)
            if decision is None
            else fast_logistic.predict_classes(self.estimator, decision)
        )
        n_known = self.classes.size if self.consecutive else self.n_classes
        codes = check_predictions(answer, type(self.estimator).__name__, X.shape[0], n_known)
        return self.classes[codes] if self.consecutive else codes

    def proba(self, X: Floats) -> Floats:
        """Return class probabilities of shape (n, n_classes).

        Raises
        ------
        ModelError
            If the estimator has none.
        """
        if self.estimator is None:
            return self._predict_constant(X.shape[0])
        if not self.has_proba:
            raise ModelError(f"{type(self.estimator).__name__} gives no probabilities")
        decision = fast_logistic.compute_decisions(self.estimator, X)
        proba: Floats = np.asarray(
            self._predict_proba(X) if decision is None else fast_logistic.compute_proba(decision),
            dtype=np.float64,
        )
        if self.classes.size == self.n_classes:
            return proba
        full = np.zeros((X.shape[0], self.n_classes))
        full[:, self.classes] = proba
        return full

    def _predict_proba(self, X: Floats) -> Floats:
        proba = self.estimator.predict_proba(X)
        values = check_proba(proba, type(self.estimator).__name__, X.shape[0], self.classes.size)
        return values if self._column_order is None else values[:, self._column_order]

    def decision(self, X: Floats) -> Floats:
        """Return decision values over the classes seen: (n,) if there are two, else (n, n_seen).

        Raises
        ------
        ModelError
            If the estimator has none, or not one a class.
        """
        if self.estimator is None:
            return np.zeros(X.shape[0])
        decision = compute_decision_values(self.estimator, X, self.classes.size)
        if self._column_order is None:
            return decision
        # Of two classes in descending order the one value speaks for the other class.
        return -decision if decision.ndim == 1 else decision[:, self._column_order]

    def embedding(self, X: Floats) -> Floats | None:
        """Return the estimator's own representation of rows, shape (n, k); None if it has none."""
        embed = getattr(self.estimator, "embed", None)
        return None if embed is None else check_embedding(embed(X), type(self.estimator).__name__, X.shape[0])

    def sample_dropout(self, seeds: Sequence[int]) -> tuple[FittedModel, ...]:
        """Return the model under one dropout mask a seed; the constant model as often.

        Raises
        ------
        ModelError
            If the estimator has no dropout.
        """
        if self.estimator is None:
            return tuple(self for _ in seeds)
        sample = getattr(self.estimator, "dropout_sample", None)
        if sample is None:
            name = type(self.estimator).__name__
            raise ModelError(f"{name} has no dropout to sample from: 'mc_dropout' is for neural networks")
        return tuple(FittedModel(sample(seed), self.classes, self.n_classes) for seed in seeds)

    def _predict_constant(self, n: int) -> Floats:
        if not self.classes.size:
            return np.full((n, self.n_classes), 1 / self.n_classes)
        full = np.zeros((n, self.n_classes))
        full[:, self.classes[0]] = 1
        return full


def fit_model(model: Model, X: Floats, y: Rows, *, n_classes: int, seed: int) -> FittedModel:
    """Fit a model once; see :class:`ModelFitter` for many fits."""
    return ModelFitter.from_model(model, seed).fit(X, y, n_classes)
