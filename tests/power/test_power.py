"""What an experiment can show before it is run: against statsmodels, by simulation, by hand, by the command."""

from __future__ import annotations

import json
import math
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from albench.analysis.evidence.cells import Curve
from albench.analysis.stats.power import (
    compute_power,
    compute_signed_rank_power,
    find_smallest_effect,
    find_smallest_signed_rank_effect,
)
from albench.errors import AlbenchError
from albench.power.detectable import compute_spread, find_design, predict_detectable
from albench.power.forecast import WantedEffect
from albench.power.spread import SHARES, Spread, compute_area_by_saving

ROPE = 0.005
LINEAR = Curve(np.arange(10.0, 51, 10), 0.4 + 0.01 * np.arange(10.0, 51, 10), np.zeros(5), np.zeros(5), 10)


@pytest.mark.parametrize(("n", "sd", "k"), [(5, 0.01, 1), (10, 0.02, 5), (50, 0.005, 9)])
def test_the_smallest_effect_is_that_of_statsmodels(n, sd, k):
    from statsmodels.stats.power import TTestPower

    exact = sd * TTestPower().solve_power(nobs=n, power=0.8, alpha=0.05 / k)
    assert find_smallest_effect(sd / math.sqrt(n), n - 1, k) == pytest.approx(exact, rel=2e-3)


@pytest.mark.parametrize("n_datasets", [1, 3, 20])
@pytest.mark.parametrize("n_repeats", [5, 10, 50])
@pytest.mark.parametrize("times", [1, 2, 5])
def test_predicted_power_is_within_5_points_of_simulated_power(n_datasets, n_repeats, times):
    """The mean over datasets, tested with Welch's degrees of freedom, as on the leaderboard."""
    from scipy.stats import t

    rng = np.random.default_rng(n_datasets * 1000 + n_repeats * 10 + times)
    sd, effect, k = 0.02, times * ROPE, 5
    draws = effect + sd * rng.standard_normal((4000, n_datasets, n_repeats))
    variances = draws.var(axis=-1, ddof=1) / n_repeats
    error = np.sqrt(variances.sum(axis=1)) / n_datasets
    df = variances.sum(axis=1) ** 2 / (variances**2 / (n_repeats - 1)).sum(axis=1)
    shown = draws.mean(axis=(1, 2)) / error > t.ppf(1 - 0.025 / k, df)
    predicted = compute_power(effect, sd / math.sqrt(n_repeats * n_datasets), n_datasets * (n_repeats - 1), k)
    assert predicted == pytest.approx(shown.mean(), abs=0.05)


def test_savings_are_worth_what_they_are_worth_along_a_line():
    """Random rises by 0.01 a label from 10 to 50; half the labels double the way until 25, then it is over."""
    by_hand = 0.01 * ((25**2 - 10**2) / 2 + 25**2 / 2) / 40
    assert compute_area_by_saving(LINEAR)[SHARES.index(0.5)] == pytest.approx(by_hand, rel=1e-3)
    spread = Spread("a", 0.01, compute_area_by_saving(LINEAR))
    assert spread.convert_to_saving(spread.convert_to_difference(0.25)) == pytest.approx(0.25)
    assert spread.convert_to_saving(1.0) is None
    falling = Curve(LINEAR.n_labels, 1 - LINEAR.mean, LINEAR.low, LINEAR.high, 10)
    assert compute_area_by_saving(falling, -1) == pytest.approx(compute_area_by_saving(LINEAR))


def test_what_can_be_shown_on_one_dataset_on_these_and_on_others():
    spreads = [Spread(name, 0.01, compute_area_by_saving(LINEAR)) for name in "abcdefgh"]
    *single, these, others = predict_detectable(spreads, 10, 5, between=0.02)
    assert single[0].difference == pytest.approx(find_smallest_effect(0.01 / math.sqrt(10), 9), rel=1e-3)
    assert these.difference == pytest.approx(find_smallest_effect(0.01 / math.sqrt(80), 72, 5), rel=1e-3)
    spread = math.sqrt(0.02**2 + 0.01**2 / 10)
    assert others.difference == pytest.approx(find_smallest_signed_rank_effect(spread, 8, 5))
    few = predict_detectable(spreads[:3], 10, 5, between=0.02)
    assert few[-1].reason == "cannot be tested with 3 datasets: it takes 8"
    assert predict_detectable(spreads, 2, 5, None)[0].difference is None


def test_the_design_for_an_effect_shows_it_and_one_repeat_less_does_not():
    spreads = [Spread(name, sd, compute_area_by_saving(LINEAR)) for name, sd in (("a", 0.01), ("b", 0.02))]
    alone, other, these, others = find_design(spreads, 3, 0.01, difference=0.008)
    for design, sd in ((alone, 0.01), (other, 0.02)):
        assert compute_power(0.008, sd / math.sqrt(design.n_repeats), design.n_repeats - 1) >= 0.8
        assert compute_power(0.008, sd / math.sqrt(design.n_repeats - 1), design.n_repeats - 2) < 0.8
    assert (these.n_datasets, these.n_repeats < other.n_repeats) == (2, True)
    spread = compute_spread(spreads, others.n_repeats, 0.01)
    assert compute_signed_rank_power(0.008, spread, others.n_datasets, 3) >= 0.8
    saving = find_design(spreads, 3, None, saving=0.5)
    assert saving[0].difference == pytest.approx(0.14375, rel=1e-3)


def test_a_saving_where_random_does_not_rise_is_told_and_costs_the_other_datasets_nothing():
    rises = [Spread(name, 0.01, compute_area_by_saving(LINEAR)) for name in "ab"]
    level = Curve(LINEAR.n_labels, np.full(5, 0.5), LINEAR.low, LINEAR.high, 10)
    flat = Spread("flat", 0.01, compute_area_by_saving(level))
    a, of_flat, b, together = find_design([rises[0], flat, rises[1]], 3, None, saving=0.5)
    assert (of_flat.n_repeats, of_flat.difference) == (None, None)
    assert "random's curve does not rise" in of_flat.reason
    assert [a, b] == find_design(rises, 3, None, saving=0.5)[:2]
    assert (together.place, together.n_datasets) == ("on 2 datasets", 2)
    assert find_design([flat], 3, 0.01, saving=0.5)[0].n_repeats is None


@pytest.mark.parametrize("text", ["x", "-1", "0", "saving 0%", "saving 95%", "saving"])
def test_what_is_no_effect_is_refused_with_both_forms(text):
    with pytest.raises(AlbenchError, match=r"is no effect: .*0\.005, or 'saving 10%'"):
        WantedEffect.parse(text)


def test_effects_are_differences_or_savings():
    assert WantedEffect.parse("0.005") == WantedEffect(0.005, None)
    assert WantedEffect.parse("saving 12.5%") == WantedEffect(None, 0.125)


def test_plan_predicts_from_a_study_before_a_run_and_from_its_trials_after_it(
    tmp_path, albench_in, monkeypatch
):
    import albench

    monkeypatch.chdir(tmp_path)
    spec = Path("a.yaml")
    spec.write_text(
        "datasets: [iris, wine]\nmodels: [logistic_regression]\nstrategies: [random, margin]\nseed_sizes: 6\n"
        "batch_sizes: 6\nbudgets: 30\nrepeats: 4\nexecution: {n_jobs: 1}\n"
    )

    call = partial(albench_in, tmp_path, "plan", spec)
    assert "on one dataset shows in 4 of 5 experiments (a study of " in call().stdout
    assert call("--detect", "x").returncode == 2
    results = albench.run(spec)
    power = json.loads(call("--detect", "0.01", "--json").stdout)["power"]
    assert power["source"] == "finished trials on 2 of 2 datasets"
    cell = results.evidence.primary.find_cell("iris", "margin")
    from scipy.stats import t

    error = (cell.interval.high - cell.interval.low) / 2 / t.ppf(0.975, 3)
    assert power["detectable"][0]["difference"] == pytest.approx(find_smallest_effect(error, 3), rel=1e-3)
    assert [of["place"] for of in power["wanted"]][-2:] == [
        "on these 2 datasets",
        "on other datasets like these",
    ]
    assert "what 4 repeats show in 4 of 5 experiments, 1 strategy against random" in call("--power").stdout


def test_a_probe_measures_the_spread_by_trials_that_a_run_then_has(tmp_path, albench_in):
    import albench

    (tmp_path / "a.yaml").write_text(
        "datasets: [iris, wine]\nmodels: [gaussian_nb]\nstrategies: [random, k_center]\nseed_sizes: 6\n"
        "batch_sizes: [6, 12]\nbudgets: 30\nrepeats: 5\nexecution: {n_jobs: 1}\n"
    )
    options = ("plan", "a.yaml", "--detect", "0.01", "--probe", "--json")
    contents = json.loads(albench_in(tmp_path, *options).stdout)
    assert contents["power"]["source"] == "finished trials on 2 of 2 datasets"
    # 3 repeats of 2 datasets, with two arms of random, for the first batch size alone.
    assert (contents["reused"], contents["trials"]) == (18, 60)
    iris, wine, both = contents["power"]["wanted"][:3]
    assert both["cpu_s"] / both["n_repeats"] == pytest.approx(
        iris["cpu_s"] / iris["n_repeats"] + wine["cpu_s"] / wine["n_repeats"]
    )
    assert "CPU)" in albench_in(tmp_path, *options[:-1]).stdout
    opened = albench.open_results(tmp_path / "a.yaml", results=tmp_path / "results")
    assert (opened.trials.height, opened.n_missing) == (18, 42)
