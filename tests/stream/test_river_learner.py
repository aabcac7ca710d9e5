"""Classifiers of River learn from a stream as in River's own evaluator."""

import numpy as np
import pytest

import albench
from albench.contracts import Model
from albench.contracts.stream import Spending
from albench.errors import ModelError
from albench.stream.control import ChosenRows
from albench.stream.learners import LearnerSettings
from albench.stream.loop import StreamRows, StreamSettings, run_stream

TREE = Model(estimator="river.tree.HoeffdingTreeClassifier", params={"grace_period": 30})


def test_without_river_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "river", None)
    monkeypatch.setitem(__import__("sys").modules, "river.tree", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"pip install 'albench\[river\]'"):
        LearnerSettings(TREE).make_learner(2, 0)


def test_river_is_not_fitted_anew():
    with pytest.raises(ModelError, match="takes no 'refit_every'"):
        LearnerSettings(TREE, refit_every=10).make_learner(2, 0)


@pytest.mark.parametrize("delay", [0, 30])
def test_predictions_equal_those_of_rivers_evaluator(delay):
    pytest.importorskip("river")
    from river.evaluate import progressive_val_score
    from river.metrics import Accuracy, CohenKappa
    from river.tree import HoeffdingTreeClassifier

    rng = np.random.default_rng(0)
    labels = rng.integers(3, size=600)
    features = rng.normal(size=(600, 2)) + 2 * np.eye(3, 2)[labels]
    record = run_stream(
        StreamRows(features, labels, labels, 3),
        StreamSettings(1.0, delay=delay),
        LearnerSettings(TREE).make_learner(3, 0),
        ChosenRows(np.arange(600)),
        Spending(1.0),
    )
    stream = [
        (dict(enumerate(row.tolist())), int(label)) for row, label in zip(features, labels, strict=True)
    ]
    metric = Accuracy() + CohenKappa()
    progressive_val_score(stream, HoeffdingTreeClassifier(grace_period=30), metric, delay=delay)
    accuracy, kappa = metric.get()
    # River scores no row before the first label, where albench predicts the first class.
    n_scored = 600 - max(delay, 1)
    is_first = (labels[: max(delay, 1)] == 0).sum()
    assert record.scores["accuracy"][-1] * 600 == pytest.approx(accuracy * n_scored + is_first, abs=1e-9)
    assert accuracy > 0.6
    assert kappa > 0.4


def test_what_is_no_classifier_is_refused():
    pytest.importorskip("river")
    with pytest.raises(ModelError, match="no classifier of River"):
        LearnerSettings(Model(estimator="river.linear_model.LinearRegression")).make_learner(2, 0)


def test_an_experiment_runs_models_of_river(tmp_path):
    pytest.importorskip("river")
    tree = {"river.tree.HoeffdingTreeClassifier": {"grace_period": 20}}
    bagging = {
        "river.ensemble.BaggingClassifier": {"model": {"river.naive_bayes.GaussianNB": {}}, "n_models": 3}
    }
    spec = {
        "scenario": "stream",
        "datasets": "iris",
        "models": [tree, bagging],
        "strategies": ["split", "committee_disagreement"],
        "budgets": "20%",
        "repeats": 1,
        "execution": {"n_jobs": 1},
    }
    trials = albench.run(spec, results=tmp_path).trials
    assert trials["status"].to_list() == ["done"] * 4
    assert set(trials["model"]) == {"HoeffdingTreeClassifier", "BaggingClassifier"}
    assert trials["accuracy"].min() > 0.5
