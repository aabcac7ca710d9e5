"""Each piece beyond verdicts against an independent implementation or a case worked by hand."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from albench.analysis.conclude import conclude
from albench.analysis.details.headroom import compute_interquartile_mean, compute_profile
from albench.analysis.details.pairwise import compute_win_rates, find_cliques
from albench.analysis.details.phases import compute_deficiency, find_ramp_end, split_area
from albench.analysis.details.pick_similarity import compute_evenness, jaccard
from albench.analysis.details.stability import kendall
from albench.analysis.details.traits import spearman
from albench.analysis.details.variance import analyse_variance
from albench.analysis.details.virtual_best import list_trades
from albench.analysis.stats.bands import estimate_band
from albench.analysis.stats.intervals import compute_t_bounds, estimate_mean, find_units
from albench.metrics.classification import LogLoss
from albench.narrative.wording import describe_untested
from albench.spec.experiment import Entry, Size


def row(strategy, difference, seconds, *, looking=False):
    return SimpleNamespace(
        strategy=strategy, difference=difference, query_s_per_label=seconds, label_looking=looking
    )


# --- bands ------------------------------------------------------------------------------------------------


def test_the_band_of_a_single_round_is_students_interval_a_little_wider():
    values = np.random.default_rng(0).standard_normal((12, 1))
    of = find_units(np.arange(12))
    band = estimate_band(values, of)
    low, high = compute_t_bounds(estimate_mean(values, of))
    # The factor is drawn: 8,000 draws know it to two percent.
    assert (band.high - band.low)[0] == pytest.approx((high - low)[0] * np.sqrt(12 / 11), rel=0.04)


def test_the_band_of_independent_rounds_is_as_wide_as_sidaks_and_of_equal_ones_no_wider():
    rng = np.random.default_rng(1)
    independent, of = rng.standard_normal((200, 30)), find_units(np.arange(200))
    error = estimate_mean(independent, of).error
    band = estimate_band(independent, of)
    sidak = stats.t.ppf(1 - (1 - 0.95 ** (1 / 30)) / 2, 199)
    assert np.mean((band.high - band.low) / 2 / error) == pytest.approx(sidak, rel=0.03)
    equal = np.repeat(independent[:, :1], 30, axis=1)
    band = estimate_band(equal, of)
    half = (band.high - band.low)[0] / 2
    assert half / estimate_mean(equal, of).error[0] == pytest.approx(stats.t.ppf(0.975, 199), rel=0.05)


def test_a_band_is_closed_where_nothing_varies_and_none_below_ten_repeats():
    values = np.random.default_rng(2).standard_normal((10, 3)) * [0, 1, 1]
    band = estimate_band(values, find_units(np.arange(10)))
    assert band.low[0] == band.high[0] == 0
    assert estimate_band(values[:9], find_units(np.arange(9))) is None
    assert estimate_band(values, find_units(np.repeat(np.arange(4), [3, 3, 2, 2]))) is None


# --- deficiency, ramp, plateau ----------------------------------------------------------------------------


def test_deficiency_is_the_area_above_the_curve_as_a_share_of_randoms():
    # Random misses 0.4, 0.2 and 0; the strategy 0.4, 0.1 and -0.1 of the same level.
    assert compute_deficiency(np.array([0.5, 0.8, 1.0]), np.array([0.5, 0.7, 0.9])) == pytest.approx(
        0.4 / 0.6
    )
    assert compute_deficiency(np.array([0.5, 0.5]), np.array([0.5, 0.5])) is None


def test_the_ramp_ends_where_random_has_made_nine_tenths_of_its_rise():
    n_labels = np.array([10.0, 20.0, 30.0, 40.0])
    assert find_ramp_end(n_labels, np.array([0.5, 0.8, 0.9, 1.0])) == pytest.approx(35)
    assert find_ramp_end(n_labels, np.array([0.5, 1.0, 0.8, 0.9])) == pytest.approx(10 + 10 * 0.9)
    assert find_ramp_end(n_labels, np.array([0.9, 0.8, 0.7, 0.6])) is None


def test_the_difference_is_split_at_the_end_of_the_ramp():
    n_labels, values = np.array([10.0, 20.0, 30.0]), np.array([0.0, 0.2, 0.0])
    assert split_area(n_labels, values, 20.0) == pytest.approx((0.1, 0.1))
    # Up to 25: 1.0 + 0.75 over 15; after it 0.25 over 5.
    assert split_area(n_labels, values, 25.0) == pytest.approx((1.75 / 15, 0.05))
    assert split_area(n_labels, values, 30.0) == (pytest.approx(0.1), None)


# --- shares of the headroom -------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 3, 4, 7, 40])
def test_the_interquartile_mean_is_scipys_trimmed_mean(n):
    values = np.random.default_rng(n).standard_normal((5, n))
    assert compute_interquartile_mean(values) == pytest.approx(stats.trim_mean(values, 0.25, axis=1))


def test_the_interval_of_the_interquartile_mean_is_scipys_percentile_bootstrap(world):
    """One dataset; of curves whose area is what a repeat is worth, in a headroom from 0.5 to 0.9."""
    gains = np.random.default_rng(9).uniform(0, 1, 30)
    curves = 0.5 + 0.4 * gains[:, np.newaxis] * np.array([0.0, 1.0, 1.0, 1.0, 1.0])
    evidence = world({"a": {"random": curves, "margin": curves}}, splits=30, reference={"a": 0.9}).conclude()
    area = next(area for area in evidence.primary.details.normalised if area.strategy == "margin")
    shares = np.trapezoid((curves - 0.5) / 0.4, axis=1) / 4
    wanted = stats.bootstrap(
        (shares,),
        lambda x, axis: stats.trim_mean(x, 0.25, axis),
        n_resamples=9999,
        method="percentile",
        rng=0,
    ).confidence_interval
    width = wanted.high - wanted.low
    assert area.iqm == pytest.approx(stats.trim_mean(shares, 0.25))
    assert (area.interval.low, area.interval.high) == pytest.approx(
        (wanted.low, wanted.high), abs=0.08 * width
    )


def test_a_profile_gives_each_dataset_the_same_weight():
    values = [np.array([0.1, 0.5]), np.array([0.5, 0.9, 0.9, 0.9])]
    assert compute_profile(values, np.array([0.0, 0.5, 0.8, 1.0])) == pytest.approx(
        [1, 0.75 / 2, 0.75 / 2, 0]
    )


# --- pairs ------------------------------------------------------------------------------------------------


def test_cliques_are_the_largest_runs_of_neighbours_that_are_not_told_apart():
    def alike(*pairs):
        return {frozenset(pair) for pair in pairs}

    assert find_cliques("abcd", alike("ab", "bc", "cd")) == (("a", "b"), ("b", "c"), ("c", "d"))
    assert find_cliques("abcd", alike("ab", "ac", "bc", "cd")) == (("a", "b", "c"), ("c", "d"))
    # b and c are apart: that a is like both joins them in no group.
    assert find_cliques("abc", alike("ab", "ac")) == (("a", "b"),)
    assert find_cliques("abc", alike()) == ()


def test_win_rates_are_of_paired_repeats_ties_half_mean_over_datasets():
    first = SimpleNamespace(sign=1, areas={"a": np.array([1.0, 2.0, np.nan]), "b": np.array([0.0, 2.0, 5.0])})
    second = SimpleNamespace(sign=-1, areas={"a": np.array([1.0]), "b": np.array([0.0])})
    nothing = SimpleNamespace(sign=1, areas={"a": np.array([np.nan]), "b": np.array([0.0])})
    rates_won = compute_win_rates([first, second, nothing], ["a", "b"])
    assert rates_won[0, 1] == pytest.approx((0.75 + 0) / 2)
    assert rates_won[1, 0] == pytest.approx((0.25 + 1) / 2)
    assert np.isnan(np.diag(rates_won)).all()


def test_pairs_are_those_of_scipy_and_statsmodels(world, noisy):
    rates = {"random": 0.3, "margin": 0.5, "entropy": 0.31}
    primary = world(noisy(rates, datasets=[f"d{i}" for i in range(12)]), splits=10).conclude().primary
    pairwise = primary.details.pairwise
    areas = {s: np.array([primary.find_cell(d, s).area for d in primary.datasets]) for s in rates}
    ps = [
        stats.wilcoxon(areas[p.strategy] - areas[p.other], method="exact", zero_method="zsplit").pvalue
        for p in pairwise.pairs
    ]
    assert [pair.p for pair in pairwise.pairs] == pytest.approx(ps)
    assert [pair.p_holm for pair in pairwise.pairs] == pytest.approx(multipletests(ps, method="holm")[1])
    assert pairwise.strategies[0] == "margin"
    assert list(pairwise.ranks) == sorted(pairwise.ranks)
    assert pairwise.pairs[0].difference == pytest.approx(
        (areas["margin"] - areas[pairwise.pairs[0].other]).mean()
    )
    assert pairwise.cliques in ((), (pairwise.strategies[1:],))


def test_pairs_and_groups_are_those_of_scikit_posthocs(world, noisy):
    """Its Wilcoxon pairs by row, so rows are given in order; its groups are maximal cliques."""
    import pandas as pd
    import scikit_posthocs as sp

    rates = {"random": 0.30, "margin": 0.45, "entropy": 0.44, "qbc": 0.305, "k_center": 0.2}
    study = world(noisy(rates, datasets=[f"d{i}" for i in range(12)], noise=0.03), splits=10)
    pairwise = study.conclude().primary.details.pairwise
    cells = study.conclude().primary.find_cell
    areas = pd.DataFrame({s: [cells(f"d{i}", s).area for i in range(12)] for s in rates})
    wanted = sp.posthoc_wilcoxon(areas.melt(), "value", "variable", method="exact", p_adjust="holm")
    for pair in pairwise.pairs:
        assert pair.p_holm == pytest.approx(wanted.loc[pair.strategy, pair.other])
    from scikit_posthocs._plotting import _find_maximal_cliques

    alike = (wanted > 0.05).astype(int).to_numpy(copy=True)
    np.fill_diagonal(alike, 0)
    groups = _find_maximal_cliques(pd.DataFrame(alike, index=wanted.index, columns=wanted.columns))
    assert {frozenset(group) for group in pairwise.cliques} == {frozenset(g) for g in groups if len(g) > 1}
    assert pairwise.cliques


def test_three_datasets_tell_no_pair_apart(world, noisy):
    pairwise = world(noisy({"random": 0.3, "margin": 0.6}), splits=10).conclude().primary.details.pairwise
    assert pairwise.pairs == pairwise.cliques == ()
    assert (pairwise.untested, pairwise.n_datasets) == ("few_datasets", 3)
    assert describe_untested(pairwise) == "3 datasets cannot tell any of 1 pair apart"
    assert pairwise.win_rates[0, 1] == 1


# --- variance, stability, traits --------------------------------------------------------------------------


def test_variance_components_are_those_of_the_analysis_of_variance():
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(6), 4)
    values = rng.standard_normal(6)[groups] * 2 + rng.standard_normal(24)
    between, within = analyse_variance(values, groups)
    f = stats.f_oneway(*[values[groups == g] for g in range(6)]).statistic
    assert within == pytest.approx(np.mean([values[groups == g].var(ddof=1) for g in range(6)]))
    assert (within + 4 * between) / within == pytest.approx(f)


def test_variance_components_of_unequal_groups_by_hand():
    # Means 1, 4; within: 2 on one degree of freedom. Between 1 * 2/3 + ... = 6; size (3 - 5/3) / 1 = 4/3.
    between, within = analyse_variance(np.array([0.0, 2.0, 4.0]), np.array([0, 0, 1]))
    assert within == pytest.approx(2)
    assert between == pytest.approx((6 - 2) / (4 / 3))
    assert analyse_variance(np.array([0.0, 1.0]), np.array([0, 1])) is None
    assert analyse_variance(np.array([0.0, 2.0, 0.0, 2.0]), np.array([0, 0, 1, 1])) == (0.0, pytest.approx(2))


def test_kendalls_tau_is_scipys():
    rng = np.random.default_rng(4)
    first, other = rng.integers(0, 5, (2, 30, 6)).astype(float)
    wanted = [stats.kendalltau(a, b).statistic for a, b in zip(first, other, strict=True)]
    assert kendall(first, other) == pytest.approx(wanted)
    assert kendall(np.ones((1, 3)), np.ones((1, 3))) == 1
    assert kendall(np.ones((1, 3)), np.arange(3.0)[np.newaxis]) == 0


def test_the_rank_correlation_is_scipys():
    first, other = np.random.default_rng(5).integers(0, 6, (2, 12)).astype(float)
    assert spearman(first, other) == pytest.approx(stats.spearmanr(first, other).statistic)
    assert spearman(np.ones(4), np.arange(4.0)) is None


# --- picks, trades ----------------------------------------------------------------------------------------


def test_shared_picks_are_those_of_sets():
    rng = np.random.default_rng(6)
    bought = [rng.permutation(40)[:n] for n in (20, 20, 7)]
    sizes = np.array([5.0, 10.0, 15.0, 20.0])
    shared = jaccard(bought, sizes)
    for i, rows in enumerate(bought):
        for j, other in enumerate(bought):
            for t, size in enumerate(sizes.astype(int)):
                a, b = set(rows[:size].tolist()), set(other[:size].tolist())
                assert shared[i, j, t] == pytest.approx(len(a & b) / len(a | b))


def test_evenness_is_relative_entropy():
    shares = np.array([0.5, 0.3, 0.2, 0.0])
    assert compute_evenness(shares) == pytest.approx(stats.entropy(shares, base=4))
    assert compute_evenness(np.full(4, 0.25)) == pytest.approx(1)


def test_a_trade_is_efficient_if_nothing_is_both_better_and_cheaper():
    rows = [
        row("random", None, 0.001),
        row("margin", 0.02, 0.01),
        row("badge", 0.01, 0.5),
        row("slow", 0.03, 2.0),
        row("truth", 0.5, 0.0, looking=True),
        row("failed", None, None),
    ]
    efficient = {trade.strategy: trade.efficient for trade in list_trades(rows)}
    assert efficient == {"random": True, "margin": True, "badge": False, "slow": True}


# --- through the door -------------------------------------------------------------------------------------

N = np.arange(5)


def straight(*slopes, repeats=4, arms=1):
    """Curves 0.5 + slope * round, all repeats alike."""
    return {
        name: np.tile(0.5 + slope * N, (arms, repeats, 1))
        for name, slope in zip(("random", "margin", "entropy"), slopes, strict=False)
    }


def test_shares_of_the_headroom_by_hand(world):
    curves = {"a": straight(0.05, 0.1), "b": straight(0.05, 0.0), "c": straight(0.0, 0.0)}
    study = world(curves, splits=4, reference={"a": 0.9, "b": 0.7, "c": 0.51})
    details = study.conclude().primary.details
    assert details.little_headroom == ("c",)
    random, margin = details.normalised
    # Mean areas above the seed level: 0.1 of 0.4 and of 0.2; margin 0.2 of 0.4 and 0.
    assert random.gains == pytest.approx({"a": 0.25, "b": 0.5})
    assert margin.gains == pytest.approx({"a": 0.5, "b": 0.0})
    assert (margin.mean, margin.iqm) == pytest.approx((0.25, 0.25))
    at = dict(zip(np.round(details.thresholds, 6).tolist(), margin.profile.tolist(), strict=True))
    assert (at[0.0], at[0.4], at[0.6]) == (0.5, 0.5, 0.0)
    assert margin.interval.low <= margin.iqm <= margin.interval.high


def test_a_metric_where_lower_is_better_has_headroom_downwards(world):
    curves = {"a": {name: 1 - values for name, values in straight(0.05, 0.1).items()}}
    details = world(curves, splits=4, metric="log_loss", reference={"a": 0.1}).conclude().primary.details
    assert [area.gains for area in details.normalised] == [
        pytest.approx({"a": 0.25}),
        pytest.approx({"a": 0.5}),
    ]
    assert details.traits[0].headroom == pytest.approx(0.4)


def test_every_slice_has_its_own_headroom_where_there_is_a_reference(world):
    """Seed level 0.5 throughout: the way to the reference, in the second metric twice as long."""
    study = world({"a": straight(0.05, 0.1), "b": straight(0.05, 0.1)}, splits=4, reference={"a": 0.9})
    experiment = replace(study.experiment, metrics=(*study.experiment.metrics, Entry("log_loss", LogLoss())))
    trials, curves, references = study.tables()
    evidence = conclude(
        experiment,
        trials,
        curves.with_columns(log_loss=2 - pl.col("accuracy") * 2),
        references.with_columns(log_loss=2 - pl.col("accuracy") * 2),
    )
    assert [slice_evidence.headroom for slice_evidence in evidence.slices] == [
        pytest.approx({"a": 0.4}),
        pytest.approx({"a": 0.8}),
    ]


def test_ranks_at_parts_of_the_budget(world):
    late = np.tile([0.5, 0.5, 0.5, 0.9, 0.9], (3, 1))
    early = np.tile([0.5, 0.6, 0.6, 0.6, 0.6], (3, 1))
    curves = {"a": {"random": early, "margin": late}, "b": {"random": early, "margin": late}}
    ranks = world(curves, splits=3).conclude().primary.details.rank_at
    assert [(ranks_at.budget, ranks_at.ranks["margin"]) for ranks_at in ranks] == [
        ("low", 2),
        ("middle", 2),
        ("high", 1),
    ]
    assert ranks[0].datasets == ("a", "b")


def test_the_virtual_best_is_chosen_on_other_repeats_than_it_is_scored_on(world):
    # On a, margin wins in even repeats only; on b entropy wins throughout.
    flip = np.array([[0.9], [0.5], [0.9], [0.5]]) + 0 * N
    curves = {
        "a": {"random": flip * 0 + 0.6, "margin": flip, "entropy": flip * 0 + 0.6},
        "b": {"random": flip * 0 + 0.6, "margin": flip * 0 + 0.6, "entropy": flip * 0 + 0.8},
    }
    virtual_best = world(curves, splits=4).conclude().primary.details.virtual_best
    # Chosen by the even repeats a gives 0.5, by the odd ones (random, the first of the equal) 0.6.
    assert virtual_best.virtual == pytest.approx(((0.5 + 0.8) / 2 + (0.6 + 0.8) / 2) / 2)
    # By the even repeats margin (0.75) is best overall, which odd repeats score 0.55; by the odd ones
    # entropy, which even repeats score 0.7.
    assert virtual_best.single == pytest.approx((0.55 + 0.7) / 2)
    assert virtual_best.choices == {"a": "margin", "b": "entropy"}
    assert virtual_best.strategy == "entropy"


def test_components_take_several_starts_of_several_splits(world, noisy):
    curves = noisy({"random": 0.3, "margin": 0.5}, datasets=["a"], repeats=12)
    primary = world(curves, splits=6, starts=2).conclude().primary
    areas = {s: (np.trapezoid(v, axis=2) / 9).mean(axis=0) for s, v in curves["a"].items()}
    delta = (areas["margin"] - areas["random"]).reshape(6, 2)
    (parts,) = primary.details.components
    assert parts.starts == pytest.approx(delta.var(axis=1, ddof=1).mean())
    assert parts.splits == pytest.approx(max(0, delta.mean(axis=1).var(ddof=1) - parts.starts / 2))
    assert world(curves, splits=12).conclude().primary.details.components == ()


def test_rankings_of_clearly_different_strategies_are_stable_and_of_equal_ones_are_not(world, noisy):
    clear = noisy({"random": 0.2, "margin": 0.5, "entropy": 1.0}, repeats=12)
    stability = world(clear, splits=12).conclude().primary.details.stability
    assert stability.repeats == (1, 2, 3, 4, 5, 6)
    assert stability.tau == (1.0,) * 6
    assert (stability.enough, stability.same_best) == (1, (1.0,) * 6)
    equal = noisy({"random": 0.3, "margin": 0.3, "entropy": 0.3}, datasets=["a"], repeats=12)
    stability = world(equal, splits=12).conclude().primary.details.stability
    assert stability.enough is None
    assert world(equal, splits=12).conclude().primary.details.stability == stability


def test_difference_curves_of_the_primary_slice_have_bands(world, noisy):
    cell = world(noisy({"random": 0.3, "margin": 0.5}), splits=10).conclude().primary.find_cell("a", "margin")
    band, curve = cell.difference_band, cell.difference_curve
    assert band.low.shape == curve.mean.shape
    # Wider than pointwise, but for the seed set, where nothing differs.
    assert (band.high - band.low >= curve.high - curve.low).all()
    assert (band.high[1:] - band.low[1:] > curve.high[1:] - curve.low[1:]).all()


def test_a_trend_is_the_rank_correlation_of_a_trait_with_the_gains(world, noisy):
    curves = noisy({"random": 0.3, "margin": 0.5}, datasets=[f"d{i}" for i in range(6)])
    study = world(curves, splits=10, reference={f"d{i}": 0.6 + 0.05 * i for i in range(6)})
    primary = study.conclude().primary
    room = {traits.dataset: traits.headroom for traits in primary.details.traits}
    gains = {traits.dataset: traits.gains["margin"] for traits in primary.details.traits}
    assert gains == {d: primary.find_cell(d, "margin").difference for d in primary.datasets}
    (trend,) = [of for of in primary.details.trends if of.trait == "headroom"]
    assert trend.rho == pytest.approx(stats.spearmanr(list(room.values()), list(gains.values())).statistic)
    assert {of.trait for of in primary.details.trends} == {"headroom"}


def test_strategies_that_see_hidden_labels_are_in_no_comparison(world, noisy):
    curves = noisy({"random": 0.3, "margin": 0.5, "best": 2.0})
    evidence = world(curves, splits=10, looking=("best",), reference=dict.fromkeys("abc", 0.95)).conclude()
    details = evidence.primary.details
    assert "best" not in details.pairwise.strategies
    assert "best" not in {of.strategy for of in (*details.normalised, *details.on_datasets, *details.trades)}
    assert all("best" not in traits.gains for traits in details.traits)


def test_details_are_of_the_primary_slice_alone(world, noisy):
    study = world(noisy({"random": 0.3, "margin": 0.5}), splits=10)
    larger = replace(study.experiment, budgets=(Size("count", 50), Size("count", 100)))
    slices = conclude(larger, *study.tables()).slices
    assert [
        (slice_evidence.slice.budget, slice_evidence.details is not None) for slice_evidence in slices
    ] == [("50", False), ("100", True)]


def test_empty_tables_have_empty_details(world):
    study = world({"a": straight(0.05, 0.1)}, splits=4)
    details = conclude(study.experiment, *(table.clear() for table in study.tables())).primary.details
    assert (details.rank_at, details.normalised, details.pairwise, details.stability) == ((), (), None, None)
    assert (details.virtual_best, details.traits, details.similarity) == (None, (), ())


def test_ties_for_the_best_do_not_depend_on_the_order_of_strategies(world, noisy):
    drawn = noisy({"random": 0.1, "margin": 0.5, "qbc": 0.5}, datasets="ab", repeats=8, noise=0.05)
    results = []
    for order in (("random", "margin", "entropy", "qbc"), ("random", "qbc", "entropy", "margin")):
        # On the first dataset entropy is margin, on the second qbc.
        same = {"a": "margin", "b": "qbc"}
        curves = {
            d: {name: by_name[same[d] if name == "entropy" else name] for name in order}
            for d, by_name in drawn.items()
        }
        details = world(curves, splits=8).conclude().primary.details
        results.append(
            (details.stability.same_best, details.virtual_best.single, details.virtual_best.virtual)
        )
    assert results[0][0] == pytest.approx(results[1][0])
    assert results[0][1:] == pytest.approx(results[1][1:])
