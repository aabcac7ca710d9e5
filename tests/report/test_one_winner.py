"""The strategy that is named first is the same wherever albench speaks: one rule for all of them."""

from __future__ import annotations

import csv
import io
import re

import pytest

import albench

SPEC = """\
name: winner
datasets: [iris, wine]
models: [logistic_regression]
strategies: [k_center, random, margin, information_density]
seed_sizes: 6
batch_sizes: 6
budgets: 36
repeats: 6
metrics: [accuracy, log_loss]
execution: {n_jobs: 1}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("winner")
    (folder / "winner.yaml").write_text(SPEC, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def results(folder):
    run = albench.run(folder / "winner.yaml", results=folder / "results")
    run.report()
    return run


@pytest.fixture(scope="module")
def winner(results):
    return results.evidence.primary.recommendation.strategy


def test_the_rule_is_what_is_shown_and_then_the_gain(results, winner):
    rows = results.evidence.primary.rows[1:]
    assert winner == max(rows, key=lambda row: (row.side, row.difference)).strategy


def test_answer_print_and_notebook_name_it_first(results, winner):
    names = {row.strategy for row in results.evidence.primary.rows} - {"random"}
    for text in (" ".join(results.answer), str(results), re.sub(r"<[^>]+>", " ", results._repr_html_())):
        first = re.search("|".join(sorted(names, key=len, reverse=True)), text)
        assert first[0] == winner


def test_leaderboard_and_exports_have_it_first(results, winner):
    assert results.leaderboard()["strategy"].to_list()[:2] == ["random", winner]
    rows = list(csv.DictReader(io.StringIO(albench.export_table(results, "csv"))))
    assert [row["strategy"] for row in rows][1] == winner
    lines = albench.export_table(results, "markdown").splitlines()
    assert [line.split("|")[1].strip().strip("*").replace("\\", "") for line in lines[2:4]] == [
        "random",
        winner,
    ]


def test_the_page_has_it_first_in_its_short_table_and_in_its_leaderboard(results, winner):
    page = results.folder.report.read_text(encoding="utf-8")
    names = re.findall(r'<th scope="row">(.*?)</th>', page, flags=re.DOTALL)
    texts = [re.sub(r"<[^>]+>", " ", name).split() for name in names]
    assert texts[0][0] == winner
    board = page[page.index('id="leaderboard"') :]
    first = re.findall(r'<th scope="row">.*?</svg>\s*([\w.]+)', board, flags=re.DOTALL)
    assert first[:2] == ["random", winner]


def test_the_terminal_names_it_first(folder, results, winner, albench_in):
    done = albench_in(folder, "run", "winner.yaml", "--results", "results")
    assert done.returncode == 0, done.stderr
    names = {row.strategy for row in results.evidence.primary.rows} - {"random"}
    pattern = "|".join(sorted(names, key=len, reverse=True))
    answer = done.stderr[re.search(r"Use |Nothing here|This experiment", done.stderr).start() :]
    assert re.search(pattern, answer)[0] == winner
