"""Twelve golden keys, and what may and may not change one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albench.batches import count_affordable_labels
from albench.canonical import digest
from albench.coverage import Coverage
from albench.identity import ReferenceIdentity, SharedFragment, TrialIdentity
from albench.models.names import MODELS
from albench.strategies.qbc import Qbc
from albench.strategies.random import Random
from albench.strategies.uncertainty import Margin

LOGISTIC = MODELS["logistic_regression"].make_model({}).fragment()
BASE = TrialIdentity(
    dataset="0" * 64,
    preprocessing={"name": "standard", "version": 1},
    split={"name": "holdout", "version": 1},
    split_index=0,
    validation=0.0,
    start=0,
    seed_size=10,
    seed_set={"name": "stratified", "version": 1},
    batch_size=5,
    task_model=LOGISTIC,
    query_model=LOGISTIC,
    strategy=Margin().fragment(),
    arm=0,
    oracle={"name": "perfect", "version": 1},
    random_state=0,
)
REFERENCE = ReferenceIdentity(
    dataset="0" * 64,
    preprocessing={"name": "standard", "version": 1},
    split={"name": "holdout", "version": 1},
    split_index=0,
    validation=0.0,
    task_model=LOGISTIC,
    oracle=None,
    random_state=0,
)
TWELVE = {
    "base": BASE,
    "dataset": replace(BASE, dataset="1" * 64),
    "split": replace(BASE, split_index=1),
    "start": replace(BASE, start=1),
    "seed_size": replace(BASE, seed_size=20),
    "batch_size": replace(BASE, batch_size=1),
    "model": replace(BASE, task_model=MODELS["logistic_regression"].make_model({"C": 0.1}).fragment()),
    "strategy": replace(BASE, strategy=Qbc(disagreement="kl").fragment()),
    "arm": replace(BASE, strategy=Random().fragment(), arm=1),
    "random_state": replace(BASE, random_state=1),
    "budget": replace(BASE, budget=100),
    "reference": REFERENCE,
}


def test_twelve_keys_are_what_they_were():
    """Users' results hang on these. A change needs a new KEY_VERSION and a word in the changelog."""
    golden = json.loads(Path(__file__).with_name("golden_keys.json").read_text(encoding="utf-8"))
    assert {name: identity.key for name, identity in TWELVE.items()} == golden
    assert len(set(golden.values())) == 12


def test_money_and_prices_are_in_the_key_of_trials_that_depend_on_them_alone():
    prices = {"label": 1.0, "classes": {"spam": 3.0}, "rows": "0" * 16, "batch": 5.0}
    spent = replace(BASE, money=250.0, prices=prices)
    assert spent.key == "09f2a69f98fdc0107e41dbfedda156af75f82b94ab0279fb7df9721e2d6aad20"
    others = [
        replace(spent, money=251.0),
        replace(spent, prices={**prices, "batch": 4.0}),
        replace(spent, prices=None),
    ]
    assert len({spent.key, BASE.key, *(other.key for other in others)}) == 5
    assert not {"money", "prices"} & BASE.to_dict().keys()


def test_a_parameter_at_its_default_is_no_parameter():
    assert Qbc(disagreement="vote_entropy", members=5).fragment() == Qbc().fragment()


def test_a_short_name_is_the_path_it_stands_for():
    named = MODELS["gaussian_nb"].make_model({})
    assert named.identity() == {"estimator": "sklearn.naive_bayes.GaussianNB"}


def test_a_raised_version_is_another_trial():
    raised = {**Margin().fragment(), "version": Margin.version + 1}
    assert replace(BASE, strategy=raised).key != BASE.key


RECORDED = Coverage(100, frozenset({"accuracy", "log_loss"}))


@pytest.mark.parametrize(
    ("request_", "missing", "only_scores"),
    [
        (RECORDED, (), False),
        (replace(RECORDED, labels=50), (), False),
        (replace(RECORDED, metrics=frozenset({"accuracy"})), (), False),
        (replace(RECORDED, labels=101), ("larger budget: 101 labels, 100 recorded",), False),
        (replace(RECORDED, metrics=RECORDED.metrics | {"roc_auc"}), ("new metric: roc_auc",), True),
        (replace(RECORDED, signals=frozenset({"agreement"})), ("new signal: agreement",), True),
        (replace(RECORDED, audit="probabilities"), ("more detail: probabilities of the picks",), False),
        (
            Coverage(200, frozenset({"roc_auc"})),
            ("larger budget: 200 labels, 100 recorded", "new metric: roc_auc"),
            False,
        ),
    ],
)
def test_coverage_says_what_is_missing(request_, missing, only_scores):
    assert RECORDED.list_missing(request_) == missing
    assert RECORDED.can_rescore(request_) is only_scores
    assert RECORDED.widen(request_).list_missing(request_) == ()
    assert RECORDED.widen(request_).list_missing(RECORDED) == ()


@given(
    seed=st.integers(0, 30),
    batch=st.integers(1, 20),
    pool=st.integers(31, 200),
    budgets=st.tuples(st.integers(31, 250), st.integers(31, 250)),
)
def test_the_last_whole_round_is_a_round_of_the_longer_run(seed, batch, pool, budgets):
    short, long = sorted(min(budget, pool) for budget in budgets)
    place = {"seed_size": seed, "batch_size": batch, "n_pool": pool}
    rounds = [seed]
    while rounds[-1] < count_affordable_labels(long, **place):
        rounds.append(min(rounds[-1] + batch, pool))
    assert rounds[-1] == count_affordable_labels(long, **place)
    assert count_affordable_labels(short, **place) == max(n for n in rounds if n <= short)


def test_fragments_that_are_shared_give_the_same_key():
    plain = {"name": "margin", "params": {"a": [1, 2.5, None, True], "b": "é"}, "version": 1}
    assert replace(BASE, strategy=SharedFragment(plain)).key == replace(BASE, strategy=plain).key
    assert replace(BASE, strategy=SharedFragment(plain)).key == digest(
        replace(BASE, strategy=plain).to_dict()
    )
