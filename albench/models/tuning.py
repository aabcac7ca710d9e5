"""A search for a model's parameters on labelled rows, inside a trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from albench.errors import ModelError
from albench.models.fitting import ModelFitter

if TYPE_CHECKING:
    from albench.contracts import Floats, Model, Rows


def tune_model(model: Model, X: Floats, y: Rows, n_classes: int, seed: int) -> Model | None:
    """Return a model with the parameters that do best in cross-validation on labelled rows.

    Parameters
    ----------
    model : Model
        Its ``tune`` says what is searched for; what it is resampled by touches training folds alone.
    X : ndarray or csr_matrix of shape (n, d)
    y : ndarray of shape (n,), int
        Class codes.
    seed : int
        Of the folds and of the models.

    Returns
    -------
    Model or None
        None while there is one class, or a class has fewer rows than there are folds.
    """
    from sklearn.metrics import accuracy_score, balanced_accuracy_score
    from sklearn.model_selection import ParameterGrid, StratifiedKFold

    tuning = model.tune
    if tuning is None:
        return model
    counts = np.unique(y, return_counts=True)[1]
    if counts.size < 2 or counts.min() < tuning.cv:  # noqa: PLR2004 - one class has nothing to tell apart
        return None
    grid: list[dict[str, Any]] = list(ParameterGrid({name: list(each) for name, each in tuning.grid.items()}))
    models = [with_parameters(model, parameters) for parameters in grid]
    folds = list(StratifiedKFold(tuning.cv, shuffle=True, random_state=seed).split(X, y))
    score = balanced_accuracy_score if tuning.metric == "balanced_accuracy" else accuracy_score
    scores = []
    for parameters, candidate in zip(grid, models, strict=True):
        fitter = ModelFitter.from_model(candidate, seed)
        try:
            predictions = [
                fitter.fit(X[train], y[train], n_classes).predict(X[test]) for train, test in folds
            ]
        except ValueError as error:
            values = ", ".join(f"{name} {value}" for name, value in parameters.items())
            raise ModelError(f"'tune' tries {values} on {y.size} labelled rows: {error}") from error
        scores.append(np.mean([score(y[test], p) for (_, test), p in zip(folds, predictions, strict=True)]))
    return models[int(np.argmax(np.round(scores, 12)))]


def with_parameters(model: Model, parameters: dict[str, Any]) -> Model:
    """Return a model with other values of some parameters, which searches for none."""
    return model.model_copy(update={"params": {**model.params, **parameters}, "tune": None})
