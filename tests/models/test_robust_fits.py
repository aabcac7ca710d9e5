"""Models that doubt their labels: rows weighted by agreement, smoothed labels; as scikit-learn fits them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose
from scipy.sparse import csr_matrix
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

import albench
from albench.checking.pools import make_blobs
from albench.contracts import Model
from albench.errors import AlbenchError, SpecError
from albench.models.fitting import fit_model
from albench.models.names import MODELS
from albench.stream.learners import choose_learning

X, Y = make_blobs(90, 3, 3)
CROWD = {"a": {"skill": 0.95}, "b": {"skill": 0.5}, "c": {"skill": 0.5, "available": 0.7}}


@pytest.fixture(scope="module")
def make_spec(tmp_path_factory):
    """Write rows of three classes, of which the file says what is test; return what makes a spec of models."""
    rng = np.random.default_rng(0)
    codes = rng.integers(3, size=400)
    columns = {
        "a": codes + rng.normal(0, 0.8, 400),
        "b": (codes == 1) + rng.normal(0, 0.8, 400),
        "kind": codes,
    }
    file = tmp_path_factory.mktemp("robust") / "rows.csv"
    pl.DataFrame({**columns, "part": ["train"] * 200 + ["test"] * 200}).write_csv(file)

    def make(*models, **changes):
        return {
            "datasets": [{"csv": {"path": str(file), "target": "kind", "split": "part"}}],
            "split": "declared",
            "preprocessing": {"numeric": "passthrough"},
            "models": list(models),
            "strategies": ["random"],
            "baseline": {"arms": 1},
            "seed_sizes": 20,
            "batch_sizes": 30,
            "budgets": 80,
            "repeats": 1,
            "metrics": ["accuracy"],
            "oracles": [{"annotators": {"who": CROWD}}],
            "execution": {"n_jobs": 1},
            **changes,
        }

    make.file = file
    return make


def test_keys_of_models_without_these_settings_are_what_they_were():
    plain = MODELS["gaussian_nb"].make_model({})
    robust = {"sample_weight": "agreement", "label_smoothing": 0.1}
    assert (
        plain.model_copy(update={"sample_weight": None, "label_smoothing": 0.0}).fragment()
        == plain.fragment()
    )
    assert plain.model_copy(update=robust).fragment() == plain.fragment() | robust


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize(
    "estimator",
    [LogisticRegression(C=3.0), GaussianNB(), RandomForestClassifier(n_estimators=3, random_state=0)],
    ids=["logistic", "bayes", "forest"],
)
def test_smoothed_labels_are_rows_of_every_class_with_weights(estimator, sparse):
    if sparse and isinstance(estimator, GaussianNB):
        pytest.skip("scikit-learn's takes no sparse rows")
    features = csr_matrix(X) if sparse else X
    path = f"sklearn.{type(estimator).__module__.split('.')[1]}.{type(estimator).__name__}"
    params = {
        name: value
        for name, value in estimator.get_params(deep=False).items()
        if name in ("C", "n_estimators")
    }
    model = Model.model_validate({"estimator": path, "params": params, "label_smoothing": 0.375})
    rows, labels, weights = [], [], []
    for row, own in enumerate(Y):
        for other in range(3):
            rows.append(row)
            labels.append(other)
            # Without rounding: trees of some versions divide sparse rows by the last bit of a weight.
            weights.append(0.75 if other == own else 0.125)
    wanted = estimator.fit(features[rows], labels, sample_weight=np.array(weights))
    fitted = fit_model(model, features, Y, n_classes=3, seed=0)
    assert_allclose(fitted.proba(features), wanted.predict_proba(features), rtol=0, atol=1e-12)
    assert not fitted.is_plain


def test_a_class_without_labels_has_no_share():
    model = MODELS["gaussian_nb"].make_model({}).model_copy(update={"label_smoothing": 0.2})
    known = Y != 2
    proba = fit_model(model, X[known], Y[known], n_classes=3, seed=0).proba(X)
    assert (proba[:, 2] == 0).all()


def test_a_row_weighs_as_much_as_its_answers_agree_with_its_label(make_spec, tmp_path):
    """Every round is fitted again by scikit-learn, with weights counted from the table of answers."""
    results = albench.run(make_spec({"gaussian_nb": {"sample_weight": "agreement"}}), results=tmp_path)
    data = pl.read_csv(make_spec.file)
    features, test = data.select("a", "b").to_numpy(), (data["part"] == "test").to_numpy()
    answers, queries = results.annotations, results.queries
    given = dict(queries.select("row", "label_given").iter_rows())
    agreement = {
        row: np.mean(answers.filter(row=row)["label"].to_numpy() == label) for row, label in given.items()
    }
    assert {round(share, 2) for share in agreement.values()} == {0.33, 0.5, 0.67, 1.0}
    for n, accuracy in results.curves.select("n_labels", "accuracy").iter_rows():
        rows = sorted(queries["row"][:n])
        wanted = GaussianNB().fit(
            features[rows],
            [given[row] for row in rows],
            sample_weight=[max(agreement[row], 1 / 3) for row in rows],
        )
        assert accuracy == wanted.score(features[test], data["kind"].to_numpy()[test])


def test_where_every_row_has_one_answer_nothing_is_weighted(make_spec, tmp_path):
    oracles = [
        "perfect",
        {"annotators": {"who": CROWD, "ask": 1}},
        {"annotators": {"who": CROWD, "label": "all"}},
    ]
    models = ["gaussian_nb", {"gaussian_nb": {"sample_weight": "agreement", "label": "weighted"}}]
    results = albench.run(make_spec(*models, oracles=oracles), results=tmp_path)
    last = results.curves.group_by("key").agg(pl.col("log_loss").last()).join(results.trials, on="key")
    losses = last.group_by("oracle").agg(pl.col("log_loss").n_unique().alias("n"))
    assert dict(losses.sort("n")["n"].value_counts().iter_rows()) == {1: 2, 2: 1}


def test_rows_that_annotators_agree_on_teach_more_where_they_often_err(make_spec, tmp_path):
    """Planted: one good annotator and two who guess; the mean of 12 repeats."""
    models = ["gaussian_nb", {"gaussian_nb": {"sample_weight": "agreement", "label": "weighted"}}]
    oracles = [{"annotators": {"who": CROWD | {"c": {"skill": 0.5}}}}]
    spec = make_spec(*models, oracles=oracles, repeats={"splits": 1, "starts": 12}, budgets=50)
    gain = compare(albench.run(spec, results=tmp_path), "accuracy", "weighted", "gaussian_nb")
    assert gain.mean() > 2 * gain.std() / np.sqrt(gain.size)


def test_smoothing_betters_the_log_loss_where_labels_are_wrong(make_spec, tmp_path):
    """Planted: a third of the labels are wrong, and a tree learns them by heart; the mean of 5 repeats."""
    models = ["decision_tree", {"decision_tree": {"label_smoothing": 0.2, "label": "smoothed"}}]
    oracles = [{"uniform_noise": 0.3}]
    spec = make_spec(*models, oracles=oracles, repeats={"splits": 1, "starts": 5}, budgets=50)
    gain = -compare(albench.run(spec, results=tmp_path), "log_loss", "smoothed", "decision_tree")
    assert gain.mean() > 2 * gain.std() / np.sqrt(gain.size)


def compare(results, metric, first, second):
    """Paired differences of the means of a metric over the rounds."""
    means = results.curves.group_by("key").agg(pl.col(metric).mean()).join(results.trials, on="key")
    wide = means.pivot("model", index="start", values=metric).sort("start")
    return (wide[first] - wide[second]).to_numpy()


@pytest.mark.parametrize(
    ("models", "changes", "message"),
    [
        ([{"knn": {"label_smoothing": 0.1}}], {}, "model 'knn': 'label_smoothing' gives rows their weight, but fit"),
        ([{"knn": {"sample_weight": "agreement"}}], {}, "'sample_weight' gives rows their weight, but fit"),
        ([{"label_spreading": {"label_smoothing": 0.1}}], {}, "a semi-supervised model is fitted without weights"),
        ([{"svm_linear": {"label_smoothing": 0.1, "calibrated": "sigmoid"}}], {}, "probabilities are fitted without"),
        ([{"gaussian_nb": {"sample_weight": "agreement", "resampling": "oversample"}}], {}, "resampled have no"),
        ([{"logistic_regression": {"label_smoothing": 0.1, "class_weight": "balanced"}}], {}, "counted by rows"),
        ([{"gaussian_nb": {"label_smoothing": 1.0}}], {}, "'label_smoothing' must be below 1"),
        ([{"gaussian_nb": {"sample_weight": "votes"}}], {}, "'sample_weight' must be 'agreement'"),
        ([{"gaussian_nb": {"sample_weight": "agreement"}}], {"oracles": ["perfect"]}, "and every row has one answer"),
        (
            [{"gaussian_nb": {"sample_weight": "agreement"}}],
            {"oracles": [{"annotators": {"who": CROWD, "combine": "all"}}]},
            "weighs one label a row, but oracle",
        ),
        (
            [{"gaussian_nb": {"resampling": "oversample"}}],
            {"oracles": [{"annotators": {"who": CROWD, "combine": "all"}}]},
            "rows that are resampled have no weights, but oracle",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_weighted_is_refused_with_a_reason(make_spec, tmp_path, models, changes, message):
    with pytest.raises(SpecError) as refused:
        albench.plan(make_spec(*models, **changes), results=tmp_path)
    assert message in str(refused.value)


def test_where_inapplicable_trials_are_skipped_such_a_model_is_fitted_nowhere(make_spec, tmp_path):
    spec = make_spec({"knn": {"label_smoothing": 0.1}}, "gaussian_nb", inapplicable="skip")
    results = albench.run(spec, results=tmp_path)
    assert dict(results.trials.select("model", "status").iter_rows()) == {
        "knn": "skipped", "gaussian_nb": "done",
    }  # fmt: skip
    assert set(results.references["status"]) == {"done"}


def test_second_answers_count_in_the_agreement(make_spec, tmp_path):
    models = ["gaussian_nb", {"gaussian_nb": {"sample_weight": "agreement", "label": "weighted"}}]
    spec = make_spec(*models, oracles=[{"uniform_noise": 0.3}], relabel={"share": 0.5})
    results = albench.run(spec, results=tmp_path)
    assert (compare(results, "log_loss", "weighted", "gaussian_nb") != 0).all()


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            {"gaussian_nb": {"sample_weight": "agreement"}},
            "weighs rows, and labels of a stream have no weights",
        ),
        ({"knn": {"label_smoothing": 0.1}}, "'label_smoothing' gives rows their weight, but fit"),
        ({"gaussian_nb": {"label_smoothing": 0.1}}, ""),
    ],
)
def test_on_streams_labels_are_smoothed_by_fits_alone(tmp_path, model, message):
    """What learns label by label would leave the setting out without a word."""
    spec = {
        "scenario": "stream",
        "datasets": ["iris"],
        "models": [model],
        "strategies": ["uncertainty"],
        "budgets": "20%",
        "repeats": 1,
    }
    if message:
        with pytest.raises(AlbenchError, match=message):
            albench.plan(spec, results=tmp_path)
        return
    (declared,) = albench.load_experiment(spec).models
    assert choose_learning(declared.task.component, 10, None).refit_every == 10
