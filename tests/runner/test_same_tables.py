"""The same numbers whatever the workers, the order of the axes, and the way the grid has grown."""

from __future__ import annotations

from albench.tables import list_volatile


def test_one_worker_or_two(run, tables, assert_same):
    assert_same(tables(run(n_jobs=1, where="one")), tables(run(n_jobs=2, where="two")))


def test_the_order_of_an_axis_changes_no_table(run, tables, assert_same):
    shuffled = {
        "strategies": ["qbc", "margin", "random"],
        "datasets": ["wine", "iris"],
        "batch_sizes": [10, 5],
        "seed_sizes": [10, 5],
    }
    straight = {"batch_sizes": [5, 10], "seed_sizes": [5, 10]}
    assert_same(tables(run(where="one", **straight)), tables(run(where="two", **shuffled)))


def test_a_grid_that_has_grown(run, tables, assert_same):
    steps = [
        {"strategies": ["random", "margin"], "datasets": ["iris"], "repeats": 1, "budgets": 20},
        {"strategies": ["random", "margin", "qbc"], "datasets": ["iris"], "repeats": 1, "budgets": 20},
        {"datasets": ["iris", "wine"], "repeats": 1, "budgets": 20},
        {"repeats": 2, "budgets": 20},
        {"budgets": 30},
        {"budgets": 30, "metrics": ["accuracy", "average_precision"]},
    ]
    for step in steps:
        grown = run(where="grown", **step)
    assert_same(tables(grown), tables(run(where="at once", **steps[-1])))


def test_volatile_columns_are_few_and_are_times_or_machines():
    assert list_volatile("queries") == ()
    assert list_volatile("curves") == ("fit_s", "query_s")
