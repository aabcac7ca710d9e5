"""Contract tests of an estimator, on labels as they are early in a trial."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from albench.checking.contract_check import make_read_only, run_test
from albench.checking.pools import make_blobs
from albench.models.fitting import ModelFitter, import_estimator_class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.checking.contract_check import ContractCheck
    from albench.contracts import Floats, Model, Rows
    from albench.models.fitted import FittedModel

_SEED = 0


class _Situation(NamedTuple):
    """Labelled rows of a pool."""

    name: str
    X: Any
    y: Rows
    n_classes: int


def iterate_checks(model: Model) -> Iterator[ContractCheck]:
    """Run one contract test after another."""
    cls = import_estimator_class(model.estimator)
    yield run_test("is made with its parameters", partial(_check_parameters, model), cls)
    for situation in _make_situations():
        yield run_test(situation.name, partial(_check_fit, model, situation), cls)
    yield run_test("fit returns the estimator", partial(_check_return, model), cls)
    sparse = run_test("sparse features", partial(_check_sparse, model), cls)
    # Many estimators take none; only a dataset with sparse columns needs them.
    yield sparse if sparse.passed else replace(sparse, tried=False)


def _make_situations() -> list[_Situation]:
    X, y = make_blobs(60, 4, 3)
    binary, sides = make_blobs(40, 3, 2)
    early = np.concatenate([np.flatnonzero(y == 0)[:6], np.flatnonzero(y == y.max())[:6]])
    return [
        _Situation("two classes", binary, sides, 2),
        _Situation("three classes", X, y, 3),
        _Situation("a class that is not among the labels yet", X[early], y[early], 3),
        _Situation("nine to one", binary, (np.arange(40) % 10 == 0).astype(np.intp), 2),
        _Situation("duplicated rows", np.repeat(X[:6], 5, axis=0), np.repeat(y[:6], 5), 3),
        _Situation("one feature", X[:, :1], y, 3),
        _Situation("one row of each class", X[:3], np.arange(3), 3),
    ]


def _fit(model: Model, situation: _Situation) -> FittedModel:
    fitter = ModelFitter.from_model(model, _SEED)
    X = make_read_only(situation.X) if isinstance(situation.X, np.ndarray) else situation.X
    return fitter.fit(X, make_read_only(situation.y), situation.n_classes)


def _check_parameters(model: Model) -> str | None:
    ModelFitter.from_model(model, _SEED).make_estimator()
    return None


def _check_fit(model: Model, situation: _Situation) -> str | None:
    unseen, _ = make_blobs(30, situation.X.shape[1], 2, seed=1)
    X = np.concatenate([situation.X, unseen])
    first, second = (_answer(model, situation, X) for _ in range(2))
    if not all(np.array_equal(answer, again) for answer, again in zip(first, second, strict=True)):
        return "two fits with one random_state answer differently"
    predicted, *rest = first
    if rest and (contradictions := _count_contradictions(predicted, rest[0])):
        text = "predictions are not the most probable class by predict_proba"
        return f"{contradictions} of {predicted.size} {text}"
    return None


def _answer(model: Model, situation: _Situation, X: Floats) -> list[Any]:
    fitted = _fit(model, situation)
    X = make_read_only(X)
    return [fitted.predict(X), *([fitted.proba(X)] if fitted.has_proba else [])]


def _count_contradictions(predicted: Rows, proba: Floats) -> int:
    return int((proba.max(axis=1) > proba[np.arange(predicted.size), predicted] + 1e-6).sum())


def _check_return(model: Model) -> str | None:
    situation = _make_situations()[1]
    estimator = ModelFitter.from_model(model, _SEED).make_estimator()
    returned = estimator.fit(situation.X, situation.y)
    return None if returned is estimator else f"fit() returns {type(returned).__name__}: it returns self"


def _check_sparse(model: Model) -> str | None:
    from scipy.sparse import csr_matrix

    situation = _make_situations()[1]
    X = csr_matrix(np.where(situation.X > 0, situation.X, 0))
    fitted = _fit(model, situation._replace(X=X))
    fitted.predict(X)
    return None
