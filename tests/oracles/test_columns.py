"""Answers that were recorded in columns of a user's own file: no features, and given as they stand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import albench
from albench.errors import DatasetError, SpecError

N = 240
WHO = "{llm: {column: gpt, cost: 0.01}, expert: {column: label, cost: 1}}"


@pytest.fixture
def make(tmp_path):
    """Write a table with recorded answers, and an experiment on it; return the experiment's path."""
    rng = np.random.default_rng(0)
    codes = rng.integers(3, size=N)
    names = np.array(["cat", "dog", "elk"])
    gpt = np.where(rng.random(N) < 0.25, (codes + 1) % 3, codes)
    cells = [
        None if empty else str(names[code]) for empty, code in zip(rng.random(N) < 0.1, gpt, strict=True)
    ]
    table = {
        "a": codes + rng.normal(0, 0.7, N),
        "b": rng.normal(0, 1, N),
        "gpt": cells,
        "label": names[codes],
    }

    def write(oracle=f"{{columns: {{who: {WHO}}}}}", dataset="answers: [gpt]", **changes):
        pl.DataFrame(table | changes).write_csv(tmp_path / "animals.csv")
        path = tmp_path / "animals.yaml"
        path.write_text(
            f"""
datasets: [{{csv: {{path: animals.csv, target: label, {dataset}}}}}]
models: [gaussian_nb]
strategies: [random, margin]
seed_sizes: 10
batch_sizes: 5
budgets: 40
repeats: 1
metrics: [accuracy]
oracles: [{oracle}]
execution: {{n_jobs: 1}}
""",
            encoding="utf-8",
        )
        return path

    write.table = pl.DataFrame(table)
    return write


def run(path):
    return albench.run(path, results=path.parent / "results")


def test_a_trial_that_is_run_to_measure_has_the_recorded_answers(make):
    path = make()
    forecast = albench.plan(path, results=path.parent / "results", probe=True)
    assert forecast.price.source == "1 trials run to measure"


def test_each_annotator_answers_what_stands_in_its_column_and_an_empty_cell_abstains(make):
    results = run(make())
    answers = results.annotations
    table = make.table.with_row_index("row").cast({"row": pl.Int64})
    both = answers.join(table, on="row")
    assert both.height == answers.height
    classes = ["cat", "dog", "elk"]
    given = both["label"].replace_strict({**dict(enumerate(classes)), -1: None}, return_dtype=pl.String)
    recorded = both.select(pl.when(annotator="llm").then("gpt").otherwise("label_right"))["gpt"]
    assert given.to_list() == recorded.to_list()
    assert set(answers.select("annotator", "cost").unique().iter_rows()) == {("llm", 0.01), ("expert", 1)}
    assert answers.filter(annotator="llm")["label"].is_in([-1]).any()
    assert results.queries["cost"].unique().to_list() == [pytest.approx(1.01)]
    # The model sees two columns, and none of the answers.
    assert results.trials["n_features"].unique().to_list() == [2]


def test_whose_cell_is_empty_may_be_absent_so_that_the_next_one_is_asked(make):
    who = "{llm: {column: gpt, cost: 0.01, empty: absent}, expert: {column: label, cost: 1}}"
    results = run(make(f"{{columns: {{who: {who}, ask: 1, order: listed}}}}"))
    empty = make.table.with_row_index("row").filter(pl.col("gpt").is_null())["row"].to_list()
    queries = results.queries
    by_expert = queries.filter(pl.col("annotator") == 1)
    assert by_expert.height
    assert set(by_expert["row"].to_list()) <= set(empty)
    assert by_expert["cost"].unique().to_list() == [1]
    assert not set(queries.filter(pl.col("annotator") == 0)["row"].to_list()) & set(empty)
    assert (queries["label_given"] >= 0).all()


def test_the_target_alone_is_the_perfect_oracle(make):
    results = run(make("perfect, {columns: {who: [{column: label}]}}"))
    axes = ["strategy", "arm"]
    frames = [
        results.queries.join(results.trials.filter(oracle=oracle).select("key", *axes), on="key")
        .drop("key")
        .sort(*axes, "round", "rank")
        for oracle in ("perfect", "columns")
    ]
    assert frames[0].height
    assert frames[0].equals(frames[1])


def test_other_answers_are_other_trials_and_those_of_true_labels_are_kept(make):
    oracles = f"perfect, {{columns: {{who: {WHO}}}}}"
    run(make(oracles))
    planned = albench.plan(make(oracles), results=make(oracles).parent / "results")
    assert planned.to_run == 0
    cells = make.table["gpt"].to_list()
    other = make(oracles, gpt=["elk", *cells[1:]] if cells[0] != "elk" else ["cat", *cells[1:]])
    planned = albench.plan(other, results=other.parent / "results")
    assert (planned.reused, planned.to_run) == (3, 3)


def test_a_column_of_answers_that_is_a_feature_is_refused(make):
    path = make(dataset="drop: []")
    with pytest.raises(
        DatasetError, match=r"column 'gpt' holds .* is a feature: .* declare 'answers: \[gpt\]'"
    ):
        albench.plan(path, results=path.parent)


@pytest.mark.parametrize(
    ("dataset", "column", "says"),
    [
        ("answers: [gpt]", "gtp", "has no column of answers 'gtp': did you mean 'gpt'"),
        ("drop: [gpt]", "gpt", r"has no column of answers 'gpt': declare answers: \[gpt\]"),
        ("answers: [gpd]", "gpt", r"has no column 'gpd'[^?]*did you mean 'gpt'"),
        ("answers: [gpt], categorical: [label]", "gpt", "names the target column"),
    ],
)
def test_a_column_that_is_not_there_is_named(make, dataset, column, says):
    path = make(f"{{columns: {{who: [{{column: {column}}}]}}}}", dataset)
    with pytest.raises((SpecError, DatasetError), match=says):
        albench.plan(path, results=path.parent)


def test_a_class_that_the_target_does_not_have_is_named_with_its_column_and_row(make):
    cells = make.table["gpt"].to_list()
    path = make(gpt=[*cells[:7], "doge", "dogs", "doge", *cells[10:]])
    says = r"animals.csv: column 'gpt', line 9: 'doge' and 'dogs' are no classes of the target, in 3 rows: did you"
    with pytest.raises(DatasetError, match=says):
        albench.plan(path, results=path.parent)


def test_stated_skills_are_needed_to_weigh_by_them(make):
    with pytest.raises(SpecError, match="'combine: weighted' needs the skill of 'expert'"):
        albench.load_experiment(
            make(
                "{columns: {who: {llm: {column: gpt, skill: 0.8}, expert: {column: label}}, combine: weighted}}"
            )
        )


def test_irrelevant_classes_are_irrelevant_answers_too(make):
    path = make("{columns: {who: [{column: gpt}]}}", "answers: [gpt], pool: {irrelevant: [elk]}")
    results = run(path)
    classes = ("cat", "dog", "irrelevant")
    table = make.table.with_row_index("row").cast({"row": pl.Int64}).select("row", "gpt")
    both = results.queries.join(table, on="row").with_columns(pl.col("gpt").replace("elk", "irrelevant"))
    given = [classes[code] if code >= 0 else None for code in both["label_given"]]
    assert given == both["gpt"].to_list()
    assert "irrelevant" in given
