"""Every number in a sentence stands in a table of the page, or follows from a count of it."""

from __future__ import annotations

import csv
import io
import re
from itertools import product

import numpy as np
import pytest

from albench.analysis.stats.significance import compute_smallest_p, find_fewest_datasets
from albench.narrative import run_checks, write_answer, write_remarks
from albench.report.tables.export import format_cells_csv
from albench.report.tables.leaderboard import build_leaderboard_table
from albench.text import format_fixed, format_hundredths, format_p_value, format_rough_seconds

RISE = np.array([0.5, 0.6, 0.7, 0.8, 0.9])
ON = np.array([0, 1, 1, 1, 1])
FIXED = {
    "20",
    "1.4",
    "1.5",
    "78",
    "91",
    "92",
    "0.01",
    "0.99",
    "95",
    "80",
    "40",
    "5",
    "0.05",
    "10",
    "3",
    "6",
    "41",
    "4",
}
"""Levels, shares and least counts that sentences name whatever the experiment."""


def draw_world(world, seed):
    rng = np.random.default_rng(seed)
    n_datasets, n_strategies = rng.choice([1, 2, 3, 7, 10]), rng.integers(1, 5)
    n_repeats, gain = int(rng.choice([3, 10, 12])), rng.choice([-0.03, 0.0, 0.02, 0.1])
    curves = {}
    for i in range(n_datasets):
        noise = rng.choice([0.002, 0.03]) * rng.standard_normal((n_strategies + 2, n_repeats, 5)) * ON
        base = RISE if rng.random() < 0.85 else np.full(5, 0.5)
        curves[f"dataset_{'abcdefghij'[i]}"] = {"random": base + noise[:2]} | {
            f"strategy_{'abcd'[j]}": base + gain * ON + noise[2 + j] for j in range(n_strategies)
        }
        if rng.random() < 0.3:
            curves[f"dataset_{'abcdefghij'[i]}"]["strategy_a"][: rng.integers(1, 4)] = np.nan
    reference = {name: 0.93 for name in curves if rng.random() < 0.8}
    return world(curves, splits=n_repeats, reference=reference)


def list_table_numbers(evidence):
    """All numbers of the leaderboard and of the cells, and of the control beside them."""
    primary = evidence.primary
    for row in build_leaderboard_table(primary).iter_rows():
        yield from (value for value in row if isinstance(value, float))
    for line in csv.DictReader(io.StringIO(format_cells_csv(primary, verdicts=True))):
        for text in line.values():
            if re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", text or ""):
                yield float(text)
    for saving in primary.control.savings.values():
        yield from (saving.saving, *((saving.interval.low, saving.interval.high) if saving.interval else ()))
    yield primary.control.p or 1.0
    of = primary.control.interval_saving
    shares = [saving.saving for saving in primary.control.savings.values()]
    yield from (*((of.low, of.high) if of else ()), *([float(np.median(shares))] if shares else []))
    for row in primary.rows:
        yield from (row.bayes.predicted or ()) if row.bayes else ()
        yield from (row.bayes.rope,) if row.bayes else ()
        yield from (row.interval_chosen.low, row.interval_chosen.high) if row.interval_chosen else ()
        if row.shape:
            yield from (row.shape.median, row.shape.interval.low, row.shape.interval.high)
    for cell in primary.cells:
        if cell.shape:
            yield from (cell.shape.median, cell.shape.interval.low, cell.shape.interval.high)
    for recommendation in (primary.recommendation,) if primary.recommendation else ():
        yield recommendation.rope
        if recommendation.at_budget:
            at = recommendation.at_budget
            yield from (at.level, at.baseline_level, at.difference)
            yield from (at.interval.low, at.interval.high) if at.interval else ()


def format_all(values):
    for value in values:
        yield from (format_fixed(value), f"{value:.2f}", f"{value:.2g}", f"{value:.0f}", format_fixed(-value))
        yield from (format_hundredths(value), format_hundredths(-value), format_p_value(abs(value), ""))


def list_counts(evidence, study):
    primary = evidence.primary
    n, k = len(primary.datasets), len(primary.rows)
    yield from (str(i) for i in range(max(n, k, evidence.n_repeats) + 1))
    yield from (str(i) for i in (evidence.n_failed, evidence.n_missing, evidence.n_done, 50, 100))
    failed = [failure.strategy for failure in evidence.failures]
    yield from (str(failed.count(name)) for name in study.strategies)
    done = sum(cell.n_repeats > 0 for cell in primary.cells if cell.strategy != "random")
    yield from (str(evidence.n_done + evidence.n_failed), str(n * (k - 1)), str(done))
    decided = sum(cell.verdict != "undecided" for cell in primary.cells)
    yield from (str(primary.control.n_tests), str(decided), f"{0.025 * decided:.2g}")
    for i, j in product(range(1, n + 1), range(1, k)):
        smallest = compute_smallest_p(i)
        yield from (f"{smallest:.2g}", f"{min(1.0, smallest * j):.2g}", str(find_fewest_datasets(j)))
    if primary.recommendation and primary.recommendation.repeats_needed is not None:
        yield f"{primary.recommendation.repeats_needed - evidence.n_repeats:,}"
    for row in primary.rows:
        if row.query_s_per_label is not None:
            yield format_rough_seconds(row.query_s_per_label).split()[0]
    savings = [
        saving.saving for cell in primary.cells for saving in cell.savings if saving.saving is not None
    ]
    for first, other in product(savings, savings):
        # The median of an even number of datasets lies between two of them.
        yield format_hundredths(abs(first + other) / 2)


@pytest.mark.parametrize("seed", range(12))
def test_numbers_of_sentences_are_those_of_the_tables(world, seed):
    study = draw_world(world, seed)
    evidence = study.conclude()
    known = {*FIXED, *format_all(list_table_numbers(evidence)), *list_counts(evidence, study)}
    known = {text.lstrip("+<= ") for text in known}
    checks = [check.sentence for check in run_checks(evidence)]
    for sentence in (*write_answer(evidence), *write_remarks(evidence).sentences, *checks):
        text = re.sub(r"ALB\d+|dataset_\w|strategy_\w|< \u2212100", "", sentence)
        numbers = re.findall(r"\u2212?\d[\d,]*(?:\.\d+)?", re.sub(r"(\d),(?=[ \]])", r"\1", text))
        strange = [number for number in numbers if number not in known and number.rstrip(",") not in known]
        assert not strange, sentence
