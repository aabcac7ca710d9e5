"""What oracles gave, recomputed from the table of queries; who answered, counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.stats import t

import albench
from albench.analysis.evidence.cells import Interval
from albench.analysis.evidence.oracles import LabelShare
from albench.analysis.oracle_answers import describe_annotators
from albench.narrative import write_answer, write_remarks

SPEC = """
datasets: [{datasets}]
models: [logistic_regression]
strategies: [random, margin, entropy]
seed_sizes: 6
batch_sizes: 6
budgets: 30
repeats: 5
metrics: [accuracy]
random_state: 1
oracles: [{oracle}]
execution: {{n_jobs: 1}}
"""
RATES = (0, 0.2, 0.4)
ANNOTATED = """
datasets: iris
models: [gaussian_nb, knn]
strategies: [random, margin]
oracles:
- perfect
- annotators: {who: {a: {}, b: {}}, label: two}
seed_sizes: 2
batch_sizes: 2
budgets: 10
"""


@pytest.fixture(scope="module")
def noisy(tmp_path_factory):
    oracles = ", ".join(f"{{uniform_noise: {rate}}}" for rate in reversed(RATES))
    return albench.run(
        SPEC.format(oracle=oracles, datasets="iris, wine"), results=tmp_path_factory.mktemp("noisy")
    )


def compute_shares(results, column, oracle):
    """Share by strategy, dataset and repeat; mean over the arms."""
    trials = results.trials.filter(pl.col("oracle") == oracle)
    queries = results.queries.filter(pl.col("round") > 0).join(
        trials.select("key", "dataset", "strategy", "arm", "split"), on="key", suffix="_of_trial"
    )
    by = ["dataset", "strategy", "split"]
    per_trial = queries.group_by(*by, "arm").agg(column.mean().alias("share"))
    return per_trial.group_by(by).agg(pl.col("share").mean()).sort(by)


def average(shares):
    by_dataset = shares.group_by("strategy", "dataset").agg(pl.col("share").mean())
    return dict(by_dataset.group_by("strategy").agg(pl.col("share").mean()).iter_rows())


def estimate(deltas):
    """Mean, half the width of Welch's 95 % interval, and p of deltas of shape (n_datasets, n_repeats)."""
    variances = deltas.var(axis=1, ddof=1) / deltas.shape[1]
    df = variances.sum() ** 2 / (variances**2 / (deltas.shape[1] - 1)).sum()
    error = np.sqrt(variances.sum()) / len(deltas)
    mean = deltas.mean()
    return mean, t.ppf(0.975, df) * error, 2 * t.sf(abs(mean) / error, df)


def correct(p, other):
    """Holm over two strategies."""
    return min(1, 2 * p) if p <= other else max(min(1, 2 * other), p)


def test_wrong_labels_are_counted_against_random_in_the_same_repeat(noisy):
    outcome = noisy.evidence.oracles[0]
    assert (outcome.oracle, outcome.kind) == (noisy.evidence.primary.slice.oracle, "uniform_noise")
    assert outcome.error_rate == max(RATES)
    random, *others = outcome.given
    shares = compute_shares(noisy, pl.col("label_true") != pl.col("label_given"), outcome.oracle)
    expected = average(shares)
    assert {given.strategy: given.wrong.share for given in outcome.given} == pytest.approx(expected)
    wide = shares.pivot("strategy", index=["dataset", "split"], values="share").sort("dataset", "split")
    deltas = {
        given.strategy: (wide[given.strategy] - wide["random"]).to_numpy().reshape(2, 5) for given in others
    }
    ps = {name: estimate(values)[2] for name, values in deltas.items()}
    for given, other in zip(others, reversed(others), strict=True):
        mean, half, p = estimate(deltas[given.strategy])
        wrong = given.wrong
        assert wrong.more == pytest.approx(mean)
        assert (wrong.interval.low, wrong.interval.high) == pytest.approx((mean - half, mean + half))
        assert wrong.p == pytest.approx(correct(p, ps[other.strategy]))
    assert random.wrong == LabelShare(pytest.approx(expected["random"]))


def test_what_noise_leaves_of_a_gain_is_paired_by_repeat(noisy):
    changes = {change.strategy: change for change in noisy.evidence.gain_changes}
    assert set(changes) == {"margin", "entropy"}
    areas = (
        noisy.curves.join(noisy.trials, on="key")
        .sort("round")
        .group_by("oracle", "strategy", "dataset", "split", "arm")
        .agg(
            (pl.col("accuracy").mean() - (pl.col("accuracy").first() + pl.col("accuracy").last()) / 10)
            * 5
            / 4
        )
        .group_by("oracle", "strategy", "dataset", "split")
        .agg(pl.col("accuracy").mean())
        .pivot("strategy", index=["oracle", "dataset", "split"], values="accuracy")
        .sort("dataset", "split")
    )
    ps = {}
    for name, change in changes.items():
        gains = areas.with_columns(gain=pl.col(name) - pl.col("random"))
        least, most = (
            gains.filter(pl.col("oracle") == label)["gain"].to_numpy().reshape(2, 5)
            for label in (change.least, change.most)
        )
        mean, half, ps[name] = estimate(most - least)
        assert (change.gain_least, change.gain_most) == pytest.approx((least.mean(), most.mean()))
        assert change.change == pytest.approx(mean)
        assert (change.interval.low, change.interval.high) == pytest.approx((mean - half, mean + half))
    assert changes["margin"].p == pytest.approx(correct(ps["margin"], ps["entropy"]))


def test_the_page_draws_gains_and_wrong_labels_against_the_stated_rates(noisy):
    from albench.report.figures.noise import build_dataset_noise_panels, build_noise_panels
    from albench.report.html.palette import build_styles

    evidence = noisy.evidence
    styles = build_styles(evidence.primary.strategies, "random")
    gain, wrong = build_noise_panels(evidence.oracles, styles)
    lines = {trace["meta"]: trace for trace in gain.figure["data"] if "meta" in trace}
    assert set(lines) == {styles[name].id for name in ("margin", "entropy")}
    line = lines[styles["margin"].id]
    assert line["x"] == list(RATES)
    rows = [next(r for r in outcome.slice.rows if r.strategy == "margin") for outcome in evidence.oracles]
    assert line["y"] == [row.difference for row in reversed(rows)]
    below = [row.difference - row.interval_these.low for row in reversed(rows)]
    assert line["error_y"]["arrayminus"] == pytest.approx(below)
    of_random = next(trace for trace in wrong.figure["data"] if trace["meta"] == styles["random"].id)
    bought = [outcome.given[0].wrong.share for outcome in evidence.oracles[:2]]
    assert of_random["y"] == [0.0, *reversed(bought)]
    titles = [panel.title for panel in build_dataset_noise_panels(evidence.oracles, styles)]
    assert titles == ["iris (uniform_noise)", "wine (uniform_noise)"]
    text = noisy.report().read_text(encoding="utf-8")
    assert "What the oracle did" in text
    assert 'id="noise-gain-0"' in text


def test_refusals_are_shares_of_the_queries(tmp_path):
    results = albench.run(SPEC.format(oracle="{abstaining: 0.4}", datasets="iris"), results=tmp_path)
    (outcome,) = results.evidence.oracles
    expected = average(compute_shares(results, pl.col("label_given") == -1, outcome.oracle))
    assert {of.strategy: of.refused.share for of in outcome.given} == pytest.approx(expected)
    assert {of.wrong.share for of in outcome.given} == {0}
    assert "No answer" in results.report().read_text(encoding="utf-8")


def test_a_perfect_oracle_has_no_table(tmp_path):
    results = albench.run(SPEC.format(oracle="perfect", datasets="iris"), results=tmp_path)
    assert [outcome.given for outcome in results.evidence.oracles] == [()]
    assert 'id="oracle"' not in results.report().read_text(encoding="utf-8")


def test_a_strategy_that_buys_more_wrong_labels_is_told(noisy):
    evidence = noisy.evidence
    outcome = evidence.oracles[0]
    random, margin, entropy = outcome.given
    more = LabelShare(0.24, 0.041, Interval(0.029, 0.053, 0.95, "t"), 0.0004)
    given = (replace(random, wrong=LabelShare(0.2)), replace(margin, wrong=more))
    given += (replace(entropy, wrong=LabelShare(0.21, 0.01, Interval(-0.01, 0.03, 0.95, "t"), 0.3)),)
    oracles = (replace(outcome, given=given), *evidence.oracles[1:])
    remarks = write_remarks(replace(evidence, oracles=oracles, gain_changes=()))
    (sentence,) = remarks.oracle
    assert sentence == (
        "Under uniform_noise (rate=0.4), 20 % of the answers to random are wrong, and another share of those to "
        "margin (24 %: +4.1 points [+2.9, +5.3], p < 0.001), corrected for 2 strategies."
    )


def test_a_gain_that_noise_takes_is_told(noisy):
    evidence = noisy.evidence
    margin = next(change for change in evidence.gain_changes if change.strategy == "margin")
    lost = replace(
        margin,
        gain_least=0.05,
        gain_most=0.01,
        change=-0.04,
        interval=Interval(-0.05, -0.03, 0.95, "t"),
        p=0.002,
    )
    unsure = replace(lost, interval=Interval(-0.09, 0.01, 0.95, "t"), p=0.2)
    sentences = [write_remarks(replace(evidence, gain_changes=(of,))).oracle[-1] for of in (lost, unsure)]
    start = (
        "From uniform_noise (rate=0.0) to uniform_noise (rate=0.4) the gain of margin over random goes from "
    )
    assert sentences[0] == f"{start}+0.050 to +0.010 (−0.040 [−0.050, −0.030], p = 0.002)."
    assert sentences[1].endswith("p = 0.200): no change is shown.")


def test_where_the_first_oracle_errs_the_answer_begins_with_what_is_gained_under_it_and_without_mistakes(
    noisy,
):
    best = noisy.evidence.primary.recommendation.strategy
    gains = {
        rate: noisy.leaderboard(oracle=label).filter(pl.col("strategy") == best).row(0, named=True)
        for rate, label in zip(
            ("most", "none"), ("uniform_noise (rate=0.4)", "uniform_noise (rate=0.0)"), strict=True
        )
    }
    first = write_answer(noisy.evidence)[0]
    verdict = "beats" if noisy.evidence.primary.recommendation.outcome == "better" else "is not shown to beat"
    assert first.startswith(f"Under uniform_noise (rate=0.4) {best} {verdict} random on 2 datasets: ")
    under, without = (f"{gains[rate]['difference']:+.3f}".replace("-", "−") for rate in ("most", "none"))
    assert f": {under} [" in first
    assert f"; under uniform_noise (rate=0.0) it gains {without} [" in first


def test_where_the_first_oracle_errs_least_noise_is_not_the_question(noisy):
    evidence = noisy.evidence
    as_first = (*evidence.oracles[1:], evidence.oracles[0])
    primary = replace(as_first[-1].slice, primary=False)
    oracles = [replace(of, slice=replace(of.slice, primary=False)) for of in as_first[:-1]]
    oracles[-1] = replace(oracles[-1], slice=replace(oracles[-1].slice, primary=True))
    oracles.append(replace(as_first[-1], slice=primary))
    assert not write_answer(replace(evidence, oracles=tuple(oracles)))[0].startswith("Under")


def test_shares_are_of_what_was_bought_after_the_seed_set_in_the_primary_slice():
    experiment = albench.load_experiment(ANNOTATED)
    trials = pl.DataFrame(
        {
            "key": ["r", "m", "other model"],
            "strategy": ["random", "margin", "margin"],
            "model": ["gaussian_nb", "gaussian_nb", "knn"],
            "query_model": ["gaussian_nb", "gaussian_nb", "knn"],
            "oracle": "two",
            "seed_set": "stratified",
            "seed_size": 2,
            "batch_size": 2,
            "n_pool": 100,
            "n_classes": 3,
        }
    )
    queries = pl.DataFrame(
        [(key, round_, row, row % 3) for key in trials["key"] for round_, row in ((0, 0), (1, 1), (1, 2))],
        schema=["key", "round", "row", "label_true"],
        orient="row",
    )
    answers = pl.DataFrame(
        [
            ("r", 0, 0, "a", 1, 5.0),
            ("r", 1, 1, "a", 1, 1.0),
            ("r", 1, 2, "a", 0, 3.0),
            ("r", 1, 2, "b", -1, 0.5),
            ("m", 1, 1, "a", 1, 2.0),
            ("other model", 1, 1, "b", 1, 9.0),
        ],
        schema=["key", "round", "row", "annotator", "label", "cost"],
        orient="row",
    )
    records = describe_annotators(experiment, trials, queries, answers)
    assert list(records) == ["two"]
    a, b = records["two"]
    assert (a.annotator, a.price, a.asked, a.refused, a.paid) == ("a", pytest.approx(2), 3 / 4, 0, 3)
    assert a.right == {"random": 0.5, "margin": 1}
    assert (b.annotator, b.price, b.asked, b.refused, b.paid) == ("b", 0.5, 1 / 4, 1, 0.25)
    assert b.right == {"random": None}
    assert describe_annotators(experiment, trials, queries, answers.clear()) == {}
