"""Repeats of streams that go on until a cell is decided: the looks of pools, at differences to its random."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest
from scipy import stats
from stream_world import World, fail

from albench.analysis.sequential import DecisionRule, decide_cells
from albench.analysis.stats.looks import compute_levels, correct_p, list_looks
from albench.analysis.streams.conclude import conclude_streams
from albench.analysis.streams.evidence.design import describe_design
from albench.analysis.streams.needed_repeats import find_needed_stream_repeats
from albench.api.experiment import load_experiment
from albench.narrative.checks.streams import check_stream_repeats
from albench.narrative.streams.answer import write_stream_answer
from albench.narrative.streams.notes import list_stream_notes

UP_TO = 30
GAINS = {"variable_uncertainty": 0.03, "split": 0.0, "uncertainty": -0.03}
SPEC = {
    "scenario": "stream",
    "datasets": ["iris", "wine"],
    "models": "gaussian_nb",
    "strategies": list(GAINS),
    "budgets": ["5%", "10%"],
    "drifts": "sudden",
    "window": 200,
    "repeats": {"until": "decided", "up_to": UP_TO},
}


def conclude(edit=lambda row: row, **changes):
    """Return the evidence of tables that hold the repeats that were needed, and the trials of all repeats."""
    experiment = load_experiment({**SPEC, **changes})
    world = World(describe_design(experiment), gains=GAINS, noise=0.02, edit=edit)
    needed = find_needed_stream_repeats(experiment, world.trials)
    n_repeats = {(cell.group.budget, cell.dataset, cell.strategy): cell.n_splits for cell in needed}
    rows = world.trials.select("budget", "dataset", "strategy", "repeat").rows()
    kept = world.trials.filter([n_repeats[row[:3]] > row[3] for row in rows])
    assert find_needed_stream_repeats(experiment, kept) == needed
    evidence = conclude_streams(describe_design(experiment), kept, world.curves, needed=needed)
    return evidence, world.trials


@pytest.fixture(scope="module")
def ended():
    return conclude()


def list_differences(trials, budget, dataset, strategy, metric="accuracy"):
    """The differences of all repeats, by a loop over the rows."""
    place = (budget, dataset, strategy)
    rows = [
        row
        for row in trials.rows(named=True)
        if tuple(row[n] for n in ("budget", "dataset", "strategy")) == place
    ]
    return np.array(
        [row[metric] - row[f"random_{metric}"] for row in sorted(rows, key=lambda row: row["repeat"])]
    )


def test_cells_are_decided_as_those_of_pools_with_these_differences(ended):
    evidence, trials = ended
    rule = DecisionRule(at_least=5, up_to=UP_TO, rope=0.005, precision=0.004)
    for budget in (0.05, 0.1):
        for dataset in SPEC["datasets"]:
            values = {name: list_differences(trials, budget, dataset, name) for name in GAINS}
            decisions = decide_cells(values, np.arange(UP_TO), dict.fromkeys(GAINS, UP_TO), rule)
            cells = [c for c in evidence.repeats if (c.group.budget, c.dataset) == (budget, dataset)]
            assert [cell.strategy for cell in cells] == list(GAINS)
            for cell in cells:
                decision = decisions[cell.strategy]
                assert (cell.reason, cell.n_splits) == (decision.reason, decision.n_blocks)
                assert cell.decision.interval.low == pytest.approx(decision.interval.low, abs=1e-9)
    assert {"better", "worse"} < {cell.reason for cell in evidence.repeats}


def test_cells_have_the_interval_and_the_verdict_of_what_ended_them(ended):
    evidence, trials = ended
    words = {"better": "win", "worse": "loss"}
    for budget in (0.05, 0.1):
        shown = evidence.find_slice({"budget": budget})
        for repeats in evidence.repeats:
            if repeats.group.budget == budget:
                cell = shown.find_cell(repeats.dataset, repeats.strategy).cell
                assert cell.interval == repeats.decision.interval
                assert cell.verdict == words.get(repeats.reason, "tie")
                assert cell.n_paired == cell.n_asked == list_looks(5, UP_TO)[cell.n_looks - 1]
                own = list_differences(trials, budget, repeats.dataset, repeats.strategy)[: repeats.n_splits]
                assert cell.difference == pytest.approx(own.mean())
    # Another metric has the repeats of that which decides, and intervals that hold at its looks.
    kappa = evidence.find_slice({"metric": "kappa"}).find_cell("iris", "split").cell
    assert kappa.n_looks == evidence.primary.find_cell("iris", "split").cell.n_looks
    assert "at every look" in kappa.interval.method


def test_on_one_stream_p_is_corrected_for_the_looks_and_the_strategies():
    evidence, trials = conclude(datasets="iris", budgets="10%")
    ps = {}
    for cell in evidence.repeats:
        own = list_differences(trials, 0.1, "iris", cell.strategy)[: cell.n_splits]
        error, skew = stats.sem(own), 1.5 * stats.skew(own, bias=False) / len(own) ** 0.5
        # Hall's transformation, which must agree with t.
        t = own.mean() / error
        hall = t + skew * t**2 / 3 + skew**2 * t**3 / 27 + skew / 6
        smaller = min(abs(t), max(0.0, np.sign(t) * hall))
        ps[cell.strategy] = correct_p(2 * stats.t.sf(smaller, len(own) - 1), list_looks(5, cell.n_splits))
    for place, (name, p) in enumerate(sorted(ps.items(), key=lambda item: item[1])):
        assert evidence.primary.find_row(name).row.p_these == pytest.approx(min(1, p * (3 - place)), rel=0.02)
    sides = {name: evidence.primary.find_row(name).row.side for name in GAINS}
    assert sides == {"variable_uncertainty": 1, "split": 0, "uncertainty": -1}


def test_who_recovers_sooner_is_tested_at_the_level_of_the_look_too():
    def edit(row):
        return row | {"recovery": row["random_recovery"] + (50 if row["repeat"] % 5 == 0 else -50)}

    evidence, trials = conclude(edit)
    cell = next(of for of in evidence.repeats if of.group.budget == 0.05 and of.dataset == "iris")
    recovery = evidence.primary.find_cell("iris", cell.strategy).recovery
    own = trials.filter(
        pl.col("budget") == 0.05, pl.col("dataset") == "iris", pl.col("strategy") == cell.strategy,
        pl.col("repeat") < cell.n_splits,
    )  # fmt: skip
    sooner = (own["recovery"] < own["random_recovery"]).sum()
    later = (own["recovery"] > own["random_recovery"]).sum()
    test, looks = stats.binomtest(sooner, sooner + later), list_looks(5, cell.n_splits)
    assert recovery.p == pytest.approx(correct_p(test.pvalue, looks))
    ends = test.proportion_ci(1 - compute_levels(looks, 0.05)[-1])
    assert (recovery.interval.low, recovery.interval.high) == pytest.approx((ends.low, ends.high))
    assert recovery.interval.level == 0.95


def test_two_strategies_are_compared_at_the_looks_of_that_which_ended_first():
    evidence, trials = conclude(datasets="iris", budgets="10%", strategies=["variable_uncertainty", "split"])
    n = {cell.strategy: cell.n_splits for cell in evidence.repeats}
    least = min(n.values())
    assert least < max(n.values())
    first, second = (list_differences(trials, 0.1, "iris", name)[:least] for name in n)
    low = compute_levels(list_looks(5, least), 0.05)[-1]
    is_shown = stats.ttest_1samp(first - second, 0).pvalue <= low
    assert evidence.primary.recommendation.equals == (() if is_shown else ("split",))


def test_what_always_fails_ends_at_the_first_look_and_a_failed_repeat_counts_as_run():
    def edit(row):
        is_lost = row["strategy"] == "split" or (row["strategy"] == "uncertainty" and row["repeat"] == 1)
        return fail(row) if is_lost else row

    evidence, _ = conclude(edit)
    reasons = {cell.strategy: (cell.reason, cell.n_splits) for cell in evidence.repeats}
    assert reasons["split"] == ("failed", 5)
    cell = evidence.primary.find_cell("iris", "uncertainty")
    assert (cell.n_asked - cell.cell.n_paired, cell.cell.n_failed, cell.n_missing) == (1, 1, 0)


def test_a_look_waits_for_all_open_strategies_of_a_stream_alone():
    def edit(row):
        is_late = row["dataset"] == "iris" and row["strategy"] == "split" and row["repeat"] == 4
        return None if is_late else row

    evidence, _ = conclude(edit)
    looks = {(cell.dataset, cell.decision.n_blocks > 0) for cell in evidence.repeats}
    assert looks == {("iris", False), ("wine", True)}
    assert {cell.cell.verdict for cell in evidence.primary.cells if cell.cell.dataset == "iris"} == {
        "undecided"
    }


def test_the_page_says_that_intervals_hold_wherever_repeats_end(ended):
    evidence, _ = ended
    assert list_stream_notes(evidence)[0] == (
        "Repeats ended by what they showed; these 95 % intervals hold wherever that is, and on one stream "
        "chance alone calls any strategy better or worse in at most 5 % of experiments."
    )
    n = max(cell.n_splits for cell in evidence.repeats)
    assert check_stream_repeats(evidence).sentence == f"Up to {n} repeats of each cell, until it was decided."


def test_where_more_repeats_are_needed_than_the_spec_allows_the_answer_says_so():
    limit = {"repeats": {**SPEC["repeats"], "up_to": 10}}
    strategies = ["split", "uncertainty"]
    evidence, trials = conclude(datasets="iris", budgets="10%", strategies=strategies, **limit)
    n, n_other = (cell.n_splits for cell in evidence.repeats)
    assert n < n_other
    # By the spread of its own repeats, not of as many as another strategy has: noncentral t, Bonferroni.
    own = list_differences(trials, 0.1, "iris", "split")[:n]
    effect = max(own.mean(), 0.005 - own.mean()) / own.std(ddof=1)
    needed = next(
        m for m in range(2, 999) if stats.nct.sf(stats.t.isf(0.0125, m - 1), m - 1, effect * m**0.5) >= 0.8
    )
    up_to = min(look for look in (12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200) if look >= needed)
    words = re.compile(r"about (\d+) more repeats would \(raise 'up_to' to (\d+)\)")
    assert words.search(write_stream_answer(evidence)[0]).groups() == (str(needed - n), str(up_to))


def test_fixed_repeats_have_no_looks():
    evidence = World().conclude()
    assert {cell.cell.n_looks for cell in evidence.primary.cells} == {0}
    assert not any("hold wherever" in note for note in list_stream_notes(evidence))
