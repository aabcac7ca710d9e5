"""A strategy cannot reach a hidden or test label from what it is shown."""

from __future__ import annotations

import gc
import inspect
import types
from functools import cached_property

import numpy as np
import pytest

from albench.contracts import Need
from albench.strategies.uncertainty import Margin
from albench.trial.loop import Trial


class Spy(Margin):
    """Margin that keeps what it was shown."""

    needs = frozenset({Need.PROBA, Need.MODEL, Need.EMBEDDING, Need.COMMITTEE})


def reachable(root):
    """Every object that can be reached from ``root``, through modules' functions and classes too."""
    seen, stack = {}, [root]
    while stack:
        obj = stack.pop()
        if id(obj) in seen or isinstance(obj, types.ModuleType | types.FrameType):
            continue
        seen[id(obj)] = obj
        if isinstance(obj, types.FunctionType):
            # Its globals are the module's; its closure is what was captured.
            stack += [cell.cell_contents for cell in obj.__closure__ or ()]
            continue
        if isinstance(obj, type):
            continue
        stack += gc.get_referents(obj)
        stack += [getattr(obj, name) for name in public(obj)]
        if isinstance(obj, np.ndarray) and obj.base is not None:
            stack.append(obj.base)
    return list(seen.values())


def public(obj):
    return [
        name
        for name in dir(type(obj))
        if isinstance(inspect.getattr_static(type(obj), name, None), property | cached_property)
        and type(obj).__module__.startswith("albench")
        and not name.startswith("__")
    ]


@pytest.fixture
def shown(case):
    example = case("digits", Spy(), labels=50, seed_size=30)
    trial = Trial(example.task, example.arrays)
    views = []
    original = trial._build_view
    trial._build_view = lambda rows, fitted: views.append(original(rows, fitted)) or views[-1]
    trial.run()
    view = views[-1]
    view.proba, view.decision, view.embedding, view.model, view.rng, view.tie_keys  # noqa: B018
    view.committee(3).proba, view.committee(3).votes
    return view, example, trial


def test_no_hidden_label_is_reachable(shown):
    view, example, trial = shown
    pool, test = np.asarray(example.arrays.pool_labels), np.asarray(example.arrays.test_labels)
    hidden = pool[np.asarray(view.candidates)]
    arrays = [obj for obj in reachable(view) if isinstance(obj, np.ndarray) and obj.ndim == 1]
    assert any(np.array_equal(obj, pool[view.labelled]) for obj in arrays), "the walk sees the given labels"
    for obj in arrays:
        for secret in (pool, test, hidden):
            assert not np.array_equal(obj, secret)
    assert not any(isinstance(obj, Trial) or obj is trial.history for obj in reachable(view))


def test_its_arrays_are_read_only(shown):
    view = shown[0]
    for name in (
        "features",
        "labelled",
        "labels",
        "candidates",
        "tie_keys",
        "proba",
        "decision",
        "embedding",
    ):
        with pytest.raises(ValueError):
            getattr(view, name)[0] = 0
    assert not view.features.flags.writeable


def test_the_walk_would_find_a_leak(shown):
    view, example, _ = shown
    vars(view).update(leak={"deep": [np.asarray(example.arrays.pool_labels).copy()]})
    arrays = [obj for obj in reachable(view) if isinstance(obj, np.ndarray)]
    assert any(np.array_equal(obj, example.arrays.pool_labels) for obj in arrays)
