"""What a pilot runs on a table: columns, model, strategies and metric by what the table is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import yaml

from albench.contracts import Table
from albench.datasets import facts
from albench.pilot.choices import choose_metric, choose_models, choose_strategies
from albench.pilot.columns import declare_columns
from albench.pilot.spec_text import LabelledFile, PilotSpec, count_fewest_labels, render_spec, write_repeats
from albench.spec.read import load_experiment_text

SENTENCES = tuple(f"a message about {k} things" for k in range(300))


def make_table(n_rows=200, *, text=False, names=(), ids=None, share=0.5, n_classes=2):
    """Return a table of two numbers, with a column of names, sentences or ids."""
    rng = np.random.default_rng(0)
    numeric = rng.normal(size=(n_rows, 2 if ids is None else 3))
    if ids is not None:
        numeric[:, 2] = ids
    first = int(share * n_rows)
    labels = np.where(np.arange(n_rows) < first, 0, 1 + np.arange(n_rows) % (n_classes - 1))
    codes = np.arange(n_rows, dtype=np.int32)[:, np.newaxis] % max(len(names), 1)
    return Table(
        numeric=numeric,
        categorical=codes if names else np.empty((n_rows, 0), np.int32),
        numeric_names=("x", "y") if ids is None else ("x", "y", "row_id"),
        categorical_names=("word",) if names else (),
        categories=(tuple(sorted(names)),) if names else (),
        labels=labels,
        classes=tuple(f"c{k}" for k in range(n_classes)),
        text=(SENTENCES[:n_rows],) if text else (),
        text_names=("body",) if text else (),
    )


@pytest.mark.parametrize(
    ("table", "declared"),
    [
        (make_table(), {}),
        (make_table(names=("red", "green")), {}),
        (make_table(names=SENTENCES[:200]), {"word": "text"}),
        (make_table(names=[f"n{k}" for k in range(200)]), {"word": "id"}),
        (make_table(names=[f"n{k}" for k in range(150)]), {"word": "drop"}),
        (make_table(ids=5 * np.random.default_rng(1).permutation(200)), {"row_id": "id"}),
    ],
    ids=["numbers", "few names", "sentences", "a name a row", "many names", "whole numbers"],
)
def test_columns_are_declared_where_types_do_not_say_what_they_are(table, declared):
    assert {column.name: column.setting for column in declare_columns(table)} == declared


def test_a_column_that_counts_the_rows_in_order_is_no_feature_whatever_its_name():
    table = make_table(ids=np.arange(1, 201))
    (column,) = declare_columns(replace(table, numeric_names=("x", "y", "doc")))
    assert (column.name, column.setting, column.reason) == ("doc", "id", "counts the rows: no feature")


def test_one_column_names_the_rows_and_others_that_could_are_dropped():
    table = make_table(names=[f"n{k}" for k in range(200)], ids=range(5, 205))
    assert {column.name: column.setting for column in declare_columns(table)} == {
        "row_id": "id",
        "word": "drop",
    }


def test_unlabelled_rows_count_where_columns_are_looked_at():
    names = tuple(sorted(f"n{k:03}" for k in range(200)))
    table = make_table(names=names)
    labelled = replace(
        table.select_rows(np.arange(50)),
        categories=(names[:50],),
        unlabelled=table.select_rows(np.arange(50, 200)),
    )
    assert [column.reason for column in declare_columns(labelled)] == [
        "another name in every row: no feature"
    ]


def test_a_column_that_only_labelled_rows_have_values_in_came_with_the_labels():
    table = replace(
        make_table(names=("red", "green")), numeric=np.random.default_rng(2).normal(size=(200, 2))
    )
    rest = table.select_rows(np.arange(50, 200))
    numeric = rest.numeric.copy()
    numeric[:, 1] = np.nan
    labelled = table.select_rows(np.arange(50))
    bare = replace(rest, numeric=numeric, categorical=np.full_like(rest.categorical, -1))
    columns = declare_columns(replace(labelled, unlabelled=bare))
    assert [(column.name, column.setting) for column in columns] == [("word", "drop"), ("y", "drop")]
    assert not declare_columns(replace(labelled, unlabelled=rest))
    # One labelled row in ten has a value: that 150 others have none is no accident. Of 15 it may be.
    seldom = replace(labelled, numeric=np.where(np.arange(50)[:, np.newaxis] % 5, np.nan, labelled.numeric))
    assert [column.name for column in declare_columns(replace(seldom, unlabelled=bare))] == ["word", "y"]
    few = bare.select_rows(np.arange(15))
    assert not declare_columns(replace(labelled, unlabelled=few))


@pytest.mark.parametrize(
    ("table", "models"),
    [
        (make_table(300, text=True), ["logistic_regression"]),
        (make_table(300, names=("a", "b")), ["logistic_regression"]),
        (make_table(1000), ["logistic_regression"]),
        (make_table(1000, names=("a", "b")), ["hist_gradient_boosting", "logistic_regression"]),
    ],
    ids=["texts", "few rows", "numbers alone", "many rows of both"],
)
def test_the_model_goes_by_the_columns_and_the_number_of_labels(table, models):
    assert [model.name for model in choose_models(table)] == models


def test_strategies_are_of_several_families_and_differ_on_the_table():
    binary = [each.name for each in choose_strategies(make_table(), "logistic_regression")]
    assert binary == ["margin", "qbc", "badge", "k_center", "typiclust"]
    many = [each.name for each in choose_strategies(make_table(n_classes=5), "logistic_regression")]
    assert set(many) - set(binary) == {"entropy"}
    unequal = [each.name for each in choose_strategies(make_table(share=0.9), "hist_gradient_boosting")]
    assert set(unequal) ^ set(binary) == {"balanced_margin", "qbc", "weighted_k_means"}


def test_accuracy_is_the_metric_unless_a_class_has_most_rows():
    assert choose_metric(make_table(share=0.8)).name == "accuracy"
    assert choose_metric(make_table(share=0.96, n_classes=2)).name == "balanced_accuracy"
    rare = choose_metric(make_table(share=0.04, n_classes=3))
    assert (rare.name, rare.reason) == (
        "accuracy",
        "no class has nearly all rows; 'c0' has 4%: balanced_accuracy counts it as much",
    )
    metric = choose_metric(make_table(share=0.9))
    assert (metric.name, metric.reason) == (
        "balanced_accuracy",
        "90% of the labels are 'c0': accuracy hides the others",
    )


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("label", "mine.csv"),
        ("is it: #spam?", "a folder/m'ine, [1].csv"),
        ("yes", "- x.csv"),
        ("12", "{1}.csv"),
    ],
)
def test_the_spec_holds_names_as_they_are(target, path):
    file = LabelledFile("csv", path, target, {"drop": ["a, b", "c: d", "12"], "separator": ";"})
    model = choose_models(make_table())[0]
    spec = PilotSpec("my pilot: #1", file, make_table(), 400, model, 7, 180)
    written = yaml.safe_load(render_spec(spec))
    assert written["datasets"] == [file.to_entry()]
    assert written["title"] == "my pilot: #1: what more labels would give"
    assert yaml.safe_load(write_repeats(render_spec(spec), 12, 180)) == {**written, "repeats": 12}
    assert all(len(line) <= 110 for line in render_spec(spec).splitlines())


@pytest.mark.parametrize("n_rows", [100, 150, 500, 1500, 10_000])
def test_rounds_are_neither_too_few_nor_too_many_for_any_number_of_labels(n_rows):
    table = make_table(n_rows)
    file = LabelledFile("csv", "mine.csv", "label", {})
    spec = PilotSpec("mine", file, table, 2 * n_rows, choose_models(table)[0], 5, 180)
    experiment = load_experiment_text(
        yaml.safe_load(render_spec(spec)) | {"datasets": "iris"}, import_user_code=False
    )
    n_pool, (batch,) = 0.7 * n_rows, experiment.batch_sizes
    assert 8 <= 0.8 * n_pool / int(batch) <= 60


def test_fewest_labels_leave_a_batch_in_the_smallest_pool():
    # 85 rows: 60 in the pool, 15 in a quarter of it, of which 12 may be labelled: 7 seeds and a batch of 5.
    assert count_fewest_labels(2) == 85
    assert count_fewest_labels(30) == 150


def test_labelled_and_unlabelled_rows_are_compared_once_for_all_pools(monkeypatch):
    compared = []
    monkeypatch.setattr(facts, "compare_with_unlabelled", compared.append)
    table = make_table(n_rows=60)
    partly = replace(table.select_rows(np.arange(20)), unlabelled=table.select_rows(np.arange(20, 60)))
    for label in ("mine", "mine again"):
        facts.collect_facts(label, replace(partly))
    assert len(compared) == 1
