"""Repeats that go on until each cell is decided: results alone say how many, whoever made them, in any order."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import redirect_stderr
from io import StringIO

import polars as pl
import pytest
import yaml

import albench

FAULTS = "ALBENCH_FAULTS" in os.environ
POOL = {
    "name": "small",
    "datasets": ["iris", "wine"],
    "models": ["gaussian_nb"],
    "strategies": ["random", "k_center", "k_means"],
    "seed_sizes": 5,
    "batch_sizes": 5,
    "budgets": 15,
    "execution": {"n_jobs": 1},
}
STREAM = {
    "name": "small",
    "scenario": "stream",
    "datasets": ["iris", "wine"],
    "models": "gaussian_nb",
    "strategies": ["split", "uncertainty"],
    "budgets": "20%",
    "window": 40,
    "score_every": 25,
    "execution": {"n_jobs": 1},
}
MOST = 10
DECIDED = {"until": "decided", "up_to": MOST, "precision": 0.3}
# With these precisions the cells of a dataset end apart.
SPECS = {
    "pool": {**POOL, "repeats": DECIDED},
    "stream": {**STREAM, "repeats": {**DECIDED, "precision": 0.05}},
}
HOWS = [
    {"n_jobs": 1},
    pytest.param({"n_jobs": 2}, marks=pytest.mark.slow),
    pytest.param(
        {"n_jobs": 2, "backend": "dask"}, marks=pytest.mark.skipif(not FAULTS, reason="slow: nox -s faults")
    ),
]
BROKEN = """
from albench import Strategy

class Broken(Strategy):
    def utilities(self, pool, state):
        raise RuntimeError("it never works")
"""


@pytest.fixture(scope="module", params=SPECS)
def spec(request):
    """A spec of pools, and one of streams, whose repeats go on until each cell is decided."""
    return SPECS[request.param]


@pytest.fixture(scope="module")
def watched(spec, tmp_path_factory):
    """A run that nothing has disturbed, and the lines that tell its progress."""
    from albench.cli.display import LineDisplay

    log = StringIO()
    with redirect_stderr(log):
        results = albench.run(spec, results=tmp_path_factory.mktemp("alone"), display=LineDisplay())
    return results, log.getvalue().splitlines()


@pytest.fixture(scope="module")
def alone(watched):
    return watched[0]


@pytest.fixture(scope="module")
def fixed(spec, tmp_path_factory):
    """The same grid with as many repeats as there may be."""
    return albench.run({**spec, "repeats": MOST}, results=tmp_path_factory.mktemp("fixed"))


def repeats_of(results):
    return {(cell.dataset, cell.strategy): (cell.n_splits, cell.reason) for cell in results.evidence.repeats}


def name_repeat(spec):
    return "repeat" if "scenario" in spec else "split"


def parts_of(results):
    return {part.name: part.stat().st_mtime_ns for part in results.folder.parts.iterdir()}


def copy_folder(results, place):
    shutil.copytree(results.folder.path, place / "small")
    return place


def test_cells_end_apart_and_each_has_the_trials_of_so_many_fixed_repeats(alone, fixed):
    ended = repeats_of(alone)
    assert len(set(ended.values())) > 2, "one number for all would show nothing"
    counts = {
        (dataset, strategy): n
        for dataset, strategy, n in alone.trials.group_by("dataset", "strategy").len().iter_rows()
    }
    assert counts == {cell: n * (2 if cell[1] == "random" else 1) for cell, (n, _) in ended.items()}
    # Of a stream random is a part of each trial.
    for dataset in [dataset for dataset, strategy in ended if strategy == "random"]:
        rivals = [
            n for (where, strategy), (n, _) in ended.items() if where == dataset and strategy != "random"
        ]
        assert ended[dataset, "random"][0] == max(rivals)
    assert set(alone.trials["key"]) < set(fixed.trials["key"])
    assert set(alone.references["key"]) <= set(fixed.references["key"])
    assert (alone.n_missing, alone.evidence.n_missing, alone.evidence.n_failed) == (0, 0, 0)
    assert fixed.evidence.repeats == ()


def test_more_results_than_are_needed_change_nothing(alone, fixed, spec, tables, assert_same, tmp_path):
    before = parts_of(fixed)
    again = albench.run(spec, results=copy_folder(fixed, tmp_path))
    assert parts_of(again).keys() == before.keys()
    assert_same(tables(again), tables(alone))
    assert again.evidence.repeats == alone.evidence.repeats


@pytest.mark.parametrize("how", HOWS, ids=lambda how: "-".join(map(str, how.values())))
def test_a_run_that_was_cut_off_goes_on_as_if_it_was_not(alone, spec, tables, assert_same, tmp_path, how):
    place = copy_folder(alone, tmp_path)
    lost = sorted((place / "small" / "parts").iterdir())[::4]
    for part in lost:
        part.unlink()
    shutil.rmtree(place / "small" / "plan")
    again = albench.run(spec, results=place, **how)
    assert parts_of(again).keys() == parts_of(alone).keys()
    assert_same(tables(again), tables(alone))
    assert again.evidence.repeats == alone.evidence.repeats


def test_merged_shards_are_the_undisturbed_run(alone, spec, tables, assert_same, tmp_path):
    """The third shard has nothing: what is decided together stays together."""
    shards = [albench.run(spec, results=tmp_path, shard=f"{number}/3") for number in (1, 2, 3)]
    sizes = [shard.trials.height for shard in shards]
    assert min(sizes) == 0 < sorted(sizes)[1]
    merged = albench.merge(sorted((tmp_path / "small.shards").iterdir()), into=tmp_path / "small")
    assert merged.shared == 0
    together = albench.open_results(spec, results=tmp_path)
    assert_same(tables(together), tables(alone))
    assert together.evidence.repeats == alone.evidence.repeats
    assert albench.plan(spec, results=tmp_path).to_run == 0


def test_a_shard_looks_at_what_the_whole_has(alone, spec, tmp_path):
    place = copy_folder(alone, tmp_path)
    for part in sorted((place / "small" / "parts").glob("trial-*"))[::5]:
        part.unlink()
    missing = set(alone.trials["key"]) - {
        part.stem[6:] for part in (place / "small" / "parts").glob("trial-*")
    }
    shards = [albench.run(spec, results=place, shard=f"{number}/2") for number in (1, 2)]
    assert {key for shard in shards for key in shard.trials["key"]} == missing


def test_more_repeats_at_most_go_on_where_cells_are_open(alone, spec, tables, assert_same, tmp_path):
    place = copy_folder(alone, tmp_path)
    for key in alone.trials.filter(pl.col(name_repeat(spec)) >= 8)["key"]:
        (place / "small" / "parts" / f"trial-{key}.parquet").unlink()
    fewer = albench.run({**spec, "repeats": {**spec["repeats"], "up_to": 8}}, results=place)
    assert max(n for n, _ in repeats_of(fewer).values()) == 8
    before = parts_of(fewer)
    more = albench.run(spec, results=place)
    assert before.items() <= parts_of(more).items()
    assert_same(tables(more), tables(alone))


def test_a_fixed_number_afterwards_uses_what_is_there(alone, fixed, spec, tables, assert_same, tmp_path):
    place = copy_folder(alone, tmp_path)
    before = parts_of(alone)
    again = albench.run({**spec, "repeats": MOST}, results=place)
    assert set(parts_of(again)) >= set(before)
    assert_same(tables(again), tables(fixed))


def test_what_always_fails_ends_at_the_first_look(tmp_path):
    (tmp_path / "broken.py").write_text(BROKEN, encoding="utf-8")
    path = tmp_path / "small.yaml"
    changes = {"datasets": ["iris"], "strategies": ["random", "./broken.py:Broken", "k_center"]}
    path.write_text(yaml.safe_dump({**SPECS["pool"], **changes}), encoding="utf-8")
    with pytest.warns(albench.FailedTrialsWarning):
        results = albench.run(path, results=tmp_path / "results")
    ended = {strategy: end for (_, strategy), end in repeats_of(results).items()}
    assert ended["Broken"] == (5, "failed")
    assert ended["k_center"][0] > 5
    assert results.failed == 5


def test_a_block_is_a_split_with_all_its_starts(tmp_path):
    repeats = {**DECIDED, "up_to": 5, "starts": 2}
    results = albench.run({**POOL, "datasets": ["iris"], "repeats": repeats}, results=tmp_path)
    assert repeats_of(results)["iris", "random"] == (5, None)
    assert results.trials.select("split", "start").unique().height == 10
    assert results.evidence.n_repeats == 10
    assert results.n_missing == 0


@pytest.fixture
def command(alone, spec, albench_in, tmp_path):
    """Call a command on a copy of the undisturbed run."""
    copy_folder(alone, tmp_path)
    (tmp_path / "small.yaml").write_text(yaml.safe_dump(spec), encoding="utf-8")

    def call(name, *arguments):
        process = albench_in(tmp_path, name, "small.yaml", "--results", ".", *arguments)
        assert process.returncode in (0, 3), process.stderr
        return process

    return call


def test_status_names_the_cells_that_are_open(command, alone, spec, tmp_path):
    ended = command("status").stdout.splitlines()[1]
    assert ended.startswith("  4 cells closed: ")
    assert "open:" not in ended
    first, last = spec["strategies"][-2:]
    n = repeats_of(alone)["iris", last][0]
    of = alone.trials.filter((pl.col("dataset") == "iris") & (pl.col("strategy") == last))
    lost = of.filter(pl.col(name_repeat(spec)) == n - 1)["key"][0]
    (tmp_path / "small" / "parts" / f"trial-{lost}.parquet").unlink()
    lines = command("status").stdout.splitlines()
    # Both strategies wait: a look is at all cells of a dataset that are open.
    assert lines[1] == f"  2 of 4 cells open, look at {n} repeats"
    assert lines[2] == f"  open: {first} on iris at {n}, {last} on iris at {n}"
    contents = json.loads(command("status", "--json").stdout)
    assert {row["ended"] for row in contents["repeats"] if row["dataset"] == "iris"} == {None}


def test_a_plan_says_between_what_the_trials_lie(command, spec, tmp_path):
    shutil.rmtree(tmp_path / "small")
    contents = json.loads(command("plan", "--json").stdout)
    is_stream = "scenario" in spec
    n_least, n_most = (20, 40) if is_stream else (40, 80)
    assert (contents["trials"], contents["to_run"]) == (n_most, n_most)
    least = contents["at_least"]
    assert (least["trials"], least["to_run"]) == (n_least, n_least)
    assert least["look"] == "4 of 4 cells open, look at 5 repeats"
    assert 0 < least["cpu_s"] < contents["cpu_s"]
    # With the study's spread of 0.019: 3.5 x 0.019 / sqrt(5) is far below 0.3. It is of pools alone.
    assert contents["typical_repeats"] == (None if is_stream else 5)
    text = command("plan").stdout
    axes = (
        "2 strategies x up to 10 repeats"
        if is_stream
        else "3 strategies x up to 10 repeats (2 arms of random)"
    )
    assert f"{axes} = at most {n_most} trials" in text
    assert f"to run   between {n_least} and {n_most} " in text


def test_progress_says_how_many_cells_are_open_and_when_they_are_looked_at(watched):
    lines = watched[1]
    looks = [line for line in lines if " open, look at " in line]
    assert [line.partition("look at ")[2] for line in looks] == [f"{n} repeats" for n in (5, 6, 8, 10)]
    assert looks[0].startswith("4 of 4 cells open")
    assert sum(line.startswith("4 cells closed: ") for line in lines) == 1
    assert any(line.startswith("[") and line.endswith(" to the look)") for line in lines)


def test_the_page_and_a_table_say_how_many_repeats_each_cell_took_and_why(command, alone, spec, tmp_path):
    command("report")
    rows = {(row["dataset"], row["strategy"]): row for row in alone.repeats.to_dicts()}
    is_stream = "scenario" in spec
    name, taken = ("stream_repeats", "repeats") if is_stream else ("repeats", "splits")
    assert {cell: (row[taken], row["ended"]) for cell, row in rows.items()} == repeats_of(alone)
    assert pl.read_csv(tmp_path / "small" / "tables" / f"{name}.csv").height == len(rows)
    page = (tmp_path / "small" / "report.html").read_text(encoding="utf-8")
    part = page[page.index('id="repeats"') : page.index("</section>", page.index('id="repeats"'))]
    n = sum(row[taken] for row in rows.values())
    assert f"The cells took {n} of {10 * len(rows)} repeats" in part
    for row in rows.values():
        assert f'data-value="{row[taken]}"' in part
    strategy = spec["strategies"][-2]
    cells = [getattr(cell, "cell", cell) for cell in alone.evidence.primary.cells]
    cell = next(c for c in cells if (c.dataset, c.strategy) == ("iris", strategy))
    # The interval is the one that holds wherever the repeats ended.
    assert (cell.interval.low, cell.interval.high) == (
        rows["iris", strategy]["low"],
        rows["iris", strategy]["high"],
    )


def test_a_fixed_number_has_neither(fixed, tmp_path):
    page = fixed.report(tmp_path / "page.html").read_text(encoding="utf-8")
    assert 'id="repeats"' not in page
    assert not {"repeats", "stream_repeats"} & fixed.tables().keys()


def test_a_strategy_of_streams_ends_for_each_manager_drift_and_budget_apart(tmp_path):
    changes = {"datasets": "iris", "strategies": "split", "managers": ["fixed", "estimated"]}
    axes = {"drifts": ["none", "sudden"], "budgets": ["10%", "20%"]}
    results = albench.run({**SPECS["stream"], **changes, **axes}, results=tmp_path)
    cells = {tuple(row.values())[:6]: row["repeats"] for row in results.repeats.to_dicts()}
    columns = ("model", "budget", "oracle", "drift", "dataset", "strategy", "manager")
    trials = results.trials.group_by(columns).len().rows()
    assert cells == {(*row[:5], f"split ({row[6]})"): row[7] for row in trials}
    assert len(cells) == 8
    assert len(set(cells.values())) > 1


def test_runs_are_compared_over_the_repeats_that_cells_took(alone, fixed):
    """On the way of one that ended sooner nothing differs from a fixed number of repeats."""
    comparison = albench.compare(alone.folder.path, fixed.folder.path)
    taken = {cell: n * (2 if cell[1] == "random" else 1) for cell, (n, _) in repeats_of(alone).items()}
    at = list(fixed.trials.columns[1:]).index("strategy")
    names = [(cell.place[0], cell.place[at]) for cell in comparison.cells]
    assert dict(zip(names, (cell.n_paired for cell in comparison.cells), strict=True)) == taken
    assert {cell.change for cell in comparison.cells} == {"identical"}
    assert comparison.contradictions == comparison.only_second == ()
