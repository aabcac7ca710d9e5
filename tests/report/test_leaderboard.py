"""One declaration of the leaderboard: the table, the files of a run, the page and its download, papers, docs."""

from __future__ import annotations

import base64
import csv
import importlib.util
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

from albench.report import render
from albench.report.tables.export import export_table
from albench.report.tables.leaderboard import build_leaderboard_table
from albench.tables import IN_PAPERS, LEADERBOARD, ON_PAGE

DOCS = Path(__file__).parents[2] / "docs"
FIRST_RELEASED = [
    "strategy", "n_datasets", "mean_rank", "rank_low", "rank_high", "area", "difference", "low", "high",
    "p_these", "wins", "ties", "losses", "undecided", "win_rate", "median_saving", "saving_low", "saving_high",
    "n_censored", "p", "p_holm", "testable", "p_better", "p_equal", "p_worse", "sensitivity", "fit_s", "query_s",
    "query_s_per_label", "label_looking",
]  # fmt: skip
RANKS = {
    "margin": (2.0, 0.5, False),
    "entropy": (1.0, 0.01, False),
    "qbc": (None, 0.3, False),
    "k_center": (None, 0.9, True),
    "random": (3.0, None, False),
}


@pytest.fixture(scope="module")
def ranked(evidence):
    """Evidence in which ranks and differences order the strategies in opposite ways."""
    rows = tuple(
        replace(row, mean_rank=rank, difference=difference, label_looking=looks)
        for row in evidence.primary.rows
        for rank, difference, looks in [RANKS[row.strategy]]
    )
    primary = replace(evidence.primary, rows=rows)
    return replace(evidence, slices=(primary, *evidence.slices[1:]))


@pytest.fixture(scope="module")
def ranked_html(ranked, builder):
    return render(ranked, builder.page())


def read_download(html):
    data = re.search(r'base64,([^"]+)" download="quickstart-leaderboard', html)[1]
    return list(csv.DictReader(io.StringIO(base64.b64decode(data).decode())))


def list_titles(names):
    return [column.title for name in names for column in LEADERBOARD if column.name == name]


class Opened:
    """Results as far as an export looks at them."""

    def __init__(self, evidence):
        self.evidence = evidence


def test_columns_of_the_first_release_stay_where_they_are():
    assert [column.name for column in LEADERBOARD][: len(FIRST_RELEASED)] == FIRST_RELEASED


def test_random_is_first_then_what_is_shown_counts_then_the_difference_and_hidden_labels_last(ranked):
    """Ranks order them otherwise; what they rest on differs in which of them is shown."""
    rows = {row.strategy: (row.side, row.difference) for row in ranked.primary.rows}
    able = [name for name in rows if name not in ("random", "k_center")]
    expected = sorted(able, key=lambda name: (-rows[name][0], -rows[name][1]))
    table = build_leaderboard_table(ranked.primary)
    assert table["strategy"].to_list() == ["random", *expected, "k_center"]
    assert expected != sorted(able, key=lambda name: RANKS[name][0] or 99)


def test_table_download_page_and_markdown_have_one_order_of_rows(ranked, ranked_html, read):
    order = build_leaderboard_table(ranked.primary)["strategy"].to_list()
    board = read(ranked_html).section("leaderboard").words
    markdown = export_table(Opened(ranked), "markdown").splitlines()[2:]
    assert [row["strategy"] for row in read_download(ranked_html)] == order
    assert sorted(order, key=lambda name: board.index(f" {name} ")) == order
    assert [line.split()[1].replace("\\", "") for line in markdown] == order


def test_download_and_table_have_the_same_columns_and_numbers(evidence, html):
    table = build_leaderboard_table(evidence.primary)
    rows = read_download(html)
    assert list(rows[0]) == table.columns == [column.name for column in LEADERBOARD]
    for row, values in zip(rows, table.iter_rows(named=True), strict=True):
        numbers = {name: value for name, value in values.items() if isinstance(value, float)}
        texts = {name: value for name, value in values.items() if name not in numbers}
        assert {name: float(row[name]) for name in numbers} == pytest.approx(numbers, rel=1e-9)
        assert {name: row[name] for name in texts} == {
            name: "" if value is None else str(value) for name, value in texts.items()
        }


def test_ends_of_intervals_stand_under_two_names(evidence):
    table = build_leaderboard_table(evidence.primary)
    assert table["these_low"].to_list() == table["low"].to_list()
    assert table["these_high"].to_list() == table["high"].to_list()


def test_titles_and_tooltips_of_the_page_are_those_of_the_columns(html, read):
    heads = [e for e in read(html).all("th", scope="col") if "data-sort" in e.attributes][: len(ON_PAGE)]
    columns = {column.name: column for column in LEADERBOARD}
    for head, name in zip(heads, ON_PAGE, strict=True):
        column = columns[name]
        assert head.text == (column.head or column.title) + column.note
        assert head.attributes["title"] == column.meaning


def test_papers_have_the_titles_of_the_columns(evidence):
    head = export_table(Opened(evidence), "markdown").splitlines()[0]
    assert [cell.strip() for cell in head.strip("|").split("|")] == list_titles(IN_PAPERS)


def test_the_docs_have_every_column_with_its_meaning():
    spec = importlib.util.spec_from_file_location("make_tables", DOCS / "make_tables.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = module.TARGET.read_text(encoding="utf-8")
    assert text == module.format_page(), "run python docs/make_tables.py"
    for column in LEADERBOARD:
        assert f"`{column.name}`" in text
        assert column.meaning in text
