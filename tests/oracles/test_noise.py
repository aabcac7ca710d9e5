"""Oracles that err and abstain: stated rates, the same answer for everybody, true labels in every score."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from scipy.stats import binomtest
from sklearn.datasets import load_iris

import albench
from albench.errors import SpecError
from albench.registry.lookup import get_builtin

N = 20_000
CLASSES = ("a", "b", "c")
LABELS = np.random.default_rng(1).integers(3, size=N)
SPEC = """
datasets: [iris]
models: [logistic_regression]
strategies: [random, margin, {{power_sampling: margin}}, qbc]
seed_sizes: 6
batch_sizes: [{batch}]
budgets: 36
repeats: 2
metrics: [accuracy]
oracles: [{oracle}]
execution: {{n_jobs: 1}}
"""


def answer(name, seed=0, labels=LABELS, classes=CLASSES, difficulty=None, **parameters):
    oracle, rng = get_builtin("oracle", name)(**parameters), np.random.default_rng(seed)
    return oracle.answers(
        labels, classes, rng=rng, **({} if difficulty is None else {"difficulty": difficulty})
    )


def run(folder, oracle, batch=6):
    return albench.run(
        SPEC.format(oracle=oracle, batch=batch), results=folder / f"{oracle}{batch}".replace("/", "")
    )


@pytest.mark.parametrize("rate", [0.05, 0.3])
def test_so_many_labels_are_wrong_and_each_other_class_alike(rate):
    given = answer("uniform_noise", rate=rate)
    wrong = given != LABELS
    assert binomtest(int(wrong.sum()), N, rate).pvalue > 1e-3
    for true in range(3):
        others = np.bincount(given[wrong & (true == LABELS)], minlength=3)
        assert others[true] == 0
        assert binomtest(int(others.max()), int(others.sum()), 0.5).pvalue > 1e-3


def test_one_class_alone_is_never_wrong():
    assert_array_equal(
        answer("uniform_noise", rate=1.0, labels=np.zeros(9, int), classes=("a",)), np.zeros(9)
    )


def test_a_class_is_taken_for_another_one_as_often_as_the_matrix_says():
    given = answer("confusion", matrix={"a": {"b": 0.2, "c": 0.05}, "c": {"a": 1.0}})
    counts = np.array([np.bincount(given[true == LABELS], minlength=3) for true in range(3)])
    assert counts[1].tolist() == [0, counts[1].sum(), 0]
    assert counts[2].tolist() == [counts[2].sum(), 0, 0]
    for other, share in ((1, 0.2), (2, 0.05)):
        assert binomtest(int(counts[0, other]), int(counts[0].sum()), share).pvalue > 1e-3


def test_abstaining_gives_true_labels_or_none():
    given = answer("abstaining", rate=0.25)
    assert binomtest(int((given == -1).sum()), N, 0.25).pvalue > 1e-3
    assert_array_equal(given[given >= 0], LABELS[given >= 0])


@pytest.mark.parametrize(
    ("oracle", "says"),
    [
        ("{uniform_noise: 1.5}", "must be at most 1"),
        ("{confusion: {matrix: {setosa: {virginica: 0.7, versicolor: 0.4}}}}", "add up to more than 1"),
        ("{confusion: {matrix: {setosa: {virginica: -0.1}}}}", "within 0 and 1"),
        ("{confusion: {matrix: {setosa: {setosa: 0.5, virginica: 0.4}}}}", "do not add up to 1"),
    ],
)
def test_what_is_no_probability_is_refused(oracle, says):
    with pytest.raises(SpecError, match=says):
        albench.load_experiment(SPEC.format(oracle=oracle, batch=6))


def test_a_class_that_is_not_there_is_named(tmp_path):
    text = SPEC.format(oracle="{confusion: {matrix: {setosa: {rose: 0.1}}}}", batch=6)
    with pytest.raises(albench.AlbenchError, match="rose"):
        albench.plan(text, results=tmp_path)


@pytest.mark.parametrize("oracle", ["{uniform_noise: 0}", "{confusion: {matrix: {setosa: {virginica: 0}}}}"])
def test_an_oracle_that_never_errs_is_the_perfect_one_number_for_number(tmp_path, oracle):
    perfect, noiseless = run(tmp_path, "perfect"), run(tmp_path, oracle)
    axes = ["strategy", "arm", "split", "start"]
    for table in ("curves", "queries"):
        frames = [
            getattr(of, table)
            .join(of.trials.select("key", *axes), on="key")
            .drop("key", *(c for c in getattr(of, table).columns if c.endswith("_s")))
            .sort(*axes, "round", *(["rank"] if table == "queries" else []))
            for of in (perfect, noiseless)
        ]
        assert frames[0].equals(frames[1])


def test_a_row_has_one_answer_for_every_strategy_and_batch_size_and_scores_are_of_true_labels(tmp_path):
    runs = [run(tmp_path, "{uniform_noise: 0.3}", batch) for batch in (6, 10)]
    queries = pl.concat(
        of.queries.join(of.trials.select("key", "split"), on="key").select(
            "split", "row", "label_true", "label_given"
        )
        for of in runs
    )
    answers = queries.group_by("split", "row").agg(pl.col("label_given").n_unique(), pl.len())
    assert answers["label_given"].max() == 1
    assert answers["len"].max() > 5
    wrong = queries.unique().select((pl.col("label_true") != pl.col("label_given")).mean()).item()
    assert 0.15 < wrong < 0.45
    assert_array_equal(queries["label_true"], load_iris().target[queries["row"]])
    # The reference is trained on true labels and scored on true ones: noise would cost it much more.
    assert runs[0].references.filter(pl.col("labels") == "true")["accuracy"].min() > 0.85


def test_scores_are_of_true_labels_and_models_of_given_ones(tmp_path):
    """Every accuracy of a trial, test and validation part, made again by scikit-learn from its queries."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    from albench.datasets.facts import compute_dataset_hash
    from albench.datasets.loading import load_table
    from albench.splits.division import divide

    text = SPEC.format(oracle="{uniform_noise: 0.4}", batch=6) + "validation: 0.2\n"
    results = albench.run(text, results=tmp_path)
    experiment = results.experiment
    table = load_table(experiment.datasets[0].component, tmp_path)
    division = divide(
        experiment.split, table, dataset=compute_dataset_hash(table), split=0, validation=0.2, random_state=0
    )
    X = StandardScaler().fit(table.numeric[division.pool]).transform(table.numeric)
    key = results.trials.filter(pl.col("strategy") == "margin", pl.col("split") == 0)["key"].item()
    queries = results.queries.filter(pl.col("key") == key)
    curve = results.curves.filter(pl.col("key") == key).sort("round")
    assert (queries["label_given"] != queries["label_true"]).sum() > 5
    for round_, test, validation in curve.select("round", "accuracy", "validation_accuracy").iter_rows():
        bought = queries.filter(pl.col("round") <= round_).sort("row")
        model = LogisticRegression(max_iter=1000).fit(X[bought["row"]], bought["label_given"])
        for accuracy, rows in ((test, division.test), (validation, division.validation)):
            assert accuracy == model.score(X[rows], table.labels[rows])


def test_hard_rows_are_wrong_more_often_and_the_mean_is_the_rate():
    hardness = np.random.default_rng(3).beta(0.4, 2, N)
    given = answer("difficulty_noise", rate=0.2, difficulty=hardness)
    wrong = given != LABELS
    # Each row has its own probability, so that their number varies less than a binomial's.
    assert binomtest(int(wrong.sum()), N, 0.2).pvalue > 1e-3
    assert np.corrcoef(hardness, wrong)[0, 1] > 0.4
    in_tenths = [wrong[part].mean() for part in np.array_split(np.argsort(hardness), 10)]
    assert max(in_tenths[:5]) < min(in_tenths[5:])


def test_probabilities_that_would_be_above_1_are_shared_out():
    from albench.oracles.difficulty_noise import scale_to_mean

    # 2 of 4 in proportion to 1, 1, 1, 9 would be 1.5 for the last: 1 for it, and the third of 1 for the others.
    assert scale_to_mean(np.array([1.0, 1, 1, 9]), 0.5) == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1])
    assert scale_to_mean(np.array([0.0, 0, 1, 1]), 0.75) == pytest.approx([0, 0, 1, 1])
    assert scale_to_mean(np.zeros(3), 0.5).tolist() == [0, 0, 0]
    assert scale_to_mean(np.array([1.0, 3]), 1.0).tolist() == [1, 1]


@pytest.mark.parametrize("where", ["uniform", "difficult"])
def test_abstaining_may_look_at_the_difficulty(where):
    hardness = np.linspace(0, 1, N)
    oracle = get_builtin("oracle", "abstaining")(rate=0.2, where=where)
    assert oracle.needs_difficulty() == (where == "difficult")
    given = oracle.answers(LABELS, CLASSES, rng=np.random.default_rng(0), difficulty=hardness)
    assert binomtest(int((given == -1).sum()), N, 0.2).pvalue > 1e-3
    assert (np.corrcoef(hardness, given == -1)[0, 1] > 0.1) == (where == "difficult")


def test_difficulty_is_that_of_a_forest_out_of_fold(tmp_path):
    """Wrong answers of the run lie where a forest that is made here, by scikit-learn's own folds, is unsure."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.model_selection import cross_val_predict

    results = run(tmp_path, "{difficulty_noise: 0.15}")
    queries = results.queries.unique(["row", "label_given"])
    X, y = load_iris(return_X_y=True)
    proba = np.sort(
        cross_val_predict(RandomForestClassifier(random_state=0), X, y, cv=5, method="predict_proba")
    )
    margin = proba[:, -1] - proba[:, -2]
    wrong = (queries["label_true"] != queries["label_given"]).to_numpy()
    assert wrong.sum() > 5
    assert margin[queries["row"].to_numpy()[wrong]].mean() < 0.7 < margin.mean()
    assert results.references.filter(pl.col("labels") == "oracle").height == 2


def test_noise_costs_accuracy(tmp_path):
    clean, noisy = run(tmp_path, "perfect"), run(tmp_path, "{uniform_noise: 0.4}")

    def final(results):
        return results.curves.filter(pl.col("n_labels") == 36)["accuracy"].mean()

    assert final(noisy) < final(clean) - 0.05
