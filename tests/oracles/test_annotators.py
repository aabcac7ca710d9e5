"""Several annotators: stated skills, prices and times; one label of their answers; what a trial makes of it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from scipy.stats import binomtest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

import albench
from albench.contracts import Annotations
from albench.errors import SpecError
from albench.oracles.annotators import AnnotatorsOracle
from albench.oracles.dawid_skene import estimate_dawid_skene
from albench.trial.oracle_answers import list_answers

N = 20_000
CLASSES = ("a", "b", "c")
LABELS = np.random.default_rng(1).integers(3, size=N)
SPEC = """
datasets: [{dataset}]
models: [{model}]
strategies: [random, margin]
seed_sizes: 6
batch_sizes: [{batch}]
budgets: 36
repeats: {repeats}
metrics: [accuracy]
oracles: [{oracle}]
execution: {{n_jobs: 1}}
"""
CROWD = "{good: {skill: 0.9, cost: 2}, poor: {skill: 0.6, cost: 0.25, available: 0.5}, fair: {skill: 0.8, cost: 1}}"


def spec(oracle, **filled):
    settings = {"dataset": "iris", "model": "logistic_regression", "batch": 6, "repeats": 1}
    return SPEC.format(oracle=oracle, **{**settings, **filled})


def annotators(**parameters):
    return f"{{annotators: {{who: {CROWD}, {', '.join(f'{k}: {v}' for k, v in parameters.items())}}}}}"


def ask(who, seed=0, labels=LABELS, **parameters):
    oracle = AnnotatorsOracle(who=who, **parameters)
    return oracle.answers(labels, CLASSES, rng=np.random.default_rng(seed))


def test_each_annotator_is_right_as_often_as_stated_and_each_other_class_alike():
    answers = ask([{"skill": 0.9}, {"skill": {"a": 0.7, "c": 0.5}}, {"skill": {"b": {"c": 0.2, "a": 0.1}}}])
    right = answers.labels == LABELS[:, np.newaxis]
    assert binomtest(int(right[:, 0].sum()), N, 0.9).pvalue > 1e-3
    for true, rate in ((0, 0.7), (2, 0.5)):
        mine = answers.labels[true == LABELS, 1]
        assert binomtest(int((mine == true).sum()), mine.size, rate).pvalue > 1e-3
        others = np.delete(np.bincount(mine, minlength=3), true)
        assert binomtest(int(others[0]), int(others.sum()), 0.5).pvalue > 1e-3
    assert right[LABELS == 1, 1].all()
    of_b = answers.labels[LABELS == 1, 2]
    for given, rate in ((2, 0.2), (0, 0.1)):
        assert binomtest(int((of_b == given).sum()), of_b.size, rate).pvalue > 1e-3
    assert right[LABELS != 1, 2].all()
    # They err apart from each other.
    both = (~right[:, 0] & ~right[:, 1])[LABELS == 0]
    assert binomtest(int(both.sum()), both.size, 0.1 * 0.3).pvalue > 1e-3


def test_who_is_asked_is_available_and_drawn_alike_or_in_the_order_of_the_list():
    who = [{"available": 0.5}, {"available": 0.8}, {}]
    single = ask(who, ask=1).asked[:, 0]
    # The first is available with 0.5: then asked alone, or one of two, or one of three.
    rate = 0.5 * (0.2 / 2 + 0.8 / 3)
    assert binomtest(int((single == 0).sum()), N, rate).pvalue > 1e-3
    listed = ask(who, ask=2, order="listed").asked
    assert (listed[:, 0] < np.where(listed[:, 1] < 0, 9, listed[:, 1])).all()
    assert binomtest(int((listed == [0, 1]).all(axis=1).sum()), N, 0.4).pvalue > 1e-3
    assert binomtest(int((listed == [2, -1]).all(axis=1).sum()), N, 0.1).pvalue > 1e-3
    everybody = ask(who).asked
    assert binomtest(int((everybody >= 0).sum(axis=1).sum() - N), 2 * N, 0.65).pvalue > 1e-3


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Results with the perfect oracle, with one annotator who is perfect, and with one who is seldom there."""
    combinations = ("majority", "weighted", "dawid_skene", "all")
    ones = [f"{{annotators: {{who: [{{}}], combine: {name}, label: {name}}}}}" for name in combinations]
    absent = "{annotators: {who: [{available: 0.6, cost: 3}], label: absent}}"
    return albench.run(spec(", ".join(["perfect", *ones, absent])), results=tmp_path_factory.mktemp("alone"))


def of_oracle(results, table, oracle):
    axes = ["strategy", "arm", "split", "start"]
    trials = results.trials.filter(pl.col("oracle") == oracle).select("key", *axes)
    frame = getattr(results, table).join(trials, on="key")
    volatile = [name for name in frame.columns if name.endswith("_s")]
    return frame.drop("key", *volatile).sort(*axes, "round", *(["rank"] if table == "queries" else []))


def test_nobody_available_is_no_label_and_costs_nothing(alone):
    queries = of_oracle(alone, "queries", "absent")
    refused = queries.filter(pl.col("label_given") == -1)
    assert 0.2 < refused.height / queries.height < 0.6
    assert refused["cost"].unique().to_list() == [0]
    assert refused["annotator"].unique().to_list() == [-1]
    answered = queries.filter(pl.col("label_given") >= 0)
    assert (answered["cost"].unique().to_list(), answered["annotator"].unique().to_list()) == ([3], [0])


@pytest.mark.parametrize("combine", ["majority", "weighted", "dawid_skene", "all"])
def test_one_perfect_annotator_is_the_perfect_oracle_number_for_number(alone, combine):
    for table in ("curves", "queries"):
        mine, perfect = (of_oracle(alone, table, oracle) for oracle in (combine, "perfect"))
        assert mine.height
        assert mine.equals(perfect)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """Results of two batch sizes, with each way to make one label of the answers."""
    oracles = [annotators(combine=name, ask=2, label=name) for name in ("majority", "dawid_skene", "all")]
    text = spec(", ".join(oracles), batch="6, 10", repeats=2)
    return albench.run(text, results=tmp_path_factory.mktemp("crowd"))


@pytest.mark.parametrize("combine", ["majority", "dawid_skene", "all"])
def test_a_row_has_the_same_answers_for_every_strategy_and_batch_size_and_scores_are_of_true_labels(
    crowd, combine
):
    results, trials = crowd, crowd.trials.filter(pl.col("oracle") == combine).select("key", "split")
    answers = results.annotations.join(trials, on="key")
    per_row = answers.group_by("split", "row", "annotator").agg(pl.col("label").n_unique(), pl.len())
    assert per_row["label"].max() == 1
    assert per_row["len"].max() > 5
    who = answers.group_by("key", "split", "row").agg(pl.col("annotator").sort()).group_by("split", "row")
    assert who.agg(pl.col("annotator").n_unique())["annotator"].max() == 1
    queries = results.queries.join(trials, on="key")
    assert_array_equal(queries["label_true"], load_iris().target[queries["row"]])
    assert results.references.filter(pl.col("labels") == "true")["accuracy"].min() > 0.85
    # Each answer has its price, and each query and each round the sum of them.
    prices = dict(answers.group_by("annotator").agg(pl.col("cost").first()).iter_rows())
    assert prices == {"good": 2, "poor": 0.25, "fair": 1}
    of_queries = results.annotations.group_by("key", "row").agg(pl.col("cost").sum(), pl.col("round").first())
    both = queries.join(of_queries, on=["key", "row"], suffix="_of_answers")
    assert both.height == queries.height
    assert both["cost"].to_list() == both["cost_of_answers"].to_list()
    assert both["round"].to_list() == both["round_of_answers"].to_list()
    last = (
        results.curves.join(trials, on="key")
        .sort("round")
        .group_by("key")
        .agg(pl.col("cost").last())
        .sort("key")
    )
    paid = queries.group_by("key").agg(pl.col("cost").sum()).sort("key")
    assert last["cost"].to_list() == pytest.approx(paid["cost"].to_list())


def test_the_same_people_answer_the_same_however_their_answers_are_combined(crowd):
    axes = ["strategy", "arm", "split", "batch_size"]
    trials = crowd.trials.filter(pl.col("strategy") == "random").select("key", "oracle", *axes)
    answers = crowd.annotations.join(trials, on="key").drop("key").sort(*axes, "round", "row", "annotator")
    by_vote, estimated, all_ = (
        answers.filter(pl.col("oracle") == oracle).drop("oracle")
        for oracle in ("majority", "dawid_skene", "all")
    )
    assert by_vote.height
    assert by_vote.equals(estimated)
    assert by_vote.equals(all_)


def refit(results, key, round_, training):
    """Return the accuracy of a plain model on what ``training`` makes of the answers up to a round."""
    from albench.datasets.facts import compute_dataset_hash
    from albench.datasets.loading import load_table
    from albench.splits.division import divide

    experiment = results.experiment
    table = load_table(experiment.datasets[0].component, experiment.folder)
    split = results.trials.filter(pl.col("key") == key)["split"].item()
    division = divide(
        experiment.split,
        table,
        dataset=compute_dataset_hash(table),
        split=split,
        validation=0,
        random_state=0,
    )
    X = table.numeric
    X = (X - X[division.pool].mean(axis=0)) / X[division.pool].std(axis=0)
    answers = results.annotations.filter(pl.col("key") == key, pl.col("round") <= round_)
    rows, labels, weights = training(answers)
    # In the order of the pool, as trials fit.
    order = np.argsort([division.pool.tolist().index(row) for row in rows], kind="stable")
    model = LogisticRegression(max_iter=1000)
    model.fit(X[rows[order]], labels[order], sample_weight=None if weights is None else weights[order])
    return model.score(X[division.test], table.labels[division.test])


def train_on_estimates(answers):
    rows, items = np.unique(answers["row"].to_numpy(), return_inverse=True)
    who = answers["annotator"].replace_strict({"good": 0, "poor": 1, "fair": 2}).to_numpy()
    estimate = estimate_dawid_skene(items, who, answers["label"].to_numpy(), 3, prior_answers=4)
    return rows, estimate.proba.argmax(axis=1), None


def train_on_answers(answers):
    rows = answers["row"].to_numpy()
    return rows, answers["label"].to_numpy(), 1 / np.bincount(rows)[rows]


@pytest.mark.parametrize(
    ("combine", "training"), [("dawid_skene", train_on_estimates), ("all", train_on_answers)]
)
def test_scores_are_those_of_a_plain_model_on_the_answers_so_far(crowd, combine, training):
    results = crowd
    mine = pl.col("strategy") == "margin", pl.col("batch_size") == 6, pl.col("oracle") == combine
    keys = results.trials.filter(*mine)["key"]
    curves = results.curves.filter(pl.col("key").is_in(keys.implode()), pl.col("round") >= 3)
    assert curves.height == 6
    for row in curves.iter_rows(named=True):
        assert row["accuracy"] == pytest.approx(refit(results, row["key"], row["round"], training), abs=1e-9)


def test_labels_of_earlier_rows_change_when_more_is_known_and_the_table_keeps_the_first(crowd):
    keys = crowd.trials.filter(pl.col("oracle") == "dawid_skene")["key"]
    changed = 0
    for key in keys:
        queries, answers = (of.filter(pl.col("key") == key) for of in (crowd.queries, crowd.annotations))
        rows, labels, _ = train_on_estimates(answers)
        last = dict(zip(rows.tolist(), labels.tolist(), strict=True))
        changed += sum(last[row] != given for row, given in queries.select("row", "label_given").iter_rows())
    assert changed > 0


def test_asking_again_is_another_draw_and_the_first_answers_stay():
    from albench.rng import open_oracle_rng

    oracle = AnnotatorsOracle(who=[{"skill": 0.6}])
    key = {"dataset": "d", "split": 0, "oracle": oracle.identity()}
    first, second = (oracle.answers(LABELS, CLASSES, rng=open_oracle_rng(0, k, **key)) for k in (0, 1))
    right = [of.labels[:, 0] == LABELS for of in (first, second)]
    assert binomtest(int((right[0] & right[1]).sum()), N, 0.36).pvalue > 1e-3
    assert_array_equal(
        second.labels, oracle.answers(LABELS, CLASSES, rng=open_oracle_rng(0, 1, **key)).labels
    )


def test_answers_are_in_the_order_of_asking():
    annotations = Annotations(
        ("a", "b"), np.array([[0, 1], [1, -1]]), np.ones((2, 2)), np.array([[1, 0], [1, -1]])
    )
    answers = list_answers(annotations, np.array([1, 0]), round_index=2, attempt=1)
    assert answers.positions.tolist() == [1, 0, 0]
    assert answers.annotators.tolist() == [1, 1, 0]
    assert answers.labels.tolist() == [-1, 1, 0]
    assert (answers.rounds.tolist(), answers.attempts.tolist()) == ([2, 2, 2], [1, 1, 1])


def test_the_order_of_annotators_is_part_of_the_oracle_and_names_are_optional():
    first, other = (AnnotatorsOracle(who={name: {} for name in names}) for names in ("ab", "ba"))
    assert first.identity() != other.identity()
    listed = AnnotatorsOracle(who=[{"name": "a"}, {"name": "b"}])
    assert listed.identity() == first.identity()
    assert AnnotatorsOracle(who=[{}, {}]).names == ("annotator 1", "annotator 2")
    assert AnnotatorsOracle(**first.parameters()).names == ("a", "b")


@pytest.mark.parametrize(
    ("oracle", "says"),
    [
        ("{annotators: {who: {a: {skill: 1.5}}}}", "1.5 is no probability"),
        ("{annotators: {who: {a: {skill: {setosa: {virginica: 0.7, versicolor: 0.4}}}}}}", "more than 1"),
        ("{annotators: {who: {a: {skil: 0.5}}}}", "'a' has no 'skil'"),
        ("{annotators: {who: [{cost: -1}]}}", "must be at least 0"),
        ("{annotators: {who: [{}], ask: 2}}", "2 of 1 annotators"),
        ("{annotators: {who: []}}", "somebody must be asked"),
        ("{annotators: {who: [{name: a}, {name: a}]}}", "two annotators are called 'a'"),
        ("{annotators: {who: [{}], combine: vote}}", "'majority', 'weighted'"),
    ],
)
def test_what_cannot_be_is_refused(oracle, says):
    with pytest.raises(SpecError, match=says):
        albench.load_experiment(spec(oracle))


def test_a_class_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SpecError, match="no dataset has a class 'rose'"):
        albench.plan(spec("{annotators: {who: [{skill: {rose: 0.5}}]}}"), results=tmp_path)


@pytest.mark.parametrize("model", ["knn", "{logistic_regression: {calibrated: sigmoid}}", "label_spreading"])
def test_a_model_without_weights_does_not_learn_from_every_answer(tmp_path, model):
    text = spec(annotators(combine="all"), model=model)
    with pytest.raises(SpecError, match="with its weight, but"):
        albench.plan(text, results=tmp_path)
    skipped = albench.plan(f"{text}inapplicable: skip\n", results=tmp_path)
    assert [(reason.startswith("oracle 'annotators' gives"), n) for reason, n in skipped.skipped.items()] == [
        (True, 3)
    ]


def test_the_page_says_who_answered_at_what_price(crowd, tmp_path):
    text = crowd.report(tmp_path / "report.html").read_text(encoding="utf-8")
    block = text.partition('aria-labelledby="oracle"')[2].partition("</section>")[0]
    row = block.partition('<tr><th scope="row">good</th>')[2].partition("</tr>")[0]
    assert '<td class="number" data-value="2.0">2</td>' in row
    majority = crowd.evidence.oracles[0]
    assert [record.annotator for record in majority.annotators][-1] == "poor"
    assert sum(record.asked for record in majority.annotators) == pytest.approx(2, abs=0.02)
    share = next(record.right["random"] for record in majority.annotators if record.annotator == "good")
    assert f"{100 * share:.0f}\u202f%" in row
