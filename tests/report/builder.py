"""Evidence as an analysis would conclude it, from learning curves drawn from a formula."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np

from albench.analysis.evidence.cells import Cell, Curve, Interval, Saving, Slice
from albench.analysis.evidence.conclusions import Evidence, RunFacts, SeedSets, SliceEvidence
from albench.analysis.evidence.rows import Bayes, BudgetLevels, Control, Recommendation, Row, order_rows
from albench.analysis.mean_curves import average_cells
from albench.report import Page
from albench.report.page import ComponentFacts, DatasetSizes

T_975 = 2.262  # Student's t with 9 degrees of freedom
N_REPEATS = 10
RESOLVED = """\
title: Which strategy saves labels on small tables?
datasets: [breast_cancer, digits, wine]
models: [logistic_regression]
strategies:
  - random
  - margin
  - entropy
  - qbc: kl
  - k_center
seed_sizes: [10]
batch_sizes: [5]
budgets: [100]
repeats: {splits: 10, starts: 1}
primary_metric: accuracy
"""


@dataclass(frozen=True)
class Grid:
    """What to build; ``gains`` is how much faster than random each strategy learns."""

    datasets: dict[str, tuple[float, float, int]] = field(
        default_factory=lambda: {
            "breast_cancer": (0.88, 0.965, 100),
            "digits": (0.45, 0.955, 100),
            "wine": (0.86, 0.975, 100),
        }
    )
    gains: dict[str, float] = field(
        default_factory=lambda: {"random": 1.0, "margin": 1.9, "entropy": 1.35, "qbc": 1.6, "k_center": 0.8}
    )
    metric: str = "accuracy"
    batch: int = 5
    seed_size: int = 10


def build(grid: Grid | None = None, **changes) -> Evidence:
    """Evidence of one primary slice, and of one exploratory slice."""
    grid = grid or Grid()
    primary = build_slice(grid, primary=True)
    other = build_slice(Grid(grid.datasets, grid.gains, "f1_macro"), primary=False)
    n = len(grid.datasets) * (len(grid.gains) + 1) * N_REPEATS
    facts = {
        "slices": (primary, other),
        "failures": (),
        "n_done": n,
        "n_failed": 0,
        "n_missing": 0,
        "n_repeats": N_REPEATS,
        "run": RunFacts(SeedSets(n, 0, ()), None, {}, 1),
    }
    return Evidence(**(facts | changes))


def build_slice(grid: Grid, *, primary: bool) -> SliceEvidence:
    runs = {d: {s: _runs(grid, d, s) for s in grid.gains} for d in grid.datasets}
    labels = {d: _labels(grid, d) for d in grid.datasets}
    references = {d: top + 0.004 for d, (_, top, _) in grid.datasets.items()}
    cells = [
        _cell(d, s, labels[d], runs[d][s], runs[d]["random"], references[d])
        for d in grid.datasets
        for s in grid.gains
    ]
    evidence = SliceEvidence(
        slice=Slice(
            "logistic_regression",
            "logistic_regression",
            str(grid.seed_size),
            "stratified",
            grid.batch,
            "perfect",
            "100",
            grid.metric,
        ),
        primary=primary,
        greater_is_better=True,
        datasets=tuple(grid.datasets),
        strategies=tuple(grid.gains),
        references=references,
        cells=tuple(cells),
        rows=tuple(_row(s, [c for c in cells if c.strategy == s], cells) for s in grid.gains),
        friedman_p=0.0123 if len(grid.datasets) >= 6 else None,
        control=_control(grid),
        smallest_p=2.0 ** (1 - len(grid.datasets)),
        complete=tuple(grid.datasets),
    )
    return with_means(evidence)


def recommend(evidence: SliceEvidence, **changes) -> SliceEvidence:
    """A slice that recommends the strategy that stands first, or what ``changes`` say."""
    facts = {
        "strategy": order_rows(evidence.rows)[0].strategy,
        "outcome": "better",
        "equals": (),
        "same_picks": (),
        "rope": 0.01,
        "at_budget": BudgetLevels(100, 0.951, 0.940, 0.011, Interval(0.004, 0.018, 0.95, "t over repeats")),
        "repeats_needed": None,
    }
    return replace(evidence, recommendation=Recommendation(**(facts | changes)))


def with_means(evidence: SliceEvidence) -> SliceEvidence:
    """A slice with the mean curves of the cells that it has."""
    levels, differences = average_cells(evidence.datasets, evidence.cells, evidence.random_curves)
    return replace(evidence, mean_levels=levels, mean_differences=differences)


def _labels(grid, dataset):
    return np.arange(grid.seed_size, grid.datasets[dataset][2] + 1, grid.batch, dtype=float)


def _runs(grid, dataset, strategy):
    """Repeats by rounds: levels rise from the seed level to the top, faster with a larger gain."""
    low, top, _ = grid.datasets[dataset]
    names = list(grid.datasets), list(grid.gains)
    rng = np.random.default_rng([names[0].index(dataset), names[1].index(strategy)])
    shared = np.random.default_rng([99, names[0].index(dataset)]).normal(0, 0.01, (N_REPEATS, 1))
    gain = grid.gains[strategy] * (
        1 + 0.25 * np.sin(7.0 * names[0].index(dataset) + names[1].index(strategy))
    )
    gain = 1.0 if strategy == "random" else gain
    labels = _labels(grid, dataset)
    n = labels - labels[0]
    mean = top - (top - low) * np.exp(-n * gain / (0.3 * (labels[-1] - labels[0])))
    return np.clip(mean + shared + rng.normal(0, 0.006, (N_REPEATS, n.size)), 0, 1)


def _curve(labels, runs):
    mean = runs.mean(axis=0)
    half = T_975 * runs.std(axis=0, ddof=1) / np.sqrt(N_REPEATS)
    return Curve(labels, mean, mean - half, mean + half, N_REPEATS)


def _interval(values, method="t over repeats"):
    half = T_975 * values.std(ddof=1) / np.sqrt(values.size)
    return Interval(float(values.mean() - half), float(values.mean() + half), 0.95, method)


def _area(labels, runs):
    return np.trapezoid(runs, labels, axis=1) / (labels[-1] - labels[0])


def _cell(dataset, strategy, labels, runs, random, reference):
    area = _area(labels, runs)
    times = 0.4 + 0.001 * len(dataset), 0.02 * (1 + len(strategy)) ** 1.5 / 10
    if strategy == "random":
        return Cell(
            dataset, strategy, N_REPEATS, N_REPEATS, 0, float(area.mean()), None, None, "undecided", None, (),
            _curve(labels, runs), None, times[0], 0.0004, 0,
        )  # fmt: skip
    difference = area - _area(labels, random)
    interval = _interval(difference)
    verdict = "win" if interval.low > 0 else "loss" if interval.high < 0 else "tie"
    return Cell(
        dataset, strategy, N_REPEATS, N_REPEATS, 0, float(area.mean()), float(difference.mean()), interval,
        verdict, float((difference > 0).mean()), _savings(labels, runs, random, reference),
        _curve(labels, runs), _curve(labels, runs - random), *times, 0,
    )  # fmt: skip


def _savings(labels, runs, random, reference):
    own, other = (np.maximum.accumulate(r.mean(axis=0)) for r in (runs, random))
    seed = random.mean(axis=0)[0]
    levels = {"final": min(own[-1], other[-1])}
    levels |= {str(p): seed + p / 100 * (reference - seed) for p in (90, 95, 99)}
    return tuple(_saving(target, level, labels, own, other) for target, level in levels.items())


def _reach(level, labels, curve):
    return float(np.interp(level, curve, labels)) if curve[-1] >= level else None


def _saving(target, level, labels, own, other):
    mine, theirs = _reach(level, labels, own), _reach(level, labels, other)
    level = float(level)
    if mine is None and theirs is None:
        return Saving(target, level, None, None, None, None, None, "not_reached")
    if mine is None or theirs is None:
        side = "strategy" if mine is None else "random"
        return Saving(target, level, mine, theirs, None, None, side, None)
    saving = 1 - mine / theirs
    lower = "strategy" if own[-1] < other[-1] else "random"
    interval = Interval(saving - 0.09, min(saving + 0.07, 0.97), 0.95, "BCa over repeats")
    set_by = lower if target == "final" else None
    return Saving(target, level, mine, theirs, saving, interval, None, None, set_by)


def _row(strategy, own, cells):
    if strategy == "random":
        return Row(
            strategy, False, len(own), 4.0, float(np.mean([c.area for c in own])), None, None, None, 0, 0, 0,
            len(own), None, None, 0, None, None, False, None, 0.4, 0.0004, 0.0004 / 90,
        )  # fmt: skip
    differences = np.array([c.difference for c in own])
    half = np.sqrt(sum((c.interval.high - c.difference) ** 2 for c in own)) / len(own)
    mean = float(differences.mean())
    savings = [s for c in own for s in c.savings]
    known = [s.saving for s in savings if s.target == "final" and s.saving is not None]
    many = len(own) >= 8
    return Row(
        strategy=strategy,
        label_looking=False,
        n_datasets=len(own),
        mean_rank=float(np.mean([_rank(c, cells) for c in own])),
        area=float(np.mean([c.area for c in own])),
        difference=mean,
        interval_these=Interval(mean - half, mean + half, 0.95, "t over repeats"),
        interval_like_these=_interval(differences, "t over datasets") if many else None,
        wins=sum(c.verdict == "win" for c in own),
        ties=sum(c.verdict == "tie" for c in own),
        losses=sum(c.verdict == "loss" for c in own),
        undecided=0,
        win_rate=float(np.mean([c.win_rate for c in own])),
        median_saving=float(np.median(known)) if known else None,
        n_censored=sum(s.censored is not None for s in savings if s.target == "95"),
        p=0.004 if many else None,
        p_holm=0.016 if many else None,
        testable=many,
        bayes=Bayes(0.94, 0.05, 0.01, 0.005) if many else None,
        fit_s=float(np.mean([c.fit_s for c in own])),
        query_s=float(np.mean([c.query_s for c in own])),
        query_s_per_label=float(np.mean([c.query_s for c in own])) / 90,
        sensitivity=mean,
        interval_rank=Interval(1.25, 3.5, 0.95, "bootstrap of the datasets") if many else None,
        interval_saving=Interval(-1.5, 0.4, 0.95, "order statistics") if many and known else None,
        p_these=0.01 if abs(mean) > half else 0.2,
    )


def _rank(cell, cells):
    return 1 + sum(c.dataset == cell.dataset and c.area > cell.area for c in cells)


def _control(grid):
    rng = np.random.default_rng(5)
    arms = {d: rng.normal(0, 0.002, N_REPEATS) for d in grid.datasets}
    return Control(
        fired=False,
        differences={d: float(values.mean()) for d, values in arms.items()},
        intervals={d: _interval(values) for d, values in arms.items()},
        p=0.4,
        n_tests=len(arms) + 1,
    )


def page(**changes) -> Page:
    facts = {
        "title": "Which strategy saves labels on small tables?",
        "experiment": "quickstart",
        "resolved": RESOLVED,
        "environments": {
            "3f9c2a1b77e0": {
                "fingerprint": "3f9c2a1b77e0",
                "python": "3.11.2",
                "versions": {"numpy": "2.4.6", "scikit-learn": "1.9.1"},
                "libraries": ["openblas 0.3.30 Haswell"],
                "processor": "",
            }
        },
        "version": "0.1.0",
        "newest": datetime(2026, 11, 22, 21, 40, 12, tzinfo=UTC),
        "splits": N_REPEATS,
        "label_seeking": ("stratified",),
        "datasets": (
            DatasetSizes("breast_cancer", 398, 171, 30, 2),
            DatasetSizes("digits", 1257, 540, 64, 10),
            DatasetSizes("wine", 124, 54, 13, 3),
        ),
        "components": (
            ComponentFacts("strategy", "random", "Labels the pool in one uniformly random order.", ""),
            ComponentFacts(
                "strategy",
                "margin",
                "Smallest gap between the two most probable classes.",
                "Scheffer, Decomain, Wrobel, 2001, Active hidden Markov models",
            ),
            ComponentFacts(
                "model", "logistic_regression", "sklearn.linear_model.LogisticRegression", "", {"C": 1.0}
            ),
        ),
    }
    return Page(**(facts | changes))
