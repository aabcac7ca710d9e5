"""A plan refuses what would fail trial by trial, or query nothing, for want of rows; and says what to change."""

from __future__ import annotations

import pytest

import albench
from albench.errors import SpecError
from albench.spec.read import load_experiment_text

POOLS = {
    "datasets": "wine",
    "models": "gaussian_nb",
    "strategies": ["random", "margin"],
    "seed_sizes": 6,
    "batch_sizes": 5,
    "budgets": 20,
    "repeats": 1,
}
STREAMS = {
    "scenario": "stream",
    "datasets": "wine",
    "models": "gaussian_nb",
    "strategies": "uncertainty",
    "budgets": "10%",
    "repeats": 1,
}


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        # A row of each of the 3 classes is left to the pool.
        (
            POOLS | {"split": {"holdout": 0.99}},
            "all of them spent on the seed set: nothing would be queried; lower 'seed_sizes', or leave more than 3",
        ),
        # 178 rows less a test part of 53.
        (
            POOLS | {"budgets": "4%"},
            "budget 4% is 5 of 125 pool rows, less than the seed size 6; lower 'seed_sizes' or raise 'budgets'",
        ),
        (
            POOLS | {"seed_sizes": 0, "budgets": "2%"},
            "nothing would be labelled; raise 'budgets', or lower 'batch_sizes' to 2 or less",
        ),
        (
            POOLS | {"seed_sizes": 0, "batch_sizes": {"geometric": 2, "first": 3}, "budgets": "2%"},
            "less than the first batch of 3",
        ),
        # 178 rows less the first 10.
        (STREAMS | {"holdout": 0.999}, "'holdout: 0.999' keeps all 168 rows of the stream apart: lower it"),
        (STREAMS | {"holdout": 0.999, "drifts": {"sudden": 0.5}}, "keeps all 168 rows"),
    ],
)
def test_what_leaves_too_few_rows_is_refused(spec, words, tmp_path):
    with pytest.raises(SpecError, match="dataset 'wine': ") as caught:
        albench.plan(load_experiment_text(spec), results=tmp_path)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "spec",
    [
        POOLS | {"seed_sizes": 0, "budgets": ["2%", "4%"]},
        POOLS | {"seed_sizes": 2, "batch_sizes": 1, "budgets": 3, "split": {"holdout": 0.99}},
        # One row is left.
        STREAMS | {"holdout": 0.995},
    ],
)
def test_what_leaves_just_enough_runs(spec, tmp_path):
    results = albench.run(load_experiment_text(spec), results=tmp_path, n_jobs=1)
    assert set(results.trials["status"]) == {"done"}


@pytest.mark.parametrize(
    ("known", "n_known"),
    [
        # Of 150 rows half are in the pool: 25 of each class.
        (2, 50),
        (["setosa"], 25),
    ],
)
def test_a_plan_tells_of_seed_sets_that_their_classes_have_too_few_rows_for(known, n_known, tmp_path):
    spec = POOLS | {
        "datasets": "iris",
        "seed_sets": {"skewed": known},
        "seed_sizes": [n_known, n_known + 1],
        "budgets": 60,
        "split": {"holdout": 0.5},
        "execution": {"n_jobs": 1, "backend": "inline"},
    }
    experiment = load_experiment_text(spec)
    (warning,) = albench.plan(experiment, results=tmp_path).warnings
    assert f"on 'iris': {n_known + 1} rows cannot come from the classes that it knows, of which" in warning
    assert f"a pool has about {n_known}: trials without more would fail; lower 'seed_sizes'" in warning
    trials = albench.run(experiment, results=tmp_path).trials
    assert set(trials.select("seed_size", "status").iter_rows()) == {
        (n_known, "done"),
        (n_known + 1, "failed"),
    }


@pytest.mark.parametrize(
    ("budgets", "n_warnings"), [(300, 1), ([60, 300], 1), (100, 0), ("all", 0), ("90%", 0)]
)
def test_a_budget_above_the_pool_is_said_for_each_dataset(budgets, n_warnings, tmp_path):
    # Of 178 rows 53 are test rows; digits has enough.
    spec = POOLS | {"datasets": ["wine", "digits"], "budgets": budgets}
    warnings = [text for text in albench.plan(spec, results=tmp_path).warnings if "budget" in text]
    said = "wine: a budget of 300 labels, but 125 rows in the pool: it ends with them"
    assert warnings == [said] * n_warnings
