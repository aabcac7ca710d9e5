"""What labels and training cost is a matter of tables: by label, by class, by row, by batch and by round."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import albench
from albench.errors import AlbenchError

ROWS = 60


@pytest.fixture
def points(tmp_path):
    """Write a file of two overlapping classes, one column that prices rows and one of short texts."""
    rng = np.random.default_rng(0)
    labels = np.arange(ROWS) % 2
    frame = pl.DataFrame(
        {
            "x": rng.normal(size=ROWS) + 1.5 * labels,
            "minutes": rng.integers(1, 9, ROWS),
            "note": [" ".join(["word"] * int(n)) for n in rng.integers(1, 5, ROWS)],
            "label": ["no" if label == 0 else "yes" for label in labels],
        }
    )
    frame.write_csv(tmp_path / "points.csv")
    return frame


SMALL = {
    "datasets": {"csv": {"path": "points.csv", "target": "label", "text": ["note"]}},
    "preprocessing": {"text": ["tfidf"]},
    "models": ["logistic_regression"],
    "strategies": ["margin"],
    "seed_sizes": 4,
    "batch_sizes": 4,
    "budgets": 12,
}


def test_every_part_of_a_price_is_in_the_tables(run, points):
    costs = {
        "label": 0.5,
        "classes": {"yes": 2},
        "row": {"column": "minutes", "rate": 0.25},
        "batch": 3,
        "round": 10,
    }
    results = run(**SMALL, costs=costs)
    queries, curves = results.queries, results.curves
    assert queries.height == 6 * 12
    is_yes = (queries["label_given"] == 1).to_numpy()
    minutes = points["minutes"].to_numpy()[queries["row"].to_numpy()]
    np.testing.assert_allclose(queries["cost"], np.where(is_yes, 2, 0.5) + 0.25 * minutes)
    for key, rows in curves.group_by("key"):
        own = queries.filter(pl.col("key") == key[0])
        for row in rows.iter_rows(named=True):
            n, labels = row["round"] + 1, own.filter(pl.col("round") <= row["round"])
            assert row["cost"] == pytest.approx(labels["cost"].sum() + 3 * n + 10 * n)


@pytest.mark.parametrize(
    ("unit", "measure"), [("words", lambda text: len(text.split())), ("characters", len)]
)
def test_the_length_of_a_text_prices_its_row(run, points, unit, measure):
    results = run(**SMALL, costs={"label": 0, "row": {"column": "note", "unit": unit, "rate": 0.5}})
    texts = points["note"].to_list()
    wanted = [0.5 * measure(texts[row]) for row in results.queries["row"]]
    assert len(set(wanted)) > 1
    np.testing.assert_allclose(results.queries["cost"], wanted)


def test_prices_change_without_a_trial_being_run_again(run, points, tables):
    free = run(**SMALL)
    assert set(free.queries["cost"]) == {1.0}
    before = tables(free)
    for price in (0, 3):
        results = run(**SMALL, costs={"label": price})
        assert set(results.queries["cost"]) == {float(price)}
        assert results.trials["finished_at"].equals(free.trials["finished_at"])
    after = tables(run(**SMALL))
    for name, table in before.items():
        assert table.equals(after[name]), name


def test_a_refused_label_costs_what_any_label_costs(run):
    results = run(
        datasets="iris",
        strategies="margin",
        oracles={"refusing": {"classes": ["setosa"]}},
        costs={"label": 0.5, "classes": {"setosa": 7, "virginica": 2}},
    )
    prices = {-1: 0.5, 1: 0.5, 2: 2.0}
    pairs = set(results.queries.select("label_given", "cost").iter_rows())
    assert pairs == set(prices.items())


@pytest.mark.parametrize(
    ("costs", "message"),
    [
        ({"label": 0, "row": {"column": "minuts"}}, "'points' has no column 'minuts'"),
        ({"label": 0, "row": {"column": "note"}}, "column 'note' holds no numbers: 'unit: words'"),
        ({"label": 0, "row": {"column": "x"}}, "column 'x' has a negative value in 17 rows, the first of them row 4"),
        ({"label": 1, "classes": {"yess": 2}}, "'costs': no dataset has a class 'yess'; did you mean 'yes'?"),
        ({"label": -1}, "'label' must be a price, a number from 0, not -1"),
        ({"batch": 1}, "'costs' needs 'label', what every label costs"),
        ({"label": 1, "row": {"column": "minutes", "unit": "value", "rate": "much"}}, "'rate' must be a price"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_prices_is_told_before_anything_runs(plan, points, costs, message):
    with pytest.raises(AlbenchError) as caught:
        plan(**SMALL, costs=costs)
    assert message in str(caught.value)


def test_missing_cells_of_a_price_are_counted_with_their_dataset_and_column(plan, points, tmp_path):
    minutes = [None if row in (7, 9) else minute for row, minute in enumerate(points["minutes"])]
    points.with_columns(minutes=pl.Series(minutes)).write_csv(tmp_path / "points.csv")
    with pytest.raises(AlbenchError) as caught:
        plan(**SMALL, costs={"label": 0, "row": {"column": "minutes"}})
    assert (
        "'costs' on dataset 'points': column 'minutes' has no value in 2 rows, the first of them row 7 (from 0)"
        in str(caught.value)
    )


def test_per_cost_takes_cheap_rows_and_depends_on_the_prices_that_it_sees_alone(run, plan, points):
    strategies = ["margin", {"per_cost": "margin"}]
    minutes = {"label": 0, "row": {"column": "minutes"}}
    results = run(**{**SMALL, "strategies": strategies}, costs={**minutes, "classes": {"yes": 1}})
    paid = results.queries.filter(pl.col("round") > 0).join(results.trials, on="key")
    mean = dict(paid.group_by("strategy").agg(pl.col("cost").mean()).iter_rows())
    assert mean["per_cost"] < 0.8 * mean["margin"]

    def keys(costs):
        trials = plan(**{**SMALL, "strategies": strategies}, costs=costs).plan.trials
        return {trial.identity.key for trial in trials if trial.strategy.label == "per_cost"}

    seen = keys(minutes)
    assert seen == keys({**minutes, "classes": {"yes": 9}, "batch": 3, "round": 2})
    assert not seen & keys({**minutes, "label": 1})
    assert not seen & keys({"label": 0, "row": {"column": "minutes", "rate": 2}})


def test_without_prices_per_cost_is_the_strategy_that_it_wraps(run):
    results = run(datasets="iris", strategies=["margin", {"per_cost": "margin"}])
    picks = results.queries.join(results.trials, on="key").sort("split", "round", "rank")
    plain, per_cost = (
        picks.filter(pl.col("strategy") == name)["row"].to_list() for name in ("margin", "per_cost")
    )
    assert plain == per_cost
    assert len(plain) == 2 * 30


def test_prices_of_annotators_multiply_what_a_label_costs(run):
    who = [{"skill": 0.9, "name": "expert"}, {"skill": 0.7, "cost": 0.25, "name": "crowd"}]
    oracle = {"annotators": {"who": who, "ask": 2}}
    plain = run(datasets="iris", strategies="margin", oracles=oracle)
    assert set(plain.queries["cost"]) == {1.25}
    dear = run(datasets="iris", strategies="margin", oracles=oracle, costs={"label": 4, "batch": 1})
    assert set(dear.queries["cost"]) == {5.0}
    assert set(dear.annotations.select("annotator", "cost").iter_rows()) == {("expert", 4.0), ("crowd", 1.0)}
    assert dear.curves.filter(pl.col("round") == 1)["cost"].unique().to_list() == [10 * 5 + 2]
    money = run("money.yaml", datasets="iris", strategies="margin", oracles=oracle, budgets={"money": 20})
    # 1.25 for each label.
    assert money.trials["n_labels"].unique().to_list() == [16]
    assert money.curves["cost"].max() == 20


def test_the_leaderboard_has_columns_of_costs_only_where_they_differ(run, points):
    plain, dear = run(**SMALL), run(**SMALL, costs={"label": 2, "batch": 1})
    further = set(dear.leaderboard().columns) - set(plain.leaderboard().columns)
    assert further == {
        *("cost_area", "cost_difference", "cost_low", "cost_high", "cost_p_these"),
        *("cost_saving", "cost_saving_low", "cost_saving_high"),
    }
    # 4 labels and a batch cost 9, whoever picks them: all is as along the labels.
    same = dear.leaderboard().select(pl.col("cost_area") - pl.col("area")).to_series()
    assert same.abs().max() < 1e-12
    pages = [results.report().read_text(encoding="utf-8") for results in (plain, dear)]
    assert ['<h2 id="money">' in page for page in pages] == [False, True]
    assert ["money spent on labels and training" in page for page in pages] == [False, True]


def test_a_column_of_prices_need_be_no_feature_and_is_part_of_trials_that_see_it(run, plan, points, tmp_path):
    def declare(**options):
        csv = {"path": "points.csv", "target": "label", "text": ["note"], **options}
        return {**SMALL, "datasets": {"csv": csv}, "budgets": {"money": 60}}

    costs = {"label": 1, "row": {"column": "minutes"}}
    results = run(**declare(prices=["minutes"]), costs=costs)
    assert results.trials["status"].unique().to_list() == ["done"]
    minutes = points["minutes"].to_numpy()[results.queries["row"].to_numpy()]
    np.testing.assert_allclose(results.queries["cost"], 1 + minutes)
    assert results.curves["cost"].max() <= 60

    def keys(**options):
        return {trial.identity.key for trial in plan(**declare(**options), costs=costs).plan.trials}

    before = keys(prices=["minutes"])
    assert before == set(results.trials["key"])
    assert not before & keys()
    points.with_columns(minutes=pl.col("minutes") + 1).write_csv(tmp_path / "points.csv")
    assert not before & keys(prices=["minutes"])
    with pytest.raises(AlbenchError, match="'prices: \\[minutes\\]' of the dataset"):
        keys(drop=["minutes"])
    with pytest.raises(AlbenchError, match="has no column 'minuts'"):
        keys(prices=["minuts"])
    with pytest.raises(AlbenchError, match="prices are numbers"):
        keys(prices=["note"], text=[])


def test_money_that_shards_have_spent_is_that_of_the_whole(run, points, tables, assert_same, tmp_path):
    changes = {**SMALL, "budgets": {"money": 60}, "costs": {"label": 1, "row": {"column": "minutes"}}}
    whole = tables(run(**changes))
    path = tmp_path / "small.yaml"
    for shard in ("1/2", "2/2"):
        albench.run(path, results=tmp_path / "apart", shard=shard)
    albench.merge(sorted((tmp_path / "apart" / "small.shards").iterdir()), into=tmp_path / "apart" / "small")
    assert_same(tables(albench.open_results(path, results=tmp_path / "apart")), whole)
    # A further metric is scored on the picks that are stored.
    again = tables(run(**changes, metrics=[{"recall": "yes"}]))
    assert again["queries"].equals(whole["queries"])
    assert "recall_yes" in again["curves"].columns


def test_second_answers_are_paid_for_at_the_price_of_their_row(run, points):
    changes = {**SMALL, "oracles": {"uniform_noise": {"rate": 0.3}}, "relabel": {"share": 0.5}}
    results = run(**changes, costs={"label": 0, "row": {"column": "minutes"}, "batch": 1})
    minutes = points["minutes"].to_numpy()
    answers = results.annotations
    assert (answers["k"] > 0).sum() == 6 * 4
    np.testing.assert_allclose(answers["cost"], minutes[answers["row"].to_numpy()])
    for row in results.curves.iter_rows(named=True):
        paid = answers.filter(pl.col("key") == row["key"], pl.col("round") <= row["round"])
        assert row["cost"] == pytest.approx(paid["cost"].sum() + row["round"] + 1)
