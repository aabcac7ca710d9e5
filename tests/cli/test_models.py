"""`albench list models` and `albench show model`."""

from __future__ import annotations

from click.testing import CliRunner

from albench.cli import cli


def said(*arguments):
    result = CliRunner().invoke(cli, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def test_models_are_listed_by_what_they_predict():
    classifiers, regressors = said("list", "models").split("\nregression\n")
    assert classifiers.startswith("classification\n")
    assert "  logistic_regression " in classifiers
    assert "  knn_regressor " in regressors


def test_a_model_says_what_it_stands_for_and_what_it_answers():
    shown = said("show", "model", "svm_rbf")
    assert "estimator      sklearn.svm.SVC" in shown
    assert "probabilities  no: decision values" in shown
    assert "calibrated" in shown


def test_a_model_says_what_it_needs():
    assert "needs          estimator" in said("show", "model", "self_training")
    assert "install        pip install 'albench[torch]'" in said("show", "model", "torch_mlp")
    assert "task           regression" in said("show", "model", "ridge")
