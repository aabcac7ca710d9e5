"""What a plan says that a run will cost before anything has run: a few rounds are tried, if they are harmless."""

from __future__ import annotations

import signal

import numpy as np
import pytest

import albench
from albench.datasets.loading import load_table
from albench.runner import short_trials
from albench.runner.short_trials import ShortTrial, ShortTrials, estimate_seconds

IRIS = ("iris", "")
OWN_MODEL = """
from pathlib import Path

from sklearn.naive_bayes import GaussianNB


class Writing(GaussianNB):
    def fit(self, X, y):
        Path(__file__).with_name("was_fitted").touch()
        return super().fit(X, y)
"""


def test_the_first_plan_has_a_price_and_leaves_nothing_behind(plan, tmp_path):
    forecast = plan(strategies=["random", "margin", "qbc", "k_center"])
    assert (
        forecast.price.source
        == "3 rounds on 2 pairs of dataset and model, run just now: rough, to a factor of 3"
    )
    assert forecast.price.cpu_s > 0
    assert len(forecast.price.slowest) == 3
    assert not (tmp_path / "results").exists()


def test_a_model_of_ones_own_is_not_run_unasked(plan, tmp_path):
    (tmp_path / "mine.py").write_text(OWN_MODEL, encoding="utf-8")
    price = plan(models=["./mine.py:Writing"]).price
    assert price.cpu_s is None
    assert "`albench plan --probe`" in price.source
    both = plan(models=["gaussian_nb", "./mine.py:Writing"]).price
    assert both.source.startswith("3 rounds on 2 of 4 pairs of dataset and model")
    assert not (tmp_path / "was_fitted").exists()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarm can be set on this system")
def test_what_takes_too_long_is_named_and_priced_at_least(plan, monkeypatch):
    monkeypatch.setattr(short_trials, "_TRIAL_S", 0.0001)
    price = plan(datasets=["iris"], models=["random_forest"]).price
    assert price.source.endswith("; more, as 'random_forest' took too long to be tried")
    assert price.cpu_s > 0


def test_a_plan_without_time_for_all_pairs_prices_the_others_like_those(plan, monkeypatch):
    monkeypatch.setattr(short_trials, "_CPU_S", 0.0)
    price = plan(models=["gaussian_nb", "knn"]).price
    assert price.source.startswith("3 rounds on 1 of 4 pairs")
    assert price.cpu_s > 0


def test_a_trial_costs_its_fits_scores_and_queries(write):
    path = write(datasets=["iris"], strategies=["random", "margin", "qbc", "k_center"], seed_sets="random")
    forecast = albench.plan(path, results=path.parent / "nothing")
    trials = {trial.strategy.label: trial for trial in reversed(forecast.plan.trials)}
    # Iris has 105 rows in the pool and 45 to test; from 5 to 30 labels by 5 are 6 rounds. As long as the trial
    # was run at the same sizes a fit costs what it did.
    random = ShortTrial(trials["random"], fit_s=1.0, query_s=0.0, score_s=0.3, n_test=45.0, wall_ratio=2.0)
    k_center = ShortTrial(
        trials["k_center"], fit_s=1.0, query_s=0.5, score_s=0.3, n_test=45.0, wall_ratio=2.0
    )
    tried = ShortTrials({(IRIS, "gaussian_nb"): random}, {(IRIS, "k_center"): k_center})
    seconds = estimate_seconds(forecast.plan, tried)
    predict = 0.3 * 105 / 45
    expected = {"random": 1.3, "margin": 1.3 + predict, "qbc": 1.3 + 5 * (1 + predict), "k_center": 1.3 + 0.5}
    for name, per_round in expected.items():
        assert seconds[trials[name].identity.key] == pytest.approx((6 * per_round, 2 * 6 * per_round))


def test_the_part_of_a_large_dataset_has_rows_of_every_class(tmp_path):
    rng = np.random.default_rng(0)
    labels = np.array([0] * 5_000 + [1] * 25 + [2] * 6)
    rows = "\n".join(f"{x},{'abc'[label]}" for x, label in zip(rng.random(labels.size), labels, strict=True))
    (tmp_path / "large.csv").write_text(f"x,target\n{rows}\n", encoding="utf-8")
    text = "datasets: {csv: {path: large.csv, target: target}}\nmodels: gaussian_nb\nstrategies: [random]\n"
    (tmp_path / "large.yaml").write_text(f"{text}budgets: 30\n", encoding="utf-8")
    experiment = albench.load_experiment(tmp_path / "large.yaml")
    table = load_table(experiment.datasets[0].component, experiment.folder)
    part = table.select_rows(short_trials._choose_rows(table))
    assert np.bincount(part.labels).tolist() == [round(2000 / 5031 * 5000), 20, 6]
    assert albench.plan(experiment, results=tmp_path / "results").price.cpu_s > 0


def test_every_preprocessing_of_a_dataset_is_tried(plan):
    spec = {"datasets": ["iris"], "strategies": ["random", "margin"]}
    price = plan(**spec, preprocessings=["standard", "passthrough"]).price
    assert price.source.startswith("3 rounds on 2 pairs of dataset and model")
