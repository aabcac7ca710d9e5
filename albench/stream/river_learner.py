"""Classifiers of River as learners."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.errors import ModelError
from albench.estimators.building import RIVER_METHODS, import_class, make_object

if TYPE_CHECKING:
    from albench.contracts import Floats, Model


class RiverLearner:
    """A classifier of River, asked row by row; while it knows no class, all are equally probable.

    Parameters
    ----------
    model : Model
        Its ``estimator`` is the import path of the class; its ``seed`` is filled in where left open.
    """

    def __init__(self, model: Model, n_classes: int, seed: int) -> None:
        cls = import_class(model.estimator)
        takes_seed = "seed" in inspect.signature(cls).parameters
        params: dict[str, Any] = {"seed": seed, **model.params} if takes_seed else model.params
        self._classifier = make_object(model.estimator, params, seed)
        self._name = model.estimator
        self._n_classes = n_classes
        for method in RIVER_METHODS:
            if not hasattr(self._classifier, method):
                raise ModelError(f"{self._name} is no classifier of River: it has no {method}")

    def predict_proba(self, features: Floats) -> Floats:
        """Return class probabilities; 0 for classes that the classifier does not know yet."""
        answer: dict[int, float] = self._classifier.predict_proba_one(_name_features(features))
        if not answer:
            return np.full(self._n_classes, 1 / self._n_classes)
        proba = np.zeros(self._n_classes)
        for label, probability in answer.items():
            proba[label] = probability
        return proba

    def learn(self, features: Floats, label: int) -> None:
        """Learn a label."""
        self._classifier.learn_one(_name_features(features), label)

    def advance(self) -> None:
        """Know that a row arrives."""


def _name_features(features: Floats) -> dict[int, float]:
    return dict(enumerate(features.tolist()))
