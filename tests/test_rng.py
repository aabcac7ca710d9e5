from __future__ import annotations

import inspect

import numpy as np
import pytest

from albench import rng
from albench.canonical import digest, encode_canonical


def draw(sequence):
    return np.random.default_rng(sequence).random()


def test_a_stream_depends_on_every_fragment_and_on_nothing_else():
    base = {"dataset": "d", "split": 0, "start": 0, "arm": 0}
    first = draw(rng.random_order_stream(0, **base))
    assert draw(rng.random_order_stream(0, **base)) == first
    for name, other in {"dataset": "e", "split": 1, "start": 1, "arm": 1}.items():
        assert draw(rng.random_order_stream(0, **base | {name: other})) != first
    assert draw(rng.random_order_stream(1, **base)) != first


def test_roles_are_independent():
    assert draw(rng.split_stream(0, dataset="d", split=0)) != draw(rng.cap_stream(0, dataset="d", split=0))


def test_streams_do_not_move_between_releases():
    # Golden: a change here changes every result that users have.
    assert draw(rng.split_stream(0, dataset="d", split=0)) == 0.15495028397250743
    assert rng.task_model_seed(0, dataset="d", split=0, start=0, model={"estimator": "m"}) == 173712335


def test_no_stream_can_see_what_must_not_move_it():
    forbidden = {"label", "name", "file", "version", "budget", "metric", "metrics", "rule", "rules"}
    for name, function in inspect.getmembers(rng, inspect.isfunction):
        if name.endswith(("_stream", "_seed")):
            assert not forbidden & set(inspect.signature(function).parameters)


def test_canonical_text_ignores_the_order_of_keys():
    assert encode_canonical({"b": 1, "a": [1.5, None, True]}) == '{"a":[1.5,null,true],"b":1}'


def test_infinite_numbers_have_no_identity():
    with pytest.raises(ValueError):
        digest({"x": float("inf")})
