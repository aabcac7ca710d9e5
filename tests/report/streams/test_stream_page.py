"""The page of an experiment on streams: its verdict, its numbers, its figures, what failed, what others say."""

import json
import re
from math import isnan
from statistics import mean

import polars as pl
import pytest
import yaml
from stream_world import MARK, World, fail, make_design

import albench
from albench.narrative.streams.answer import write_stream_answer
from albench.report.page import Page
from albench.report.streams.figures import build_answer_picture, build_small_pictures, build_stream_figures
from albench.report.streams.leaderboard import build_stream_leaderboard_table, build_stream_styles
from albench.report.streams.render import list_stream_sizes, render_streams

GAINS = {"variable_uncertainty": 0.03, "split": 0.002, "uncertainty": -0.02}
SMALL = make_design(datasets=("sea", "led"), n_repeats=3)


def make_page(**values):
    given = {"title": "streams", "experiment": "streams", "resolved": "scenario: stream", "environments": {}}
    return Page(**(given | {"version": "1", "newest": None, "splits": 3} | values))


def render(world, **values):
    evidence = world.conclude()
    return render_streams(
        evidence, make_page(**values), list_stream_sizes(world.trials, evidence.design.datasets)
    )


@pytest.fixture(scope="module")
def world():
    return World(make_design(budgets=(0.1, 0.05), n_repeats=3), gains=GAINS)


@pytest.fixture(scope="module")
def page(world, read):
    return read(render(world))


def find_lede(page):
    return next(p for p in page.all("p") if p.attributes.get("class") == "lede").words


def test_the_verdict_is_the_first_thing_on_the_page(world, page):
    assert find_lede(page).replace("\u202f", " ") == write_stream_answer(world.conclude())[0]


def test_the_leaderboard_has_levels_differences_and_what_was_bought(world, page):
    rows = world.trials.filter(pl.col("strategy") == "split", pl.col("budget") == 0.1)
    level = rows.group_by("dataset").agg(pl.col("accuracy").mean())["accuracy"].mean()
    share = rows.group_by("dataset").agg((pl.col("n_bought") / pl.col("n_rows")).mean())["n_bought"].mean()
    line = page.all("tr", id="row-s1")[0].words
    assert line.startswith("split")
    assert f"{level:.3f}" in line
    assert f"{100 * share:.3g} %" in line
    assert re.search(r"random 0\.\d{3}", line)


def test_every_stream_has_its_numbers_with_every_strategy(page):
    section = page.section("datasets").words
    assert section.count("3 of 3") - section.count("sooner in 3 of 3") == 9
    assert "▲" in section
    assert "▼" in section


def test_other_slices_are_a_click_away_and_side_by_side(page):
    assert {option.words for option in page.all("option")} >= {"10 % (primary)", "5 %", "kappa"}
    assert len([s for s in page.all("script") if s.attributes.get("class") == "slice"]) == 2 * 3 - 1
    assert "By budget" in page.section("slices").words


def test_the_table_is_that_of_the_page(world):
    table = build_stream_leaderboard_table(world.conclude().primary)
    assert table["strategy"].to_list() == ["variable_uncertainty", "split", "uncertainty"]
    row = table.row(by_predicate=pl.col("strategy") == "uncertainty", named=True)
    rows = world.trials.filter(pl.col("strategy") == "uncertainty", pl.col("budget") == 0.1)
    by_dataset = rows.group_by("dataset").agg(pl.col("kappa", "random_kappa").mean())
    assert row["kappa"] == pytest.approx(by_dataset["kappa"].mean())
    assert row["random_kappa"] == pytest.approx(by_dataset["random_kappa"].mean())
    assert row["difference"] == pytest.approx(row["level"] - row["random_level"])
    assert row["n_changes"] == rows.height
    assert row["low"] < row["difference"] < row["high"]


def test_curves_show_each_strategy_beside_its_random_with_the_drift(world):
    primary = world.conclude().primary
    styles = build_stream_styles(primary.strategies)
    panel = build_stream_figures(primary, styles, "accuracy over the last 200 rows").levels[0]
    lines = {trace["name"]: trace for trace in panel.figure["data"] if "name" in trace}
    assert set(lines) == {name for each in GAINS for name in (each, f"random for {each}")}
    assert lines["split"]["meta"] == lines["random for split"]["meta"] == styles["split"].id
    keys = world.trials.filter(
        pl.col("dataset") == "sea", pl.col("strategy") == "split", pl.col("budget") == 0.1
    )["key"].implode()
    last = world.curves.filter(pl.col("key").is_in(keys), pl.col("n_rows") == 2000)
    assert lines["split"]["y"][-1] == pytest.approx(mean(last["window_accuracy"]), abs=1e-3)
    assert lines["random for split"]["y"][-1] == pytest.approx(mean(last["random_window_accuracy"]), abs=1e-3)
    assert [shape["x0"] for shape in panel.figure["layout"]["shapes"]] == [MARK]


def test_spending_is_a_share_of_the_rows_so_far_beside_the_budget(world):
    primary = world.conclude().primary
    panel = build_stream_figures(primary, build_stream_styles(primary.strategies), "").spending[1]
    budget, *_ = panel.figure["data"]
    assert budget["y"] == [0.1, 0.1]
    line = next(trace for trace in panel.figure["data"] if trace.get("name") == "split")
    rows = world.trials.filter(
        pl.col("dataset") == "led", pl.col("strategy") == "split", pl.col("budget") == 0.1
    )
    assert line["y"][-1] == pytest.approx(mean(rows["n_bought"]) / 2000, abs=1e-4)


def test_the_picture_is_the_mean_over_the_streams_and_small_ones_have_their_gains(world):
    primary = world.conclude().primary
    shown = [build_stream_styles(primary.strategies)[line.row.strategy] for line in primary.rows]
    picture = build_answer_picture(primary, shown, "accuracy")
    names = [trace["name"] for trace in picture.figure["data"] if "name" in trace]
    assert names[-2:] == ["random at the same spending", "variable_uncertainty"]
    assert picture.title == "accuracy, mean over 3 streams"
    assert picture.figure["layout"]["shapes"][0]["x0"] == 50
    small = build_small_pictures(primary, shown)
    gain = primary.find_cell("sea", "variable_uncertainty").cell.difference
    assert small[0].note == f"+{gain:.3f}"
    json.dumps([panel.figure for panel in (picture, *small)], allow_nan=False)


def test_what_failed_stands_on_the_page_and_is_left_out_of_no_count(read):
    spoiled = World(SMALL, GAINS, edit=lambda row: fail(row) if row["strategy"] == "split" else row)
    page = read(render(spoiled))
    failures = page.section("failures").words
    assert "ValueError: no" in failures
    assert "6 trials of the experiment are not done" in failures
    assert "3 failed" in page.section("datasets").words
    assert "Partial: 12 of 18 trials done, 6 failed" in next(s for s in page.all("span", id="partial")).words


def test_a_page_without_a_finished_trial_says_so(read):
    for world in (World(SMALL, edit=fail), World(SMALL, edit=lambda row: None)):
        page = read(render(world))
        assert find_lede(page) == "No trial has finished yet: there is nothing to say."
        assert "no trial" in page.section("datasets").words


def test_one_stream_without_drift_has_no_recovery(read):
    page = read(render(World(make_design(datasets=("sea",), drifts=("",), n_repeats=3), gains=GAINS)))
    assert "Recovery" not in page.section("leaderboard").words
    assert "Recovery" not in page.section("answer").words


def test_who_is_back_sooner_stands_beside_recovery_with_its_p_or_the_reason_why_there_is_none(read):
    def lose(row):
        lost = {"recovery": None, "n_recovered": 0, "random_recovery": None, "random_n_recovered": 0}
        return row | (lost if row["strategy"] == "split" else {"recovery": 300.0, "random_recovery": 400.0})

    page = read(render(World(make_design(datasets=("sea",), n_repeats=8), edit=lose)))
    names = {"s0": "sooner in 8 of 8p 0.016", "s1": "neither is back", "s2": "sooner in 8 of 8p 0.016"}
    for name, words in names.items():
        assert words in page.all("tr", id=f"row-{name}")[0].words.replace("\u00a0", " ")
    # Of one stream by itself nothing is corrected: its interval is shown.
    assert page.section("datasets").words.count("sooner in 8 of 8100 % [63 %, 100 %]") == 2


def test_labels_of_users_cannot_become_markup():
    name = "<script>alert(1)</script>"
    html = render(World(make_design(datasets=(name,), pairs=((name, "fixed"),), n_repeats=2)), title=name)
    assert name not in html


def test_a_highlighted_strategy_is_always_shown(read):
    pairs = tuple((f"s{i}", "fixed") for i in range(9))
    world = World(make_design(datasets=("sea",), pairs=pairs, n_repeats=2), gains={"s8": -0.3})
    page = read(render(world, highlighted=("s8",)))
    assert "s8" in page.section("answer").words
    hidden = page.all("div", id="legend")[0].attributes["data-hidden"].split()
    assert "s8" not in hidden
    assert len(hidden) == 9 - 4


def test_the_same_tables_give_the_same_bytes(world):
    assert render(world) == render(world)


def test_a_stream_without_a_finished_trial_has_no_empty_figure(read):
    world = World(SMALL, GAINS, edit=lambda row: fail(row) if row["dataset"] == "led" else row)
    page = read(render(world))
    section = page.section("curves").words
    assert "Without a finished trial, and so without figures: led." in section
    assert [figure.attributes["id"] for figure in page.all("figure", class_="panel")].count("level-1") == 0
    assert page.section("datasets").words.count("nothing paired") == 0


def test_a_strategy_called_random_is_not_taken_for_what_all_are_compared_with():
    world = World(make_design(datasets=("sea",), pairs=(("random", "fixed"),), n_repeats=3))
    assert "<b>random</b>" not in render(world)


def test_rows_kept_apart_have_figures_of_their_own(read):
    world = World(make_design(datasets=("sea",), n_repeats=3), gains=GAINS)
    scores = {"holdout_accuracy": pl.col("accuracy") / 2, "random_holdout_accuracy": pl.col("accuracy") / 4}
    world.curves = world.curves.with_columns(**scores)
    page = read(render(world))
    assert "On rows kept apart" in page.section("curves").words
    primary = world.conclude().primary
    (panel,) = build_stream_figures(primary, build_stream_styles(primary.strategies), "").holdout
    lines = {trace["name"]: trace["y"][-1] for trace in panel.figure["data"] if "name" in trace}
    keys = world.trials.filter(pl.col("strategy") == "split")["key"].implode()
    last = world.curves.filter(pl.col("key").is_in(keys), pl.col("n_rows") == 2000)["accuracy"]
    assert lines["split"] == pytest.approx(mean(last) / 2, abs=1e-3)
    assert lines["random for split"] == pytest.approx(mean(last) / 4, abs=1e-3)


def test_where_no_row_kept_apart_is_of_the_concept_neither_line_nor_band_is_drawn():
    world = World(make_design(datasets=("sea",), n_repeats=3), gains=GAINS)
    level = pl.when(pl.col("n_rows") != 1200).then(pl.col("accuracy"))
    world.curves = world.curves.with_columns(holdout_accuracy=level, random_holdout_accuracy=level)
    primary = world.conclude().primary
    styles = build_stream_styles(primary.strategies)
    (panel,) = build_stream_figures(primary, styles, "").holdout
    own = [trace for trace in panel.figure["data"] if trace.get("meta") == styles["split"].id]
    bands = [sorted(set(trace["x"])) for trace in own if trace.get("fill")]
    assert bands == [[400, 800], [1600, 2000]]
    line = next(trace for trace in own if trace.get("name") == "split")
    assert isnan(dict(zip(line["x"], line["y"], strict=True))[1200])


MANAGER = """
from albench.stream.managers import FixedBudget

class Mine(FixedBudget):
    name = ""
"""


def test_a_budget_manager_of_ones_own_is_part_of_what_a_page_is_made_from(tmp_path):
    from albench.report.written_page import _list_user_sources

    (tmp_path / "mine.py").write_text(MANAGER, encoding="utf-8")
    spec = {"scenario": "stream", "datasets": "iris", "models": "gaussian_nb", "strategies": ["split"]}
    (tmp_path / "mine.yaml").write_text(
        yaml.safe_dump({**spec, "budgets": "10%", "managers": ["./mine.py:Mine"]}), encoding="utf-8"
    )
    experiment = albench.load_experiment(tmp_path / "mine.yaml")
    assert _list_user_sources(experiment) == [MANAGER.encode()]
