"""The next batch after some labelled ones is that of a simulated trial, row for row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pairwise import STRATEGIES, make_strategy

from albench.canonical import encode_canonical
from albench.cli.check import load_component
from albench.registry.lookup import get_builtin
from albench.trial.continued_trial import ContinuedTrial, find_unfit_need
from albench.trial.execute import run_trial

QUICK = ("margin", "random", "information_density", "typiclust", "qbc", "hierarchical_sampling", "albl")
OTHERS = sorted(STRATEGIES.keys() - set(QUICK))


def split_batches(record):
    rounds, rows = record.queries["round"], record.queries["row"]
    return [rows[rounds == i] for i in range(rounds.max() + 1)]


def hide(arrays, positions):
    """Return the arrays of a pool where these positions alone are labelled."""
    labels = np.full_like(arrays.pool_labels, -1)
    labels[positions] = arrays.pool_labels[positions]
    return replace(arrays, pool_labels=labels)


@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)])
def test_every_batch_follows_from_those_before_it(case, name):
    entry = make_strategy(name)
    strategy = load_component(entry if isinstance(entry, str) else encode_canonical(entry))
    if find_unfit_need(strategy):
        pytest.skip("a strategy of simulations alone")
    example = case(strategy=strategy, labels=70 if name in QUICK else 50)
    record = run_trial(example.task, example.arrays)
    assert record.status == "done", record.notes
    position = {row: place for place, row in enumerate(example.arrays.pool_rows.tolist())}
    batches = [np.array([position[row] for row in batch]) for batch in split_batches(record)]
    assert len(batches) == (6 if name in QUICK else 4)
    for k in range(1, len(batches)):
        arrays = hide(example.arrays, np.concatenate(batches[:k]))
        following = ContinuedTrial(example.task, arrays, [10] * k).query_next(batches[:k])
        assert following.positions.tolist() == batches[k].tolist()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    "changes",
    [{"params": {"warm_start": True, "max_iter": 3}}, {"refit_every": 3}],
    ids=["warm start", "refit_every"],
)
def test_models_that_depend_on_earlier_rounds_do_so_here(case, changes):
    example = case(labels=70)
    model = example.task.task_model.model_copy(update=changes)
    identity = replace(example.task.identity, task_model=model.fragment(), query_model=model.fragment())
    task = replace(example.task, identity=identity, task_model=model, query_model=model)
    record = run_trial(task, example.arrays)
    position = {row: place for place, row in enumerate(example.arrays.pool_rows.tolist())}
    batches = [np.array([position[row] for row in batch]) for batch in split_batches(record)]
    following = ContinuedTrial(task, example.arrays, [10] * 5).query_next(batches[:5])
    assert following.positions.tolist() == batches[5].tolist()


@pytest.mark.parametrize("name", ["oracle_greedy", "active_lab"])
def test_strategies_of_simulations_alone_say_why(name):
    assert find_unfit_need(get_builtin("strategy", name)())
    assert not find_unfit_need(get_builtin("strategy", "margin")())


def test_rounds_may_ask_for_different_numbers(case):
    example = case(labels=40)
    batches = [np.arange(20), np.arange(30, 35)]
    following = ContinuedTrial(example.task, example.arrays, [5, 7]).query_next(batches)
    assert following.positions.size == 7
