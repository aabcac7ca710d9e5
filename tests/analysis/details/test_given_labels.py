"""What the oracle gave, recomputed from the table of queries."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import albench
from albench.narrative import write_remarks

SPEC = """
datasets: [iris, wine]
models: [logistic_regression]
strategies: [random, margin]
seed_sizes: 6
batch_sizes: 6
budgets: 30
repeats: 5
metrics: [accuracy]
oracles: [{oracle}]
execution: {{n_jobs: 1}}
"""


@pytest.fixture(scope="module")
def noisy(tmp_path_factory):
    return albench.run(SPEC.format(oracle="{uniform_noise: 0.3}"), results=tmp_path_factory.mktemp("noisy"))


def compute_shares(results, column):
    """Share by strategy, dataset and repeat; mean over the arms."""
    queries = results.queries.filter(pl.col("round") > 0).join(
        results.trials.select("key", "dataset", "strategy", "arm", "split"), on="key", suffix="_of_trial"
    )
    by = ["dataset", "strategy", "split"]
    per_trial = queries.group_by(*by, "arm").agg(column.mean().alias("share"))
    return per_trial.group_by(by).agg(pl.col("share").mean()).sort(by)


def test_wrong_labels_are_counted_against_random_in_the_same_repeat(noisy):
    from scipy.stats import t

    random, margin = noisy.evidence.primary.details.given_labels
    shares = compute_shares(noisy, pl.col("label_true") != pl.col("label_given"))
    means = (
        shares.group_by("strategy", "dataset")
        .agg(pl.col("share").mean())
        .group_by("strategy")
        .agg(pl.col("share").mean())
    )
    expected = dict(means.select("strategy", "share").iter_rows())
    assert (random.wrong, margin.wrong) == pytest.approx((expected["random"], expected["margin"]))
    wide = shares.pivot("strategy", index=["dataset", "split"], values="share").sort("dataset", "split")
    deltas = (wide["margin"] - wide["random"]).to_numpy().reshape(2, 5)
    variances = deltas.var(axis=1, ddof=1) / 5
    df = variances.sum() ** 2 / (variances**2 / 4).sum()
    half = t.ppf(0.975, df) * np.sqrt(variances.sum()) / 2
    assert margin.more_wrong == pytest.approx(deltas.mean())
    assert (margin.interval.low, margin.interval.high) == pytest.approx(
        (deltas.mean() - half, deltas.mean() + half)
    )
    assert (random.more_wrong, random.interval) == (None, None)


def test_the_page_has_a_table_of_it(noisy):
    text = noisy.report().read_text(encoding="utf-8")
    assert 'id="oracle"' in text
    assert "More wrong than random" in text


def test_refusals_are_shares_of_the_queries(tmp_path):
    results = albench.run(SPEC.format(oracle="{abstaining: 0.4}"), results=tmp_path)
    random, margin = results.evidence.primary.details.given_labels
    shares = compute_shares(results, pl.col("label_given") == -1)
    expected = (
        shares.group_by("strategy", "dataset")
        .agg(pl.col("share").mean())
        .group_by("strategy")
        .agg(pl.col("share").mean())
    )
    expected = dict(expected.select("strategy", "share").iter_rows())
    assert (random.refused, margin.refused) == pytest.approx((expected["random"], expected["margin"]))
    assert (random.wrong, margin.wrong) == (0, 0)


def test_a_perfect_oracle_has_no_table(tmp_path):
    results = albench.run(SPEC.format(oracle="perfect"), results=tmp_path)
    assert results.evidence.primary.details.given_labels == ()
    assert 'id="oracle"' not in results.report().read_text(encoding="utf-8")


def test_a_strategy_that_buys_more_wrong_labels_is_told(noisy):
    from dataclasses import replace

    from albench.analysis.evidence import Interval

    evidence = noisy.evidence
    random, margin = evidence.primary.details.given_labels
    more = replace(margin, wrong=0.24, more_wrong=0.041, interval=Interval(0.029, 0.053, 0.95, "t"))
    details = replace(evidence.primary.details, given_labels=(replace(random, wrong=0.2), more))
    primary = replace(evidence.primary, details=details)
    assert write_remarks(replace(evidence, slices=(primary,))).oracle == (
        "Of random's answers 20 % are wrong; more are those of margin (24 %: +4.1 points [+2.9, +5.3]).",
    )
