"""Seed sets of some classes only, and of rows that the user names."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_array_equal

import albench
from albench.contracts import SeedPool
from albench.errors import SpecError, TrialError
from albench.seed_sets.rows import RowsSeedSet
from albench.seed_sets.skewed import SkewedSeedSet
from albench.spec.read import check_spec

LABELS = np.repeat([0, 1, 2], [30, 20, 10])
SPEC = """
datasets: [wine]
models: [gaussian_nb]
strategies: [random]
budgets: 8
batch_sizes: 4
seed_sizes: 4
repeats: 2
"""


def make_pool(rows=None, labels=LABELS) -> SeedPool:
    rows = np.arange(labels.size) if rows is None else rows
    return SeedPool(labels, ("a", "b", "c"), rows, None, MappingProxyType({}), 0, 0)


def choose(method, size, seed=0, pool=None):
    return method.choose_from(pool or make_pool(), size, np.random.default_rng(seed))


def test_named_classes_alone_are_known():
    rows = choose(SkewedSeedSet(classes=("c", "a")), 40)
    assert_array_equal(np.bincount(LABELS[rows]), [30, 0, 10])
    with pytest.raises(TrialError, match="a seed set of 41 rows cannot come from the 40 rows of 'c' and 'a'"):
        choose(SkewedSeedSet(classes=("c", "a")), 41)


def test_a_number_of_known_classes_is_drawn_anew_each_time():
    known = {tuple(np.unique(LABELS[choose(SkewedSeedSet(classes=2), 30, seed)])) for seed in range(40)}
    assert known == {(0, 1), (0, 2), (1, 2)}


def test_a_class_without_rows_in_the_pool_is_not_drawn():
    only = make_pool(labels=np.zeros(20, int))
    assert all(choose(SkewedSeedSet(classes=1), 5, seed, only).size == 5 for seed in range(10))


def test_known_rows_are_as_likely():
    times = np.zeros(60)
    for seed in range(1500):
        times[choose(SkewedSeedSet(classes=("c",)), 3, seed)] += 1
    # 1500 draws with probability 0.3: five standard deviations are 89.
    assert np.abs(times[50:] - 450).max() < 89


def test_rows_are_taken_in_the_order_in_which_they_are_named():
    pool = make_pool(rows=np.array([10, 20, 30, 40]), labels=LABELS[:4])
    method = RowsSeedSet(list=(40, 11, 10, 30))
    assert_array_equal(choose(method, 2, pool=pool), [3, 0])
    assert method.describe_choice(pool) == (
        "1 of 4 rows that the seed set names is not in the pool of this split and passed over"
    )
    assert RowsSeedSet(list=(40, 10)).describe_choice(pool) == ""
    with pytest.raises(TrialError, match="cannot come from the 3 of 4 named rows that are in the pool"):
        choose(method, 4, pool=pool)


def test_of_copies_of_a_row_the_first_is_taken():
    pool = make_pool(rows=np.array([7, 5, 5, 5]), labels=LABELS[:4])
    assert_array_equal(choose(RowsSeedSet(list=(5, 7)), 2, pool=pool), [1, 0])


def run(tmp_path, text, file=""):
    (tmp_path / "my.yaml").write_text(SPEC + text, encoding="utf-8")
    if file:
        (tmp_path / "seeds.csv").write_text(file, encoding="utf-8")
    return albench.run(tmp_path / "my.yaml", results=tmp_path / "results", n_jobs=1)


def test_rows_of_a_file_are_the_rows_that_trials_start_from(tmp_path):
    rows = list(range(0, 178, 6))
    file = "dataset,row\n" + "".join(f"wine,{row}\n" for row in rows) + "digits,3\n"
    results = run(tmp_path, "seed_sets: {rows: {file: seeds.csv}}\n", file)
    first = results.queries.filter(pl.col("round") == 0)
    assert set(first["row"]) <= set(rows)
    assert first.height == 4 * results.trials.height


def test_the_rows_of_another_dataset_are_no_part_of_a_key(tmp_path):
    def read_keys(text):
        plan = albench.plan(albench.load_experiment(SPEC + f"seed_sets: {{rows: {{list: {text}}}}}"))
        return {trial.identity.key for trial in plan.plan.trials}

    keys = read_keys("{wine: [1, 2, 3, 4, 5, 6, 7, 8, 9]}")
    assert keys == read_keys("{wine: [1, 2, 3, 4, 5, 6, 7, 8, 9], digits: [3]}")
    assert keys == read_keys("[1, 2, 3, 4, 5, 6, 7, 8, 9]")
    assert keys.isdisjoint(read_keys("{wine: [2, 1, 3, 4, 5, 6, 7, 8, 9]}"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{rows: {list: [1, 1]}}", "a row stands twice"),
        ("{rows: {list: [1, -1]}}", "at least 0"),
        ("{rows: {file: none.csv}}", "no file 'none.csv' beside the spec"),
        ("rows", "'rows' needs 'list'"),
        ("{rows: {list: {digits: [1]}}}", "seed set 'rows' names no row of dataset 'wine', but of 'digits'"),
        ("{skewed: [class_9]}", "no dataset has a class 'class_9'"),
        ("{skewed: 4}", "4 known classes of 3"),
        ("{skewed: 0}", "at least 1"),
    ],
)
def test_what_cannot_be_is_said_before_anything_runs(text, words):
    with pytest.raises(SpecError, match=words):
        albench.plan(albench.load_experiment(SPEC + f"seed_sets: {text}"))


def test_seed_sets_without_a_row_are_said_to_be_the_same(tmp_path):
    text = SPEC.replace("seed_sizes: 4", "seed_sizes: [4, 0]") + "seed_sets: [random, typiclust]\n"
    (tmp_path / "my.yaml").write_text(text, encoding="utf-8")
    (warning,) = check_spec(tmp_path / "my.yaml")
    assert "a seed size of 0 is the same in all 2 seed sets" in warning
    (tmp_path / "my.yaml").write_text(text.replace(", typiclust", ""), encoding="utf-8")
    assert check_spec(tmp_path / "my.yaml") == ()
