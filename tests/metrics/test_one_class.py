"""Recall, precision and F1 of one class: scikit-learn's numbers, null for what is a share of nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

import albench
from albench.checking.metrics import GivenOutputs
from albench.metrics.one_class import F1, Precision, Recall
from albench.spec.read import check_spec, load_experiment_text

NAMES = ("fraud", "not fraud", "unsure")
SCORES = {Recall: sk.recall_score, Precision: sk.precision_score, F1: sk.f1_score}
ROWS = "".join(f"{i % 7},{(i * i) % 11},{'fraud' if i % 10 == 0 else 'fine'}\n" for i in range(80))
SPEC = """\
datasets: [{csv: {path: bills.csv, target: kind}}, {two_moons: {n_rows: 60}}]
models: gaussian_nb
strategies: margin
seed_sizes: 4
batch_sizes: 4
budgets: 12
repeats: 2
metrics: [{recall: fraud}, {precision: {class: fraud}}, {f1: fraud}, {recall: {class: fine}}]
primary_metric: recall_fraud
execution: {n_jobs: 1, backend: inline}
"""


def make(metric, name):
    return metric.model_validate({"class": name})


def outputs(labels, predicted):
    return GivenOutputs(np.asarray(labels), np.asarray(predicted), None, NAMES)


codes = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=12)


@given(pairs=codes, code=st.integers(0, 2), metric=st.sampled_from(list(SCORES)))
def test_it_equals_scikit_learns_and_is_null_where_that_is_not_a_number(pairs, code, metric):
    labels, predicted = np.array(pairs).T
    expected = SCORES[metric](labels, predicted, labels=[code], average=None, zero_division=np.nan)[0]
    score = make(metric, NAMES[code]).score(outputs(labels, predicted))
    assert score is None if np.isnan(expected) else score == pytest.approx(expected, abs=1e-15)


def test_what_is_undefined_says_why():
    nothing = outputs([1, 1, 2], [1, 2, 2])
    for metric, why in (
        (Recall, "is of or is predicted as"),
        (Precision, "is of or is predicted as"),
        (F1, "is of or is predicted as"),
    ):
        assert make(metric, "fraud").score(nothing) is None
        assert (
            make(metric, "fraud").explain_undefined(nothing)
            == f"no row of the scored part {why} class 'fraud'"
        )
    unseen = outputs([0, 1, 1], [1, 1, 1])
    assert make(Precision, "fraud").score(unseen) is None
    assert make(Precision, "fraud").explain_undefined(unseen) == (
        "no row of the scored part is predicted as class 'fraud'"
    )
    # All of the class are missed: that is no share of nothing.
    assert (make(Recall, "fraud").score(unseen), make(F1, "fraud").score(unseen)) == (0, 0)
    assert make(F1, "other").explain_undefined(unseen) == "the dataset has no class 'other'"


def test_a_column_is_called_by_metric_and_class():
    assert [make(metric, name).column for metric in SCORES for name in NAMES[:2]] == [
        *("recall_fraud", "recall_not_fraud", "precision_fraud", "precision_not_fraud"),
        *("f1_fraud", "f1_not_fraud"),
    ]
    assert make(Recall, 1).column == "recall_1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("bills")
    (path / "bills.csv").write_text("a,b,kind\n" + ROWS, encoding="utf-8")
    (path / "bills.yaml").write_text(SPEC, encoding="utf-8")
    return path


def run(folder, text=SPEC, **options):
    (folder / "bills.yaml").write_text(text, encoding="utf-8")
    return albench.run(folder / "bills.yaml", results=folder / "results", **options)


def test_each_is_a_column_and_undefined_is_null_with_its_reason(folder):
    assert check_spec(folder / "bills.yaml") == ()
    ran = run(folder)
    bills = ran.trials.filter(dataset="bills")["key"].to_list()
    is_bill = ran.curves["key"].is_in(bills)
    curves = ran.curves.filter(is_bill)
    assert curves["recall_fraud"].is_between(0, 1).all()
    # Of 24 test rows 2 or 3 are fraud: accuracy is made of both recalls.
    n_fraud = (
        24 * (curves["accuracy"] - curves["recall_fine"]) / (curves["recall_fraud"] - curves["recall_fine"])
    )
    assert n_fraud.drop_nans().round(6).is_in([2.0, 3.0]).all()
    assert (curves["precision_fraud"].is_null() | curves["precision_fraud"].is_between(0, 1)).all()
    assert ran.curves.filter(~is_bill)["recall_fraud"].null_count() == ran.curves.filter(~is_bill).height
    moons = ran.trials.filter(dataset="two_moons")["reason"]
    assert moons.str.contains("recall_fraud undefined: the dataset has no class 'fraud'", literal=True).all()
    assert ran.references["recall_fraud"].is_null().sum() == ran.references.filter(dataset="two_moons").height
    assert ran.leaderboard(metric="f1_fraud")["strategy"].to_list() == ["random", "margin"]
    assert "recall_fraud" in ran.report().read_text(encoding="utf-8")


def test_another_class_is_another_metric_which_is_scored_on_the_stored_picks(folder):
    run(folder)
    plan = albench.plan(folder / "bills.yaml", results=folder / "results")
    assert plan.to_run == 0
    assert "two_moons: recall_fraud is undefined: no class 'fraud'" in plan.warnings
    more = SPEC.replace("{f1: fraud}", "{f1: fraud}, {f1: fine}")
    (folder / "bills.yaml").write_text(more, encoding="utf-8")
    plan = albench.plan(folder / "bills.yaml", results=folder / "results")
    assert set(plan.reasons) == {"new metric: f1_fine"}
    ran = run(folder, more)
    assert ran.curves["f1_fine"].null_count() == ran.curves["f1_fraud"].null_count()


def test_a_class_that_no_dataset_has_is_told_at_plan_time(folder):
    (folder / "bills.yaml").write_text(SPEC.replace("{f1: fraud}", "{f1: fruad}"), encoding="utf-8")
    with pytest.raises(albench.SpecError) as caught:
        albench.plan(folder / "bills.yaml", results=folder / "results")
    assert str(caught.value) == "metric 'f1_fruad': no dataset has a class 'fruad'; did you mean 'fraud'?"


@pytest.mark.parametrize(
    ("metrics", "primary", "words"),
    [
        ("recall", "accuracy", "'recall' needs 'class'"),
        ("{recall: fraud}", "recall", "did you mean 'recall_fraud'?"),
        ("[]", "recall", "add 'metrics: [{recall: CLASS}]'; its column is 'recall_CLASS'"),
        ("[{recall: fraud}, {recall: {class: fraud}}]", "accuracy", "'recall_fraud' stands twice"),
    ],
)
def test_a_spec_says_what_is_wrong(metrics, primary, words):
    spec = {"datasets": "iris", "models": "gaussian_nb", "strategies": "margin", "budgets": 50}
    text = "".join(f"{key}: {value}\n" for key, value in spec.items())
    with pytest.raises(albench.SpecError) as caught:
        load_experiment_text(f"{text}metrics: {metrics}\nprimary_metric: {primary}\n")
    assert words in str(caught.value)


@pytest.mark.parametrize("metric", SCORES)
def test_it_passes_the_contract_tests(metric):
    assert albench.check_component(make(metric, "fraud")).passed
