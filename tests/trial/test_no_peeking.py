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
        found = stack.pop()
        if id(found) in seen or isinstance(found, types.ModuleType | types.FrameType):
            continue
        seen[id(found)] = found
        if isinstance(found, types.FunctionType):
            # Its globals are the module's; its closure is what was captured.
            stack += [cell.cell_contents for cell in found.__closure__ or ()]
            continue
        if isinstance(found, type):
            continue
        stack += gc.get_referents(found)
        stack += [getattr(found, name) for name in public(found)]
        if isinstance(found, np.ndarray) and found.base is not None:
            stack.append(found.base)
    return list(seen.values())


def public(found):
    return [
        name
        for name in dir(type(found))
        if isinstance(inspect.getattr_static(type(found), name, None), property | cached_property)
        and type(found).__module__.startswith("albench")
        and not name.startswith("__")
    ]


@pytest.fixture
def shown(case):
    made = case("digits", Spy(), labels=50, seed_size=30)
    trial = Trial(made.task, made.arrays)
    views = []
    original = trial._build_view
    trial._build_view = lambda rows, fitted: views.append(original(rows, fitted)) or views[-1]
    trial.run()
    view = views[-1]
    view.proba, view.decision, view.embedding, view.model, view.rng, view.tie_keys  # noqa: B018
    view.committee(3).proba, view.committee(3).votes
    return view, made, trial


def test_no_hidden_label_is_reachable(shown):
    view, made, trial = shown
    pool, test = np.asarray(made.arrays.pool_labels), np.asarray(made.arrays.test_labels)
    hidden = pool[np.asarray(view.candidates)]
    found = [obj for obj in reachable(view) if isinstance(obj, np.ndarray) and obj.ndim == 1]
    assert any(np.array_equal(obj, pool[view.labelled]) for obj in found), "the walk sees the given labels"
    for obj in found:
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
    view, made, _ = shown
    vars(view).update(leak={"deep": [np.asarray(made.arrays.pool_labels).copy()]})
    found = [obj for obj in reachable(view) if isinstance(obj, np.ndarray)]
    assert any(np.array_equal(obj, made.arrays.pool_labels) for obj in found)
