"""Figures for a paper: their sizes, their names, what tells their lines apart, and that they are the page's."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from plotly.graph_objects import Figure

from albench.analysis.evidence.cells import CurveSet
from albench.analysis.evidence.details import Pairwise
from albench.report.figures.curves import build_level_panel, get_level_curves
from albench.report.html.palette import build_styles
from albench.report.paper.critical_difference import build_rank_figure
from albench.report.paper.figures import build_paper_figures
from albench.report.tables.leaderboard import build_leaderboard_table

MILLIMETRE = 96 / 25.4
NAMES = ("margin", "entropy", "qbc", "k_center", "badge", "typiclust", "coreset", "bald", "random")


@pytest.fixture(scope="module")
def figures(evidence):
    return {figure.name: figure.figure for figure in build_paper_figures(evidence.primary, 1).figures}


def list_fonts(layout):
    template = layout["template"]["layout"]
    yield from (template["font"], template["annotationdefaults"]["font"])
    yield from (template[axis]["tickfont"] for axis in ("xaxis", "yaxis"))
    yield from (words["font"] for words in layout["annotations"] if "font" in words)


def list_legend(figure):
    """Names beside the legend's lines, in reading order."""
    xs = {trace["x"][-1] for trace in figure["data"] if trace["xaxis"] == "x99"}
    ys = {trace["y"][-1] for trace in figure["data"] if trace["xaxis"] == "x99"}
    words = [
        w for w in figure["layout"]["annotations"] if w["y"] in ys and any(abs(w["x"] - x) < 20 for x in xs)
    ]
    return [w["text"] for w in sorted(words, key=lambda w: (w["y"], w["x"]))]


def build_pairwise(*, tested):
    n = len(NAMES)
    return Pairwise(
        strategies=NAMES,
        ranks=tuple(1.5 + 0.8 * place for place in range(n)),
        win_rates=np.full((n, n), 0.5),
        pairs=(),
        cliques=(NAMES[:3], NAMES[2:5]) if tested else (),
        n_datasets=12 if tested else 3,
        untested=None if tested else "few_datasets",
    )


def with_pairwise(builder, pairwise):
    evidence = builder.build(builder.Grid(gains=dict.fromkeys(("random", *NAMES[:-1]), 1.5))).primary
    return replace(evidence, details=SimpleNamespace(pairwise=pairwise, normalised=()))


def test_a_figure_is_as_wide_as_its_columns(evidence):
    for n_columns, width in ((1, 85), (2, 178)):
        drawn = build_paper_figures(evidence.primary, n_columns).figures
        expected = {figure.name: 178 if figure.name in ("curves", "saving") else width for figure in drawn}
        assert {figure.name: figure.size[0] / MILLIMETRE for figure in drawn} == pytest.approx(
            expected, abs=0.3
        )


def test_text_is_of_seven_to_nine_points_in_print(figures):
    for figure in figures.values():
        sizes = [round(font["size"] * 72 / 96, 6) for font in list_fonts(figure["layout"])]
        assert min(sizes) >= 7
        assert max(sizes) <= 9


def test_plotly_knows_every_property_and_paper_is_white(figures):
    for figure in figures.values():
        Figure(figure)
        assert figure["layout"]["template"]["layout"]["paper_bgcolor"] == "white"


def test_files_are_named_by_what_is_in_them(figures):
    assert list(figures) == [
        "answer", "curves", "curves-mean", "curves-breast_cancer", "curves-digits", "curves-wine",
        "gain-mean", "gain-breast_cancer", "gain-digits", "gain-wine",
        "saving", "query-time", "gain-for-query-time", "random-against-random",
    ]  # fmt: skip


def test_names_that_a_file_cannot_have_or_has_already_are_changed(builder):
    labels = ("a/b", "a b", "mean", "..", "A/B")
    grid = builder.Grid(dict.fromkeys(labels, (0.5, 0.9, 60)), {"random": 1.0, "margin": 2.0})
    names = [figure.name for figure in build_paper_figures(builder.build(grid).primary, 1).figures]
    curves = [name for name in names if name.startswith("curves")]
    assert curves == [
        "curves",
        "curves-mean",
        "curves-a-b",
        "curves-a-b-2",
        "curves-mean-2",
        "curves-2",
        "curves-A-B-3",
    ]


def test_lines_are_told_apart_without_colour(builder):
    gains = {name: 1.0 + 0.1 * place for place, name in enumerate(["random", *map(str, range(20))])}
    evidence = builder.build(builder.Grid({"digits": (0.5, 0.9, 60)}, gains)).primary
    figure = next(f.figure for f in build_paper_figures(evidence, 1).figures if f.name == "curves-digits")
    lines = [trace for trace in figure["data"] if trace.get("name") and trace["xaxis"] == "x"]
    looks = [(trace["line"]["dash"], trace.get("marker", {}).get("symbol")) for trace in lines]
    assert len(lines) == len(gains) + 1
    assert len(set(looks)) == len(looks)


def test_curves_are_those_of_the_page(evidence, figures):
    primary = evidence.primary
    styles = build_styles(primary.strategies, "random")
    page = build_level_panel(
        "x",
        "digits",
        CurveSet(get_level_curves(primary, "digits")),
        styles,
        metric="accuracy",
        reference=primary.references["digits"],
    )
    drawn = [trace for trace in figures["curves-digits"]["data"] if trace["xaxis"] == "x"]
    for key in ("x", "y"):
        assert [trace[key] for trace in drawn] == [trace[key] for trace in page.figure["data"]]


def test_the_legend_has_the_order_of_the_leaderboard_and_then_the_whole_pool(evidence, figures):
    order = build_leaderboard_table(evidence.primary)["strategy"].to_list()
    assert list_legend(figures["curves-digits"]) == [*order, "whole pool"]
    assert list_legend(figures["curves"]) == [*order, "whole pool"]
    assert list_legend(figures["gain-digits"]) == order[1:]


def test_ticks_that_have_no_room_are_left_out_but_not_that_of_nothing_saved(builder):
    gains = {name: 0.2 + 0.5 * place for place, name in enumerate(["random", "a", "b", "c", "d"])}
    evidence = builder.build(builder.Grid(gains=gains)).primary
    figure = next(f.figure for f in build_paper_figures(evidence, 1).figures if f.name == "saving")
    for axis in ("xaxis", "xaxis2", "xaxis4"):
        labels, places = figure["layout"][axis]["ticktext"], figure["layout"][axis]["tickvals"]
        assert labels[0].startswith("0")
        assert len(labels) == len(places) < 6


def test_savings_on_one_dataset_are_rows_by_strategy(builder):
    gains = {"random": 1.0, "margin": 1.9, "qbc": 1.5}
    evidence = builder.build(builder.Grid({"digits": (0.5, 0.9, 100)}, gains)).primary
    figure = next(f.figure for f in build_paper_figures(evidence, 1).figures if f.name == "saving")
    assert figure["layout"]["yaxis"]["ticktext"] == ["margin", "qbc"]
    assert [trace["y"] for trace in figure["data"]] == [[0], [1]]
    for trace, strategy in zip(figure["data"], ("margin", "qbc"), strict=True):
        saving = evidence.find_cell("digits", strategy).savings[0].saving
        assert trace["x"] == pytest.approx([-np.log(1 - saving)])


def test_groups_that_are_not_told_apart_are_bars(builder):
    drawn = build_paper_figures(with_pairwise(builder, build_pairwise(tested=True)), 1)
    figure = next(f.figure for f in drawn.figures if f.name == "critical-difference")
    bars = [shape for shape in figure["layout"]["shapes"] if shape["line"]["width"] > 2]
    words = {w["text"]: w["x"] for w in figure["layout"]["annotations"]}
    assert len(bars) == 2
    assert drawn.notes == ()
    for bar, (first, last) in zip(bars, ((1.5, 3.1), (3.1, 4.7)), strict=True):
        ends = [float(point.split()[0]) for point in bar["path"].strip("M").split("L")]
        unit = words["2"] - words["1"]
        assert [(end - words["1"]) / unit + 1 for end in ends] == pytest.approx([first, last], abs=4.5 / unit)


def test_without_tests_ranks_have_no_bars_and_another_name(builder):
    drawn = build_paper_figures(with_pairwise(builder, build_pairwise(tested=False)), 1)
    figure = next(f.figure for f in drawn.figures if f.name == "mean-ranks")
    assert not [shape for shape in figure["layout"]["shapes"] if shape["line"]["width"] > 2]
    assert drawn.notes == ("mean-ranks shows no groups: 3 datasets cannot tell any of 36 pairs apart",)


def test_names_too_long_for_a_column_take_both():
    pairwise = build_pairwise(tested=True)
    long = replace(pairwise, strategies=("a name of some thirty letters", *NAMES[1:]), cliques=())
    for shown, width in ((pairwise, 85), (long, 178)):
        figure = build_rank_figure("x", shown, build_styles([*shown.strategies, *NAMES], "random"), 1)
        assert figure.size[0] / MILLIMETRE == pytest.approx(width, abs=0.3)


def test_another_slice_says_what_it_does_not_have(evidence):
    other = evidence.slices[1]
    assert build_paper_figures(other, 1).notes == (
        "answer, critical differences and performance profile are drawn of the primary slice only",
    )
