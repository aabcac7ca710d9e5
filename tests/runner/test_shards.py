"""Shards: every trial in exactly one, of equal cost, always the same; merged they are the undisturbed run."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import albench
from albench.errors import SpecError
from albench.planning.costs import estimate_reference_work, estimate_trial_work
from albench.planning.shards import Shard, select_shard

GRID = {
    "datasets": ["iris", "wine", "breast_cancer"],
    "models": ["gaussian_nb", "logistic_regression"],
    "strategies": ["random", "margin", "qbc", "k_center"],
    "seed_sizes": [5, 10],
    "batch_sizes": [1, 5],
    "budgets": 40,
    "repeats": {"splits": 4, "starts": 2},
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    import yaml

    path = tmp_path_factory.mktemp("shards") / "grid.yaml"
    path.write_text(yaml.safe_dump(GRID), encoding="utf-8")
    return albench.plan(path, results=path.parent).plan


def keys(plan):
    return [job.identity.key for job in (*plan.trials, *plan.references)]


@settings(max_examples=12)
@given(n=st.integers(1, 40))
def test_every_trial_is_in_exactly_one_shard_and_shards_cost_the_same(whole, n):
    """No shard has more than another by more than one piece: an eighth of a shard, or one trial."""
    work = {}
    for trial in whole.trials:
        work[trial.identity.key] = estimate_trial_work(trial, whole.facts[trial.dataset])
    for reference in whole.references:
        work[reference.identity.key] = estimate_reference_work(reference, whole.facts[reference.dataset])
    shards = [keys(select_shard(whole, Shard(number, n))) for number in range(1, n + 1)]
    assert sorted(key for shard in shards for key in shard) == sorted(work)
    loads = [sum(work[key] for key in shard) for shard in shards]
    assert max(loads) - min(loads) <= max(sum(work.values()) / n / 8, *work.values()) * (1 + 1e-9)


def test_what_is_little_work_is_not_divided(whole):
    """A split of iris is less than an eighth of half of the grid: one shard prepares it."""
    places = [
        {
            (trial.dataset, trial.identity.split_index)
            for trial in select_shard(whole, Shard(number, 2)).trials
        }
        for number in (1, 2)
    ]
    assert "iris" not in {name for name, _ in places[0] & places[1]}
    assert "breast_cancer" in {name for name, _ in places[0] & places[1]}


@pytest.mark.parametrize("text", ["0/4", "5/4", "3", "a/b", "1/0", "-1/4", "1/4/2", ""])
def test_what_is_no_shard_is_refused(text):
    with pytest.raises(SpecError, match="the third of forty is '3/40'"):
        Shard.parse(text)


def test_merged_shards_are_the_undisturbed_run(write, run, tables, assert_same, tmp_path):
    path = write()
    for shard in ("1/3", "2/3", "3/3"):
        apart = albench.run(path, results=tmp_path / "apart", shard=shard)
        assert not apart.n_missing
        assert apart.folder.path == tmp_path / "apart" / "small.shards" / f"{shard[0]}-of-3"
    shards = sorted((tmp_path / "apart" / "small.shards").iterdir())
    merged = albench.merge(shards, into=tmp_path / "apart" / "small")
    assert merged.shared == 0
    together = albench.open_results(path, results=tmp_path / "apart")
    alone = run(where="alone")
    assert_same(tables(together), tables(alone))
    assert albench.plan(path, results=tmp_path / "apart").to_run == 0


def test_a_shard_is_the_same_whatever_exists_and_runs_only_what_the_whole_lacks(write, tmp_path):
    results = tmp_path / "results"
    before = albench.plan(write(), results=results, shard="2/3")
    albench.run(write(repeats=1), results=results)
    path = write()
    after = albench.plan(path, results=results, shard="2/3")
    done = albench.open_results(path, results=results).folder.list_keys("trial")
    expected = (
        set(keys(before.plan))
        - done
        - albench.open_results(path, results=results).folder.list_keys("reference")
    )
    assert set(keys(after.plan)) == expected
    assert 0 < after.to_run < before.to_run
    albench.run(path, results=results, shard="2/3")
    assert albench.plan(path, results=results, shard="2/3").to_run == 0


def test_a_shard_may_be_empty(write, tmp_path, albench_in):
    path = write(strategies=["random"], datasets=["iris"], repeats=1)
    process = albench_in(tmp_path, "run", path, "--shard", "40/40", "--results", tmp_path)
    assert process.returncode == 0, process.stderr
    assert "shard 40/40: 0 trials" in process.stderr
