"""The first screen: which strategies its table has, what its picture marks, and that both say the same."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from albench.analysis.evidence.cells import Curve
from albench.report import render
from albench.report.figures.answer import compare_mean_curves
from albench.report.first_screen import MOST_PANELS, build_first_screen
from albench.report.page import build_page
from albench.report.tables.leaderboard import build_leaderboard
from albench.spec.read import load_experiment_text
from albench.tables import build_schema


def show(evidence, highlighted=()):
    return build_first_screen(evidence, highlighted)


def list_names(screen):
    return [row.line.row.strategy for row in screen.rows]


def read_marks(panel):
    """Return the arrow and the bar of a picture, each None where there is none, and the words at them."""
    layout = panel.figure["layout"]
    annotations = layout.get("annotations", [])
    arrow = next((of for of in annotations if of.get("showarrow")), None)
    words = [of["text"] for of in annotations if of["text"]]
    return arrow, next(iter(layout.get("shapes", [])), None), words


@pytest.fixture(scope="module")
def many(builder):
    gains = {"random": 1.0} | {f"s{n:02d}": 2.0 - 0.15 * n for n in range(12)}
    return builder.recommend(builder.build_slice(builder.Grid(gains=gains), primary=True))


@pytest.fixture(scope="module")
def single(builder):
    return builder.recommend(builder.build_slice(builder.Grid(datasets={"a": (0.5, 0.9, 100)}), primary=True))


# --- the table -------------------------------------------------------------------------------------------


def test_six_rows_are_the_first_random_and_the_next_best(many):
    screen, board = show(many), build_leaderboard(many)
    assert screen.n_more == 7
    assert set(list_names(screen)) == {"random", *(line.row.strategy for line in board.ranked[:5])}


def test_rows_stand_in_the_order_of_the_leaderboard_and_random_where_its_difference_of_0_does(many):
    names = list_names(show(many, highlighted=("s11", "s10")))
    differences = {row.strategy: row.difference or 0.0 for row in many.rows}
    assert names == sorted(names, key=lambda name: -differences[name])
    assert {"s10", "s11", "random"} <= set(names)
    assert names.index("random") < names.index("s10")


def test_equals_come_before_the_next_best_and_highlighted_ones_before_both(many, builder):
    equal = builder.recommend(many, equals=("s08", "s09", "s10"))
    screen = show(equal, highlighted=("s11",))
    assert set(list_names(screen)) == {"s00", "random", "s11", "s08", "s09", "s10"}
    parts = {row.line.row.strategy: row.part for row in screen.rows}
    assert parts == {"s00": "recommended", "random": "baseline", "s11": ""} | dict.fromkeys(
        ("s08", "s09", "s10"), "equal"
    )
    assert [row.line.row.strategy for row in screen.rows if row.highlighted] == ["s11"]


def test_strategies_of_the_same_picks_are_one_row_unless_highlighted(many, builder):
    same = builder.recommend(many, same_picks=(("s00", "s01", "s02"),))
    screen = show(same)
    assert not {"s01", "s02"} & set(list_names(screen))
    assert screen.rows[0].same_picks == ("s01", "s02")
    assert "s02" in list_names(show(same, highlighted=("s02",)))


@pytest.mark.parametrize("outcome", ["no_gain", "undecided"])
def test_nothing_is_recommended_where_nothing_is_shown(many, outcome, builder):
    screen = show(builder.recommend(many, outcome=outcome, equals=("s01",)))
    assert {row.part for row in screen.rows} == {"", "baseline"}


def test_levels_are_those_of_the_sentence_and_else_the_ends_of_the_curves(many):
    levels = {row.line.row.strategy: row.level for row in show(many).rows}
    assert levels["s00"] == "0.951"
    assert levels["random"] == "0.940"
    ends = [many.find_cell(dataset, "s02").curve.mean[-1] for dataset in many.datasets]
    assert levels["s02"] == f"{np.mean(ends):.3f}"


# --- the picture -----------------------------------------------------------------------------------------


def test_the_arrow_runs_from_the_labels_of_random_to_those_of_the_strategy(single):
    name = single.recommendation.strategy
    saving = next(of for of in single.find_cell("a", name).savings if of.target == "final")
    arrow, bar, words = read_marks(show(single).picture)
    assert (arrow["ax"], arrow["x"]) == (saving.labels_random, saving.labels_strategy)
    assert arrow["ay"] == arrow["y"] == saving.level
    assert bar is None
    assert words == [f"{saving.labels_strategy:.0f} labels instead of {saving.labels_random:.0f}"]
    assert not show(single).small


def test_words_stand_on_the_side_of_randoms_curve_at_the_end_of_the_arrow_where_that_is_far(single):
    label = show(single).picture.figure["layout"]["annotations"][1]
    assert (label["yanchor"], label["xanchor"]) == ("top", "left")
    lower = show(replace(single, greater_is_better=False)).picture.figure["layout"]["annotations"][1]
    assert lower["yanchor"] == "bottom"


def test_small_pictures_say_what_each_dataset_saves(many):
    name = many.recommendation.strategy
    for dataset, panel in zip(many.datasets, show(many).small, strict=True):
        saving = next(of for of in many.find_cell(dataset, name).savings if of.target == "final")
        arrow, _, words = read_marks(panel)
        assert (arrow["ax"], arrow["x"]) == (saving.labels_random, saving.labels_strategy)
        assert panel.note == f"{saving.labels_strategy:.0f} instead of {saving.labels_random:.0f}"
        assert words == []


def test_of_many_datasets_the_first_have_a_picture(builder):
    grid = builder.Grid(datasets={f"d{n}": (0.5, 0.9, 60) for n in range(15)})
    screen = show(builder.recommend(builder.build_slice(grid, primary=True)))
    assert len(screen.small) == MOST_PANELS
    assert screen.n_more_datasets == 3


def test_the_mean_curves_are_read_off_at_the_worse_final_level(many):
    """Straight lines, by hand: 0.5 to 0.9 at 100 labels against 0.5 to 0.7, which the first has at 55."""
    x = np.array([10.0, 100.0])
    none = np.full(2, np.nan)
    lines = {
        name: Curve(x, np.array([0.5, end]), none, none, 1) for name, end in (("s00", 0.9), ("random", 0.7))
    }
    means = replace(many.mean_levels, curves=lines)
    reached = compare_mean_curves(replace(many, mean_levels=means), "s00")
    assert (reached.strategy, reached.baseline) == (pytest.approx(55), 100)
    assert reached.words == "mean curve: 55 labels instead of 100"
    shares = replace(many, mean_levels=replace(means, shares=True))
    assert compare_mean_curves(shares, "s00").words == (
        "mean curve: 55\u202f% of the budget instead of 100\u202f%"
    )


def test_mean_curves_that_end_no_better_than_they_begin_have_no_arrow(many):
    flat = many.mean_levels.curves | {
        "random": replace(many.mean_levels.curves["random"], mean=np.full(19, 0.4))
    }
    levels = replace(many.mean_levels, curves=flat)
    assert compare_mean_curves(replace(many, mean_levels=levels), "s00") is None
    rows = tuple(replace(row, median_saving=None) for row in many.rows)
    assert compare_mean_curves(replace(many, rows=rows), "s00") is None


def drop_savings(evidence, builder):
    cells = tuple(replace(cell, savings=()) for cell in evidence.cells)
    return builder.recommend(replace(evidence, cells=cells))


@pytest.mark.parametrize(
    "change",
    [
        drop_savings,
        lambda part, builder: builder.recommend(part, outcome="undecided"),
        lambda part, builder: builder.recommend(part, outcome="no_gain"),
    ],
)
def test_where_no_saving_is_claimed_a_bar_marks_the_gain_at_the_budget(single, builder, change):
    changed = change(single, builder)
    name = changed.recommendation.strategy
    arrow, bar, words = read_marks(show(changed).picture)
    assert arrow is None
    assert (bar["x0"], bar["x1"]) == (100, 100)
    assert bar["y0"] == changed.random_curves["a"].mean[-1]
    assert bar["y1"] == changed.find_cell("a", name).curve.mean[-1]
    assert words == ["+0.011 at the budget"]


def test_while_verdicts_are_withheld_nothing_is_marked(single):
    assert read_marks(show(replace(single, recommendation=None)).picture) == (None, None, [])


def test_the_picture_has_the_lines_of_the_table_random_dashed_and_no_legend_hides_them(many):
    screen = show(many)
    lines = [trace for trace in screen.picture.figure["data"] if trace.get("hoverinfo") != "skip"]
    assert {trace["name"] for trace in lines} == set(list_names(screen))
    assert lines[-1]["name"] == "s00"
    assert next(trace for trace in lines if trace["name"] == "random")["line"]["dash"] != "solid"
    assert not any("meta" in trace for trace in screen.picture.figure["data"])


# --- what is highlighted ---------------------------------------------------------------------------------


def test_a_page_highlights_what_the_experiment_does(tmp_path):
    text = "{datasets: iris, models: gaussian_nb, strategies: [margin, badge], budgets: 30, highlight: badge}"
    experiment = load_experiment_text(text)
    trials = pl.DataFrame(schema=build_schema("trials"))
    folder = SimpleNamespace(read_environments=dict, read_text=lambda _: "", tables=tmp_path)
    run = SimpleNamespace(experiment=experiment, trials=trials, folder=folder)
    assert build_page(run, tmp_path / "page.html", [], []).highlighted == ("badge",)


def test_highlighted_strategies_are_shown_first_in_the_legend_after_the_first_one(many, builder, read):
    evidence = builder.build(slices=(many,))
    page = read(render(evidence, builder.page(highlighted=("s11", "s09"))))
    chips = page.all("button", class_="chip")
    assert [chip.words for chip in chips[:4]] == ["s00", "s11", "s09", "random"]
    shown = [chip.words for chip in chips if chip.attributes["aria-pressed"] == "true"]
    assert {"s09", "s11"} <= set(shown)
    assert len(shown) == 9
    own = page.all("tr", class_="own")
    assert sorted(row.words[:3] for row in own) == ["s09", "s09", "s11", "s11"]


def test_however_many_are_highlighted_all_are_drawn(many, builder, read):
    names = tuple(name for name in many.strategies if name != "random")
    page = read(render(builder.build(slices=(many,)), builder.page(highlighted=names)))
    assert {chip.attributes["aria-pressed"] for chip in page.all("button", class_="chip")} == {"true"}
