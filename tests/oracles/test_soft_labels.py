"""Datasets whose target is a distribution: the oracle draws from it, metrics compare with it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy.stats import chisquare, entropy
from sklearn.metrics import log_loss

import albench
from albench.errors import SpecError
from albench.metrics.soft_cross_entropy import SoftCrossEntropy
from albench.oracles.soft_labels import SoftLabelsOracle
from albench.tables import list_volatile

N = 200
CLASSES = ("cat", "dog", "elk")


@pytest.fixture(scope="module")
def spec(tmp_path_factory):
    """An experiment on rows of three classes, of which half are as good as certain."""
    rng = np.random.default_rng(0)
    codes = rng.integers(3, size=N)
    shares = 0.3 * rng.dirichlet(np.ones(3), N) + 0.7 * np.eye(3)[codes]
    shares = np.round(np.where(rng.random((N, 1)) < 0.5, np.eye(3)[codes], shares), 3)
    folder = tmp_path_factory.mktemp("soft")
    features = {"a": codes + rng.normal(0, 0.7, N), "b": (codes == 1) + rng.normal(0, 0.7, N)}
    columns = dict(zip(CLASSES, shares.T, strict=True))
    pl.DataFrame({**features, **columns, "mode": np.array(CLASSES)[codes]}).write_csv(folder / "soft.csv")
    dataset = {"path": str(folder / "soft.csv"), "target": {"columns": list(CLASSES)}, "drop": ["mode"]}
    return {
        "datasets": [{"csv": dataset}],
        "models": ["gaussian_nb"],
        "strategies": ["random", "margin"],
        "oracles": ["soft_labels", {"soft_labels": {"take": "mode"}, "label": "mode"}, "perfect"],
        "seed_sizes": 10,
        "batch_sizes": 10,
        "budgets": 60,
        "repeats": 1,
        "metrics": ["accuracy", "soft_cross_entropy"],
        "execution": {"n_jobs": 1},
    }


@pytest.fixture(scope="module")
def results(spec, tmp_path_factory):
    return albench.run(spec, results=tmp_path_factory.mktemp("results"))


def select(results, table, **values):
    """Rows of a table of some trials, with what they are trials of."""
    axes = results.trials.select("key", "oracle", "strategy", "arm", "dataset")
    return getattr(results, table).join(axes, on="key").filter(**values)


def test_each_class_is_answered_as_often_as_it_is_probable():
    shares = np.array([0.0, 0.2, 0.5, 0.3, 0.0])
    distribution = np.tile(shares, (20_000, 1))
    labels = distribution.argmax(axis=1)
    answers = SoftLabelsOracle().answers(
        labels, tuple("abcde"), rng=np.random.default_rng(0), distribution=distribution
    )
    counts = np.bincount(answers, minlength=5)
    assert counts[[0, 4]].sum() == 0
    assert chisquare(counts[1:4], shares[1:4] * labels.size).pvalue > 0.001


def test_a_row_gets_the_same_answer_under_every_strategy(results):
    queries = select(results, "queries", oracle="soft_labels")
    answers = queries.group_by("row").agg(
        pl.col("label_given").n_unique().alias("n_answers"), pl.len().alias("n_times")
    )
    assert answers.filter(pl.col("n_times") > 1).height > 20
    assert answers["n_answers"].max() == 1
    assert 0 < (queries["label_given"] != queries["label_true"]).mean() < 0.3


def test_the_mode_is_what_the_perfect_oracle_answers(results):
    for name in ("curves", "queries"):
        mode, perfect = (
            select(results, name, oracle=oracle)
            .drop("oracle", "key", *list_volatile(name))
            .sort("strategy", "arm", "round", maintain_order=True)
            for oracle in ("mode", "perfect")
        )
        assert mode.height
        assert_frame_equal(mode, perfect)


def test_a_second_answer_to_a_row_is_drawn_anew(spec, tmp_path):
    again = albench.run(
        spec | {"oracles": ["soft_labels"], "relabel": {"share": 0.5}}, results=tmp_path
    ).annotations
    pairs = again.group_by("key", "row").agg("label").filter(pl.col("label").list.len() > 1)
    differ = pairs.filter(pl.col("label").list.n_unique() > 1)
    assert 0 < differ.height < pairs.height


def test_cross_entropy_is_the_mean_over_what_annotators_may_say(spec, results):
    """It equals scikit-learn's log loss with every class of a row as a sample that weighs its share."""
    rng = np.random.default_rng(1)
    shares, proba = (rng.dirichlet(np.ones(3), 50) for _ in range(2))
    outputs = SimpleNamespace(distribution=shares, proba=proba)
    expected = log_loss(np.tile(np.arange(3), 50), np.repeat(proba, 3, axis=0), sample_weight=shares.ravel())
    assert SoftCrossEntropy().score(outputs) == pytest.approx(expected, abs=1e-12)
    known = SimpleNamespace(distribution=shares, proba=shares)
    assert SoftCrossEntropy().score(known) == pytest.approx(entropy(shares, axis=1).mean(), abs=1e-12)
    scores = select(results, "curves", oracle="perfect")
    assert (scores["soft_cross_entropy"] != scores["log_loss"]).all()
    assert scores["soft_cross_entropy"].is_finite().all()


def test_where_there_is_one_class_a_row_plan_refuses_or_the_metric_says_why(spec, tmp_path):
    hard = {"csv": {**spec["datasets"][0]["csv"], "target": "mode", "drop": list(CLASSES)}, "label": "hard"}
    changes = {"datasets": [hard], "oracles": ["perfect"]}
    with pytest.raises(SpecError, match="metric 'soft_cross_entropy': every dataset has one class a row; a"):
        albench.plan(spec | changes, results=tmp_path)
    changes["datasets"] = [hard, *spec["datasets"]]
    with pytest.raises(SpecError, match="oracle 'soft_labels': dataset 'hard' has one class a row; a dist"):
        albench.plan(spec | changes | {"oracles": ["soft_labels"]}, results=tmp_path)
    with pytest.raises(SpecError, match="metric 'soft_cross_entropy': dataset 'hard' has one class a row"):
        albench.plan(spec | changes | {"primary_metric": "soft_cross_entropy"}, results=tmp_path)
    ran = albench.run(spec | changes | {"strategies": ["random"]}, results=tmp_path)
    curves = select(ran, "curves")
    assert set(curves.filter(pl.col("soft_cross_entropy").is_null())["dataset"]) == {"hard"}
    (note,) = ran.trials.filter(pl.col("dataset") == "hard")["reason"].unique().to_list()
    assert "soft_cross_entropy undefined: the dataset has one class a row" in note


def test_the_page_says_what_is_wrong_where_there_is_no_single_truth(spec, results, tmp_path):
    sentence = "the true label is the most probable one, and every other answer is called wrong"
    assert sentence in " ".join(results.report().read_text(encoding="utf-8").split())
    crowd = {"annotators": {"who": {"ann": {"skill": 0.8}, "ben": {"skill": 0.7}}}, "label": "crowd"}
    both = albench.run(spec | {"oracles": ["soft_labels", crowd], "strategies": ["random"]}, results=tmp_path)
    page = both.report().read_text(encoding="utf-8")
    soft, people = (page.index(f"<summary>{name}") for name in ("soft_labels", "crowd"))
    # Answers can agree where there are several alone.
    assert "Asked again" not in page[soft:people]
    assert "Asked again" in page[people : people + 5000]
