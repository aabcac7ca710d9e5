"""A fitted model in a closed world: predictions cover the dataset's classes.

Classes are codes 0..n_classes-1. While nothing is labelled every class is equally probable; while one class
is labelled the model is the constant one; classes that were not among the labels have probability 0.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.contracts.returned import check_embedding, check_predictions, check_proba, find_column_order
from albench.errors import ModelError
from albench.models import fast_logistic
from albench.models.decision import compute_decision_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.contracts import Floats, Rows

# Their predict() is the argmax of predict_proba() by definition, so one call serves both.
_PREDICTS_ARGMAX = (
    "RandomForestClassifier",
    "ExtraTreesClassifier",
    "DecisionTreeClassifier",
    "ExtraTreeClassifier",
    "BaggingClassifier",
)


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
        """Return class probabilities of shape (n, n_classes)."""
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
        """Return decision values over the classes seen: (n,) if there are two, else (n, n_seen)."""
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
        """Return the model under one dropout mask a seed; the constant model as often."""
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
