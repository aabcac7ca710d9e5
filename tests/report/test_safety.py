"""Names come from users' files: whatever they hold, nothing of it may run."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import re

import pytest

from albench.analysis.evidence.conclusions import Failure
from albench.report import render
from albench.report.page import ComponentFacts, DatasetSizes

SCRIPT = "</script><script>window.hit=1</script>"
IMAGE = "<img src=x onerror=window.hit=1>"
LINK = '<a href="https://evil.example/">x</a>'
FORMULA = "=cmd()"
TEMPLATE = "{{ 7 * 7 }}"
ATTRIBUTE = '"><b onmouseover=window.hit=1>'


@pytest.fixture(scope="module")
def hostile(builder):
    grid = builder.Grid(
        datasets={SCRIPT: (0.5, 0.9, 60), LINK: (0.5, 0.9, 60), FORMULA: (0.5, 0.9, 60)},
        gains={"random": 1.0, IMAGE: 1.5, FORMULA: 1.2, TEMPLATE: 0.9, ATTRIBUTE: 1.1},
        metric=ATTRIBUTE,
    )
    return builder.build(
        grid,
        failures=(Failure(SCRIPT, SCRIPT, IMAGE, LINK, 0, 0, "failed", f"ValueError: class '{SCRIPT}'"),),
        n_failed=1,
    )


@pytest.fixture(scope="module")
def page(builder):
    return builder.page(
        title=SCRIPT,
        experiment=ATTRIBUTE,
        resolved=f"title: {SCRIPT}",
        environments={IMAGE: {SCRIPT: LINK}},
        label_seeking=(IMAGE,),
        datasets=(DatasetSizes(SCRIPT, 1, 2, 3, 4),),
        components=(ComponentFacts("strategy", IMAGE, SCRIPT, LINK, {ATTRIBUTE: TEMPLATE}),),
        files=(f"tables/{ATTRIBUTE}.csv",),
    )


@pytest.fixture(scope="module")
def hostile_html(hostile, page):
    return render(hostile, page)


def test_no_element_comes_from_a_name(hostile_html, read):
    page = read(hostile_html)
    scripts = [e.attributes.get("type") for e in page.all("script")]
    assert scripts.count(None) == 1
    assert set(scripts) == {None, "application/json", "application/gzip"}
    assert not page.all("img")
    assert not page.all("b", onmouseover="window.hit=1")
    assert all(not any(name.startswith("on") for name in e.attributes) for e in page.elements)
    assert not [a for a in page.all("a") if "evil" in a.attributes.get("href", "")]


def test_names_are_shown_as_they_are(hostile_html, read):
    page = read(hostile_html)
    assert SCRIPT in page.all("h1")[0].text
    assert IMAGE in page.section("leaderboard").text
    assert TEMPLATE in page.section("leaderboard").text
    assert SCRIPT in page.section("where").text
    assert SCRIPT in page.section("spec").text
    assert SCRIPT in page.section("failures").text


def unpacked(element):
    return gzip.decompress(base64.b64decode(element.text)).decode()


def test_other_slices_make_no_element_either(hostile_html, read):
    bodies = read(hostile_html).all("script", class_="slice")
    assert bodies
    for body in bodies:
        page = read(unpacked(body))
        assert {e.attributes.get("type") for e in page.all("script")} <= {
            "application/json",
            "application/gzip",
        }
        assert not page.all("img")
        assert IMAGE in page.section("leaderboard").text
        assert not [a for a in page.all("a") if "evil" in a.attributes.get("href", "")]
        assert all(not any(name.startswith("on") for name in e.attributes) for e in page.elements)


def test_every_data_block_is_json_and_holds_no_markup_for_plotly(hostile_html, read):
    page = read(hostile_html)
    blocks = [e.text for e in page.all("script", type="application/json")]
    blocks += [
        unpacked(e)
        for e in page.all("script", type="application/gzip")
        if "id" not in e.attributes and "class" not in e.attributes
    ]
    assert len(blocks) > 20
    for block in blocks:
        json.loads(block)
        assert "<" not in block
    texts = "".join(json.dumps(json.loads(block), ensure_ascii=False) for block in blocks)
    for markup in re.findall(r"<[^>]*>", texts):
        assert markup == "<extra></extra>" or markup in {"<extra>", "</extra>"}


def test_formulas_are_quoted_in_both_tables(hostile_html):
    tables = re.findall(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', hostile_html)
    assert len(tables) == 2
    for table in tables:
        rows = list(csv.reader(io.StringIO(base64.b64decode(table).decode(), newline="")))
        names = [field for row in rows for field in row[:2]]
        assert f"'{FORMULA}" in names
        assert FORMULA not in names
