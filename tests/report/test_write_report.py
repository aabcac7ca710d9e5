"""From a run to the page and the tables beside it, through the public door."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import albench

HOSTILE = Path(__file__).with_name("files") / "hostile.yaml"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return albench.run(HOSTILE, results=tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def path(results):
    return results.report()


def table_links(page):
    """What the section of files links to, its own heading apart."""
    return [a.attributes["href"] for a in page.section("files").links if a.attributes["href"] != "#files"]


def test_the_page_tells_the_run(path, results, read):
    page = read(path.read_text(encoding="utf-8"))
    assert page.all("h1")[0].text == "</script><script>alert(1)</script>"
    for sentence in results.answer:
        assert sentence in page.section("answer").words
    assert "With 3 repeats label savings have no interval" in page.section("checks").words
    assert "gaussian_nb" in page.section("spec").words
    assert "=cmd()" in page.section("components").words
    assert results.trials["environment"][0] in page.section("environment").words


def test_labels_of_the_spec_make_no_element(path, read):
    page = read(path.read_text(encoding="utf-8"))
    assert [e.attributes.get("type") for e in page.all("script")].count(None) == 1
    assert not page.all("img")
    for block in page.all("script", type="application/json"):
        json.loads(block.text)


def test_every_link_to_a_table_leads_to_a_file(path, read):
    links = table_links(read(path.read_text(encoding="utf-8")))
    assert len(links) == 10
    for link in links:
        assert (path.parent / link).is_file()


def test_labels_in_tables_are_no_formulas(path):
    with (path.parent / "tables" / "trials.csv").open(encoding="utf-8", newline="") as file:
        names = {row["dataset"] for row in csv.DictReader(file)}
    assert names == {"'=cmd()", "</script><script>alert(2)</script>", "hostile"}


def test_classes_are_shown_as_they_are_called_and_make_no_element(path, read):
    page = read(path.read_text(encoding="utf-8"))
    for name in ("<img src=x onerror=window.hit=4>", "</script><script>window.hit=5</script>", "=cmd()"):
        assert name in page.section("datasets").text


def test_the_same_results_give_the_same_page(path, results, tmp_path):
    before = path.read_bytes()
    again = albench.open_results(HOSTILE, results=results.folder.path.parent)
    assert again.report().read_bytes() == before


def test_before_anything_is_finished_there_is_a_page_that_says_so(results, tmp_path, read):
    from shutil import copytree

    copytree(results.folder.path.parent, tmp_path / "results")
    empty = albench.open_results(HOSTILE, results=tmp_path / "results")
    for part in empty.folder.parts.glob("trial-*"):
        part.unlink()
    page = read(empty.report().read_text(encoding="utf-8"))
    assert "there is nothing to say" in page.section("answer").words
    assert " are missing: all of this is provisional" in page.section("answer").words


def test_a_page_elsewhere_links_back_to_the_tables(results, tmp_path, read):
    page = results.report(str(tmp_path / "pages" / "mine.html"))
    links = table_links(read(page.read_text(encoding="utf-8")))
    assert len(links) == 10
    for link in links:
        assert (page.parent / link).is_file()
