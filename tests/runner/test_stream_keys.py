"""What a trial on a stream depends on is in its key, and nothing else."""

from __future__ import annotations

import pytest

import albench
from albench.datasets.of_experiment import load_tables, read_known_facts
from albench.planning.stream_grid import make_stream_plan

SPEC = {
    "scenario": "stream",
    "datasets": "iris",
    "models": "gaussian_nb",
    "strategies": "split",
    "budgets": "10%",
    "drifts": "sudden",
    "repeats": 2,
}
GOLDEN = ["2d58268b71958423", "ddec85c6f741abd3"]
"""Of the first version that has streams: results on disk are found by them."""


def list_keys(**changes):
    experiment = albench.load_experiment(SPEC | changes)
    facts = read_known_facts(experiment, load_tables(experiment))
    return [trial.identity.key for trial in make_stream_plan(experiment, facts).trials]


def test_keys_of_stream_trials_do_not_change_between_releases():
    assert [key[:16] for key in list_keys()] == GOLDEN


@pytest.mark.parametrize(
    "change",
    [
        {"datasets": "wine"},
        {"models": {"sklearn.linear_model.SGDClassifier": {"loss": "log_loss"}}},
        {"strategies": {"split": {"share": 0.2}}},
        {"managers": {"estimated": 50}},
        {"oracles": {"uniform_noise": 0.1}},
        {"budgets": "12%"},
        {"drifts": "none"},
        {"order": "given"},
        {"delay": 3},
        {"start": 20},
        {"scale": False},
        {"refit": 50},
        {"refit": {"window": 30}},
        {"window": 50},
        {"score_every": 30},
        {"holdout": 0.2},
        {"random_state": 1},
    ],
    ids="-".join,
)
def test_whatever_changes_a_trial_changes_its_key(change):
    assert not set(list_keys()) & set(list_keys(**change))


def test_what_changes_no_trial_changes_no_key():
    keys = list_keys()
    own = {"name": "other", "execution": {"n_jobs": 2}, "primary_metric": "kappa", "inapplicable": "skip"}
    assert list_keys(**own) == keys
    # A manager that is named is the one that the strategy was published with.
    assert list_keys(managers="estimated") == keys
    # A model that learns label by label is never fitted anew.
    sgd = {"models": {"sklearn.linear_model.SGDClassifier": {"loss": "log_loss"}}}
    assert list_keys(**sgd, refit=50) == list_keys(**sgd)
