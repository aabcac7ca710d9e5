"""Budgets of money, from the spec to the tables."""

from __future__ import annotations

import pytest
from polars.testing import assert_frame_equal

from albench.errors import AlbenchError, SpecError
from albench.tables import list_volatile

LABELS = ["dataset", "strategy", "arm", "split", "start"]


def by_label(results, tables):
    """Every table without its keys, with what trials are called instead."""
    names = results.trials.select("key", *LABELS)
    by_table = {}
    for name, table in tables(results).items():
        by_table[name] = table
        if name in ("curves", "queries"):
            order = [*LABELS, "round", *(["rank"] if name == "queries" else [])]
            by_table[name] = table.join(names, on="key").drop("key").sort(order)
        elif name == "trials":
            by_table[name] = table.drop("key").sort(LABELS)
    leaderboard = results.leaderboard()
    return {**by_table, "leaderboard": leaderboard.drop(list_volatile("leaderboard"))}


def test_with_equal_prices_money_gives_the_tables_of_as_many_labels(run, tables):
    labels = run("labels.yaml", datasets="iris", budgets=30)
    money = run("money.yaml", datasets="iris", budgets={"money": 30})
    double = run("double.yaml", datasets="iris", budgets={"money": 60}, costs={"label": 2})
    wanted = by_label(labels, tables)
    assert wanted["queries"].height == 2 * 4 * 30
    for name, table in by_label(money, tables).items():
        assert_frame_equal(table, wanted[name], check_exact=True)
    for name, table in by_label(double, tables).items():
        if "cost" in table.columns:
            assert_frame_equal(table["cost"].to_frame(), 2 * wanted[name].select("cost"))
        else:
            # The leaderboard has further columns, since a label does not cost 1.
            assert_frame_equal(table.select(wanted[name].columns), wanted[name], check_exact=True)
    assert not set(money.trials["key"]) & set(labels.trials["key"])


def test_prices_are_part_of_what_a_trial_of_money_is_as_far_as_they_are_of_its_dataset(plan):
    def keys(**changes):
        trials = plan(datasets=["iris", "wine"], budgets={"money": 40}, **changes).plan.trials
        return [{t.identity.key for t in trials if t.dataset == name} for name in ("iris", "wine")]

    plain, dear = keys(), keys(costs={"label": 1, "classes": {"setosa": 2}})
    assert plain[1] == dear[1]
    assert not plain[0] & dear[0]
    assert not plain[0] & keys(costs={"label": 1, "round": 1})[0]
    assert keys(costs={"label": 1}) == plain


def test_with_budgets_of_labels_prices_are_no_part_of_a_trial(plan):
    def keys(**changes):
        return {trial.identity.key for trial in plan(**changes).plan.trials}

    assert keys() == keys(costs={"label": 3, "classes": {"setosa": 2}, "batch": 1, "round": 4})


def test_a_smaller_budget_of_money_is_read_off_at_the_last_round_that_it_pays_for(run):
    results = run(datasets="iris", budgets=[{"money": 33}, {"money": 70}], costs={"label": 2, "batch": 1})
    low = results.leaderboard(budget="33 of money")
    # 11 for each batch of 5: three of them, or 15 labels, cost 33.
    alone = run("alone.yaml", datasets="iris", budgets={"money": 33}, costs={"label": 2, "batch": 1})
    assert alone.trials["n_labels"].unique().to_list() == [15]
    assert low["area"].to_list() == alone.leaderboard()["area"].to_list()
    assert results.evidence.primary.slice.budget == "70 of money"
    # The picture and the short table are of what the first sentence is of.
    first = results.report().read_text(encoding="utf-8").partition('<nav class="contents"')[0]
    assert '<p class="lede">For the same money' in first
    assert "Money saved<small>" in first


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"budgets": [20, {"money": 30}]}, "budgets are labels or money, not both"),
        ({"budgets": {"money": 0}}, "'money' must be a number above 0, not 0"),
        ({"budgets": {"mony": 30}}, "'mony' is no number of labels"),
        ({"budgets": {"money": 30, "per_class": 3}}, "two budgets in one mapping"),
        ({"seed_sizes": {"money": 30}}, "'money' is no number of labels"),
        (
            {"budgets": {"money": 12}, "costs": {"label": 2, "batch": 1}},
            "a seed set of 5 labels and one more label cost at least 14",
        ),
    ],
)
def test_a_budget_of_money_that_cannot_be_is_told_by_plan(plan, changes, message):
    with pytest.raises((SpecError, AlbenchError)) as caught:
        plan(**changes)
    assert message in str(caught.value)


def test_the_cheapest_rows_decide_whether_a_seed_set_can_be_paid(plan):
    costs = {"label": 0, "row": {"column": "petal length (cm)"}}
    changes = {"datasets": "iris", "costs": costs}
    # The six shortest petals are 1.0, 1.1, 1.2, 1.2, 1.3 and 1.3 cm.
    assert plan(**changes, budgets={"money": 7.2}).plan.trials
    with pytest.raises(AlbenchError) as caught:
        plan(**changes, budgets={"money": 7})
    assert "at least 7.1" in str(caught.value)
