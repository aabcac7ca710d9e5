"""Tables of dataset by strategy: every number again from the plain tables, every mark by another library."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from plotly.graph_objects import Figure
from scipy.stats import ttest_rel
from statsmodels.stats.multitest import multipletests

from albench.analysis.cell_summaries import summarise_cells
from albench.errors import ResultsError
from albench.report.paper.figures import build_paper_figures
from albench.report.tables.export import export_table
from albench.report.tables.leaderboard import build_leaderboard_table

RATES = {"margin": 0.45, "random": 0.3, "entropy": 0.5, "qbc": 0.49, "k_center": 0.2}
AWKWARD = "50%_&<$x$>#{\\}~^|[a]"
LATEX = next(filter(None, map(shutil.which, ("tectonic", "pdflatex"))), None)
KINDS = ["leaderboard", "levels", "area", "saving"]
DOCUMENT = r"""\documentclass[twocolumn]{article}
\usepackage{booktabs,graphicx}
\begin{document}
%s
\end{document}
"""


def open_world(world):
    trials, curves, _ = world.tables()
    return SimpleNamespace(
        experiment=world.experiment, trials=trials, curves=curves, evidence=world.conclude()
    )


def read_csv(opened, kind, **settings):
    return list(csv.DictReader(io.StringIO(export_table(opened, "csv", kind=kind, **settings))))


def read_number(text):
    return float(text) if text else None


def recompute_levels(opened, n_labels):
    """Levels of each trial, of each repeat, and mean and standard deviation, with polars alone."""
    levels = (
        opened.curves.filter(pl.col("n_labels") == n_labels)
        .join(opened.trials.select("key", "dataset", "strategy", "arm", "split", "start"), on="key")
        .rename({opened.evidence.primary.slice.metric: "level"})
    )
    repeats = levels.group_by("dataset", "strategy", "split", "start").agg(pl.col("level").mean())
    means = repeats.group_by("dataset", "strategy").agg(pl.col("level").mean().alias("mean"))
    spreads = levels.group_by("dataset", "strategy").agg(pl.col("level").std().alias("sd"))
    return repeats, means.join(spreads, on=["dataset", "strategy"])


def recompute_p(repeats, dataset, best):
    """Paired t tests against the best, corrected by Holm."""
    wide = repeats.filter(pl.col("dataset") == dataset).pivot(
        "strategy", index=["split", "start"], values="level"
    )
    others = [name for name in wide.columns[2:] if name != best]
    ps = [ttest_rel(wide[best], wide[name]).pvalue for name in others]
    return dict(zip(others, multipletests(ps, method="holm")[1], strict=True))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("metric", ["accuracy", "log_loss"])
def test_levels_their_spread_the_best_and_the_tests_are_found_again(world, noisy, seed, metric):
    opened = open_world(world(noisy(RATES, noise=0.03, seed=seed), splits=10, metric=metric))
    rows = read_csv(opened, "levels", at=73)
    repeats, expected = recompute_levels(opened, 70)
    assert len(rows) == expected.height == 3 * len(RATES)
    for dataset in ("a", "b", "c"):
        here = expected.filter(pl.col("dataset") == dataset).sort("mean", descending=metric == "accuracy")
        best = here["strategy"][0]
        # Where the two orders of random differ, which they do once in twenty times, nothing is tested.
        ps = {} if opened.evidence.primary.control.fired else recompute_p(repeats, dataset, best)
        for row in (row for row in rows if row["dataset"] == dataset):
            of = here.row(by_predicate=pl.col("strategy") == row["strategy"], named=True)
            assert [float(row["mean"]), float(row["sd"])] == pytest.approx([of["mean"], of["sd"]])
            assert (row["n_labels"], row["n_repeats"]) == ("70", "10")
            assert row["is_best"] == str(row["strategy"] == best)
            assert read_number(row["p_holm"]) == pytest.approx(ps.get(row["strategy"]))


def test_marks_say_what_the_tests_say(world, noisy):
    opened = open_world(world(noisy(RATES, noise=0.03), splits=10))
    lines = export_table(opened, "markdown", kind="levels").splitlines()
    cells = {
        (dataset, strategy): cell.strip()
        for strategy, *of in (line.strip("| ").split("|") for line in lines[2:7])
        for dataset, cell in zip("abc", of, strict=True)
        for strategy in [strategy.strip().replace("\\", "")]
    }
    marks = set()
    for row in read_csv(opened, "levels"):
        cell = cells[row["dataset"], row["strategy"]]
        level = f"{float(row['mean']):.3f}"
        is_equal = row["p_holm"] and float(row["p_holm"]) > 0.05
        number = f"**{level}**" if row["is_best"] == "True" else f"<ins>{level}</ins>" if is_equal else level
        assert cell == f"{number} \u00b1\u202f{float(row['sd']):.3f}"
        marks.add(number.replace(level, ""))
    assert marks == {"****", "<ins></ins>", ""}
    assert "paired t test over the repeats against the best, 5 %, corrected by Holm" in lines[-1]


def test_areas_and_savings_are_those_of_the_leaderboard(world, noisy):
    opened = open_world(world(noisy(RATES), splits=10))
    board = build_leaderboard_table(opened.evidence.primary)
    for kind, field, column, merge in (
        ("area", "mean", "area", np.mean),
        ("saving", "saving", "median_saving", np.median),
    ):
        values = {}
        for row in read_csv(opened, kind):
            values.setdefault(row["strategy"], []).append(read_number(row[field]))
        expected = dict(board.select("strategy", column).iter_rows())
        expected = {name: value for name, value in expected.items() if name in values}
        assert {name: merge(of) for name, of in values.items()} == pytest.approx(expected)


@pytest.mark.parametrize("kind", ["levels", "area", "saving"])
def test_strategies_are_in_the_order_of_the_leaderboard_on_either_side(world, noisy, kind):
    for datasets, is_long in ((list("abcdef"), True), (["a"], False)):
        opened = open_world(world(noisy(RATES, datasets=datasets, repeats=6), splits=6))
        order = build_leaderboard_table(opened.evidence.primary)["strategy"].to_list()
        order = order[1:] if kind == "saving" else order
        head, _, *body = export_table(opened, "markdown", kind=kind).split("\n\n")[0].splitlines()
        down = [line.split("|")[1].strip().replace("\\", "") for line in body]
        across = [cell.strip().replace("\\", "") for cell in head.split("|")[2:-1]]
        assert (down, across) == ((datasets, order) if is_long else (order, datasets))


@pytest.mark.parametrize("seed", range(4))
def test_the_first_strategy_is_the_same_in_every_table_in_the_picture_and_in_the_verdict(world, noisy, seed):
    rates = {
        "random": 0.3,
        **dict(zip(["a1", "b1", "c1"], 0.3 + np.random.default_rng(seed).random(3), strict=True)),
    }
    built = world(noisy(rates, seed=seed + 20), splits=10)
    opened = open_world(built)
    board = build_leaderboard_table(opened.evidence.primary)["strategy"].to_list()
    assert opened.evidence.primary.recommendation.strategy == board[1]
    assert f"Use {board[1]}" in built.answer()[0]
    assert [row["strategy"] for row in read_csv(opened, "leaderboard")] == board
    assert [row["strategy"] for row in read_csv(opened, "levels")][: len(board)] == board
    assert [row["strategy"] for row in read_csv(opened, "saving")][: len(board) - 1] == board[1:]
    answer = build_paper_figures(opened.evidence.primary, 1).figures[0]
    arrow = next(item for item in answer.figure["layout"]["annotations"] if item.get("showarrow"))
    line = next(trace for trace in answer.figure["data"] if trace.get("name") == board[1])
    assert (answer.name, arrow["arrowcolor"]) == ("answer", line["line"]["color"])
    words = next(item for item in answer.figure["layout"]["annotations"] if "instead of" in item["text"])
    assert (words["xref"], words["x"], words["yref"], words["y"]) == ("x domain", 1, "y domain", 0)


def test_what_is_missing_is_no_number_and_never_the_best(world, noisy):
    curves = noisy(RATES)
    curves["b"]["entropy"][:] = np.nan
    curves["a"]["entropy"][:, 3:] = np.nan
    curves["a"]["entropy"][:, :3] = 0.999
    opened = open_world(world(curves, splits=10))
    rows = {(row["dataset"], row["strategy"]): row for row in read_csv(opened, "levels")}
    none, few = rows["b", "entropy"], rows["a", "entropy"]
    assert (none["n_repeats"], none["mean"], none["is_best"], none["p_holm"]) == ("0", "", "False", "")
    assert (few["n_repeats"], few["is_best"], few["p_holm"]) == ("3", "False", "")
    assert sum(row["is_best"] == "True" for row in rows.values()) == 3
    text = export_table(opened, "markdown", kind="levels")
    line = next(line for line in text.splitlines() if line.startswith("| entropy"))
    assert re.search(r"\| 0\.999 \u00b1\s0\.000 \(3 of 10\) \| \u2013 \|", line)
    assert "\u2013: no repeat is finished." in text


def test_a_strategy_that_sees_hidden_labels_is_never_the_best(world, noisy):
    opened = open_world(world(noisy({**RATES, "truth": 3.0}), splits=10, looking=("truth",)))
    rows = [row for row in read_csv(opened, "levels") if row["strategy"] == "truth"]
    assert {(row["is_best"], row["p_holm"]) for row in rows} == {("False", "")}


def test_equal_ones_are_all_the_best(world, noisy):
    curves = noisy(RATES)
    for of in curves.values():
        of["twin"] = of["entropy"].copy()
    best = {}
    for row in read_csv(open_world(world(curves, splits=10)), "area"):
        if row["is_best"] == "True":
            best.setdefault(row["dataset"], set()).add(row["strategy"])
    assert {"entropy", "twin"} in best.values()
    assert all(("entropy" in names) == ("twin" in names) for names in best.values())


def test_nothing_is_tested_where_random_differs_from_itself_or_repeats_are_too_few(world, noisy):
    built = world(noisy(RATES), splits=10)
    trials, curves, _ = built.tables()
    slice_ = built.conclude().primary.slice
    cells = summarise_cells(built.experiment, trials, curves, slice_, quantity="levels", withheld=True)
    assert {cell.p_holm for cell in cells} == {None}
    few = open_world(world(noisy(RATES, repeats=2), splits=2))
    assert "nothing is tested: there are too few repeats" in export_table(few, "markdown", kind="levels")


def test_repeats_of_one_split_are_not_independent(world, noisy):
    opened = open_world(world(noisy(RATES, repeats=12), splits=4, starts=3))
    text = export_table(opened, "markdown", kind="levels")
    assert "paired t test over the splits" in text
    rows = read_csv(opened, "levels")
    repeats, _ = recompute_levels(opened, 100)
    by_split = repeats.group_by("dataset", "strategy", "split").agg(pl.col("level").mean())
    by_split = by_split.with_columns(start=pl.lit(0))
    best = next(row["strategy"] for row in rows if row["dataset"] == "a" and row["is_best"] == "True")
    ps = recompute_p(by_split, "a", best)
    ps_of_table = {row["strategy"]: read_number(row["p_holm"]) for row in rows if row["dataset"] == "a"}
    assert {name: ps_of_table[name] for name in ps} == pytest.approx(ps)


@pytest.mark.parametrize("at", [5, 500])
def test_labels_that_no_curve_reaches_are_a_mistake(world, noisy, at):
    opened = open_world(world(noisy(RATES), splits=10))
    with pytest.raises(ResultsError, match=f"no levels at {at} labels: the curves on 'a' are from 10 to 100"):
        export_table(opened, "csv", kind="levels", at=at)


def export_awkward(world, noisy, n_datasets):
    """Every kind of table, with names that LaTeX would read as commands."""
    datasets = [AWKWARD, *(f"d_{place}" for place in range(n_datasets - 1))]
    rates = {**RATES, AWKWARD: 0.4} | {f"s_{place}": 0.3 for place in range(n_datasets - 1)}
    opened = open_world(world(noisy(rates, datasets=datasets, repeats=4), splits=4))
    return [export_table(opened, "latex", kind=kind) for kind in KINDS]


@pytest.mark.parametrize("n_datasets", [2, 8])
def test_latex_is_balanced_and_has_no_command_from_a_name(world, noisy, n_datasets):
    for text in export_awkward(world, noisy, n_datasets):
        plain = re.sub(r"\\[\\{}%&$#_,]", lambda sign: "\n" if sign[0] == r"\\" else "", text)
        body = "\n".join(line for line in plain.splitlines() if not line.startswith("%"))
        assert re.findall(r"\\begin{(.+?)}", body) == re.findall(r"\\end{(.+?)}", body)[::-1]
        assert body.count("{") == body.count("}")
        assert body.count("$") % 2 == 0
        assert not re.search(r"[%#~|<>^]", re.sub(r"\$.+?\$|\\ifdim\\width>|{%", "", body))
        columns = re.search(r"\\begin{tabular}{(l\w+)}", text)[1]
        rows = [line for line in text.splitlines() if line.endswith(r"\\")]
        assert {line.replace(r"\&", "").count("&") for line in rows} == {len(columns) - 1}
        assert all(sign.isascii() for sign in text)


@pytest.mark.skipif(LATEX is None, reason="no LaTeX on this machine: neither tectonic nor pdflatex")
def test_latex_compiles(world, noisy, tmp_path):
    tables = export_awkward(world, noisy, 2) + export_awkward(world, noisy, 8)
    (tmp_path / "paper.tex").write_text(DOCUMENT % "\n".join(tables), encoding="utf-8")
    quiet = () if LATEX.endswith("tectonic") else ("-interaction=nonstopmode", "-halt-on-error")
    done = subprocess.run(
        [LATEX, *quiet, "paper.tex"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "paper.pdf").stat().st_size > 10_000


def test_figures_and_tables_of_what_is_left_of_a_broken_run(world, noisy):
    broken = noisy(RATES, repeats=4)
    broken["a"]["random"][:] = np.nan
    broken["b"]["qbc"][:] = np.nan
    for of in broken.values():
        of["k_center"][:] = np.nan
    for curves in (broken, {"a": broken["a"]}, noisy(RATES, datasets=["a"], repeats=2, rounds=1)):
        repeats = curves["a"]["margin"].shape[1]
        opened = open_world(world(curves, splits=repeats))
        for figure in build_paper_figures(opened.evidence.primary, 1).figures:
            Figure(figure.figure)
        for kind in KINDS:
            assert all(export_table(opened, form, kind=kind) for form in ("markdown", "latex", "csv"))
