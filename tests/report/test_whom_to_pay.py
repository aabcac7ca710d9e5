"""The picture and the table of whom to pay: what they mark, and where they are left out."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from albench.analysis.evidence.cells import Curve, Interval, Saving
from albench.analysis.evidence.oracles import CostComparison, OracleContrast, OracleCurves
from albench.errors import ResultsError, UnknownSliceError
from albench.narrative import write_answer
from albench.report import render
from albench.report.notebook_view import format_first_screen
from albench.report.oracle_screen import build_oracle_screen
from albench.report.paper.figures import draw_results
from albench.report.plots import Plots

LEVEL = 0.8
INTERVAL = Interval(0.94, 0.97, 0.95, "inverted t test over repeats")


def draw(costs, levels):
    mean = np.array(levels, float)
    return Curve(np.array(costs, float), mean, mean - 0.02, mean + 0.02, 10)


def contrast(cheaper, other, own, theirs, *, datasets=("wine",), shown=True):
    saving = Saving("final", LEVEL, own, theirs, 1 - own / theirs, INTERVAL, None, None, "strategy")
    cells = tuple(CostComparison(name, "margin", "entropy", saving, 0.1, None) for name in datasets)
    return OracleContrast(cheaper, other, cells, saving.saving, INTERVAL, shown, 0.1, None)


@pytest.fixture
def build(builder):
    """Evidence of a model that ends at 0.8 for 5 of money, a crowd that has that for 40, an expert for 100."""

    def built(*, prices=(5, 40, 100), shown=True, datasets=("wine",), greater_is_better=True):
        model, crowd, expert = prices
        levels = {
            "model": draw([model / 5, model], [0.4, LEVEL]),
            "crowd": draw([crowd / 5, crowd, 1.5 * crowd], [0.5, LEVEL, 0.85]),
            "expert": draw([expert / 5, expert, 2 * expert], [0.5, LEVEL, 0.9]),
        }
        if not greater_is_better:
            levels = {name: replace(of, mean=1 - of.mean) for name, of in levels.items()}
        of_datasets = dict.fromkeys(datasets, (0.6, 0.9, 100))
        primary = builder.build_slice(builder.Grid(datasets=of_datasets), primary=True)
        primary = builder.recommend(replace(primary, greater_is_better=greater_is_better))
        settings = {"datasets": datasets, "shown": shown}
        return builder.build(
            slices=(primary,),
            oracle_contrasts=(
                contrast("crowd", "expert", crowd, expert, **settings),
                contrast("model", "expert", model, expert, **settings),
                contrast("model", "crowd", model, crowd, **settings),
            ),
            oracle_curves=tuple(
                OracleCurves(name, dict.fromkeys(datasets, "margin"), dict.fromkeys(datasets, curve), curve)
                for name, curve in levels.items()
            ),
        )

    return built


def test_a_notebook_shows_what_a_level_costs_under_each_oracle_before_the_strategies(build):
    shown = format_first_screen(build(), ())
    tables = [re.findall(r"<tr>(.*?)</tr>", part) for part in shown.split("</table>")[:2]]
    oracles = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in tables[0][1:]]
    # 5 of 40 are 12.5 %, 5 of 100 are 5 %.
    assert oracles == [
        ["model (margin)", "5", "", "0.800 for 5"],
        ["crowd (margin)", "40", "12", "0.850 for 60"],
        ["expert (margin)", "100", "5", "0.900 for 200"],
    ]
    assert "money for accuracy 0.800" in tables[0][0]
    assert ">strategy<" in tables[1][0]


def read_words(panel):
    """Return the words at dots: text -> place on the axis."""
    return {of["text"]: of["x"] for of in panel.figure["layout"]["annotations"] if of["text"]}


def read_arrows(panel):
    return [of for of in panel.figure["layout"]["annotations"] if of.get("showarrow")]


def test_the_picture_marks_the_money_of_each_oracle_at_the_level_and_points_to_the_cheapest(build):
    panel = build_oracle_screen(build()).picture
    traces = panel.figure["data"]
    lines = {trace["name"] for trace in traces if trace.get("name")}
    assert lines == {"model", "crowd", "expert"}
    dots = {trace["x"][0]: trace["text"][0] for trace in traces if trace["mode"] == "markers"}
    assert dots == {5: "model: 5 of money", 40: "crowd: 40 of money", 100: "expert: 100 of money"}
    (level,) = [trace for trace in traces if trace["mode"] == "lines" and trace["y"] == [LEVEL, LEVEL]]
    assert level["x"] == [1, 200]
    # From 5 to 200 of money at the end of a curve: on a log axis words and arrows stand at logarithms.
    assert panel.figure["layout"]["xaxis"]["type"] == "log"
    words = read_words(panel)
    assert {text: words[text] for text in ("5", "40", "100")} == pytest.approx(
        {"5": math.log10(5), "40": math.log10(40), "100": 2}
    )
    assert "accuracy 0.800 costs" in words
    (arrow,) = read_arrows(panel)
    assert (arrow["ax"], arrow["x"], arrow["y"]) == pytest.approx((2, math.log10(5), LEVEL))
    assert panel.title == "accuracy for the money, on wine"
    assert panel.alt == (
        "accuracy for the money, on wine: accuracy 0.800 costs 5 with model, 40 with crowd and 100 with expert."
    )


def test_every_line_has_its_band(build):
    traces = build_oracle_screen(build()).picture.figure["data"]
    assert sum("fillcolor" in trace for trace in traces) == 3


def test_prices_that_are_alike_stand_on_a_linear_axis(build):
    panel = build_oracle_screen(build(prices=(20, 50, 100))).picture
    assert "type" not in panel.figure["layout"]["xaxis"]
    assert read_words(panel)["50"] == 50


def test_amounts_have_room_or_are_left_to_the_table(build):
    screen = build_oracle_screen(build(prices=(90, 95, 100)))
    assert {"90"} == set(read_words(screen.picture)) - {"accuracy 0.800 costs"}
    assert [row.cost for row in screen.rows] == [90, 95, 100]


def test_no_arrow_points_to_an_oracle_that_is_not_shown_to_be_the_cheapest(build):
    screen = build_oracle_screen(build(shown=False))
    assert screen.cheapest is None
    assert read_arrows(screen.picture) == []
    assert {"5", "40", "100"} <= read_words(screen.picture).keys()


def test_no_arrow_points_to_the_cheapest_where_another_one_has_the_level_for_less(build):
    evidence = build(prices=(50, 40, 100), datasets=("wine", "digits"))
    assert read_arrows(build_oracle_screen(evidence).picture) == []


def test_where_lower_is_better_words_stand_on_the_other_side_of_the_level(build):
    def find_side(**changes):
        annotations = build_oracle_screen(build(**changes)).picture.figure["layout"]["annotations"]
        return next(of["yanchor"] for of in annotations if of["text"] == "5")

    assert (find_side(), find_side(greater_is_better=False)) == ("top", "bottom")


def test_of_several_datasets_the_mean_is_large_and_each_of_them_small(build):
    screen = build_oracle_screen(build(datasets=("wine", "digits")))
    assert screen.picture.title == "accuracy for the money, mean over 2 datasets"
    assert [(panel.id, panel.title, panel.note) for panel in screen.small] == [
        ("oracles-0", "wine", "5 instead of 40 to 100"),
        ("oracles-1", "digits", "5 instead of 40 to 100"),
    ]


def test_datasets_without_common_money_leave_the_mean_out(build):
    evidence = build(datasets=("wine", "digits"))
    curves = tuple(replace(of, mean=None) for of in evidence.oracle_curves)
    screen = build_oracle_screen(replace(evidence, oracle_curves=curves))
    assert screen.picture is None
    assert len(screen.small) == 2
    assert [row.cost for row in screen.rows] == [None, None, None]


def test_the_table_has_the_cheapest_first_and_what_it_costs_of_the_money_of_the_others(build, read, builder):
    page = read(render(build(), builder.page()))
    table = page.all("table", class_="few oracles")[0].words
    titles, rows = table.split(" model cheapest")
    assert "Moneyfor accuracy 0.800model costsof its money" in titles
    assert f"model cheapest{rows}" == (
        "model cheapestmargin5 0.800for 5 crowdmargin40 12 %[3, 6]0.850for 60 expertmargin100 5 %[3, 6]0.900for 200"
    )


def test_where_two_oracles_are_compared_at_another_level_than_the_picture_shows_that_is_said(
    build, read, builder
):
    evidence = build()
    expert, *others = (of for of in evidence.oracle_contrasts if of.oracle == "model")
    (cell,) = expert.cells
    # Both get to 0.85, which the crowd would not: shares are of other money than that for 0.8.
    cells = (replace(cell, saving=replace(cell.saving, level=0.85)),)
    evidence = replace(evidence, oracle_contrasts=(replace(expert, cells=cells), *others))
    titles = read(render(evidence, builder.page())).all("table", class_="few oracles")[0].words
    assert "Moneyfor accuracy 0.800model costsof its money, at the level that both reach" in titles
    assert "is model: for the accuracy that both reach it costs 5 where " in write_answer(evidence)[0]
    assert "is model: for accuracy 0.800 it costs 5 where " in write_answer(build())[0]


def test_other_pages_have_nothing_of_it(build, builder):
    evidence = build()
    page = render(evidence, builder.page())
    assert 'class="picture whom"' in page
    assert "Which strategy, with labels of perfect:" in page
    without = replace(evidence, oracle_contrasts=(), oracle_curves=())
    plain = render(without, builder.page())
    assert plain == render(replace(evidence, oracle_contrasts=()), builder.page())
    assert not any(of in plain[plain.index("<body") :] for of in ("whom", "few oracles", "labels of", "w-o0"))


def test_a_notebook_and_a_paper_get_the_picture(build, builder):
    evidence = build(datasets=("wine", "digits"))
    other = replace(evidence.primary, primary=False, slice=replace(evidence.primary.slice, metric="f1_macro"))
    experiment = SimpleNamespace(highlight=(), strategies=())
    source = SimpleNamespace(
        evidence=replace(evidence, slices=(*evidence.slices, other)), experiment=experiment
    )
    plot = Plots(source)
    assert plot.oracles().layout.title.text == "accuracy for the money, mean over 2 datasets"
    assert plot.oracles("digits").layout.title.text == "accuracy for the money, on digits"
    with pytest.raises(UnknownSliceError, match="did you mean 'digits'"):
        plot.oracles("digit")
    names = [figure.name for figure in draw_results(source, {}, 1).figures]
    assert names[:2] == ["oracles", "answer"]
    assert "oracles" not in [of.name for of in draw_results(source, {"metric": "f1_macro"}, 1).figures]
    without = SimpleNamespace(evidence=builder.build(), experiment=experiment)
    assert "oracles" not in [of.name for of in draw_results(without, {}, 1).figures]
    with pytest.raises(ResultsError, match="no oracles are compared by their money"):
        Plots(without).oracles()


def test_a_control_that_fired_withholds_it(build):
    evidence = build()
    fired = replace(evidence.primary, control=replace(evidence.primary.control, fired=True))
    assert build_oracle_screen(replace(evidence, slices=(fired,))) is None
