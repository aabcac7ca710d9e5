"""Repeats that go on until a strategy is decided, beside all of them: what is spent, and the same verdict?

    python benchmarks/sequential.py FOLDER RESULTS [--shapes 200] [--adastop 20]

Logistic regression, eight strategies beside random, 20 labels to start from, 100 repeats, on twelve small
tables (150 to 1,728 rows; batches of 10 up to 100 labels) and on twelve larger ones (1,473 to 5,456 rows;
batches of 20 up to 300): of each subject that has tables with 1,400 to 6,000 rows, at most 64 columns and no
class under 2 %, the first. Then shapes of published curves: repeats of a table, drawn again or from the
normal distribution of their means and covariances, times a factor that gives them the standard deviations
of OpenAL's cells (log-normal, median 0.0055, 90th percentile 0.0122). AdaStop sees the areas of the tables
and of some of the shapes; without the package its lines are left out.

The verdict of all 100 repeats is that of t tests at 5 %, Holm over the strategies of a dataset: better,
worse, or not told apart. Another verdict is the same if it is the same word; of a difference whose 95 %
interval over all repeats lies within the ROPE, both its side and "not told apart" are the same.

FOLDER holds the data sets as Parquet files; RESULTS takes the results folder, which a second call reads.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
# The folder of this file comes first on the path, and this file is called as a module that others import.
sys.path.remove(str(Path(__file__).parent.resolve()))

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import yaml

import albench
from albench.analysis.panel import read_curves
from albench.analysis.score_slices import score_slices
from albench.analysis.sequential import DecisionRule, decide_cells
from albench.analysis.stats.intervals import build_t_interval, compute_t_p, estimate_mean, find_units
from albench.analysis.stats.looks import list_looks
from albench.analysis.stats.significance import ALPHA, holm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from albench.contracts import Floats

SMALL = {
    "banknote-authentication": "class",
    "credit-g": "class",
    "diabetes": "class",
    "balance-scale": "class",
    "car": "class",
    "blood-transfusion-service-center": "class",
    "ionosphere": "class",
    "vowel": "Class",
    "wine": "target",
    "heart-statlog": "class",
    "vehicle": "Class",
    "ecoli": "class",
}
LARGER = {
    "splice": "Class",
    "churn": "target",
    "digits8x8": "target",
    "cardio-anomaly": "class",
    "kc1": "defects",
    "steel-plates-fault": "class",
    "wall-robot-navigation": "24",
    "cmc": "Contraceptive_method_used",
    "phoneme": "target",
    "banana": "target",
    "car": "class",
    "spambase": "class",
}
STRATEGIES = ["margin", "entropy", "qbc", "k_center", "information_density", "badge", "typiclust", "bald"]
UP_TO = 100
ROPE = 0.005
MEDIAN, TENTH = 0.0055, 0.0122
"""Of the standard deviations of OpenAL's cells: the median and the largest tenth."""


@dataclass(frozen=True, eq=False)
class Areas:
    """Areas of one dataset, of each strategy and of random, shape (n_strategies, 100) and (100,)."""

    strategies: Floats
    random: Floats

    @property
    def differences(self) -> Floats:
        return self.strategies - self.random


@dataclass(frozen=True, eq=False)
class Verdicts:
    """Of the strategies of one dataset: 1 better, -1 worse, 0 not told apart; after how many repeats."""

    sides: Floats
    n_repeats: Floats


def make_spec(folder: Path, name: str, targets: dict[str, str], batch: int, budget: int) -> dict[str, object]:
    """Return the experiment on the tables of which the targets are given."""
    tables = [
        {"parquet": {"path": str(folder / "tabular" / f"{table}.parquet"), "target": target}, "label": table}
        for table, target in targets.items()
    ]
    return {
        "name": name,
        "datasets": tables,
        "models": ["logistic_regression"],
        "strategies": ["random", *STRATEGIES],
        "seed_sizes": 20,
        "batch_sizes": batch,
        "budgets": budget,
        "repeats": UP_TO,
        "primary_metric": "accuracy",
        "metrics": ["accuracy"],
    }


def read_areas(results: albench.Results) -> list[Areas]:
    """Return the areas of each table."""
    experiment = results.experiment
    curves = read_curves(results.curves, [metric.label for metric in experiment.metrics])
    slices = score_slices(experiment, results.trials, curves, results.references, "trapezoid")
    scored = next(scored for scored in slices if scored.settings.primary)
    return [
        Areas(np.stack([scores.areas[name] for name in STRATEGIES]), scores.areas["random"])
        for scores in scored.all_scores
    ]


def draw_shapes(tables: list[Areas], n: int, *, normal: bool) -> Iterator[Areas]:
    """Yield datasets like the tables, with the standard deviations of OpenAL's cells.

    All strategies together: they share random, and are correlated as they are.
    """
    rng = np.random.default_rng([1, normal])
    width = np.log(TENTH / MEDIAN) / 1.2816
    for _ in range(n):
        table = tables[rng.integers(len(tables))]
        both = np.vstack([table.strategies, table.random])
        if normal:
            drawn = rng.multivariate_normal(both.mean(axis=1), np.cov(both), UP_TO, method="svd").T
        else:
            drawn = both[:, rng.integers(UP_TO, size=UP_TO)]
        # One factor for all keeps the pairing.
        spread = np.median(table.differences.std(axis=1, ddof=1))
        factor = MEDIAN * np.exp(width * rng.standard_normal()) / spread
        yield Areas(factor * drawn[:-1], factor * drawn[-1])


# --- procedures -------------------------------------------------------------------------------------------


def decide_at_once(areas: Areas, n: int) -> Verdicts:
    """The first n repeats, tested once."""
    units = find_units(np.arange(n))
    estimates = [estimate_mean(own[:n], units) for own in areas.differences]
    rejected = np.array(holm([compute_t_p(of) for of in estimates])) <= ALPHA
    sides = np.sign(areas.differences[:, :n].mean(axis=1)) * rejected
    return Verdicts(sides, np.full(sides.size, n))


def decide_sequentially(areas: Areas, precision: float | None) -> Verdicts:
    """What an experiment with ``until: decided`` does."""
    named = dict(zip(STRATEGIES, areas.differences, strict=True))
    rule = DecisionRule(5, UP_TO, ROPE, precision)
    decisions = decide_cells(named, np.arange(UP_TO), dict.fromkeys(named, UP_TO), rule).values()
    words = {"better": 1, "worse": -1}
    sides = np.array([words.get(str(decision.reason), 0) for decision in decisions])
    return Verdicts(sides, np.array([decision.n_blocks for decision in decisions]))


def follow_confidence_sequence(areas: Areas) -> Verdicts:
    """The same rule with the confidence sequence of a t mixture (Lai, 1976; Wang and Ramdas, 2025).

    Its boundary is crossed at any time with the probability alpha, by Ville's inequality; the effect size has
    a normal prior with a variance of 0.3. Shared by the strategies by Bonferroni.
    """
    looks, prior = np.array(list_looks(5, UP_TO)), 0.3
    sides, n_repeats = [], []
    for own in areas.differences:
        side, end = 0, UP_TO
        for n in looks:
            mean, error = own[:n].mean(), own[:n].std(ddof=1) / np.sqrt(n)

            def reach(alpha: float, n: int = n) -> float:
                growth = 1 + n * prior
                odds = (np.sqrt(growth) / alpha) ** (2 / n)
                return np.sqrt((n - 1) * (odds - 1) / (1 - odds / growth)) if odds < growth else np.inf

            half = error * reach(ALPHA)
            side = int(np.sign(mean)) * (abs(mean) > error * reach(ALPHA / len(STRATEGIES)))
            if side or abs(mean) + half <= ROPE:
                end = n
                break
        sides.append(side)
        n_repeats.append(end)
    return Verdicts(np.array(sides), np.array(n_repeats))


def follow_adastop(areas: Areas, n: int = 10) -> Verdicts:
    """AdaStop with groups of n repeats: permutation tests at 5 % of the areas, each strategy with random."""
    from adastop import MultipleAgentsComparator

    pairs = np.array([(0, i + 1) for i in range(len(STRATEGIES))])
    comparator = MultipleAgentsComparator(n=n, K=UP_TO // n, B=2000, comparisons=pairs, alpha=ALPHA, seed=0)
    names = ["random", *STRATEGIES]
    arrays = dict(zip(names, [areas.random, *areas.strategies], strict=True))
    n_repeats = np.zeros(len(STRATEGIES), int)
    for k in range(UP_TO // n):
        is_open = np.array([comparator.decisions[str(pair)] == "continue" for pair in pairs] if k else True)
        n_repeats[is_open | np.zeros(len(STRATEGIES), bool)] = (k + 1) * n
        comparator.partial_compare({name: of[: (k + 1) * n] for name, of in arrays.items()}, verbose=False)
        if comparator.is_finished:
            break
    words = {"larger": -1, "smaller": 1}  # of random, which comes first in each pair
    return Verdicts(np.array([words.get(comparator.decisions[str(pair)], 0) for pair in pairs]), n_repeats)


# --- comparison -------------------------------------------------------------------------------------------


def is_same(verdicts: Verdicts, areas: Areas) -> Floats:
    """Say of each strategy whether a verdict is that of all repeats."""
    whole = decide_at_once(areas, UP_TO).sides
    units = find_units(np.arange(UP_TO))
    intervals = [build_t_interval(estimate_mean(own, units), "") for own in areas.differences]
    negligible = np.array([of is not None and max(-of.low, of.high) <= ROPE for of in intervals])
    sides = np.sign(areas.differences.mean(axis=1))
    within = negligible & ((verdicts.sides == 0) | (verdicts.sides == sides))
    return np.asarray((verdicts.sides == whole) | within)


def summarise(
    name: str, what: str, all_areas: Iterable[Areas], procedure: Callable[[Areas], Verdicts]
) -> str:
    """Return a line of the table."""
    spent, same, strict, opposite = [], [], [], []
    for areas in all_areas:
        verdicts, whole = procedure(areas), decide_at_once(areas, UP_TO).sides
        spent.append(verdicts.n_repeats)
        same.append(is_same(verdicts, areas))
        strict.append(verdicts.sides == whole)
        opposite.append(verdicts.sides * whole < 0)
    rates = [100 * float(np.mean(of)) for of in (np.concatenate(spent) / UP_TO, same, strict, opposite)]
    n = sum(map(len, spent))
    return f"| {what} | {name} | {n:,} | " + " | ".join(f"{rate:.1f} %" for rate in rates) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--shapes", type=int, default=200, help="simulated datasets")
    parser.add_argument(
        "--adastop", type=int, default=20, help="of them, those that AdaStop sees; with 0 it is left out"
    )
    wanted = parser.parse_args()
    sources: dict[str, list[Areas]] = {}
    for spec, what in (
        (make_spec(wanted.folder, "hundred", SMALL, 10, 100), "small tables"),
        (make_spec(wanted.folder, "larger", LARGER, 20, 300), "larger tables"),
    ):
        tables = read_areas(albench.run(yaml.safe_dump(spec), results=wanted.results))
        sources[f"12 {what}"] = tables
        sources[f"OpenAL's spreads, normal, {what}"] = list(draw_shapes(tables, wanted.shapes, normal=True))
        sources[f"OpenAL's spreads, resampled, {what}"] = list(
            draw_shapes(tables, wanted.shapes, normal=False)
        )
    procedures: dict[str, Callable[[Areas], Verdicts]] = {
        "until decided, without a precision": lambda areas: decide_sequentially(areas, None),
        "until decided, precision 0.003": lambda areas: decide_sequentially(areas, 0.003),
        "until decided, precision 0.004 (default)": lambda areas: decide_sequentially(areas, 0.004),
        "until decided, precision 0.005": lambda areas: decide_sequentially(areas, 0.005),
        "until decided, by a confidence sequence": follow_confidence_sequence,
        "fixed 20": lambda areas: decide_at_once(areas, 20),
        "fixed 35": lambda areas: decide_at_once(areas, 35),
    }
    print("| differences | procedure | cells | repeats spent | same verdict | same word | opposite |")
    print("|---|---|---|---|---|---|---|")
    for what, all_areas in sources.items():
        for name, procedure in procedures.items():
            print(summarise(name, what, all_areas, procedure), flush=True)
        seen = all_areas if what.startswith("12") else all_areas[: wanted.adastop]
        if not wanted.adastop:
            continue
        try:
            print(summarise("AdaStop", what, seen, follow_adastop), flush=True)
        except ImportError:
            print("AdaStop is not installed", file=sys.stderr)


if __name__ == "__main__":
    main()
