"""Figures for a paper as files: nothing is clipped, no text lies on another one, a PDF has the size of print."""

from __future__ import annotations

import re
import zlib
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec

import pytest

from albench.report.paper.figures import build_paper_figures
from albench.report.paper.images import write_figures

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_spec("kaleido") is None, reason="kaleido is not installed"),
]
BOXES = """texts => texts.filter(t => t.textContent.trim()).map(t => {
    const box = t.getBoundingClientRect();
    return [t.textContent, box.left, box.top, box.right, box.bottom];
})"""


@pytest.fixture(scope="module")
def drawn(builder, chromium):
    """Figures of strategies and datasets with long names that look like markup and formulas."""
    datasets = ["iris", "a dataset with quite a long name", "<b>&amp;</b> $x$ and $y$", "wide_" * 6, "e"]
    gains = {
        "random": 1.0,
        "margin": 1.9,
        "least_confident": 1.6,
        "$\\alpha$ 50%": 1.3,
        "mmmm_wwww_mmmm_wwww_mmmm": 0.8,
    }
    grid = builder.Grid(dict.fromkeys(datasets, (0.5, 0.9, 100)), gains)
    figures = build_paper_figures(builder.build(grid).primary, 1).figures
    panel = builder.build(
        builder.Grid({"digits": (0.5, 0.9, 100)}, gains, "mean_absolute_percentage_error")
    ).primary
    others = build_paper_figures(replace(panel, greater_is_better=False), 1).figures
    left_out = ("curves-iris", "curves-e", "gain-iris", "gain-e")
    return [
        *(figure for figure in figures if figure.name not in left_out),
        *(replace(figure, name=f"one-{figure.name}") for figure in others),
    ]


@pytest.fixture(scope="module")
def svgs(drawn, tmp_path_factory):
    return write_figures(drawn, tmp_path_factory.mktemp("svg"), "svg")


def overlap(first, other):
    # Boxes of text hold some room above and below the letters.
    return (
        min(first[3], other[3]) - max(first[1], other[1]) > 1
        and min(first[4], other[4]) - max(first[2], other[2]) > 3
    )


def test_text_is_whole_and_lies_on_no_other_text(drawn, svgs, chromium):
    page = chromium.new_page()
    for figure, file in zip(drawn, svgs, strict=True):
        page.goto(file.as_uri())
        boxes = page.eval_on_selector_all("text", BOXES)
        width, height = figure.size
        outside = [
            box for box in boxes if min(box[1:3]) < -0.5 or box[3] > width + 0.5 or box[4] > height + 0.5
        ]
        pairs = [(a[0], b[0]) for i, a in enumerate(boxes) for b in boxes[:i] if overlap(a, b)]
        assert (file.stem, outside, pairs) == (file.stem, [], [])
        assert len(boxes) > 4
    page.close()


def test_names_are_no_markup_and_no_formulas(svgs):
    drawn = next(file for file in svgs if file.stem == "curves-mean").read_text(encoding="utf-8")
    assert "$\\alpha$ 50%" in drawn
    assert "MathJax" not in drawn


def read_streams(pdf):
    for stream in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        with suppress(zlib.error):
            yield zlib.decompress(stream[1])


def test_a_pdf_has_the_size_of_print_and_no_margin(drawn, tmp_path):
    wanted = [figure for figure in drawn if figure.name in ("curves", "curves-mean")]
    for figure, file in zip(wanted, write_figures(wanted, tmp_path, "pdf"), strict=True):
        pdf = file.read_bytes()
        width, height = map(float, re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf).groups())
        assert width / 72 * 25.4 == pytest.approx(178 if figure.name == "curves" else 85, abs=0.5)
        assert height / 72 * 96 == pytest.approx(figure.size[1], abs=1)
        scales = (re.findall(rb"([-\d.]+) 0 0 [-\d.]+ ([-\d.]+) ([-\d.]+) cm", s) for s in read_streams(pdf))
        page, image, *_ = max(scales, key=len)
        # A pixel of the figure is 0.75 points of the page, from its left upper corner on.
        assert float(page[0]) * float(image[0]) == pytest.approx(0.75, rel=1e-3)
        assert [float(offset) for offset in image[1:]] == [0, 0]
