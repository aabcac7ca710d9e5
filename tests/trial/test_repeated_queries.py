"""Rows that are asked again: paid for, answered anew, learnt from by most votes, and in every table."""

from __future__ import annotations

import polars as pl
import pytest
from numpy.testing import assert_array_equal
from polars.testing import assert_frame_equal
from scipy.stats import binomtest
from sklearn.naive_bayes import GaussianNB

import albench
from albench.errors import SpecError
from albench.tables import AGREEMENT, list_volatile

SPEC = {
    "datasets": ["iris"],
    "models": ["gaussian_nb"],
    "strategies": ["random", "margin"],
    "seed_sizes": 6,
    "batch_sizes": 5,
    "budgets": 66,
    "repeats": 2,
    "metrics": ["accuracy"],
    "oracles": [{"uniform_noise": 0.3}],
    "execution": {"n_jobs": 1},
}
TABLES = ("trials", "curves", "queries", "annotations")


@pytest.fixture(scope="module")
def relabelled(tmp_path_factory):
    return albench.run({**SPEC, "relabel": {"share": 0.5}}, results=tmp_path_factory.mktemp("relabelled"))


def test_second_answers_are_a_share_of_the_labels_and_count_against_the_budget(relabelled):
    assert relabelled.trials["n_labels"].unique().to_list() == [66]
    assert relabelled.curves.filter(pl.col("round") == 12)["cost"].unique().to_list() == [66.0]
    by_round = relabelled.annotations.filter(pl.col("round") > 0).group_by("key", "round")
    counts = by_round.agg(pl.len(), (pl.col("k") > 0).sum().alias("again")).sort("key", "round")
    assert counts["len"].unique().to_list() == [5]
    # Half of 5 is 2 and 3 in turns, which is half of all.
    assert counts["again"].to_list() == [2, 3] * 6 * relabelled.trials.height
    new = relabelled.queries.group_by("key").len()["len"].unique().to_list()
    assert new == [36]


def test_first_answers_are_those_without_second_ones_and_second_ones_err_as_often(relabelled, tmp_path):
    plain = albench.run(SPEC, results=tmp_path)
    assert not set(plain.trials["key"]) & set(relabelled.trials["key"])
    assert not {column.name for column in AGREEMENT} & set(plain.curves.columns)

    def collect(results):
        joined = results.queries.join(results.trials.select("key", "split"), on="key")
        return joined.select("split", "row", "label_given").unique()

    both = pl.concat([collect(plain), collect(relabelled)])
    assert both.unique().height == both.unique(["split", "row"]).height
    annotations = relabelled.annotations.join(relabelled.trials.select("key", "split"), on="key")
    answers = annotations.group_by("split", "row", "k").agg(pl.col("label").n_unique(), pl.len())
    assert answers["label"].max() == 1
    assert answers["len"].max() > 2
    truth = relabelled.queries.select("row", "label_true").unique()
    second = annotations.filter(pl.col("k") > 0).unique(["split", "row", "k"]).join(truth, on="row")
    wrong = (second["label"] != second["label_true"]).sum()
    assert binomtest(wrong, second.height, 0.3).pvalue > 1e-3


def test_rows_that_were_asked_least_are_asked_first(relabelled):
    for _, answers in relabelled.annotations.group_by("key"):
        n_asked = {}
        for _, batch in answers.sort("round").group_by("round", maintain_order=True):
            before = dict(n_asked)
            again = batch.filter(pl.col("k") > 0)
            chosen = set(again["row"])
            for row, k in again.select("row", "k").iter_rows():
                assert before[row] == k
            left = [before[row] for row in before if row not in chosen]
            assert not chosen or not left or max(before[row] for row in chosen) <= min(left) + 1
            for row in batch["row"]:
                n_asked[row] = n_asked.get(row, 0) + 1


def test_models_learn_from_most_votes_and_of_as_many_from_the_first(relabelled, tmp_path):
    from albench.datasets.facts import compute_dataset_hash
    from albench.datasets.loading import load_table
    from albench.splits.division import divide

    experiment = relabelled.experiment
    table = load_table(experiment.datasets[0].component, tmp_path)
    division = divide(
        experiment.split, table, dataset=compute_dataset_hash(table), split=0, validation=0.0, random_state=0
    )
    X = table.numeric
    X = (X - X[division.pool].mean(axis=0)) / X[division.pool].std(axis=0)
    for key in relabelled.trials.filter(pl.col("split") == 0)["key"]:
        answers = relabelled.annotations.filter(pl.col("key") == key)
        curve = relabelled.curves.filter(pl.col("key") == key)
        for round_, accuracy in curve.select("round", "accuracy").iter_rows():
            votes = {}
            for row, label in answers.filter(pl.col("round") <= round_).select("row", "label").iter_rows():
                votes.setdefault(row, []).append(label)
            # max() keeps the first of several classes with as many votes.
            given = {row: max(dict.fromkeys(labels), key=labels.count) for row, labels in votes.items()}
            rows = [row for row in division.pool if row in given]
            model = GaussianNB().fit(X[rows], [given[row] for row in rows])
            assert accuracy == pytest.approx(model.score(X[division.test], table.labels[division.test]))


def test_resumed_widened_and_scored_again_it_is_the_same(relabelled, tmp_path):
    spec = {**SPEC, "relabel": 0.5}
    albench.run(spec | {"repeats": 1, "budgets": 41}, results=tmp_path)
    albench.run(spec, results=tmp_path)
    assert albench.plan(spec, results=tmp_path).to_run == 0
    metrics = ["accuracy", "roc_auc"]
    again = albench.run(spec | {"metrics": metrics}, results=tmp_path)
    for name in TABLES:
        frames = [getattr(of, name).drop(list_volatile(name)) for of in (again, relabelled)]
        frames[0] = frames[0].drop("roc_auc", strict=False)
        order = [c for c in ("key", "round", "rank") if c in frames[0].columns]
        assert_frame_equal(*(frame.sort(order, maintain_order=True) for frame in frames), check_exact=True)


def test_there_are_never_more_labels_than_rows(tmp_path):
    spec = SPEC | {"split": {"holdout": {"max_pool": 24}}, "budgets": "100%", "repeats": 1, "relabel": 0.4}
    results = albench.run(spec, results=tmp_path)
    assert set(results.trials["n_labels"]) == {24}
    assert results.curves["n_labels"].unique().sort().to_list() == [6, 11, 16, 21, 24]


def test_agreement_is_measured_in_every_round(relabelled):
    last = relabelled.curves.filter(pl.col("round") == 12)
    assert last.select(column.name for column in AGREEMENT).null_count().sum_horizontal().item() == 0
    assert (last["alpha_low"] < last["krippendorff_alpha"]).all()
    assert_array_equal(relabelled.curves.filter(pl.col("round") == 0)["fleiss_kappa"].is_null(), True)
    # Two answers that are right with 0.7, on three classes alike: 0.49 + 2 * 0.15^2 agree, chance is a third.
    expected = (0.49 + 0.045 - 1 / 3) / (2 / 3)
    assert last["krippendorff_alpha"].mean() == pytest.approx(expected, abs=0.15)


def test_a_perfect_oracle_answers_the_same_again(tmp_path):
    results = albench.run(SPEC | {"relabel": 0.2, "oracles": ["perfect"], "repeats": 1}, results=tmp_path)
    last = results.curves.filter(pl.col("round") == 12)
    assert set(last["krippendorff_alpha"]) == {1.0}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"batch_sizes": 1}, "batches of one label have no room for second answers"),
        ({"budgets": {"money": 40}}, "second answers are counted in labels, not in money"),
        ({"relabel": 0.95}, "0.9"),
        ({"relabel": {"part": 0.1}}, "part"),
    ],
)
def test_what_leaves_no_room_is_refused(changes, says):
    with pytest.raises(SpecError, match=says):
        albench.load_experiment({**SPEC, "relabel": 0.1, **changes})
