"""What is seen without scrolling, and how much there is to scroll."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

import albench
from albench.report import render

QUICKSTART = Path(__file__).parents[2] / "experiments" / "quickstart.yaml"
SCREENS = [(1400, 900), (400, 850)]
HALF = 8050  # of the 16,100 pixels that the page had when nothing was folded

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory):
    """The page of the quickstart with fewer repeats and labels, on which no height depends."""
    folder = tmp_path_factory.mktemp("quickstart")
    text = QUICKSTART.read_text(encoding="utf-8").replace("repeats: 10", "repeats: 2")
    spec = folder / "quickstart.yaml"
    spec.write_text(
        text.replace("budgets: 100", "budgets: 20") + "execution: {n_jobs: 1}\n", encoding="utf-8"
    )
    return albench.run(spec, results=folder / "results").report()


def read_bottoms(opened):
    """Return where the sentence, each figure of the picture and the table end, from the top of the page."""
    script = "nodes => nodes.map(node => node.getBoundingClientRect().bottom + scrollY)"
    return opened.page.eval_on_selector_all(".lede, .picture .plot, .few", script)


@pytest.mark.parametrize("n_datasets", [1, 3, 12])
def test_sentence_picture_and_table_are_seen_without_scrolling_and_lead_to_the_leaderboard(
    open_page, builder, n_datasets
):
    grid = builder.Grid(datasets={f"dataset_{n}": (0.6, 0.9, 100) for n in range(n_datasets)})
    groups = {"equals": ("qbc", "entropy"), "same_picks": (("margin", "k_center"),)}
    primary = builder.recommend(builder.build_slice(grid, primary=True), **groups)
    opened = open_page(render(builder.build(slices=(primary,)), builder.page()))
    n_figures = 1 + (n_datasets if n_datasets > 1 else 0)
    opened.becomes("document.querySelectorAll('.picture .plot[data-state=drawn]').length", n_figures)
    for (width, height), scheme in product(SCREENS, ("light", "dark")):
        opened.page.set_viewport_size({"width": width, "height": height})
        opened.page.emulate_media(color_scheme=scheme)
        opened.becomes(f"document.documentElement.scrollWidth <= {width}", wanted=True)
        bottoms = read_bottoms(opened)
        assert len(bottoms) == 1 + n_figures + 1
        assert max(bottoms) <= height
    assert not opened.page.locator(".board").is_visible()
    opened.page.click(".few tbody tr:first-child a")
    assert opened.page.locator(".board tbody.ranked tr").first.is_visible()
    assert opened.complaints == []


def test_a_taller_window_shows_what_comes_next_instead_of_a_gap(open_page, quickstart):
    opened = open_page(quickstart.read_text(encoding="utf-8"))
    bottom = "Math.round(document.querySelector('.answer').getBoundingClientRect().bottom + scrollY)"
    opened.page.set_viewport_size({"width": 1400, "height": 900})
    usual = opened.page.evaluate(bottom)
    assert 900 <= usual <= 950
    opened.page.set_viewport_size({"width": 1400, "height": 1400})
    assert opened.page.evaluate(bottom) == pytest.approx(usual, abs=20)


def test_the_page_of_the_quickstart_is_half_as_high_as_it_was(open_page, quickstart):
    opened = open_page(quickstart.read_text(encoding="utf-8"))
    assert opened.page.evaluate("document.documentElement.scrollHeight") <= HALF
    assert max(read_bottoms(opened)) <= 900
