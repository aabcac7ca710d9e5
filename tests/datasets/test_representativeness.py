"""Whether unlabelled rows are told from labelled ones: the AUC, its interval, and by which column."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from albench.contracts import Table
from albench.datasets.auc import compute_auc
from albench.datasets.representativeness import compare_with_unlabelled

WORDS = np.array([f"word{number}" for number in range(400)])


def make_table(rng, n, *, shift=0.0, colours=3, missing=0.0, words=()):
    numeric = rng.normal(size=(n, 3))
    numeric[:, 1] += shift
    numeric[rng.random(n) < missing, 2] = np.nan
    return Table(
        numeric=numeric,
        categorical=rng.integers(0, colours, (n, 1)).astype(np.int32),
        numeric_names=("height", "age", "weight"),
        categorical_names=("colour",),
        categories=(("blue", "green", "red", "white")[:colours],),
        labels=np.zeros(n, dtype=np.intp),
        classes=("a", "b"),
        text=(tuple(" ".join(rng.choice(words, 15)) for _ in range(n)),) if len(words) else (),
        text_names=("note",) if len(words) else (),
    )


def compare(rng, *, n=(60, 240), **changes):
    table = make_table(rng, n[0], words=WORDS[:250] if "words" in changes else ())
    return compare_with_unlabelled(replace(table, unlabelled=make_table(rng, n[1], **changes)))


@pytest.mark.parametrize("decimals", [1, 9], ids=["ties", "no_ties"])
def test_the_auc_is_that_of_scikit_learn_and_its_variance_that_of_delong(decimals):
    rng = np.random.default_rng(1)
    is_positive = rng.random(90) < 0.3
    scores = np.round(rng.normal(size=90) + is_positive, decimals)
    positive, negative = scores[is_positive], scores[~is_positive]
    # DeLong, DeLong and Clarke-Pearson (1988): the mean of each row's comparisons with the other kind.
    pairs = (positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)
    variance = np.var(pairs.mean(axis=1), ddof=1) / len(positive) + np.var(pairs.mean(axis=0), ddof=1) / len(
        negative
    )
    auc = compute_auc(scores, is_positive)
    assert auc.value == pytest.approx(roc_auc_score(is_positive, scores), abs=1e-12)
    assert auc.variance == pytest.approx(variance, abs=1e-12)


def test_the_interval_covers_a_half_where_both_parts_are_alike():
    draws = [compare(np.random.default_rng(seed), n=(25, 50)) for seed in range(12)]
    n_covered = sum(draw.low <= 0.5 <= draw.high for draw in draws)
    assert (
        n_covered >= 10
    )  # fewer come by chance once in 50 times; benchmarks/calibration.py makes more draws
    assert all(draw.column == "" for draw in draws if not draw.is_shifted)


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("age", {"shift": 1.5}),
        ("weight", {"missing": 0.6}),
        ("note", {"words": WORDS[100:]}),
    ],
)
def test_a_planted_shift_is_found_with_its_column(column, change):
    comparison = compare(np.random.default_rng(2), **change)
    assert comparison.is_shifted
    assert comparison.column == column
    assert 0.5 < comparison.low < comparison.auc < comparison.high <= 1


def test_categories_that_no_labelled_row_has_tell_the_parts_apart():
    rng = np.random.default_rng(3)
    table, unlabelled = make_table(rng, 60), make_table(rng, 240)
    colours = replace(
        unlabelled, categorical=np.full((240, 1), 3, np.int32), categories=((*table.categories[0], "white"),)
    )
    comparison = compare_with_unlabelled(replace(table, unlabelled=colours))
    assert (comparison.column, round(comparison.auc, 2)) == ("colour", 1.0)


def test_the_same_table_gives_the_same_numbers():
    assert compare(np.random.default_rng(4)) == compare(np.random.default_rng(4))


def test_nothing_is_said_of_a_handful_of_rows_or_where_all_are_labelled():
    rng = np.random.default_rng(5)
    assert compare(rng, n=(19, 240)) is None
    assert compare(rng, n=(60, 19)) is None
    assert compare_with_unlabelled(make_table(rng, 60)) is None


@pytest.mark.parametrize(
    "values", [[np.nan] * 100, [1.0] + [np.nan] * 99, [2.0] * 100, [2.0] * 50 + [np.nan] * 50]
)
def test_columns_without_values_or_with_one_tell_nothing(values):
    column = np.array(values)[:, np.newaxis]
    table = Table(column, np.empty((100, 0), np.int32), ("x",), (), (), np.zeros(100, np.intp), ("a", "b"))
    rows = np.random.default_rng(0).permutation(100)
    comparison = compare_with_unlabelled(
        replace(table.select_rows(rows[:40]), unlabelled=table.select_rows(rows[40:]))
    )
    assert comparison.low <= 0.5 <= comparison.high
    assert not comparison.is_shifted
