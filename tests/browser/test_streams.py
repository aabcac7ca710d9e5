"""The page of streams in Chromium: every figure is drawn, another slice opens, nothing is wider than a phone."""

from __future__ import annotations

import pytest
from stream_world import World, make_design

from albench.report.page import Page
from albench.report.streams.render import render_streams

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def html():
    design = make_design(datasets=("sea", "led"), budgets=(0.1, 0.05), n_repeats=3)
    evidence = World(design, gains={"split": 0.03}).conclude()
    given = {"title": "streams", "experiment": "streams", "resolved": "", "environments": {}}
    return render_streams(evidence, Page(**given, version="1", newest=None, splits=3))


def test_every_figure_is_drawn_another_slice_opens_and_the_answer_is_on_one_screen(open_page, html):
    opened = open_page(html)
    opened.scroll_through()
    assert opened.state() == ["drawn"] * (1 + 2 + 2 + 2)
    opened.page.select_option("select[data-field=budget]", index=1)
    opened.becomes("Boolean(document.getElementById('exploratory'))", wanted=True)
    words = opened.page.inner_text("#exploratory").replace("\u202f", " ")
    assert "budget 5 %" in words
    for width, height in ((1400, 900), (400, 850)):
        opened.page.set_viewport_size({"width": width, "height": height})
        opened.becomes(f"document.documentElement.scrollWidth <= {width}", wanted=True)
        script = "nodes => nodes.map(node => node.getBoundingClientRect().bottom + scrollY)"
        bottoms = opened.page.eval_on_selector_all(".lede, .picture .plot, .few", script)
        assert len(bottoms) == 5
        assert max(bottoms) <= height
    assert opened.complaints == []
