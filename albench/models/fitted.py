"""A model after a fit, in a closed world: its answers always cover the dataset's classes.

Classes are codes 0..n_classes-1. While nothing is labelled every class is equally probable; while one class
is labelled the model is the constant one; classes that were not among the labels have probability 0.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from albench import registry
from albench.errors import ModelError

if TYPE_CHECKING:
    from albench.contracts import Floats, Model, Rows

# Their predict() is the argmax of predict_proba() by definition, so one call serves both.
_PREDICTS_ARGMAX = (
    "RandomForestClassifier",
    "ExtraTreesClassifier",
    "DecisionTreeClassifier",
    "ExtraTreeClassifier",
    "BaggingClassifier",
)


def estimator_class(path: str) -> Any:
    """Import an estimator class by path.

    Raises
    ------
    ModelError
        If there is no such class.
    """
    try:
        found = registry.imported(path, Path())
    except registry.ImportPathError as error:
        raise ModelError(f"cannot import estimator '{path}': {error}") from error
    if not inspect.isclass(found) or not (hasattr(found, "fit") and hasattr(found, "predict")):
        raise ModelError(f"'{path}' is no scikit-learn estimator: it needs fit and predict")
    return found


@dataclass(frozen=True)
class Maker:
    """Makes the estimator of a model anew for every fit; what it takes is looked up once.

    Attributes
    ----------
    cls : type
        The estimator's class.
    keywords : dict
        Its parameters, ``random_state`` among them where it has one.
    """

    cls: Any
    keywords: dict[str, Any]

    @classmethod
    def of(cls, model: Model, seed: int) -> Maker:
        """Look up the estimator, with ``seed`` as its ``random_state`` unless the spec sets one.

        Raises
        ------
        ModelError
            If the parameters do not suit the estimator.
        """
        found = estimator_class(model.estimator)
        try:
            takes_seed = "random_state" in found(**model.params).get_params(deep=False)
        except TypeError as error:
            raise ModelError(f"{model.estimator}: {error}") from error
        return cls(found, {**({"random_state": seed} if takes_seed else {}), **model.params})

    def estimator(self) -> Any:
        """Return a new estimator."""
        return self.cls(**self.keywords)

    def fit(self, X: Floats, y: Rows, n_classes: int) -> Fitted:
        """Fit on labelled rows; fewer than two classes need no fit.

        Parameters
        ----------
        X : ndarray of shape (n, d)
        y : ndarray of shape (n,), int
            Class codes.
        n_classes : int
            Classes of the dataset.
        """
        classes = np.flatnonzero(np.bincount(y, minlength=n_classes))
        if classes.size < 2:  # noqa: PLR2004
            return Fitted(None, classes, n_classes)
        return Fitted(self.estimator().fit(X, y), classes, n_classes)


class Fitted:
    """A fitted estimator over all classes of a dataset.

    Parameters
    ----------
    estimator : object or None
        The fitted estimator; None for the constant and the uniform model.
    classes : ndarray of int
        Codes that were among the labels, ascending.
    n_classes : int
    """

    __slots__ = ("classes", "estimator", "n_classes")

    def __init__(self, estimator: Any, classes: Rows, n_classes: int) -> None:
        self.estimator = estimator
        self.classes = classes
        self.n_classes = n_classes

    @property
    def has_proba(self) -> bool:
        """True if class probabilities can be asked for."""
        return self.estimator is None or hasattr(self.estimator, "predict_proba")

    @property
    def predicts_argmax(self) -> bool:
        """True if the predicted class is the most probable one by definition."""
        return self.estimator is None or type(self.estimator).__name__ in _PREDICTS_ARGMAX

    def predict(self, X: Floats) -> Rows:
        """Return class codes of shape (n,)."""
        if self.estimator is None:
            return np.full(X.shape[0], self.classes[0] if self.classes.size else 0, dtype=np.intp)
        return np.asarray(self.estimator.predict(X), dtype=np.intp)

    def proba(self, X: Floats) -> Floats:
        """Return class probabilities of shape (n, n_classes).

        Raises
        ------
        ModelError
            If the estimator has none.
        """
        if self.estimator is None:
            return self._constant(X.shape[0])
        if not self.has_proba:
            raise ModelError(f"{type(self.estimator).__name__} gives no probabilities")
        found: Floats = self.estimator.predict_proba(X)
        if self.classes.size == self.n_classes:
            return found
        full = np.zeros((X.shape[0], self.n_classes))
        full[:, self.classes] = found
        return full

    def decision(self, X: Floats) -> Floats:
        """Return decision values over the classes seen: (n,) if there are two, else (n, n_seen).

        Raises
        ------
        ModelError
            If the estimator has none.
        """
        if self.estimator is None:
            return np.zeros(X.shape[0])
        if not hasattr(self.estimator, "decision_function"):
            raise ModelError(f"{type(self.estimator).__name__} gives no decision values")
        return np.asarray(self.estimator.decision_function(X), dtype=np.float64)

    def _constant(self, n: int) -> Floats:
        if not self.classes.size:
            return np.full((n, self.n_classes), 1 / self.n_classes)
        full = np.zeros((n, self.n_classes))
        full[:, self.classes[0]] = 1
        return full


def fit(model: Model, X: Floats, y: Rows, *, n_classes: int, seed: int) -> Fitted:
    """Fit a model once; see :class:`Maker` for many fits."""
    return Maker.of(model, seed).fit(X, y, n_classes)
