"""Several preprocessings of the same rows: one dataset, the same splits, compared within it."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
import yaml
from scipy import stats

import albench
from albench.errors import SpecError
from albench.spec.resolved import render_resolved
from albench.store.parts import write_part

WORDS = {
    "a": "goal team score coach league",
    "b": "oven salt bake dish sauce",
    "c": "train hotel beach city map",
}
COMMON = "the of and to in it is was for on very good new day people time"
TOPICS = {"text": ["tfidf", {"sklearn.decomposition.TruncatedSVD": {"n_components": 5}}], "label": "topics"}


def write_notes(folder):
    """Write notes of three topics, with a number that knows nothing."""
    draw = np.random.default_rng(5)
    lines = ["text,length,topic"]
    for i in range(90):
        topic = str(draw.choice(list("abc")))
        words = [*draw.choice(WORDS[topic].split(), 3), *draw.choice(COMMON.split(), 8)]
        lines.append(f"{' '.join(words)},{i % 7},{topic}")
    (folder / "notes.csv").write_text("\n".join(lines), encoding="utf-8")


def write_spec(folder, **changes):
    """Write an experiment on the notes."""
    spec = {
        "datasets": {"csv": {"path": "notes.csv", "target": "topic", "text": ["text"]}},
        "models": "logistic_regression",
        "strategies": ["random", "margin"],
        "seed_sizes": 6,
        "batch_sizes": 6,
        "budgets": 24,
        "repeats": {"splits": 4},
        "execution": {"n_jobs": 1},
    } | changes
    path = folder / "notes.yaml"
    path.write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
    return path


@pytest.fixture
def write(tmp_path):
    write_notes(tmp_path)
    return partial(write_spec, tmp_path)


@pytest.fixture
def run(write, tmp_path):
    return lambda **changes: albench.run(write(**changes), results=tmp_path / "results")


@pytest.fixture
def plan(write, tmp_path):
    return lambda **changes: albench.plan(write(**changes), results=tmp_path / "results")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Return the results of three preprocessings of the notes."""
    folder = tmp_path_factory.mktemp("notes")
    write_notes(folder)
    spec = write_spec(folder, preprocessings=["tfidf", TOPICS, {"drop": "text"}])
    return albench.run(spec, results=folder / "results")


def last_levels(results, strategy, label):
    """Return split -> mean accuracy of the arms at the budget, from the tables alone."""
    trials = results.trials.filter(strategy=strategy, preprocessing=label).select("key", "split")
    ends = results.curves.filter(n_labels=24).join(trials, on="key")
    return dict(ends.group_by("split").agg(pl.col("accuracy").mean()).iter_rows())


def test_rows_are_the_same_under_each(results):
    labels = ["tfidf", "topics", "no text"]
    assert results.trials["preprocessing"].unique().sort().to_list() == sorted(labels)
    assert results.trials.group_by("preprocessing").agg(pl.col("n_features").unique()).sort(
        "preprocessing"
    ).rows()[0] == (
        "no text",
        [1],
    )
    picks = {
        label: results.trials.filter(strategy="random", preprocessing=label)
        .join(results.queries, on="key")
        .sort("split", "arm", "round", "rank")
        .select("split", "arm", "round", "row", "label_true", "n_pool", "n_test")
        for label in labels
    }
    # Those of random are all rows of the pool in their order, the seed set first.
    assert all(left.equals(right) for left, right in pairwise(picks.values()))
    margin = results.trials.filter(strategy="margin").join(results.queries, on="key").filter(round=0)
    seeds = margin.sort("rank").group_by("split", "preprocessing", maintain_order=True).agg("row")
    assert seeds.group_by("split").agg(pl.col("row").n_unique())["row"].to_list() == [1] * 4


def test_the_comparison_is_that_of_the_levels_at_the_budget(results):
    contrasts = {c.strategy: c for c in results.evidence.preprocessings if c.other == "topics"}
    assert list(contrasts) == ["random", "margin"]
    for strategy, contrast in contrasts.items():
        first, other = (last_levels(results, strategy, label) for label in ("tfidf", "topics"))
        differences = np.array([other[split] - first[split] for split in range(4)])
        half = stats.t.ppf(0.975, 3) * differences.std(ddof=1) / 2
        assert contrast.n_paired == 4
        assert contrast.first_level == pytest.approx(np.mean(list(first.values())))
        assert contrast.other_level == pytest.approx(np.mean(list(other.values())))
        assert contrast.difference == pytest.approx(differences.mean(), abs=1e-9)
        assert contrast.interval.low == pytest.approx(differences.mean() - half, abs=1e-9)
        assert contrast.interval.high == pytest.approx(differences.mean() + half, abs=1e-9)


def test_each_is_a_slice_and_none_a_dataset(results):
    assert [of.slice.preprocessing for of in results.evidence.slices if of.slice.metric == "accuracy"] == [
        "tfidf",
        "topics",
        "no text",
    ]
    assert results.evidence.primary.slice.preprocessing == "tfidf"
    assert results.evidence.primary.datasets == ("notes",)
    reference = results.references.filter(preprocessing="topics")["accuracy"].mean()
    other = results.evidence.find_slice({"preprocessing": "topics", "metric": "accuracy"})
    assert other.references["notes"] == pytest.approx(reference)
    assert any(" with logistic_regression on tfidf" in sentence for sentence in results.answer)
    levels = [sentence for sentence in results.answer if "topics ends at" in sentence]
    assert len(levels) == 1
    assert "and tfidf at" in levels[0]
    page = results.report().read_text(encoding="utf-8")
    assert "topics beside tfidf: which preprocessing is better at the budget" in page


def test_keys_are_those_of_the_setting(plan, run):
    def keys(planned):
        return {trial.identity.key for trial in planned.plan.trials}

    alone = plan()
    assert keys(plan(preprocessings="standard")) == keys(plan(preprocessings=["standard"])) == keys(alone)
    assert keys(plan(preprocessing="passthrough")) == keys(plan(preprocessings="passthrough"))
    assert {trial.preprocessing for trial in alone.plan.trials} == {""}
    run()
    more = plan(preprocessings=["standard", TOPICS])
    assert (more.reused, more.to_run) == (len(alone.plan.trials), len(alone.plan.trials))
    assert list(more.reasons) == ["new or changed preprocessing"]


def test_what_is_for_other_columns_is_refused_by_name(plan):
    datasets = [{"csv": {"path": "notes.csv", "target": "topic", "text": ["text"]}}, "iris"]
    axis = {"datasets": datasets, "preprocessings": ["standard", "tfidf"]}
    with pytest.raises(SpecError, match="preprocessing 'tfidf' on dataset 'iris': it is for text columns"):
        plan(**axis)
    skipped = plan(**axis, inapplicable="skip").plan
    assert {(trial.preprocessing, trial.dataset) for trial in skipped.skipped} == {("tfidf", "iris")}
    assert ("tfidf", "iris") not in {(ref.preprocessing, ref.dataset) for ref in skipped.references}
    with pytest.raises(SpecError, match="on dataset 'iris': it drops every column"):
        plan(datasets="iris", preprocessing={"drop": "numeric"})


def test_skipped_ones_are_rows_with_their_reason(run):
    results = run(
        datasets=["iris"], preprocessings=["standard", "tfidf"], inapplicable="skip", repeats={"splits": 2}
    )
    rows = results.trials.filter(preprocessing="tfidf")
    assert rows["status"].unique().to_list() == ["skipped"]
    assert "text columns" in rows["reason"][0]
    assert results.evidence.n_missing == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"preprocessings": ["tfidf"], "preprocessing": "standard"},
            "'preprocessing' beside 'preprocessings'",
        ),
        ({"preprocessings": ["tfidf", {"tfidf": {}}]}, "'tfidf' stands twice"),
        ({"preprocessings": ["tfidf", {**TOPICS, "label": "tfidf"}]}, "two entries are called 'tfidf'"),
        ({"preprocessings": ["tfidf", {"texts": "tfidf"}]}, "no import path|is none of"),
        ({"preprocessings": ["tfidf", {"drop": "words"}]}, "'preprocessing'"),
        (
            {
                "datasets": [{"iris": {"preprocessing": "passthrough"}}],
                "preprocessings": ["standard", "passthrough"],
            },
            "'iris' has a 'preprocessing' of its own beside 'preprocessings'",
        ),
    ],
)
def test_mistakes_are_told_at_their_place(write, changes, message):
    with pytest.raises(SpecError, match=message):
        albench.load_experiment(write(**changes))


def test_labels_say_what_is_done(write):
    values = [
        "standard",
        {"tfidf": {"max_features": 50}},
        {"tfidf": {"max_features": 90}},
        {"text": "tfidf", "drop": ["numeric"]},
        {"numeric": "sklearn.preprocessing.MinMaxScaler", "then": {"sklearn.decomposition.PCA": {}}},
    ]
    experiment = albench.load_experiment(write(preprocessings=values))
    labels = [entry.label for entry in experiment.preprocessings]
    assert labels == [
        "standard",
        "tfidf (max_features=50)",
        "tfidf (max_features=90)",
        "text: tfidf, no numeric",
        "numeric: MinMaxScaler, then: PCA",
    ]
    again = yaml.safe_load(render_resolved(experiment))
    assert (
        albench.load_experiment(write(preprocessings=again["preprocessings"])).preprocessings
        == experiment.preprocessings
    )


@pytest.mark.parametrize("lacks", ["the column", "a value"])
def test_folders_of_before_are_read_as_ever(run, tmp_path, lacks):
    spec = {"datasets": "iris", "repeats": {"splits": 1}}
    before = run(**spec)
    for file in (tmp_path / "results" / "notes" / "plan").glob("*.parquet"):
        plan = pl.read_parquet(file)
        nothing = pl.lit(None, pl.String).alias("preprocessing")
        changed = plan.drop("preprocessing") if lacks == "the column" else plan.with_columns(nothing)
        write_part(changed, file)
    again = albench.open_results(tmp_path / "notes.yaml", results=tmp_path / "results")
    assert again.trials.equals(before.trials)
    assert again.references.equals(before.references)
    assert again.trials["preprocessing"].to_list() == [""] * again.trials.height
