"""The setting `pilot`: the labelled rows are run with smaller pools, too, which no table is over."""

from __future__ import annotations

import pytest
import yaml

import albench
from albench.errors import SpecError
from albench.spec.read import load_experiment_text
from albench.spec.resolved import render_resolved

SPEC = {
    "datasets": {"two_moons": {"n_rows": 80, "label": "moons"}},
    "models": "gaussian_nb",
    "strategies": "margin",
    "seed_sizes": 4,
    "batch_sizes": 2,
    "budgets": "80%",
    "repeats": 3,
    "execution": {"n_jobs": 1, "backend": "inline"},
}
PILOT = SPEC | {"pilot": 200}


@pytest.fixture(scope="module")
def pilot(tmp_path_factory):
    return albench.run(PILOT, results=tmp_path_factory.mktemp("pilot"))


def test_a_pilot_runs_the_whole_pool_a_quarter_and_half_of_it(pilot):
    pools = dict(pilot.trials.select("dataset", "n_pool").unique().iter_rows())
    assert pools == {"moons": 56, "moons (25 % of the pool)": 14, "moons (50 % of the pool)": 28}
    assert set(pilot.trials["n_test"]) == {24}


def test_answer_leaderboard_and_tests_are_those_of_the_whole_pool_alone(pilot, tmp_path):
    without = albench.run(SPEC, results=tmp_path)
    assert pilot.evidence.primary.datasets == ("moons",)
    counted = ("n_done", "n_failed", "n_missing")
    assert [getattr(pilot.evidence, name) for name in counted] == [9, 0, 0]
    shown = ("strategy", "area", "difference", "p")
    assert pilot.leaderboard().select(shown).equals(without.leaderboard().select(shown))
    whole = pilot.trials.filter(dataset="moons")["key"].to_list()
    assert whole == without.trials["key"].to_list()


def test_a_plan_counts_contrasts_and_warnings_of_the_dataset_once(tmp_path):
    spec = PILOT | {
        "datasets": {"imbalanced_blobs": {"n_rows": 200, "weights": [0.95, 0.05], "label": "blobs"}}
    }
    forecast = albench.plan(spec, results=tmp_path)
    assert "over 1 dataset:" in forecast.testable
    assert len(set(forecast.warnings)) == len(forecast.warnings)
    assert not any("of the pool" in warning for warning in forecast.warnings)


def test_a_resolved_pilot_is_read_again_as_the_same_experiment():
    experiment = load_experiment_text(PILOT)
    again = load_experiment_text(render_resolved(experiment))
    assert again.pilot_pools == experiment.pilot_pools
    assert again.datasets == experiment.datasets
    assert yaml.safe_load(render_resolved(experiment))["pilot"] == {"budget": 200, "pools": ["25%", "50%"]}


def test_an_experiment_without_a_pilot_resolves_as_before():
    assert "pilot" not in yaml.safe_load(render_resolved(load_experiment_text(SPEC)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"datasets": ["iris", "wine"]}, "pilot: error[pilot-of-several]: a pilot is about the labelled rows of one"),
        ({"budgets": {"money": 20}}, "pilot: error[pilot-in-money]: a pilot counts labels, and the budget is money"),
        ({"pilot": {}}, "'pilot' needs 'budget', the labels that there will be in all"),
        ({"pilot": 0}, "at least 1"),
        ({"pilot": {"budget": 9, "pools": ["100%"]}}, "below 1"),
        ({"pilot": {"budget": 9, "pools": ["50%", "50%"]}}, "different shares of the pool"),
    ],
    ids=["several datasets", "money", "no budget", "no labels", "the whole pool", "twice the same"],
)  # fmt: skip
def test_what_a_pilot_cannot_be_is_told(change, words):
    with pytest.raises(SpecError) as caught:
        load_experiment_text(PILOT | change)
    assert words in str(caught.value)
