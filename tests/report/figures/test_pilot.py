"""The picture of a pilot: what was measured, what is expected, and the labels that a strategy saves."""

from __future__ import annotations

import pytest
from pilot_forecasts import make_forecast

from albench.analysis.evidence.labelling import PilotAnswer
from albench.report.figures.pilot import build_pilot_panel
from albench.report.html.palette import build_styles


@pytest.fixture
def draw(evidence):
    """Return a function that draws a forecast about the first strategy of the page; its panel and that name."""
    primary = evidence.primary
    styles = build_styles(primary.strategies, "random")
    name = next(strategy for strategy in primary.strategies if strategy != "random")

    def build(verdict="pays_off", **changes):
        path = []
        for n_more in (100, 200):
            forecast = make_forecast(verdict, n_more=n_more, **changes)
            object.__setattr__(forecast.strategies[0], "strategy", name)
            path.append(forecast)
        pilot = PilotAnswer(path[-1], tuple(path))
        return build_pilot_panel(primary, pilot, list(styles.values()), styles["random"]), name

    return build


def test_expected_levels_go_from_the_labels_of_now_to_the_budget(draw):
    panel, name = draw()
    expected = {trace["name"]: trace for trace in panel.figure["data"] if "expected" in trace.get("name", "")}
    assert list(expected) == ["random, expected", f"{name}, expected"]
    assert expected["random, expected"]["x"] == [300, 400, 500]
    assert expected["random, expected"]["y"] == [0.86, 0.878, 0.878]
    assert expected[f"{name}, expected"]["y"] == [0.86, 0.89, 0.89]
    bands = [trace for trace in panel.figure["data"] if trace.get("fill") and trace["x"][0] == 300]
    assert [band["y"] for band in bands] == [
        [0.88, 0.9, 0.9, 0.86, 0.86, 0.84],
        [0.88, 0.91, 0.91, 0.87, 0.87, 0.84],
    ]
    assert panel.alt.endswith(f"with 200 labels more {name} 0.890, random 0.878.")


def test_labels_saved_are_an_arrow_from_those_of_random(draw):
    layout = draw()[0].figure["layout"]
    now, arrow, words = layout["annotations"]
    assert now["text"] == "now: 300 labels"
    assert (arrow["ax"], arrow["x"], arrow["ay"], arrow["y"]) == (640.4, 500, 0.89, 0.89)
    assert words["text"] == "200 labels more instead of 340"


@pytest.mark.parametrize("labels", [(None, 900, None), (22_494, 820, None), (150, 100, 180)])
def test_where_random_needs_no_number_to_be_drawn_a_bar_is_the_gain(draw, labels):
    layout = draw(labels=labels)[0].figure["layout"]
    now, bar = layout["shapes"]
    assert now["x0"] == 300
    assert (bar["x0"], bar["y0"], bar["y1"]) == (500, 0.878, 0.89)
    assert [each["text"] for each in layout["annotations"]] == ["now: 300 labels", "+0.012"]


def test_what_is_withheld_is_not_drawn(draw):
    assert draw("withheld")[0] is None
