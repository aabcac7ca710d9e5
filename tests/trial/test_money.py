"""A trial that money ends: what it buys, in which order, and that it never spends more than it has."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from albench.trial.execute import run_trial


@pytest.fixture
def buy(case):
    """Run a trial on iris with money and prices; of its pool the rows' prices may be given."""

    def run(money, prices, rows=None, picks=None, **changes):
        example = case(**{"strategy": "margin", "model": "gaussian_nb", **changes})
        arrays = example.arrays
        if rows is not None:
            prices = {**prices, "rows": "given"}
            arrays = replace(arrays, pool_prices=np.resize(np.asarray(rows, float), arrays.pool_rows.size))
        task = example.task
        task = replace(
            task,
            identity=replace(task.identity, money=money, prices=prices),
            coverage=replace(task.coverage, labels=0),
            picks=picks,
        )
        return run_trial(task, arrays), arrays

    return run


def spend(record, arrays, prices, rows=None):
    """What a record has cost, added up by hand, and the price of each of its labels."""
    position = {row: i for i, row in enumerate(arrays.pool_rows.tolist())}
    names = ("setosa", "versicolor", "virginica")
    labels = []
    for row, given_label in zip(record.queries["row"], record.queries["label_given"], strict=True):
        price = prices.get("classes", {}).get(names[given_label], prices["label"])
        labels.append(price + (arrays.pool_prices[position[row]] if rows is not None else 0))
    n_rounds = len(set(record.queries["round"].tolist()))
    return sum(labels) + n_rounds * (prices.get("batch", 0) + prices.get("round", 0)), np.array(labels)


PRICES = st.sampled_from([0.0, 0.1, 0.3, 1.0, 2.5, 7.0])


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    money=st.floats(30, 300),
    label=PRICES,
    batch=PRICES,
    round_price=PRICES,
    setosa=PRICES,
    rows=st.none() | st.lists(PRICES, min_size=2, max_size=30),
    strategy=st.sampled_from(["random", "margin"]),
)
def test_money_is_never_overspent(buy, money, label, batch, round_price, setosa, rows, strategy):
    prices = {"label": label, "batch": batch, "round": round_price, "classes": {"setosa": setosa}}
    record, arrays = buy(money, prices, rows, strategy=strategy, seed_size=2)
    assert record.status == "done", record.notes
    spent, labels = spend(record, arrays, prices, rows)
    assert spent <= money * (1 + 1e-6)
    # And it ends with a reason: nothing is left, or the batch was cut at what cannot be paid.
    if labels.size < arrays.pool_rows.size:
        dearest = max(max(label, setosa) + (max(rows) if rows else 0), 0)
        assert spent + dearest + batch + round_price > money * (1 - 1e-6)


def test_a_batch_ends_before_the_first_row_that_cannot_be_paid_and_is_the_last(buy):
    """Free rows bought in pool order show what the first batches are; then each is bought by hand."""
    free, arrays = buy(1.0, {"label": 0.0}, seed_size=4, batch_size=10)
    assert len(free.queries["row"]) == arrays.pool_rows.size
    record, arrays = buy(37.0, {"label": 1.0, "batch": 2.0, "round": 0.5}, seed_size=4, batch_size=10)
    # 4 + 2.5 for the seed set, 12.5 for each of two batches: 5.5 are left, of which 2.5 are fixed.
    assert np.bincount(record.queries["round"]).tolist() == [4, 10, 10, 3]
    assert record.curve["n_labels"].tolist() == [4, 14, 24, 27]
    assert record.queries["row"].tolist() == free.queries["row"][:27].tolist()
    assert record.notes is None


def test_a_row_dearer_than_the_whole_budget_ends_the_batch_with_a_note(buy):
    free, arrays = buy(1.0, {"label": 0.0}, seed_size=4, batch_size=10)
    dear = free.queries["row"][19]
    rows = np.where(arrays.pool_rows == dear, 1000.0, 1.0)
    record, _ = buy(200.0, {"label": 0.0}, rows, seed_size=4, batch_size=10)
    assert record.queries["row"].tolist() == free.queries["row"][:19].tolist()
    assert record.notes == (
        f"the batch of round 2 ends before row {dear}, which costs 1000, more than the whole budget of 200"
    )


def test_a_seed_set_dearer_than_the_budget_fails_with_both_numbers(buy):
    record, _ = buy(30.0, {"label": 1.0}, [10.0], seed_size=4)
    assert record.status == "failed"
    assert "the seed set costs 44, more than the whole budget of 30" in record.notes


def test_without_a_seed_set_a_budget_that_buys_no_label_fails(buy):
    record, _ = buy(5.0, {"label": 1.0}, [10.0], seed_size=0)
    assert record.status == "failed"
    assert "the first row to be asked for costs 11, more than the whole budget of 5" in record.notes


def test_stored_picks_of_a_trial_that_money_ended_are_scored_to_their_end(buy):
    record, _ = buy(37.0, {"label": 1.0, "batch": 2.0}, seed_size=4, batch_size=10)
    n = len(record.queries["row"])
    picks = {name: record.queries[name] for name in ("round", "row", "utility", "tied", "label_given")}
    picks |= {"n_tied": np.zeros(n), "query_s": np.zeros(n)}
    again, _ = buy(37.0, {"label": 1.0, "batch": 2.0}, seed_size=4, batch_size=10, picks=picks)
    assert again.queries["row"].tolist() == record.queries["row"].tolist()
    assert again.curve["accuracy"].tolist() == record.curve["accuracy"].tolist()
