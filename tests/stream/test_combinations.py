"""Every pair of a strategy, a manager, a drift, an oracle and a kind of model runs, or is refused with a reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from pairwise import count_pairs, cover_pairs

import albench
from albench.errors import AlbenchError
from albench.registry.catalogue import load_catalogue

CATALOGUE = load_catalogue()
STRATEGIES, MANAGERS = CATALOGUE["stream_strategy"], CATALOGUE["budget_manager"]
EXAMPLES = yaml.safe_load(
    (Path(__file__).parents[1] / "oracles" / "examples.yaml").read_text(encoding="utf-8")
)
ORACLES = {yaml.safe_dump(entry, default_flow_style=True): entry for entry in EXAMPLES}
MODELS = {
    "label by label": {"sklearn.linear_model.SGDClassifier": {"loss": "log_loss"}},
    "label by label, by counts": "sklearn.naive_bayes.BernoulliNB",
    "only in batches": "gaussian_nb",
    "fitted anew": "logistic_regression",
    "neighbours": {"knn": {"n_neighbors": 2}},
    "calibrated": {"svm_linear": {"calibrated": "sigmoid"}},
    "resampled": {"gaussian_nb": {"resampling": "oversample"}},
    "decisions alone": "ridge_classifier",
    "another one is consulted": {"task": "gaussian_nb", "query": "logistic_regression"},
}
REFUSED = {
    "decisions alone": "streams need class probabilities",
    "another one is consulted": "one model predicts the rows of a stream",
}
PUBLISHED = "published"
SPEC = {
    "scenario": "stream",
    "datasets": "iris",
    "budgets": "20%",
    "repeats": 1,
    "window": 30,
    "refit": 40,
    "execution": {"n_jobs": 1},
}
ROWS = cover_pairs(
    {
        "strategy": list(STRATEGIES),
        "manager": [*MANAGERS, PUBLISHED],
        "model": list(MODELS),
        "drift": list(CATALOGUE["drift"]),
        "oracle": list(ORACLES),
    }
)
NOT_ON_STREAMS = (
    "of a row of a stream one label is learnt",
    "has no column of answers",
    "changes the labels that they are of",
    "has one class a row",
)


def explain_refusal(strategy, manager, model):
    """What a refusal must say of a row, whatever its oracle; empty if only the oracle can be refused."""
    if manager != PUBLISHED:
        both = STRATEGIES[strategy]["sets_threshold"], MANAGERS[manager]["sets_threshold"]
        if all(both):
            return "would both set the threshold"
        if not any(both):
            return "it goes with 'balanced_quantile'"
    return REFUSED.get(model, "")


def check_row(row, folder):
    """Run a row: its trial is done, or plan says why not."""
    strategy, manager, model, drift, oracle = row
    managers = {} if manager == PUBLISHED else {"managers": manager}
    own = {"strategies": strategy, "models": [MODELS[model]], "drifts": drift, "oracles": [ORACLES[oracle]]}
    spec = SPEC | own | managers
    expected = explain_refusal(strategy, manager, model)
    try:
        results, refusal = albench.run(spec, results=folder), ""
    except AlbenchError as error:
        refusal = str(error)
    if refusal:
        assert expected in refusal
        assert expected or any(words in refusal for words in NOT_ON_STREAMS)
        return
    assert not expected
    (trial,) = results.trials.to_dicts()
    assert trial["status"] == "done", trial["reason"]
    assert 0 <= trial["accuracy"] <= 1
    assert MANAGERS[trial["manager"]]["promises"] <= (trial["excess"] == 0)


def test_rows_hold_every_pair():
    sizes = [len(set(values)) for values in zip(*ROWS, strict=True)]
    drifts = CATALOGUE["drift"]
    assert sizes == [len(STRATEGIES), len(MANAGERS) + 1, len(MODELS), len(drifts), len(EXAMPLES)]
    pairs, wanted = count_pairs(ROWS)
    assert pairs == wanted


@pytest.mark.parametrize("place", range(0, len(ROWS), 31))
def test_a_few_pairs_run_or_are_refused_with_a_reason(place, tmp_path):
    check_row(ROWS[place], tmp_path)


@pytest.mark.skipif("ALBENCH_FAULTS" not in os.environ, reason="slow: nox -s hostile")
@pytest.mark.parametrize("place", range(len(ROWS)), ids=["-".join(map(str, row)) for row in ROWS])
def test_every_pair_runs_or_is_refused_with_a_reason(place, tmp_path):
    check_row(ROWS[place], tmp_path)


@pytest.mark.skipif("ALBENCH_FAULTS" not in os.environ, reason="slow: nox -s hostile")
def test_every_strategy_with_every_manager_and_drift_runs_or_is_skipped_with_a_reason(tmp_path):
    axes = {"strategies": list(STRATEGIES), "managers": list(MANAGERS), "drifts": list(CATALOGUE["drift"])}
    results = albench.run({**SPEC, **axes, "models": "gaussian_nb", "inapplicable": "skip"}, results=tmp_path)
    assert results.trials.height == len(STRATEGIES) * len(MANAGERS) * len(CATALOGUE["drift"])
    for trial in results.trials.to_dicts():
        expected = explain_refusal(trial["strategy"], trial["manager"], "only in batches")
        assert trial["status"] == ("skipped" if expected else "done"), trial["reason"]
        assert expected in (trial["reason"] or "")
