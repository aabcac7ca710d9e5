"""Trials told pick by pick, beside what scikit-learn says of the same rows."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import StandardScaler

import albench
from albench.datasets.facts import compute_dataset_hash
from albench.datasets.loading import load_table
from albench.errors import UnknownTrialError
from albench.prepared.split_arrays import SplitArrays
from albench.registry.lookup import make_recipe
from albench.runner.worker import PrepareJob, write_split
from albench.trace.pool_projection import PreparedPool
from albench.trace.trace import iterate_stories
from albench.trace.trace_text import describe_story

FILES = Path(__file__).with_name("files")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return albench.run(FILES / "picks.yaml", results=tmp_path_factory.mktemp("results"))


def key_of(results, dataset, strategy):
    rows = results.trials.sort("split").to_dicts()
    return next(row["key"] for row in rows if (row["dataset"], row["strategy"]) == (dataset, strategy))


@pytest.fixture(scope="module")
def story(results):
    return results.story(key_of(results, "iris", "margin"))


@pytest.fixture(scope="module")
def features(story):
    iris = load_iris().data
    return StandardScaler().fit(iris[story.pool.rows]).transform(iris)


def test_a_story_has_every_bought_label_in_order(results, story):
    table = results.queries.filter(results.queries["key"] == story.trial["key"]).sort("round", "rank")
    assert [p.row for r in story.rounds for p in r.picks] == table["row"].to_list()
    assert [r.n_labels for r in story.rounds] == [6, 10, 14, 18, 22]
    assert story.classes == ("setosa", "versicolor", "virginica")
    assert all(p.label_given == load_iris().target[p.row] for r in story.rounds for p in r.picks)


def test_the_nearest_labelled_row_is_nearest_among_those_labelled_before_the_round(story, features):
    labelled = []
    for round_ in story.rounds:
        for pick in round_.picks:
            if round_.number == 0:
                assert pick.neighbour is None
                continue
            gaps = np.linalg.norm(features[labelled] - features[pick.row], axis=1)
            assert pick.distance == pytest.approx(gaps.min())
            assert gaps[labelled.index(pick.neighbour)] == pytest.approx(gaps.min())
        labelled += [pick.row for pick in round_.picks]


def test_the_model_said_what_it_says_when_fitted_on_the_same_rows(story, features):
    labelled = sorted(pick.row for round_ in story.rounds[:3] for pick in round_.picks)
    model = GaussianNB().fit(features[labelled], load_iris().target[labelled])
    for pick in story.rounds[3].picks:
        np.testing.assert_allclose(pick.proba, model.predict_proba(features[[pick.row]])[0], atol=1e-9)


def test_the_view_is_that_of_a_principal_component_analysis(story, features):
    expected = PCA(2).fit_transform(features[story.pool.rows])
    points = story.pool.projection.points
    np.testing.assert_allclose(np.abs(points), np.abs(expected), atol=1e-8)
    assert story.pool.projection.axes[0].startswith("first principal component (7")


def test_two_features_are_shown_as_they_are(results):
    pool = results.story(key_of(results, "two_moons", "random")).pool
    np.testing.assert_array_equal(pool.projection.points, pool.features)
    assert pool.projection.axes == pool.names


def test_the_pool_of_the_page_is_the_one_that_a_worker_prepares(results, story, tmp_path):
    experiment = results.experiment
    table = load_table(experiment.datasets[0].component, experiment.folder)
    job = PrepareJob(
        table,
        compute_dataset_hash(table),
        make_recipe(experiment.split),
        split_index=0,
        validation=experiment.validation,
        random_state=experiment.random_state,
        target=str(tmp_path / "arrays"),
        preprocessing=experiment.get_preprocessing("iris"),
    )
    arrays = SplitArrays.load(Path(write_split(job)))
    np.testing.assert_array_equal(story.pool.features, arrays.pool_features)
    np.testing.assert_array_equal(story.pool.rows, arrays.pool_rows)
    np.testing.assert_array_equal(story.pool.labels, arrays.pool_labels)


def test_a_trial_in_words(story):
    lines = describe_story(story)
    assert lines[0] == f"trial {story.trial['key']}"
    assert lines[1].startswith("margin on iris, split 0, start 0, with gaussian_nb, stratified seed set of 6")
    assert lines[2].startswith("done: 22 labels, 5 rounds scored; accuracy from 0.")
    pick = story.rounds[1].picks[0]
    line = next(text for text in lines[lines.index("") + 1 :] if text.startswith(f"  1. row {pick.row},"))
    assert f"utility {pick.utility:.6g}" in line
    assert f"nearest labelled: row {pick.neighbour}, class " in line
    assert f"{max(pick.proba):.2f}" in line


def test_of_the_seed_set_no_model_has_said_anything(story):
    seed = story.rounds[0]
    assert [pick.proba for pick in seed.picks] == [None] * 6
    lines = describe_story(story)
    first = lines.index("") + 1
    assert lines[first].startswith("seed set: 6 labels (2 of class setosa, 2 of class versicolor, 2 of class")
    assert (
        lines[first + 1] == f"  1. row {seed.picks[0].row}, class {story.classes[seed.picks[0].label_given]}"
    )


def test_classes_that_are_numbers_are_told_from_their_probabilities(results):
    lines = describe_story(results.story(key_of(results, "two_moons", "margin")))
    assert re.search(r"the model said [01]: 0\.\d\d, [01]: 0\.\d\d;", "\n".join(lines))


def test_keys_that_fit_no_trial_or_several_are_refused(results):
    with pytest.raises(
        UnknownTrialError, match=r"no trial has a key that starts with 'nothing'; .*trials\.csv"
    ):
        results.story("nothing")
    with pytest.raises(UnknownTrialError, match="12 trials have a key"):
        results.story("")


def test_data_that_changed_are_not_told_as_if_they_had_not(tmp_path):
    rows = "\n".join(f"{n},{n % 7},{'ab'[n % 2]}" for n in range(40))
    (tmp_path / "own.csv").write_text(f"x,y,target\n{rows}\n", encoding="utf-8")
    text = (FILES / "picks.yaml").read_text(encoding="utf-8")
    spec = tmp_path / "own.yaml"
    first, *rest = text.splitlines()
    assert first.startswith("datasets:")
    spec.write_text("\n".join(["datasets: {csv: {path: own.csv, target: target}}", *rest]), encoding="utf-8")
    results = albench.run(spec, results=tmp_path / "results")
    key = results.trials["key"][0]
    assert results.story(key).pool is not None
    (tmp_path / "own.csv").write_text(f"x,y,target\n{rows}\n99,1,a\n", encoding="utf-8")
    again = albench.open_results(spec, results=tmp_path / "results").story(key)
    assert again.pool is None
    assert "has changed since the results were made" in again.no_pool
    assert any("neighbours are not told" in line for line in describe_story(again))


def test_a_pool_that_is_too_large_for_the_page_is_not_read_again(results):
    trials, largest = results.trials, results.trials["n_pool"].max()
    assert all(trial_story.pool for trial_story in iterate_stories(results, trials, largest))
    left = next(iterate_stories(results, trials, 10))
    assert left.pool is None
    assert "rows is not drawn" in left.no_pool
    assert left.rounds


def test_the_command_tells_the_same(albench_in, results, story, tmp_path):
    shutil.copy(FILES / "picks.yaml", tmp_path / "picks.yaml")
    command = ["show", "trial", story.trial["key"][:12], "picks.yaml"]
    command += ["--results", str(results.folder.path.parent)]
    process = albench_in(tmp_path, *command)
    assert process.stdout.splitlines() == describe_story(story)
    as_json = albench_in(tmp_path, *command, "--json")
    assert json.loads(as_json.stdout)["rounds"][1]["picks"][0]["row"] == story.rounds[1].picks[0].row
    wrong = albench_in(tmp_path, *command[:-3])
    assert (wrong.returncode, "KEY SPEC" in wrong.stderr) == (2, True)


def test_the_page_has_the_first_repeat_of_every_strategy(results, read):
    page = read(results.report().read_text(encoding="utf-8"))
    assert "show trial KEY picks.yaml" in page.section("picks").words
    datasets = [e for e in page.all("div") if e.attributes.get("class") == "map"]
    assert len(datasets) == 2


def build_pool(features):
    n, d = features.shape
    return PreparedPool(features, ("",) * d, np.arange(n) + 100, np.zeros(n, int), ("a", "b"))


@pytest.mark.parametrize("make", [np.asarray, csr_matrix], ids=["dense", "sparse"])
def test_many_features_are_seen_along_the_axes_of_a_full_decomposition(make):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(300, 120)) * (rng.random((300, 120)) < 0.2) * np.linspace(1, 3, 120)
    pool = build_pool(make(features))
    centred = features - features.mean(axis=0)
    _, spread, axes = np.linalg.svd(centred)
    expected = axes[:2] * np.sign(axes[[0, 1], np.abs(axes[:2]).argmax(axis=1)])[:, None]
    np.testing.assert_allclose(pool.projection.points, centred @ expected.T, atol=1e-8)
    share = 100 * spread[0] ** 2 / (spread**2).sum()
    assert pool.projection.axes[0] == f"first principal component ({share:.0f} %)"


@pytest.mark.parametrize("make", [np.asarray, csr_matrix], ids=["dense", "sparse"])
def test_neighbours_of_many_rows_are_those_found_one_by_one(make):
    rng = np.random.default_rng(1)
    features = rng.integers(0, 3, (700, 4)).astype(float)  # few values: many rows are equal
    order = rng.permutation(700)[:600]
    rounds = np.sort(rng.integers(0, 40, 600))
    rows, distances = build_pool(make(features)).find_nearest(order + 100, rounds)
    for place in range(600):
        earlier = order[rounds < rounds[place]]
        if not earlier.size:
            assert np.isinf(distances[place])
            continue
        gaps = np.linalg.norm(features[earlier] - features[order[place]], axis=1)
        assert rows[place] == earlier[gaps.argmin()] + 100
        assert distances[place] == pytest.approx(gaps.min(), abs=1e-12)


def test_where_all_labels_were_bought_in_one_round_none_has_a_labelled_neighbour(tmp_path):
    spec = {"datasets": "iris", "models": "gaussian_nb", "strategies": "margin", "batch_sizes": 10}
    spec |= {"seed_sizes": 0, "budgets": 15, "repeats": 1, "execution": {"n_jobs": 1, "backend": "inline"}}
    results = albench.run(spec, results=tmp_path)
    key = results.trials.filter(strategy="margin")["key"].item()
    assert results.report().is_file()
    assert [pick.neighbour for of_round in results.story(key).rounds for pick in of_round.picks] == [
        None
    ] * 10


def test_a_pool_of_equal_rows_is_one_point():
    pool = build_pool(np.ones((80, 70)))
    assert not pool.projection.points.any()
    assert pool.projection.axes == ("first principal component (0 %)", "second (0 %)")


def test_a_missing_cell_is_seen_as_the_mean_of_its_column():
    features = np.random.default_rng(2).normal(size=(60, 5))
    filled = features.copy()
    features[7, 2], filled[7, 2] = np.nan, np.delete(features[:, 2], 7).mean()
    np.testing.assert_allclose(
        build_pool(features).projection.points, build_pool(filled).projection.points, atol=1e-10
    )
