"""Cells are decided by stored results alone, whatever arrived first and whatever came later."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albench.analysis.sequential import DecisionRule, decide_cells
from albench.analysis.stats.looks import compute_levels, list_looks

RULE = DecisionRule(at_least=5, up_to=50, rope=0.002, precision=0.004)
NOISE = np.random.default_rng(3).standard_normal((6, 100)) * 0.01


def draw(effects, n=100):
    return {f"s{i}": NOISE[i, :n] + effect for i, effect in enumerate(effects)}


def decide(differences, n_blocks=None, rule=RULE, splits=None):
    n = len(next(iter(differences.values())))
    splits = np.arange(n) if splits is None else splits
    done = dict.fromkeys(differences, splits.max() + 1) if n_blocks is None else n_blocks
    return decide_cells(differences, splits, done, rule)


def test_each_reason_is_given():
    differences = draw([0.03, -0.03, 0, 0, 0.0055])
    differences["s2"] = differences["s2"] / 20
    decisions = decide(differences, rule=DecisionRule(5, 20, rope=0.002))
    reasons = [d.reason for d in decisions.values()]
    assert reasons == ["better", "worse", "equivalent", "futile", "exhausted"]
    assert decisions["s3"].n_blocks < decisions["s4"].n_blocks == 20
    assert all(d.next_look is None for d in decisions.values())
    precise = decide(differences, rule=DecisionRule(5, 100, rope=0.0001, precision=0.006))["s3"]
    assert precise.reason == "precise"
    assert precise.interval.high - precise.interval.low <= 0.012


def test_a_cell_is_open_until_its_first_look():
    decisions = decide(draw([0.03, 0]), dict.fromkeys(["s0", "s1"], 4))
    assert [(d.reason, d.n_blocks, d.next_look, d.interval) for d in decisions.values()] == [
        (None, 0, 5, None)
    ] * 2


def test_a_look_waits_for_all_that_are_open():
    differences = draw([0.03, 0])
    waiting = decide(differences, {"s0": 50, "s1": 9})
    assert waiting["s1"].n_blocks == 8
    assert waiting["s0"] == decide(differences, {"s0": 8, "s1": 8})["s0"]


def test_the_interval_is_students_at_the_level_of_the_look():
    from scipy.stats import t

    values = np.concatenate([NOISE[0, :5], -NOISE[0, :5]])  # as many above as below: not skewed
    decision = decide({"s0": np.append(values, 1)}, {"s0": 11})["s0"]
    level = compute_levels(list_looks(5, 10), 0.05)[-1]
    half = t.isf(level / 2, 9) * values.std(ddof=1) / 10**0.5
    assert (decision.n_blocks, decision.next_look) == (10, 12)
    assert decision.difference == pytest.approx(values.mean(), abs=1e-12)
    assert decision.interval.low == pytest.approx(values.mean() - half)
    assert decision.interval.high == pytest.approx(values.mean() + half)


def test_rejected_strategies_leave_their_share_of_the_error_to_the_others():
    """Two p of 0.3 and of 0.7 of the level: alone of two the second is decided only after the first."""
    from scipy.stats import t

    looks = list_looks(5, 5)
    values = np.array([-2.0, -1, 0, 1, 2])
    error = values.std(ddof=1) / 5**0.5

    def reach(n_tests, share):
        return t.isf(share * compute_levels(looks, 0.05 / n_tests)[0] / 2, 4) * error

    first, second = values + reach(2, 0.9), values - reach(1, 0.9)
    rule = DecisionRule(5, 5, rope=0)
    both = decide({"a": first, "b": second}, rule=rule)
    assert [d.reason for d in both.values()] == ["better", "worse"]
    alone = decide({"a": values, "b": second}, rule=rule)
    assert [d.reason for d in alone.values()] == ["exhausted", "exhausted"]


def test_failed_repeats_are_left_out_and_too_many_of_them_decide_nothing():
    differences = {"s0": NOISE[0] + 0.05, "s1": NOISE[1] + 0.05}
    differences["s0"][3] = np.nan
    differences["s1"][:60:2] = np.nan
    decisions = decide(differences)
    assert (decisions["s0"].reason, decisions["s0"].n_paired) == ("better", decisions["s0"].n_blocks - 1)
    assert (decisions["s1"].reason, decisions["s1"].interval) == ("exhausted", None)


def test_equal_differences_show_no_more_than_their_sign():
    zero, ahead = decide({"zero": np.zeros(100), "ahead": np.full(100, 0.01)}).values()
    assert (zero.reason, zero.n_blocks) == ("equivalent", 5)
    assert (ahead.reason, ahead.interval) == ("better", None)
    looks = list_looks(5, ahead.n_blocks)
    *_, before, level = compute_levels(looks, 0.025)
    assert 2.0 ** -(looks[-2] - 1) > before
    assert 2.0 ** -(looks[-1] - 1) <= level


def test_starts_of_a_split_are_one_block():
    splits = np.repeat(np.arange(20), 2)
    by_start = {"s0": np.repeat(NOISE[0, :20] + 0.02, 2)}
    of_splits = {"s0": NOISE[0, :20] + 0.02}
    rule = DecisionRule(5, 20, rope=0)
    of_starts, other = decide(by_start, rule=rule, splits=splits)["s0"], decide(of_splits, rule=rule)["s0"]
    assert (of_starts.reason, of_starts.n_blocks) == (other.reason, other.n_blocks)
    assert of_starts.n_paired == 2 * other.n_paired
    assert of_starts.interval.high == pytest.approx(other.interval.high)


EFFECTS = st.lists(st.sampled_from([0.0, 0.004, -0.008, 0.02]), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(EFFECTS, st.integers(0, 100), st.randoms(use_true_random=False))
def test_later_results_and_the_order_of_strategies_change_nothing_that_is_closed(effects, n_blocks, random):
    differences = draw(effects)
    early = {name: np.where(np.arange(100) < n_blocks, of, np.nan) for name, of in differences.items()}
    then = decide(early, dict.fromkeys(early, n_blocks))
    names = list(differences)
    random.shuffle(names)
    ahead = {name: n_blocks + random.randint(0, 3) for name in names}
    ahead[names[0]] = n_blocks
    # Those that are closed are not run further, whatever else is.
    closed = {name: d.n_blocks for name, d in then.items() if d.reason}
    assert (
        decide({name: differences[name] for name in names}, dict.fromkeys(names, 100)).items()
        >= {name: then[name] for name in closed}.items()
    )
    stopped = {
        name: np.where(np.arange(100) < closed.get(name, 100), of, np.nan) for name, of in differences.items()
    }
    assert decide(stopped, {name: closed.get(name, 100) for name in names}) == decide(differences)


@settings(max_examples=25, deadline=None)
@given(EFFECTS, st.integers(5, 60), st.integers(0, 40))
def test_more_repeats_at_most_never_change_what_was_decided(effects, up_to, more):
    """A cell that was not to be decided is open again; what it may leave to others lets them end no later."""
    differences = draw(effects)
    few = decide(differences, rule=DecisionRule(5, up_to, 0.002, 0.004))
    many = decide(differences, rule=DecisionRule(5, up_to + more, 0.002, 0.004))
    again = {name for name, decision in few.items() if decision.reason in ("futile", "exhausted")}
    left = any(many[name].reason in ("better", "worse") for name in again)
    for name, decision in few.items():
        if name in again:
            assert many[name].n_blocks >= decision.n_blocks
        elif not left:
            assert many[name] == decision
        else:
            assert many[name].n_blocks <= decision.n_blocks
            assert decision.reason not in ("better", "worse") or many[name].reason == decision.reason


def test_a_cell_is_futile_where_the_rest_of_its_repeats_would_hardly_decide_it():
    """Against drawing the rest: the mean has a flat prior, the spread is that of the repeats so far."""
    from scipy.stats import norm

    rng = np.random.default_rng(7)
    for n, shift in ((15, 0.0), (25, 0.0), (30, 0.003), (40, 0.001), (50, 0.0025)):
        bound = norm.isf(compute_levels(list_looks(n, 60), 0.05)[-1] / 2)
        values = np.tile([-0.01, 0.01], 50)[:n] + shift
        spread, rest = values.std(ddof=1), 60 - n
        means = values.mean() + spread / n**0.5 * rng.standard_normal(20_000)
        totals = values.sum() + rest * means + spread * rest**0.5 * rng.standard_normal(20_000)
        decided = np.mean(np.abs(totals) / (spread * 60**0.5) > bound)
        first = decide_cells({"s": values}, np.arange(n), {"s": n}, DecisionRule(n, 60, 0.0005))["s"]
        assert (first.reason == "futile") == (decided < 0.05), (n, decided)
        assert abs(decided - 0.05) > 0.006  # far from the border, for as many draws
