"""An experiment on a file that is labelled in part: its keys, what is said of it, its page."""

from __future__ import annotations

import json

import numpy as np
import pytest

import albench

SPEC = """
datasets:
- {csv: {path: whole.csv, target: kind, unlabelled: keep}, label: kept}
- {csv: {path: whole.csv, target: kind, unlabelled: preprocessing}, label: used}
models: [gaussian_nb]
strategies: [random, margin]
seed_sizes: 4
batch_sizes: 4
budgets: 12
repeats: 2
execution: {n_jobs: 1}
"""


@pytest.fixture(scope="module")
def spec(tmp_path_factory):
    folder = tmp_path_factory.mktemp("partly")
    rng = np.random.default_rng(0)
    ages = rng.normal(size=240)
    rows = [(f"{age:.6f}", "ab"[int(age + rng.normal() > 0)]) for age in ages]
    # The older a row, the sooner it was labelled.
    kept = [(age, kind if float(age) > 0.3 else "") for age, kind in rows]
    labelled = [row for row in kept if row[1]]
    for name, lines in (("whole", kept), ("labelled", labelled)):
        text = "".join(f"{age},{kind}\n" for age, kind in lines)
        (folder / f"{name}.csv").write_text(f"age,kind\n{text}", encoding="utf-8")
    (folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return folder / "spec.yaml"


@pytest.fixture(scope="module")
def results(spec):
    return albench.run(spec, results=spec.parent / "results")


def test_rows_that_lend_nothing_run_no_trial_again(spec, results):
    text = SPEC.replace("whole.csv, target: kind, unlabelled: keep", "labelled.csv, target: kind")
    alone = spec.parent / "alone" / spec.name
    alone.parent.mkdir()
    alone.write_text(text.replace("path: ", "path: ../"), encoding="utf-8")
    forecast = albench.plan(alone, results=spec.parent / "results")
    assert (forecast.to_run, forecast.reused) == (0, results.trials.height)


def test_rows_that_lend_something_make_other_trials(results):
    keys = [set(results.trials.filter(dataset=label)["key"]) for label in ("kept", "used")]
    assert keys[0]
    assert not keys[0] & keys[1]


def test_plan_show_and_page_count_the_rows_and_say_how_they_differ(spec, results, albench_in):
    n = len((spec.parent / "labelled.csv").read_text().splitlines()) - 1
    counts = f"{n} rows are labelled, {240 - n} are not"
    (warning,) = [
        text
        for text in albench.plan(spec, results=spec.parent / "results").warnings
        if text.startswith("kept")
    ]
    assert warning.startswith(
        f"kept: {counts}. The labelled rows differ from the unlabelled ones: a classifier"
    )
    assert warning.endswith("most by 'age'; conclusions hold for rows like the labelled ones")
    page = results.report(spec.parent / "page.html").read_text(encoding="utf-8")
    assert counts in page
    assert "Unlabelled</th>" in page
    answer = page[page.index('class="answer"') : page.index('id="leaderboard"')]
    assert (
        "The labelled rows of kept differ from its unlabelled ones: a classifier tells them apart" in answer
    )
    facts = json.loads((results.folder.path / "datasets.json").read_text(encoding="utf-8"))
    assert [entry.get("n_unlabelled") for entry in facts] == [240 - n, 240 - n]
    assert all(entry["representativeness"]["column"] == "age" for entry in facts)
    shown = albench_in(spec.parent, "show", "dataset", "kept", spec.name).stdout
    assert f"{n} labelled, {240 - n} unlabelled" in shown
    assert counts in shown


def test_density_takes_part_where_a_strategy_can_and_is_refused_where_none_can(spec, albench_in):
    folder = spec.parent / "density"
    folder.mkdir()
    text = SPEC.replace("path: ", "path: ../").replace("preprocessing", "[preprocessing, density]")
    (folder / "none.yaml").write_text(text, encoding="utf-8")
    refused = albench_in(folder, "plan", "none.yaml")
    assert refused.returncode == 2
    assert (
        "dataset 'used': 'unlabelled: density' changes nothing here: of the built-in strategies"
        in refused.stderr
    )
    own = "neighbours and clusters of 'graph_density' and 'typiclust' are among rows that can be queried"
    (folder / "own.yaml").write_text(text.replace("margin", "graph_density, typiclust"), encoding="utf-8")
    assert f"{own}: 'unlabelled: keep' says so" in albench_in(folder, "plan", "own.yaml").stderr
    both = text.replace("margin", "graph_density, typiclust, information_density")
    (folder / "both.yaml").write_text(both, encoding="utf-8")
    planned = albench_in(folder, "plan", "both.yaml")
    assert f"take part in the density of 'information_density'; {own}" in " ".join(planned.stdout.split())
    text = text.replace("[random, margin]", "[random, information_density]").replace(
        "repeats: 2", "repeats: 1"
    )
    (folder / "some.yaml").write_text(text, encoding="utf-8")
    results = albench.run(folder / "some.yaml", results=folder / "results")
    assert results.trials["status"].to_list() == ["done"] * results.trials.height
    sentence = (
        "unlabelled rows take part in the density of 'information_density'; the others see the pool alone"
    )
    assert sentence in results.report(folder / "page.html").read_text(encoding="utf-8").replace("&#39;", "'")
