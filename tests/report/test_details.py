"""The blocks beyond verdicts: who beats whom, shares of the headroom, checks, early and late, classes."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from albench.analysis.evidence.cells import Interval, Shape, WorkSaved
from albench.analysis.evidence.datasets import Balance, DatasetPhases, NormalisedArea, Similarity, Traits
from albench.analysis.evidence.details import (
    BudgetRanks,
    CostTrade,
    Details,
    Pairwise,
    Stability,
    StrategyPair,
    VirtualBest,
)
from albench.narrative import Check
from albench.report import render
from albench.report.figures.critical_difference import build_diagram
from albench.report.html.palette import build_styles
from albench.report.html.sentences import mark_names, split_clauses

NAMES = ("margin", "qbc", "entropy", "random", "k_center")
PAIRWISE = Pairwise(
    NAMES,
    (1.5, 2.0, 2.5, 4.0, 5.0),
    np.where(np.eye(5, dtype=bool), np.nan, 0.5 + 0.1 * (np.arange(5) - np.arange(5)[:, None])),
    (
        StrategyPair("margin", "qbc", 0.0123, 0.2, 0.4),
        StrategyPair("margin", "k_center", 0.04, 0.0005, 0.005),
    ),
    (("margin", "qbc", "entropy"), ("random", "k_center")),
    8,
    None,
)


def details_of(**changes):
    profile = np.linspace(1, 0, 3)
    fields = {
        "rank_at": (BudgetRanks("low", {"margin": 1.25, "random": 3.0}, ("wine", "digits")),),
        "thresholds": np.array([0.0, 0.5, 1.0]),
        "normalised": (
            NormalisedArea("margin", {"wine": 0.8125}, 0.8125, 0.8, Interval(0.7, 0.9, 0.95, "b"), profile),
        ),
        "little_headroom": ("digits",),
        "on_datasets": (DatasetPhases("wine", "margin", 0.456, 40.0, 0.0211, 0.0022),),
        "virtual_best": VirtualBest("margin", 0.9, 0.925, {"wine": "margin"}),
        "pairwise": PAIRWISE,
        "components": (),
        "stability": Stability((1, 2, 5), (0.5, 0.8, 0.93), (0.6, 0.7, 1.0), 5),
        "similarity": (
            Similarity(
                "wine", ("random", "margin"), np.array([5.0]), np.array([[[0.07], [0.11]], [[0.11], [1.0]]])
            ),
        ),
        "balance": (
            Balance(
                "wine", "margin", ("a", "b", "c"), (0.25, 0.75, 0.0), (0.3, 0.4, 0.3), 0.35, 0.81, ("c",)
            ),
        ),
        "traits": (Traits("wine", 124, 13, 3, 1.47, 0.123, {"margin": 0.01}),),
        "trends": (),
        "trades": (
            CostTrade("margin", 0.02, 0.001, efficient=True),
            CostTrade("qbc", 0.01, 0.01, efficient=False),
        ),
        "late_rises": {},
    }
    return Details(**(fields | changes))


@pytest.fixture
def with_details(builder, evidence):
    def build(**changes):
        primary = replace(evidence.primary, details=details_of(**changes), headroom={"wine": 0.123})
        return replace(evidence, slices=(primary, *evidence.slices[1:]))

    return build


@pytest.fixture
def page(with_details, builder, read):
    return read(render(with_details(), builder.page()))


def test_the_diagram_places_ranks_on_a_line_and_groups_under_bars(evidence):
    drawing = build_diagram(PAIRWISE, build_styles(NAMES, "random"))
    at = {arm.style.label: arm.x for arm in drawing.arms}
    first, last = drawing.ticks[0].x, drawing.ticks[-1].x
    assert at["margin"] == pytest.approx(first + (last - first) * 0.5 / 4, abs=0.1)
    assert at["k_center"] == last
    assert [(bar.x, bar.end) for bar in drawing.bars] == [
        (at["margin"] - 4, at["entropy"] + 4),
        (at["random"] - 4, at["k_center"] + 4),
    ]
    assert len({arm.y for arm in drawing.arms if arm.left}) == 3
    assert "Not told apart: margin, qbc, entropy; random, k_center." in drawing.alt


def test_the_section_of_pairs_holds_wins_tests_and_the_virtual_best(page):
    words = page.section("versus").words
    assert "Strategies under one bar are not told apart" in words
    assert "60\u202f%" in page.section("versus").text
    assert "margink_center+0.040< 0.0010.005" in words
    assert "would bring +0.025 in mean area (0.925 instead of 0.900)" in words


def test_without_tests_no_group_is_claimed(with_details, builder, read):
    few = replace(PAIRWISE, pairs=(), cliques=(), n_datasets=3, untested="few_datasets")
    words = read(render(with_details(pairwise=few), builder.page())).section("versus").words
    assert "Which strategies can be told apart is not said: 3 datasets cannot" in words
    assert "Every pair" not in words


def test_a_control_that_fires_withholds_the_groups_too(with_details, builder, read):
    evidence = with_details()
    fired = replace(evidence.primary, control=replace(evidence.primary.control, fired=True))
    page = read(render(replace(evidence, slices=(fired,)), builder.page()))
    assert "Groups are withheld" in page.section("versus").words
    assert "k_center+0.040" not in page.section("versus").words
    assert "not told apart" not in str([e.attributes for e in page.elements if e.tag == "svg"])


def test_traits_and_shares_of_the_headroom(page):
    words = page.section("where").words
    assert "wine1241331.50.123" in words
    assert "Left out, with a headroom below 0.02: digits." in words
    assert "margin0.8120.800[0.700, 0.900]undefined0.812" in words


def test_a_dataset_tells_early_and_late_classes_and_common_picks(page):
    words = page.section("datasets").words
    assert "margin+0.021+0.00240 labels0.456" in words
    assert "margin0.3500.81025 %75 %0 %c" in words
    assert "random7 %11 %" in words


def test_robustness_tells_budgets_and_repeats(page):
    words = page.section("slices").words
    assert "From 5 repeats on the ranking hardly changes" in words
    assert "margin1.25" in words


def test_cost_says_who_is_efficient(page):
    words = page.section("cost").words
    assert "no: another is better and cheaper" in words


def test_checks_tell_what_to_do_and_fold_what_passed(evidence, builder, read, monkeypatch):
    checks = (
        Check("ALB001", "enough repeats", "passed", "10 repeats."),
        Check("ALB003", "enough datasets", "issue", "3 <b>datasets</b> only.", "Add 5."),
    )
    monkeypatch.setattr(sys.modules["albench.report.render"], "run_checks", lambda _: checks)
    section = read(render(evidence, builder.page())).section("checks")
    assert "2 things that can be wrong with an experiment were looked at: 1 issue, 0 tips." in section.words
    assert section.words.index("3 <b>datasets</b> only. Add 5.") < section.words.index("10 repeats.")


def test_sentences_are_cut_at_semicolons_outside_parentheses_only():
    assert split_clauses("A (b; c [d; e]); f; g.") == ["A (b; c [d; e]);", "f;", "g."]


def test_names_are_marked_whole_and_nothing_is_markup():
    assert mark_names("margin, margin2 and <i> qbc", ["margin", "qbc"]) == (
        "<b>margin</b>, margin2 and &lt;i&gt; <b>qbc</b>"
    )
    assert mark_names("a & <x> wins", ["<x>"]) == "a &amp; <b>&lt;x&gt;</b> wins"


def test_many_cells_are_packed_and_said_to_be(with_details, builder, read, monkeypatch):
    monkeypatch.setattr(sys.modules["albench.report.render"], "MANY_CELLS", 3)
    page = read(render(with_details(), builder.page()))
    assert "Early and late" not in page.section("datasets").words
    assert "More tables about this dataset need JavaScript" in page.section("datasets").words


def test_medians_stand_beside_means_where_differences_are_skewed(evidence, builder, read):
    skewed = Shape(10, 2.6, 0.0123, Interval(0.0111, 0.0133, 0.95, "order statistics of repeats"))
    spread = Interval(-0.01, 0.05, 0.95, "t over datasets")
    primary = evidence.primary
    changed = replace(
        primary,
        cells=tuple(replace(c, shape=skewed) if c.strategy == "margin" else c for c in primary.cells),
        rows=tuple(
            replace(row, shape=skewed, interval_like_these=spread) if row.strategy == "margin" else row
            for row in primary.rows
        ),
    )
    page = read(render(replace(evidence, slices=(changed,)), builder.page()))
    assert page.section("leaderboard").words.count("median like these +0.012 [+0.011, +0.013]") == 1
    assert page.section("datasets").words.count("median +0.012 [+0.011, +0.013]") == len(primary.datasets)
    assert "median like these" not in read(render(evidence, builder.page())).section("leaderboard").words


def test_two_families_of_tests_say_how_large_they_are(evidence, builder, read):
    pairs = tuple(StrategyPair("margin", name, 0.01, 0.02, 0.2) for name in NAMES[1:]) * 2
    details = details_of(pairwise=replace(PAIRWISE, pairs=(*pairs, *PAIRWISE.pairs)))
    changed = replace(evidence, slices=(replace(evidence.primary, details=details),))
    words = read(render(changed, builder.page())).section("versus").words
    assert "corrected by Holm over all 10 pairs" in words
    assert "on the leaderboard, are corrected over 4 strategies" in words


def test_work_saved_has_no_sign_where_it_rounds_to_nothing(builder, read):
    primary = builder.build_slice(builder.Grid(datasets={"wine": (0.6, 0.9, 100)}), primary=True)
    # Of 360 rows 343 and 360 are read: 1 - 343 / 360 - 0.05 = -0.003.
    works = tuple(
        WorkSaved("wine", name, 360, 10, 0, n_read, None, 1 - n_read / 360 - 0.05)
        for name, n_read in (("random", 343), ("margin", 360))
    )
    evidence = builder.build(slices=(replace(primary, work_saved=works),))
    tables = read(render(evidence, builder.page())).all("table")
    (words,) = [table.words for table in tables if "WSS@95" in table.words]
    assert "random 343 of 360no interval0.00 margin 360 of 360no interval\u22120.05" in words
