"""A trial against a loop of thirty lines written with scikit-learn alone: equal to the last bit."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.special import xlogy
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, pairwise_distances
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from albench.registry.lookup import restore_component
from albench.trial.execute import run_trial
from albench.trial.random_streams import TrialStreams


def margin(model, X, labelled, candidates, n, order):
    proba = np.sort(model.predict_proba(X[candidates]), axis=1)
    return order(proba[:, -2] - proba[:, -1])[:n]


def entropy(model, X, labelled, candidates, n, order):
    proba = model.predict_proba(X[candidates])
    return order(-xlogy(proba, proba).sum(axis=1))[:n]


def k_center(model, X, labelled, candidates, n, order):
    chosen = []
    for _ in range(n):
        centres = np.concatenate([labelled, candidates[chosen]])
        nearest = pairwise_distances(X[candidates], X[centres.astype(int)]).min(axis=1)
        nearest[chosen] = -1
        chosen.append(order(nearest)[0])
    return np.array(chosen)


def plain_loop(make_model, arrays, seeds, query, keys_of_round, *, batch, rounds):
    X, y = np.array(arrays.pool_features), np.array(arrays.pool_labels)
    labelled, curve, picks = np.sort(seeds), [], []
    for i in itertools.count():
        model = make_model().fit(X[labelled], y[labelled])
        curve.append(accuracy_score(arrays.test_labels, model.predict(arrays.test_features)))
        if i == rounds:
            break
        candidates = np.setdiff1d(np.arange(len(y)), labelled)
        keys = keys_of_round(i, len(candidates))

        def order(utility, keys=keys):
            return np.lexsort((keys, [-float(f"{u:.11e}") for u in utility]))

        chosen = candidates[query(model, X, labelled, candidates, batch, order)]
        picks.append(arrays.pool_rows[chosen].tolist())
        labelled = np.sort(np.concatenate([labelled, chosen]))
    return curve, picks


def random_order(streams, n_pool):
    place = np.argsort(streams.open_strategy_rng(0).permutation(n_pool))
    return lambda model, X, labelled, candidates, n, order: np.argsort(place[candidates])[:n]


@pytest.mark.parametrize(
    ("dataset", "strategy", "model", "make_model"),
    [
        ("digits", "margin", "logistic_regression", lambda seed: LogisticRegression(max_iter=1000)),
        ("digits", "random", "logistic_regression", lambda seed: LogisticRegression(max_iter=1000)),
        ("breast_cancer", "random", "svm_rbf", lambda seed: SVC(random_state=seed)),
        ("breast_cancer", "entropy", "logistic_regression", lambda seed: LogisticRegression(max_iter=1000)),
        ("breast_cancer", "k_center", "svm_rbf", lambda seed: SVC(random_state=seed)),
    ],
)
def test_curve_and_picks_equal_those_of_a_plain_loop(case, dataset, strategy, model, make_model):
    example = case(dataset, strategy, model, labels=120)
    streams = TrialStreams.from_identity(example.task.identity, restore_component(example.task.strategy))
    seeds = streams.open_seed_set_rng().permutation(example.arrays.pool_labels.size)[:20]
    query = {"margin": margin, "entropy": entropy, "k_center": k_center}.get(strategy)
    with threadpool_limits(1):
        record = run_trial(example.task, example.arrays)
        seed = streams.derive_model_seed(example.task.identity.task_model)
        curve, picks = plain_loop(
            lambda: make_model(seed),
            example.arrays,
            seeds,
            query or random_order(streams, example.arrays.pool_labels.size),
            streams.draw_tie_keys,
            batch=10,
            rounds=10,
        )
    assert record.status == "done", record.traceback
    assert record.curve["accuracy"].tolist() == curve
    assert record.curve["n_labels"].tolist() == list(range(20, 121, 10))
    rows, rounds = record.queries["row"], record.queries["round"]
    assert rows[rounds == 0].tolist() == example.arrays.pool_rows[seeds].tolist()
    assert [rows[rounds == i].tolist() for i in range(1, 11)] == picks
