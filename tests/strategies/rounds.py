"""Rounds made of given numbers, and the numbers of reference libraries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from albench.checking.pools import AwkwardPool
from albench.models.fitted import FittedModel
from albench.models.names import MODELS
from albench.prepared.shared_arrays import SharedArrays
from albench.strategies.random import Random
from albench.trial.pool_view import RoundView
from albench.trial.random_streams import TrialStreams


class FixedClassifier:
    """A classifier that answers with given probabilities of the rows of a pool."""

    def __init__(self, X, proba):
        self.rows = {row.tobytes(): p for row, p in zip(np.ascontiguousarray(X), proba, strict=True)}

    def predict_proba(self, X):
        return np.array([self.rows[row.tobytes()] for row in np.ascontiguousarray(X)])

    def predict(self, X):
        return self.predict_proba(X).argmax(axis=1)


def round_of(
    X,
    labelled=(),
    labels=(),
    *,
    n_classes=3,
    proba=None,
    estimator: Any = None,
    batch_size=5,
    seed=0,
    index=0,
) -> RoundView:
    """A round in which ``labelled`` pool positions have ``labels``; a model is there if told of one."""
    X = np.ascontiguousarray(X, dtype=float)
    labelled, labels = np.array(labelled, dtype=np.intp), np.array(labels, dtype=np.intp)
    labels = labels if labels.size else np.zeros(labelled.size, np.intp)
    order = np.argsort(labelled)
    estimator = FixedClassifier(X, proba) if proba is not None else estimator
    awkward_pool = AwkwardPool("worked", X, np.zeros(len(X), np.intp), n_classes, batch_size=batch_size)
    return RoundView(
        features=X,
        labelled=labelled[order],
        labels=labels[order],
        candidates=np.setdiff1d(np.arange(len(X)), labelled),
        n_classes=n_classes,
        round_index=index,
        batch_size=batch_size,
        fitted=FittedModel(estimator, np.arange(n_classes), n_classes) if estimator is not None else None,
        query_model=MODELS["logistic_regression"].make_model({}),
        streams=TrialStreams(awkward_pool.build_task(Random()).identity, np.random.SeedSequence(seed)),
        shared=SharedArrays(X, n_classes=n_classes, random_state=seed, dataset="worked", split=0),
    )


def batch_of(strategy, view, n):
    """Pool rows that a strategy picks in its first round, and their utilities."""
    picks = strategy.select(view, strategy.start(view), n)
    return view.candidates[picks.candidates], picks.utilities


def numbers(value):
    """Nested lists in which not-a-number and infinities are texts, as arrays."""
    return np.array(value, dtype=object).astype(float) if isinstance(value, list) else value


def golden(strategy: str, **wanted: str) -> dict[str, Any]:
    """Inputs and outputs of the one case of a reference library that matches, arrays where there are lists."""
    text = (Path(__file__).parent / "golden" / f"{strategy}.json").read_text(encoding="utf-8")
    cases = [
        case
        for case in json.loads(text)["cases"]
        if all(part in case[field] for field, part in wanted.items())
    ]
    (case,) = cases
    return {name: numbers(value) for name, value in {**case["inputs"], **case["outputs"]}.items()}


def whole(proba_of_candidates, candidates, n):
    """Probabilities of all rows: those of the labelled ones are uniform."""
    proba = np.full((n, proba_of_candidates.shape[1]), 1 / proba_of_candidates.shape[1])
    proba[np.asarray(candidates, dtype=int)] = proba_of_candidates
    return proba


def rounds_of(strategy, X, labelled, n, rounds, **options):
    """Run a strategy for some rounds, labelling what it picks; yield each round and its picks."""
    state = None
    for index in range(rounds):
        if len(labelled) == len(X):
            return
        view = round_of(X, labelled, index=index, batch_size=n, **options)
        state = strategy.start(view) if index == 0 else state
        picks = strategy.select(view, state, min(n, view.candidates.size))
        yield view, picks
        labelled = np.concatenate([labelled, view.candidates[picks.candidates]]).astype(int)


def pool(seed, n, d, *, kind="continuous"):
    """A small random pool: continuous, with every row twice, or on a coarse grid."""
    rng = np.random.default_rng(seed)
    if kind == "twice":
        return np.repeat(rng.normal(size=((n + 1) // 2, d)), 2, axis=0)[:n]
    return rng.integers(0, 3, size=(n, d)).astype(float) if kind == "grid" else rng.normal(size=(n, d))
