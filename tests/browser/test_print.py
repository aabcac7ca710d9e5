"""The page as a PDF, of a page that nobody has scrolled."""

from __future__ import annotations

import ctypes
import json

import pytest

from albench.report import render
from albench.report.html.palette import BASELINE_HUE, HUES

pdfium = pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed")
raw = pytest.importorskip("pypdfium2.raw")

# One figure of each section, folded or not, by words that stand nowhere else.
CAPTIONS = [
    "accuracy, mean over 3 datasets",
    "Mean accuracy over the datasets",
    "Mean difference to random",
    "What the gain costs",
    "Random against random",
]
BELOW = 150  # points from a caption, within its figure

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def html(builder):
    return render(builder.build(), builder.page())


def read_stroke(drawing):
    """Return the colour of a path's line as ``#rrggbb``."""
    parts = [ctypes.c_uint() for _ in range(4)]
    raw.FPDFPageObj_GetStrokeColor(drawing.raw, *map(ctypes.byref, parts))
    return "#{:02X}{:02X}{:02X}".format(*(part.value for part in parts[:3]))


def list_lines(page):
    """Return colour and bounds of each line in the colour of a strategy."""
    drawings = page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH])
    lines = ((read_stroke(drawing), drawing.get_bounds()) for drawing in drawings)
    own = {hue.upper() for hue in (*HUES, BASELINE_HUE)}
    return [(colour, bounds) for colour, bounds in lines if colour in own]


def find_words(page, words):
    """Return the lower end of words on a page; None where they are not on it."""
    text = page.get_textpage()
    place = text.search(words).get_next()
    if place is None:
        return None
    text.count_rects(*place)
    return text.get_rect(0)[1]


def test_every_figure_is_on_paper_though_nobody_has_scrolled(print_pdf, html):
    document = pdfium.PdfDocument(print_pdf(html))
    pages = [(page, list_lines(page)) for page in document]
    for caption in CAPTIONS:
        below = [
            colour
            for page, lines in pages
            if (end := find_words(page, caption)) is not None
            for colour, (_, low, _, high) in lines
            if low < end and high > end - BELOW
        ]
        assert len(set(below)) >= (1 if caption == "Random against random" else 3), caption
    # 5 strategies: means, levels, differences; 4 savings on 3 datasets; what folded tables show beside them.
    assert sum(len(lines) for _, lines in pages) > 5 * (2 + 3 + 3 + 1 + 3)


def test_after_the_print_all_is_as_it_was(open_page, builder):
    """With so many strategies that tables are wider than the paper."""
    gains = {"random": 1.0} | {f"strategy_{n}": 0.8 + n / 10 for n in range(9)}
    opened = open_page(render(builder.build(builder.Grid(gains=gains)), builder.page()))
    opened.becomes("document.querySelectorAll('#answer-curves .plot[data-state=drawn]').length", 1)
    state = """[
        document.querySelectorAll('details[open]').length,
        document.querySelector('#answer-curves .main-svg').getBoundingClientRect().width,
        getComputedStyle(document.querySelector('#answer-curves .xtick text')).fill,
    ]"""
    before = opened.page.evaluate(state)
    opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    during = opened.page.evaluate(state)
    assert during[0] == opened.page.locator("details").count()
    assert 600 < during[1] < 700
    assert opened.page.evaluate("document.body.scrollWidth") <= 700
    assert during[1:] != before[1:]
    opened.page.evaluate("dispatchEvent(new Event('afterprint'))")
    opened.becomes(f"JSON.stringify({state}) === JSON.stringify({json.dumps(before)})", wanted=True)
    assert opened.complaints == []
