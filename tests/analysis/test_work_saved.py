"""How many rows are read until 95 % of a class are found: WSS@95 of Cohen et al. (2006), by hand."""

from __future__ import annotations

import pytest

# Rounds at 10, 20, 30, 40, 50 and 60 of 100 rows.
MARGIN = [
    [0.10, 0.50, 0.90, 1.00, 1.00, 1.00],  # 40
    [0.50, 0.949, 0.96, 1.00, 1.00, 1.00],  # 30
    [0.20, 0.95, 0.95, 0.95, 0.95, 1.00],  # 20
]
SLOW = [
    [0.10, 0.20, 0.30, 0.40, 0.95, 1.00],  # 50
    [0.10, 0.20, 0.30, 0.40, 0.50, 1.00],  # 60
    [0.10, 0.20, 0.30, 0.95, 1.00, 1.00],  # 40
]
FAST = [[0.10, 0.20, 0.95, 1.00, 1.00, 1.00]] * 3  # 30
NEVER = [*SLOW[:2], [0.10, 0.20, 0.30, 0.40, 0.50, 0.94]]


def measure(world, random, margin=MARGIN, **changes):
    settings = {"splits": 3, "metric": "found_yes", "n_pool": 100} | changes
    study = world({"docs": {"random": random, "margin": margin}}, **settings)
    return {work.strategy: work for work in study.conclude().primary.work_saved}


def test_each_trial_reads_whole_batches_until_it_has_95_percent(world):
    work = measure(world, [SLOW, FAST])
    # (40 + 30 + 20) / 3 = 30; WSS@95 = (TN + FN) / N - (1 - R) = 70 / 100 - 0.05.
    assert (work["margin"].n_read, work["margin"].wss) == (30, pytest.approx(0.65))
    # t(0.975, 2) = 4.3027, the standard deviation is 10: 30 -+ 4.3027 * 10 / sqrt(3).
    assert (work["margin"].interval.low, work["margin"].interval.high) == pytest.approx(
        (5.16, 54.84), abs=0.01
    )
    # The orders of random are averaged within their repeat: (40 + 45 + 35) / 3.
    assert (work["random"].n_read, work["random"].wss) == (pytest.approx(40), pytest.approx(0.55))
    assert work["random"].n_trials == 6


def test_no_interval_reaches_beyond_the_pool(world):
    work = measure(world, [FAST], SLOW, n_pool=60)["margin"]
    # (50 + 60 + 40) / 3 -+ 4.3027 * 10 / sqrt(3) would be 25.16 to 74.84.
    assert (work.interval.low, work.interval.high) == (pytest.approx(25.16, abs=0.01), 60)
    assert work.wss == pytest.approx(1 - 50 / 60 - 0.05)


def test_of_a_budget_that_ends_before_there_is_no_number(world):
    work = measure(world, [NEVER])["random"]
    assert (work.n_read, work.interval, work.wss) == (None, None, None)
    assert (work.n_short, work.n_trials) == (1, 3)


def test_a_failed_trial_counts_neither_way(world):
    nan = [float("nan")] * 6
    work = measure(world, [SLOW], [MARGIN[0], nan, MARGIN[2]])["margin"]
    assert (work.n_read, work.n_trials, work.n_short) == (30, 2, 0)


def test_other_metrics_find_nothing(world):
    assert not measure(world, [SLOW], metric="accuracy")
