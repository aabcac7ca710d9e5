"""Results of several annotators that were run in steps, in shards or scored again are those of one run."""

from __future__ import annotations

import pytest
from polars.testing import assert_frame_equal

import albench
from albench.store.merge_folders import merge
from albench.tables import list_volatile

WHO = {
    "a": {"skill": 0.8, "cost": 2},
    "b": {"skill": 0.6, "available": 0.7},
    "c": {"skill": 0.7, "cost": 0.5},
}
WAYS = {"vote": {"ask": 2}, "estimated": {"combine": "dawid_skene"}, "all": {"combine": "all"}}
WHOLE = {
    "name": "crowd",
    "datasets": [{"iris": {"pool": {"duplicates": 0.5}}}],
    "models": ["gaussian_nb"],
    "strategies": ["random", "margin"],
    "seed_sizes": 5,
    "batch_sizes": 5,
    "budgets": 20,
    "repeats": 2,
    "metrics": ["accuracy", "average_precision"],
    "oracles": [{"annotators": {"who": WHO, "label": label, **way}} for label, way in WAYS.items()],
    "execution": {"n_jobs": 1},
}
TABLES = ("trials", "curves", "queries", "annotations", "references")


def run(folder, how=None, **changes):
    return albench.run({**WHOLE, **changes}, results=folder, **(how or {}))


def assert_same(left, right):
    for name in TABLES:
        frames = [getattr(of, name).drop(list_volatile(name)) for of in (left, right)]
        assert frames[0].height
        assert_frame_equal(*frames, check_row_order=name in ("curves", "queries", "annotations"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return run(tmp_path_factory.mktemp("whole"))


def test_more_repeats_labels_and_metrics_step_by_step(whole, tmp_path):
    run(tmp_path, budgets=15, repeats=1, metrics=["accuracy"])
    run(tmp_path, metrics=["accuracy"])
    planned = albench.plan(WHOLE, results=tmp_path)
    assert set(planned.reasons) == {"new metric: average_precision"}
    # The same picks are scored again: whoever answered them is found again, among copies of a row, too.
    grown = run(tmp_path)
    assert not grown.failures.height
    assert_same(grown, whole)


def test_shards_that_are_merged(whole, tmp_path):
    for shard in ("1/2", "2/2"):
        run(tmp_path, how={"shard": shard})
    merge((tmp_path / "crowd.shards").iterdir(), into=tmp_path / "crowd")
    assert_same(albench.open_results(WHOLE, results=tmp_path), whole)


def test_merged_folders_that_overlap_agree_on_who_answered(whole, tmp_path):
    run(tmp_path / "short", budgets=15)
    merge([tmp_path / "short" / "crowd", whole.folder.path], into=tmp_path / "merged" / "crowd")
    assert_same(albench.open_results(WHOLE, results=tmp_path / "merged"), whole)
