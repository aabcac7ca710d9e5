from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from albench.analysis.evidence.cells import Curve, CurveSet, Interval, Saving
from albench.report.figures import curves, saving
from albench.report.figures.by_section import build_figures
from albench.report.figures.common import check_figure, escape_markup, shorten_name
from albench.report.html.embed import format_json
from albench.report.html.palette import build_styles


@pytest.fixture
def primary(evidence):
    return evidence.primary


@pytest.fixture
def looks(primary):
    return build_styles(primary.strategies, "random")


@pytest.fixture
def drawn(primary, looks):
    return build_figures(primary, looks)


def all_panels(figures):
    savings = [panel for panels in figures.savings.values() for panel in panels]
    return [*figures.mean, *figures.levels, *figures.differences, *savings, *figures.cost, *figures.control]


def lines(panel):
    return {t["meta"]: t for t in panel.figure["data"] if t.get("meta") and t.get("hoverinfo") != "skip"}


def test_every_section_has_its_panels(drawn):
    assert [panel.id for panel in drawn.mean] == ["mean-level", "mean-difference"]
    assert [panel.title for panel in drawn.levels] == ["breast_cancer", "digits", "wine"]
    assert [panel.title for panel in drawn.differences] == ["breast_cancer", "digits", "wine"]
    assert {target: len(panels) for target, panels in drawn.savings.items()} == {
        "final": 4, "90": 4, "95": 4, "99": 4,
    }  # fmt: skip
    assert len(drawn.cost) == 2
    assert len(drawn.control) == 1
    ids = [panel.id for panel in all_panels(drawn)]
    assert len(set(ids)) == len(ids)


def test_no_figure_carries_a_template_and_all_are_plain_json(drawn):
    for panel in all_panels(drawn):
        figure = json.loads(format_json(panel.figure))
        assert set(figure) == {"data", "layout"}
        assert "template" not in figure["layout"]
        assert panel.alt


def test_a_level_panel_shows_the_numbers_of_the_evidence(drawn, primary, looks):
    for dataset, panel in zip(primary.datasets, drawn.levels, strict=True):
        traces = lines(panel)
        assert set(traces) == {style.id for style in looks.values()}
        for strategy, style in looks.items():
            own = primary.find_cell(dataset, strategy).curve
            trace = traces[style.id]
            assert trace["x"] == own.n_labels.tolist()
            np.testing.assert_allclose(trace["y"], own.mean, atol=5.1e-5)
            assert trace["line"]["color"] == style.colour


def test_the_reference_is_a_dashed_line_at_its_level(drawn, primary):
    for dataset, panel in zip(primary.datasets, drawn.levels, strict=True):
        line = panel.figure["data"][0]
        assert line["y"] == [primary.references[dataset]] * 2
        assert line["x"] == [10.0, 100.0]
        assert line["line"]["dash"] != "solid"
        assert f"{primary.references[dataset]:.3f}" in panel.figure["layout"]["annotations"][0]["text"]


def test_without_a_reference_there_is_no_line(primary, looks):
    levels = CurveSet(curves.get_level_curves(primary, "wine"))
    panel = curves.build_level_panel("x", "wine", levels, looks, metric="accuracy", reference=None)
    assert "annotations" not in panel.figure["layout"]
    assert all("meta" in trace for trace in panel.figure["data"])


def test_difference_panels_share_a_range_that_holds_zero_and_all_bands(drawn, primary):
    ranges = {tuple(panel.figure["layout"]["yaxis"]["range"]) for panel in drawn.differences}
    assert len(ranges) == 1
    low, high = ranges.pop()
    differences = [c.difference_curve for c in primary.cells if c.difference_curve]
    assert low < min(0, *(c.low.min() for c in differences))
    assert high > max(0, *(c.high.max() for c in differences))


def test_the_mean_is_over_all_datasets_or_not_drawn(builder, primary, looks):
    broken = replace(primary.find_cell("wine", "qbc"), curve=None, difference_curve=None)
    cells = tuple(broken if (c.dataset, c.strategy) == ("wine", "qbc") else c for c in primary.cells)
    part = builder.with_means(replace(primary, cells=cells))
    panel = build_figures(part, looks).mean[0]
    assert looks["qbc"].id not in lines(panel)
    assert looks["margin"].id in lines(panel)
    assert "qbc" in panel.note
    expected = np.mean([primary.find_cell(d, "margin").curve.mean for d in primary.datasets], axis=0)
    np.testing.assert_allclose(lines(panel)[looks["margin"].id]["y"], expected, atol=5.1e-5)


def test_datasets_with_other_budgets_meet_at_shares_of_the_budget(builder):
    grid = builder.Grid(datasets={"a": (0.5, 0.9, 60), "b": (0.5, 0.9, 200)})
    primary = builder.build_slice(grid, primary=True)
    panel = build_figures(primary, build_styles(primary.strategies, "random")).mean[0]
    trace = next(iter(lines(panel).values()))
    assert trace["x"][0] == 0
    assert trace["x"][-1] == 100
    assert "share of the budget" in panel.figure["layout"]["xaxis"]["title"]["text"]


def test_one_dataset_has_no_mean_over_datasets(builder):
    primary = builder.build_slice(builder.Grid(datasets={"a": (0.5, 0.9, 60)}), primary=True)
    assert build_figures(primary, build_styles(primary.strategies, "random")).mean == ()


def test_a_curve_without_interval_has_no_band(looks):
    mean = np.array([0.5, 0.6])
    none = np.full(2, np.nan)
    levels = CurveSet({"margin": Curve(np.array([5.0, 10.0]), mean, none, none, 1)})
    panel = curves.build_level_panel("x", "d", levels, looks, metric="accuracy", reference=None)
    assert len(panel.figure["data"]) == 1


# --- label saving ----------------------------------------------------------------------------------------


def with_saving(primary, saving_of_margin):
    cell = replace(primary.find_cell("wine", "margin"), savings=(saving_of_margin,))
    others = tuple(c for c in primary.cells if (c.dataset, c.strategy) != ("wine", "margin"))
    return replace(primary, cells=(*others, cell))


def saved(**changes):
    facts = {
        "target": "95",
        "level": 0.9,
        "labels_strategy": 40.0,
        "labels_random": 80.0,
        "saving": 0.5,
        "interval": Interval(0.4, 0.6, 0.95, "BCa"),
        "censored": None,
        "undefined": None,
    }
    return Saving(**(facts | changes))


def test_half_the_labels_lies_as_far_from_zero_as_twice_the_labels():
    assert saving.compute_log_ratio(0.5) == pytest.approx(math.log(2))
    assert saving.compute_log_ratio(-1.0) == pytest.approx(-math.log(2))
    assert saving.compute_log_ratio(0.0) == 0


def draw_saving(evidence, looks):
    """The panel of margin."""
    panels = saving.build_saving_panels(evidence, looks, "95")
    return panels[evidence.contenders.index("margin")]


def test_a_known_saving_has_its_point_and_its_interval(primary, looks):
    panel = draw_saving(with_saving(primary, saved()), looks)
    trace = panel.figure["data"][0]
    at = trace["y"].index(primary.datasets.index("wine"))
    assert trace["x"][at] == pytest.approx(math.log(2))
    assert trace["error_x"]["arrayminus"][at] == pytest.approx(math.log(2) - math.log(1 / 0.6))
    assert trace["error_x"]["array"][at] == pytest.approx(math.log(1 / 0.4) - math.log(2))
    assert trace["marker"]["symbol"][at] == "circle"


@pytest.mark.parametrize(
    ("changes", "mark", "at", "symbol", "words"),
    [
        # random never has the level within its 100 labels: the strategy needs less than 40 / 100
        ({"censored": "random", "labels_random": None}, "at least", 0.6, "triangle-right", "random never"),
        # the strategy never has it within 100 labels, random has with 80: it needs more than 100 / 80
        ({"censored": "strategy", "labels_strategy": None}, "at most", -0.25, "triangle-left", "strategy never"),
    ],
)  # fmt: skip
def test_a_censored_saving_is_a_bound_with_an_arrow(primary, looks, changes, mark, at, symbol, words):
    changed = with_saving(primary, saved(saving=None, interval=None, **changes))
    row = saving.build_saving_row(changed, "wine", "margin", "95")
    assert row.mark == mark
    assert row.at == pytest.approx(at)
    assert words in row.words
    trace = draw_saving(changed, looks).figure["data"][0]
    place = trace["y"].index(primary.datasets.index("wine"))
    assert trace["marker"]["symbol"][place] == symbol
    assert trace["x"][place] == pytest.approx(-math.log(1 - at))


def test_an_undefined_saving_is_a_word_with_its_reason_and_no_point(primary, looks):
    gone = saved(saving=None, interval=None, undefined="not_reached")
    changed = with_saving(primary, gone)
    row = saving.build_saving_row(changed, "wine", "margin", "95")
    assert row.words == "undefined: neither curve gets there within the budget"
    figure = draw_saving(changed, looks).figure
    place = primary.datasets.index("wine")
    assert place not in figure["data"][0]["y"]
    assert [(a["y"], a["text"]) for a in figure["layout"]["annotations"] if a["y"] == place] == [
        (place, "undefined")
    ]


def test_panels_of_a_target_share_their_axis(drawn):
    for panels in drawn.savings.values():
        assert len({tuple(panel.figure["layout"]["xaxis"]["range"]) for panel in panels}) == 1


# --- the rest --------------------------------------------------------------------------------------------


def test_times_stand_on_a_log_axis_and_what_was_not_measured_is_left_out(primary, looks):
    rows = tuple(replace(row, query_s=None) if row.strategy == "qbc" else row for row in primary.rows)
    panel = build_figures(replace(primary, rows=rows), looks).cost[0]
    assert panel.figure["layout"]["xaxis"]["type"] == "log"
    by_strategy = {trace["meta"]: trace for trace in panel.figure["data"]}
    margin = next(row for row in primary.rows if row.strategy == "margin")
    assert by_strategy[looks["margin"].id]["x"] == [margin.fit_s, margin.query_s]
    assert len(by_strategy[looks["qbc"].id]["x"]) == 1


def test_plotly_finds_no_markup_in_names():
    assert escape_markup('<a href="x">&') == '&lt;a href="x"&gt;&amp;'


def test_long_names_keep_both_ends():
    assert shorten_name("a" * 22) == "a" * 22
    assert shorten_name("waveform_very_long_name_of_a_dataset") == "waveform_very_l…ataset"
    assert len(shorten_name("x" * 99)) == 22


def test_a_misspelt_property_is_an_error():
    with pytest.raises(ValueError):
        check_figure([{"type": "scatter", "line": {"colour": "red"}}], {})
