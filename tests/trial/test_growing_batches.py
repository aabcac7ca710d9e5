"""Batches that grow: how many labels each round buys, what a budget reaches, what the tables and the page show."""

from __future__ import annotations

import polars as pl
import pytest

import albench
from albench.batches import BatchSize, count_affordable_labels
from albench.errors import UnknownSliceError

SPEC = """
datasets: [wine]
models: [gaussian_nb]
strategies: [random, margin]
seed_sizes: SEED
batch_sizes: [{geometric: 1.5, first: 4}, 10]
budgets: [25, 60]
repeats: 1
execution: {n_jobs: 1, backend: inline}
"""


def test_each_batch_is_so_many_times_the_one_before_rounded_down():
    # 4, 6, 9, 13.5, 20.25
    assert [BatchSize(4, 1.5).count_labels(k) for k in range(5)] == [4, 6, 9, 13, 20]
    assert [BatchSize(4).count_labels(k) for k in range(3)] == [4, 4, 4]
    # 1.1^2 * 100 is 121.00000000000001 or less, whatever the machine rounds.
    assert BatchSize(100, 1.1).count_labels(2) == 121
    assert [BatchSize(4, 1.5).skip(2).count_labels(k) for k in range(2)] == [9, 13]


@pytest.mark.parametrize(("budget", "labels"), [(8, 5), (9, 9), (14, 9), (15, 15), (60, 57), (500, 100)])
def test_a_budget_pays_for_whole_batches(budget, labels):
    # From 5: 9, 15, 24, 37, 57, 87; the pool has 100.
    assert count_affordable_labels(budget, seed_size=5, batch_size=BatchSize(4, 1.5), n_pool=100) == labels


@pytest.mark.parametrize(("seed", "totals"), [(6, [6, 10, 16, 25, 38, 58]), (0, [4, 10, 19, 32, 52])])
def test_trials_buy_batches_that_grow_beside_those_that_do_not(seed, totals, tmp_path):
    results = albench.run(SPEC.replace("SEED", str(seed)), results=tmp_path)
    assert results.trials["status"].unique().to_list() == ["done"]
    curves = results.curves.join(results.trials, on="key")
    growing = curves.filter(pl.col("batch_size") == 4)
    for (_,), rounds in growing.group_by("key"):
        assert rounds.sort("round")["n_labels"].to_list() == totals
    queries = results.queries.join(results.trials.select("key", "batch_size"), on="key")
    sizes = queries.filter(pl.col("batch_size") == 4, pl.col("round") > 0).group_by("key", "round").len()
    assert sorted(set(sizes["len"])) == [4, 6, 9, 13, 20]
    # Its own slices, read at the rounds that there are.
    for evidence in results.evidence.slices:
        n_labels = [set(cell.curve.n_labels) for cell in evidence.cells if cell.curve is not None]
        if evidence.slice.batch_size == 4:
            most = 25 if evidence.slice.budget == "25" else 60
            assert n_labels
            assert all(each == {float(n) for n in totals if n <= most} for each in n_labels)
    assert results.report(tmp_path / "report.html").is_file()


def test_growth_is_part_of_a_key_and_fixed_batches_keep_theirs():
    def read_keys(batches):
        text = SPEC.replace("SEED", "6").replace("[{geometric: 1.5, first: 4}, 10]", batches)
        return {trial.identity.key for trial in albench.plan(albench.load_experiment(text)).plan.trials}

    both = read_keys("[{geometric: 1.5, first: 4}, 10]")
    assert read_keys("10") < both
    assert read_keys("[{geometric: 1.5, first: 4}]") < both
    assert read_keys("4").isdisjoint(both)
    assert read_keys("[{geometric: 1.6, first: 4}]").isdisjoint(both)


@pytest.mark.parametrize(
    ("batches", "words"),
    [
        ("{geometric: 1}", "'geometric' must be above 1"),
        ("{first: 5}", "'geometric' must be above 1"),
        ("{geometric: two}", "'geometric' must be above 1"),
        ("{geometric: 2, last: 5}", "growing batches have no 'last'"),
        ("{geometric: 2, first: 0}", "'first' must be at least 1"),
        ("[4, 4]", "4 stands twice"),
        ("[{geometric: 2}, {geometric: 2.0, first: 10}]", "10, growing 2-fold stands twice"),
    ],
)
def test_what_is_no_growth_is_told_in_the_spec(batches, words):
    with pytest.raises(albench.SpecError, match=words):
        albench.load_experiment(
            SPEC.replace("SEED", "6").replace("[{geometric: 1.5, first: 4}, 10]", batches)
        )


ALIKE = "[{geometric: 1.5}, 10, {geometric: 2}]"
# Of random, its second arm and margin where each batch size is the only one, before two could begin alike.
GOLDEN_KEYS = {
    "10": ["0c981682e3cf", "59bae1daf0b4", "8c7dbfc19395"],
    "{geometric: 1.5}": ["4279a2807a1c", "9513090c9209", "2a053fd07221"],
    "{geometric: 2}": ["74baf70566c6", "7dc4d6c05e28", "69e299ca1815"],
}
# From the seed set of 6: 10, 15, 22; 10, 10, ...; 10, 20.
TOTALS = {1.5: [6, 16, 31, 53], 1.0: [6, 16, 26, 36, 46, 56], 2.0: [6, 16, 36]}
NAMES = ["10, growing 1.5-fold", "10", "10, growing 2-fold"]


def write_spec(batch_sizes):
    return SPEC.replace("SEED", "6").replace("[{geometric: 1.5, first: 4}, 10]", batch_sizes)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with results of batch sizes that begin alike, and of some of them alone."""
    path = tmp_path_factory.mktemp("alike")
    for name, batch_sizes in {"alike": ALIKE, "fixed": "10", "growing": "{geometric: 1.5}"}.items():
        (path / f"{name}.yaml").write_text(write_spec(batch_sizes), encoding="utf-8")
        albench.run(path / f"{name}.yaml", results=path / "results")
    return path


@pytest.fixture
def alike(folder):
    """The results of batch sizes that begin alike."""
    return albench.open_results(folder / "alike.yaml", results=folder / "results")


def test_batch_sizes_that_begin_alike_are_trials_with_the_keys_that_each_has_alone():
    def list_keys(batch_sizes):
        plan = albench.plan(albench.load_experiment(write_spec(batch_sizes))).plan
        return [trial.identity.key[:12] for trial in plan.trials]

    assert {batch_sizes: list_keys(batch_sizes) for batch_sizes in GOLDEN_KEYS} == GOLDEN_KEYS
    assert sorted(list_keys(ALIKE)) == sorted(key for keys in GOLDEN_KEYS.values() for key in keys)


def test_tables_tell_batch_sizes_that_begin_alike_apart_by_their_growth(folder, alike):
    curves = alike.curves.join(alike.trials, on="key").sort("key", "round")
    totals = {
        growth: {tuple(rows["n_labels"]) for _, rows in of.group_by("key")}
        for (growth,), of in curves.group_by("growth")
    }
    assert totals == {growth: {tuple(labels)} for growth, labels in TOTALS.items()}
    assert set(alike.trials["batch_size"]) == {10}
    # Where nothing has to be told apart, there are the columns that there always were.
    alone = albench.open_results(folder / "growing.yaml", results=folder / "results").trials
    assert alike.trials.columns == [*alone.columns, "growth"]


def test_slices_of_batch_sizes_that_begin_alike_hold_their_own_trials(alike):
    assert alike.evidence.n_missing == 0
    for growth, name in zip(TOTALS, NAMES, strict=True):
        own = alike.trials.filter(pl.col("growth") == growth, pl.col("strategy") == "margin")
        levels = alike.curves.join(own, on="key", how="semi").sort("round")["accuracy"].to_list()
        # A budget of 25 is read after the first batch, of 10 labels in each.
        for budget, n in (("60", len(levels)), ("25", 2)):
            evidence = alike.evidence.find_slice({"batch_size": name, "budget": budget})
            (margin,) = (cell for cell in evidence.cells if cell.strategy == "margin")
            assert margin.curve.n_labels.tolist() == TOTALS[growth][:n]
            assert margin.curve.mean.tolist() == pytest.approx(levels[:n])
    with pytest.raises(UnknownSliceError, match=f"there are {'; '.join(NAMES)}"):
        alike.leaderboard(batch_size=20)


def test_the_page_lets_choose_between_batch_sizes_that_begin_alike(alike, tmp_path):
    page = alike.report(tmp_path / "report.html").read_text(encoding="utf-8")
    assert all(f">{name}</option>" in page or f">{name} (primary)</option>" in page for name in NAMES)


@pytest.mark.parametrize(("second", "growth"), [("fixed", ()), ("growing", (1.5,))])
def test_a_comparison_finds_the_cells_with_the_same_batches(folder, second, growth):
    runs = folder / "results"
    comparison = albench.compare(runs / "alike", runs / second)
    assert [cell.place[6:] for cell in comparison.cells] == [(10, "perfect", *growth)] * 2
    assert [cell.change for cell in comparison.cells] == ["identical"] * 2
    assert (len(comparison.only_first), comparison.n_same) == (4, 3)


def test_batches_that_grow_are_not_compared_with_those_that_do_not(folder):
    comparison = albench.compare(folder / "results" / "fixed", folder / "results" / "growing")
    assert (len(comparison.cells), len(comparison.only_first), len(comparison.only_second)) == (0, 2, 2)


def test_cells_of_batch_sizes_that_begin_alike_are_decided_each_by_itself(tmp_path):
    spec = write_spec("[{geometric: 1.5}, 10]").replace("repeats: 1", "repeats: {up_to: 5, until: decided}")
    results = albench.run(spec, results=tmp_path)
    assert results.repeats.group_by("growth").len().sort("growth").rows() == [(1.0, 2), (1.5, 2)]
    assert results.evidence.n_missing == 0


def test_a_batch_size_that_begins_as_another_one_is_why_a_trial_is_not_there_yet(folder):
    (folder / "fixed.yaml").write_text(write_spec(ALIKE), encoding="utf-8")
    planned = albench.plan(folder / "fixed.yaml", results=folder / "results")
    assert planned.reasons == {"new batch size": 6}


def test_a_trial_is_described_with_its_growth(alike):
    key = alike.trials.filter(pl.col("growth") == 2)["key"][0]
    assert "batches of 10, growing 2-fold, perfect oracle" in str(alike.story(key))


def test_published_numbers_of_a_first_batch_that_two_have_name_the_growth(tmp_path):
    path, published = tmp_path / "replay.yaml", tmp_path / "published.csv"
    path.write_text(
        write_spec(ALIKE) + "expected: {areas: {file: published.csv, digits: 4}}\n", encoding="utf-8"
    )
    published.write_text("strategy,batch_size,split,value\nmargin,10,0,0.9\n", encoding="utf-8")
    with pytest.raises(albench.DatasetError, match="more than one growth; add a column for it"):
        albench.verify(path, results=tmp_path)
    published.write_text("strategy,batch_size,growth,split,value\nmargin,10,2,0,0.9\n", encoding="utf-8")
    (comparison,) = albench.verify(path, results=tmp_path).comparisons
    assert (comparison.compared, comparison.outside) == (1, 0)
