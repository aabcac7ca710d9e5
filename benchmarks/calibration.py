"""Are the statistics calibrated? Simulated experiments of known truth, through the very same functions.

    python benchmarks/calibration.py [--experiments 2000] [--only tests intervals leaderboard ...]

Prints one line a check, as a Markdown table, with the Monte-Carlo standard error; exits 1 if a bar is missed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# The folder of this file comes first on the path, and this file is called as a module that others import.
sys.path.remove(str(Path(__file__).parent.resolve()))

import argparse
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from albench.analysis.aa_control import compare_arms
from albench.analysis.details.headroom import Shares, estimate_interquartile_interval
from albench.analysis.label_saving import TARGETS, estimate_savings
from albench.analysis.labels_needed import PairedCurves
from albench.analysis.ranks import estimate_rank_interval
from albench.analysis.sequential import DecisionRule, decide_cells
from albench.analysis.stats.area import compute_area
from albench.analysis.stats.bands import estimate_band
from albench.analysis.stats.intervals import (
    Estimate,
    average_estimates,
    build_chosen_interval,
    build_t_interval,
    compute_t_p,
    estimate_mean,
    find_units,
)
from albench.analysis.stats.looks import list_looks
from albench.analysis.stats.power import compute_power, compute_signed_rank_power
from albench.analysis.stats.sign_test import (
    FEWEST_UNITS,
    compute_sign_p,
    describe_shape,
    estimate_median_interval,
)
from albench.analysis.stats.significance import ALPHA, can_be_tested, holm, rank_values, wilcoxon
from albench.analysis.streams.conclude import conclude_streams
from albench.analysis.streams.evidence.design import describe_design
from albench.analysis.streams.needed_repeats import find_needed_stream_repeats
from albench.api.experiment import load_experiment
from albench.contracts import Table
from albench.datasets.representativeness import compare_with_unlabelled
from albench.narrative.checks.shape import find_skewed
from albench.tables import STREAM_METRICS, build_schema, pair_with_random

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from albench.analysis.evidence.cells import Interval, Saving
    from albench.analysis.sequential import CellDecision
    from albench.analysis.streams.evidence.design import StreamDesign

STRATEGIES = 9
REPEATS = (10, 20, 50)
ROUNDS = np.arange(10.0, 210.0, 10.0)
RATES = {
    "better": (3.0, 2.0),
    "equal": (2.5, 2.5),
    "worse": (2.0, 3.0),
    "slow": (1.2, 0.8),
    "flattened": (9.0, 6.0),
    "flattened, equal": (8.0, 8.0),
    "flattened against rising": (9.0, 2.5),
    "rising against flattened": (2.5, 9.0),
    "flattened below": (9.0, 4.0),
}
"""How fast strategy and random rise; all start at 0.6 and rise towards 0.9."""
TOPS = {"flattened below": 0.86}
"""Where the strategy rises towards, if not to 0.9."""


@dataclass(frozen=True)
class Line:
    """A rate that was found in ``n`` simulated experiments, and the bar that it has to keep."""

    what: str
    hits: int
    n: int
    low: float = 0.0
    high: float = 1.0
    slack: bool = False

    @property
    def rate(self) -> float:
        return self.hits / self.n if self.n else float("nan")

    @property
    def error(self) -> float:
        return float(np.sqrt(self.rate * (1 - self.rate) / self.n)) if self.n else float("nan")

    @property
    def kept(self) -> bool:
        slack = 2 * np.sqrt(self.high * (1 - self.high) / self.n) if self.slack else 0.0
        return self.low <= self.rate <= self.high + slack

    def __str__(self) -> str:
        bar = f"at least {self.low:.0%}" if self.high == 1 else f"{self.low:.0%} to {self.high:.0%}"
        bar = "none promised" if (self.low, self.high) == (0, 1) else bar
        bar = f"at most {self.high:.0%} + error" if self.slack else bar
        verdict = "" if self.kept else " **missed**"
        share = f"{100 * self.rate:.1f} % ± {100 * self.error:.1f}"
        return f"| {self.what} | {share} | {self.n:,} | {bar}{verdict} |"


# --- tests across datasets --------------------------------------------------------------------------------


def independent(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.standard_normal((STRATEGIES, n))


def shared_random(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.standard_normal((STRATEGIES, n)) - rng.standard_normal(n)


def unequal_variances(rng: np.random.Generator, n: int) -> np.ndarray:
    of_dataset = np.exp(rng.standard_normal(n))
    of_strategy = np.geomspace(0.2, 5, STRATEGIES)[:, np.newaxis]
    own = of_strategy * rng.standard_normal((STRATEGIES, n))
    return of_dataset * (own - rng.standard_normal(n))


def headline(n: int) -> Iterator[Line]:
    """The headline calls a strategy better or worse on these datasets; in truth all are equal to random."""
    for n_datasets in (1, 3, 9, 20):
        rng = np.random.default_rng([10, n_datasets])
        of = find_units(np.arange(10))
        false = 0
        for _ in range(n):
            areas = rng.standard_normal((STRATEGIES, n_datasets, 10)) - rng.standard_normal((n_datasets, 10))
            estimates = [
                average_estimates([estimate_mean(own, of) for own in strategy]) for strategy in areas
            ]
            false += min(holm([compute_t_p(estimate) for estimate in estimates])) <= ALPHA
        what = (
            f"any of 9 equal strategies called better or worse on these datasets: {n_datasets} x 10 repeats"
        )
        yield Line(what, false, n, 0, ALPHA, slack=True)


def chosen(n: int) -> Iterator[Line]:
    """The interval of the strategy whose gain is the largest, of equal ones and of one that is 1 SE ahead."""
    of = find_units(np.arange(10))
    for k in (1, 2, 5, 8, 20):
        for ahead in (0.0, 1.0):
            rng = np.random.default_rng([15, k, int(ahead)])
            hits = alone = 0
            for _ in range(n):
                areas = rng.standard_normal((k, 3, 10)) - rng.standard_normal((3, 10))
                areas[0] += ahead * np.sqrt(2 / 30)
                estimates = [
                    average_estimates([estimate_mean(own, of) for own in strategy]) for strategy in areas
                ]
                best = int(np.argmax([estimate.mean for estimate in estimates]))
                truth = 0.0 if best else float(ahead * np.sqrt(2 / 30))
                hits += within(build_chosen_interval(estimates[best], k, ""), truth)
                alone += within(build_t_interval(estimates[best], ""), truth)
            what = f"interval of the largest of {k} gains, {'one 1 SE ahead' if ahead else 'all equal'}"
            yield Line(what, hits, n, 0.93, 0.98)
            yield Line(f"{what}: read by itself", alone, n)


def rejected(differences: np.ndarray) -> np.ndarray:
    """Which strategies are called different from random, as the leaderboard does it."""
    able = can_be_tested(differences.shape[1], len(differences))
    return np.array(holm([wilcoxon(of_datasets) for of_datasets in differences])) <= (ALPHA if able else -1)


def tests(n: int) -> Iterator[Line]:
    for draw in (independent, shared_random, unequal_variances):
        for n_datasets in (9, 12, 20):
            rng = np.random.default_rng([1, n_datasets])
            false = sum(rejected(draw(rng, n_datasets)).any() for _ in range(n))
            what = f"any of 9 strategies called different, none is: {draw.__name__}, {n_datasets} datasets"
            yield Line(what.replace("_", " "), false, n, 0, ALPHA, slack=True)
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(n):
        differences = shared_random(rng, 20)
        differences[0] += np.sqrt(2)
        hits += bool(rejected(differences)[0])
    yield Line("power: one of 9 is better by 1 SD between datasets, 20 datasets", hits, n, low=0.8)


# --- leaderboard ------------------------------------------------------------------------------------------


def leaderboard(n: int) -> Iterator[Line]:
    for n_datasets in (6, 10, 20):
        rng = np.random.default_rng([8, n_datasets])
        drawn = 1 - np.exp(-0.3 + 0.4 * rng.standard_normal((n, n_datasets)))
        hits = sum(within(estimate_median_interval(sample, ""), 1 - np.exp(-0.3)) for sample in drawn)
        yield Line(f"interval of the median saving, {n_datasets} datasets", hits, n, 0.93, 0.97)
    for n_datasets in (10, 20):
        yield from _ranks(n, n_datasets)


def _ranks(n: int, n_datasets: int) -> Iterator[Line]:
    """Nine strategies and random, up to 2 SD between datasets apart."""
    rng = np.random.default_rng([9, n_datasets])
    effects = np.linspace(2, 0, STRATEGIES + 1)
    truth = rank_values(rng.standard_normal((100_000, effects.size)) - effects).mean(axis=0)
    hits = np.zeros(effects.size, int)
    for _ in range(n):
        ranks = rank_values(rng.standard_normal((n_datasets, effects.size)) - effects)
        hits += [within(estimate_rank_interval(own), truth[i]) for i, own in enumerate(ranks.T)]
    for place, which in ((0, "the best"), (effects.size // 2, "a middling"), (-1, "the worst")):
        what = f"interval of the mean rank of {which} of 10 strategies, {n_datasets} datasets"
        yield Line(what, int(hits[place]), n, 0.93, 0.97)


# --- curves -----------------------------------------------------------------------------------------------


def means(kind: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Noiseless curves of strategy and random, and the level of the reference."""
    along = np.linspace(0, 1, ROUNDS.size)
    tops = TOPS.get(kind, 0.9), 0.9
    strategy, baseline = (
        top - (top - 0.6) * np.exp(-rate * along) for top, rate in zip(tops, RATES[kind], strict=True)
    )
    return strategy, baseline, 0.6 + 0.97 * (min(strategy[-1], baseline[-1]) - 0.6)


def walks(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Errors of trajectories: correlated along the labels, shrinking, none at the seed set."""
    along = np.linspace(0, 1, ROUNDS.size)
    steps = rng.standard_normal((*shape, ROUNDS.size))
    for i in range(1, ROUNDS.size):
        steps[..., i] = 0.7 * steps[..., i - 1] + np.sqrt(0.51) * steps[..., i]
    spread = 0.006 + 0.014 * np.exp(-3 * along)
    jitter = 0.003 * rng.standard_normal((*shape, ROUNDS.size))
    return (steps * spread + jitter) * (along > 0)


def draw_pairs(kind: str, rng: np.random.Generator, repeats: int) -> tuple[np.ndarray, ...]:
    """Curves of strategy, of random (mean of two arms), and references; splits and seed sets are shared."""
    strategy, baseline, reference = means(kind)
    split = 0.02 * rng.standard_normal((repeats, 1))
    start = 0.03 * rng.standard_normal((repeats, 1)) * np.exp(-4 * np.linspace(0, 1, ROUNDS.size))
    return (
        strategy + split + start + walks(rng, (repeats,)),
        baseline + split + start + walks(rng, (2, repeats)).mean(axis=0),
        reference + split[:, 0] + 0.004 * rng.standard_normal(repeats),
    )


def within(interval: Interval | None, truth: float) -> bool:
    return interval is not None and interval.low - 1e-9 <= truth <= interval.high + 1e-9


def intervals(n: int) -> Iterator[Line]:
    for repeats in REPEATS:
        yield from _one_dataset(n, repeats)
        for n_datasets in (10, 20):
            yield from _across(n, n_datasets, repeats)


def _one_dataset(n: int, repeats: int) -> Iterator[Line]:
    for starts in (1, 2) if repeats > 10 else (1,):
        rng = np.random.default_rng([3, repeats, starts])
        of = find_units(np.repeat(np.arange(repeats // starts), starts))
        strategy, baseline, _ = means("better")
        truth = float(compute_area(ROUNDS, strategy - baseline))
        hits = 0
        for _ in range(n):
            curves, other, _ = draw_pairs("better", rng, repeats)
            shift = 0.004 * rng.standard_normal(of.n)[of.index] if starts > 1 else 0.0
            estimate = estimate_mean(compute_area(ROUNDS, curves) - compute_area(ROUNDS, other) + shift, of)
            hits += within(build_t_interval(estimate, of.unit_name), truth)
        what = f"interval of the area difference, {repeats} repeats"
        yield Line(what + (f" as {of.n} splits x {starts} starts" if starts > 1 else ""), hits, n, 0.93, 0.97)


def _across(n: int, n_datasets: int, repeats: int) -> Iterator[Line]:
    rng = np.random.default_rng([4, n_datasets, repeats])
    of, over = find_units(np.arange(repeats)), find_units(np.arange(n_datasets))
    these = like_these = 0
    for _ in range(n):
        effects = 0.01 + 0.01 * rng.standard_normal(n_datasets)
        spread = 0.01 * np.exp(rng.standard_normal(n_datasets) / 2)
        areas = effects + spread * rng.standard_normal((repeats, n_datasets))
        estimates = [estimate_mean(areas[:, i], of) for i in range(n_datasets)]
        these += within(build_t_interval(average_estimates(estimates), ""), float(effects.mean()))
        like_these += within(build_t_interval(estimate_mean(areas.mean(axis=0), over), ""), 0.01)
    where = f"{n_datasets} datasets x {repeats} repeats"
    yield Line(f"interval on these datasets, {where}", these, n, 0.93, 0.97)
    yield Line(f"interval on datasets like these, {where}", like_these, n, 0.93, 0.97)


def bands(n: int) -> Iterator[Line]:
    strategy, baseline, _ = means("better")
    for repeats in REPEATS:
        rng = np.random.default_rng([7, repeats])
        hits = 0
        for _ in range(n):
            curves, other, _ = draw_pairs("better", rng, repeats)
            band = estimate_band(curves - other, find_units(np.arange(repeats)))
            truth = strategy - baseline
            hits += bool(((band.low - 1e-9 <= truth) & (truth <= band.high + 1e-9)).all())
        low = 0.88 if repeats == 10 else 0.93
        yield Line(f"band of the difference curve, all rounds at once: {repeats} repeats", hits, n, low, 0.97)


def saving(n: int) -> Iterator[Line]:
    for kind in RATES:
        strategy, baseline, reference = means(kind)
        pairs = PairedCurves(
            ROUNDS, strategy[None], baseline[None], np.array([reference]), find_units(np.arange(1))
        )
        truths = [saving.saving for saving in estimate_savings(pairs, with_intervals=False)]
        for repeats in REPEATS:
            yield from _saving(n, kind, repeats, truths)


def _saving(n: int, kind: str, repeats: int, truths: list[float | None]) -> Iterator[Line]:
    rng = np.random.default_rng([5, list(RATES).index(kind), repeats])
    hits, given = np.zeros(len(TARGETS), int), np.zeros(len(TARGETS), int)
    points = []
    for _ in range(n):
        strategy, other, reference = draw_pairs(kind, rng, repeats)
        pairs = PairedCurves(ROUNDS, strategy, other, reference, find_units(np.arange(repeats)))
        savings = estimate_savings(pairs)
        points.append(savings[0].saving)
        for i, saving in enumerate(savings):
            if saving.interval is not None:
                given[i] += 1
                hits[i] += within(saving.interval, truths[i] if truths[i] is not None else np.nan)
    known = np.array([point for point in points if point is not None])
    truth = truths[0] if truths[0] is not None else np.nan
    print(
        f"mean saving at final, {kind}, {repeats} repeats: {known.mean():.3f}, truth {truth:.3f}",
        file=sys.stderr,
    )
    for i, target in enumerate(TARGETS):
        # Where a curve often does not get there the intervals that remain are a selection.
        if truths[i] is not None and given[i] >= 0.95 * n:
            low = 0.88 if repeats == 10 else 0.93
            what = f"interval of the label saving at {target}: {kind}, {repeats} repeats"
            yield Line(what, int(hits[i]), int(given[i]), low, 0.97)


# --- the money of two oracles -----------------------------------------------------------------------------

ORACLES: dict[str, tuple[float, list[tuple[float, float]], list[tuple[float, float]]]] = {
    "equal": (1, [(0.9, 2.5)] * 3, [(0.9, 2.5)] * 3),
    "equal, a tenth of the price": (0.1, [(0.9, 2.5)] * 3, [(0.9, 2.5)] * 3),
    "cheaper, slower": (0.1, [(0.9, 1.6), (0.9, 1.4), (0.9, 1.2)], [(0.9, 3), (0.9, 2.5), (0.9, 2)]),
    "cheaper, a little worse": (0.3, [(0.89, 2.5), (0.89, 2.2)], [(0.9, 2.5), (0.9, 2.2)]),
    "cheaper, flattened below": (0.05, [(0.84, 6), (0.84, 5), (0.84, 4)], [(0.9, 3), (0.9, 2.5), (0.9, 2)]),
    "cheaper, flattened below rising": (0.1, [(0.86, 9), (0.86, 7)], [(0.9, 2.5), (0.9, 2.2)]),
    "equal, both flattened out": (0.1, [(0.9, 8)] * 3, [(0.9, 8)] * 3),
}
"""Price of a label beside the other oracle's 1; where the strategies of each rise towards, and how fast."""


def oracles(n: int) -> Iterator[Line]:
    """Each oracle with the strategy of its largest area, at the worse of both final levels."""
    for kind in ORACLES:
        for repeats in REPEATS:
            yield _two_oracles(n, kind, repeats)
    for n_oracles in (2, 3, 4):
        rng = np.random.default_rng([24, n_oracles])
        false = 0
        for _ in range(n):
            curves = [own[0] for own in _draw_best(rng, [ORACLES["equal"][1]] * n_oracles, 10)]
            ahead = [[_is_cheaper(own, other) for other in curves if other is not own] for own in curves]
            false += any(map(all, ahead))
        yield Line(f"any of {n_oracles} equal oracles called the cheapest", false, n, 0, ALPHA, slack=True)


def _two_oracles(n: int, kind: str, repeats: int) -> Line:
    price, *kinds = ORACLES[kind]
    rng = np.random.default_rng([23, list(ORACLES).index(kind), repeats])
    hits = given = 0
    for _ in range(n):
        (first, of_one), (other, of_other) = _draw_best(rng, kinds, repeats)
        interval = _compare_money(price, first, other).interval
        truth = _compare_money(price, of_one[np.newaxis], of_other[np.newaxis]).saving
        given += interval is not None
        hits += within(interval, truth if truth is not None else np.nan)
    # Two plateaus at 10 repeats hold a little more: the correction of the error is meant for rising curves.
    high = 0.98 if repeats == 10 else 0.97
    return Line(f"interval of the money of two oracles: {kind}, {repeats} repeats", hits, given, 0.93, high)


def _draw_best(
    rng: np.random.Generator, kinds: list[list[tuple[float, float]]], repeats: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Curves of the best strategy of each oracle, and without noise; splits and seed sets are shared."""
    along = np.linspace(0, 1, ROUNDS.size)
    shared = 0.02 * rng.standard_normal((repeats, 1))
    shared = shared + 0.03 * rng.standard_normal((repeats, 1)) * np.exp(-4 * along)
    best = []
    for kind in kinds:
        exact = np.array([top - (top - 0.6) * np.exp(-rate * along) for top, rate in kind])
        curves = exact[:, np.newaxis] + shared + walks(rng, (len(kind), repeats))
        first = int(np.argmax(compute_area(ROUNDS, curves.mean(axis=1))))
        best.append((curves[first], exact[first]))
    return best


def _compare_money(price: float, first: np.ndarray, other: np.ndarray) -> Saving:
    units = find_units(np.arange(len(first)))
    pairs = PairedCurves(price * ROUNDS, first, other, None, units, baseline_labels=ROUNDS)
    return estimate_savings(pairs, with_intervals=len(first) > 1)[0]


def _is_cheaper(first: np.ndarray, other: np.ndarray) -> bool:
    interval = _compare_money(1, first, other).interval
    return interval is not None and interval.low > 0


# --- the control ------------------------------------------------------------------------------------------


def controls(n: int) -> Iterator[Line]:
    for n_datasets in (1, 3, 12, 20):
        for repeats in (10, 20):
            rng = np.random.default_rng([6, n_datasets, repeats])
            fired = sum(compare_arms(_arms(rng, n_datasets, repeats)).fired for _ in range(n))
            what = f"the A/A control fires: {n_datasets} datasets x {repeats} repeats"
            yield Line(what.replace("1 datasets", "1 dataset"), fired, n, 0, 0.05, slack=True)


def _arms(rng: np.random.Generator, n_datasets: int, repeats: int) -> list[SimpleNamespace]:
    """What the control reads of the scores of random alone."""
    areas = 0.8 + 0.01 * rng.standard_normal((n_datasets, 2, repeats)) * np.exp(
        rng.standard_normal((n_datasets, 1, 1))
    )
    return [
        SimpleNamespace(
            sign=1,
            random="random",
            dataset=f"d{i}",
            arms={"random": arms},
            panel=SimpleNamespace(splits=np.arange(repeats)),
            is_covered=lambda n_repeats, _: n_repeats == repeats,
        )
        for i, arms in enumerate(areas)
    ]


# --- shapes of differences --------------------------------------------------------------------------------

Draw: TypeAlias = "Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]"
SHAPES: dict[str, tuple[Draw, float]] = {
    "normal": (lambda rng, shape: rng.standard_normal(shape), 0.0),
    "gamma 2": (lambda rng, shape: rng.gamma(2, 1, shape), 2.0),
    "log-normal": (lambda rng, shape: rng.lognormal(0, 1, shape), float(np.exp(0.5))),
    "heavy tails (t, 3 degrees)": (lambda rng, shape: rng.standard_t(3, shape), 0.0),
    "one repeat in ten fails by 8 SD": (
        lambda rng, shape: rng.standard_normal(shape) - 8 * (rng.random(shape) < 0.1),
        -0.8,
    ),
}
"""How differences of repeats are drawn, and their mean."""
REAL_GAINS = (2 / 1.5) ** 2
"""Shape of the gamma distribution whose skewness is that of real gains over datasets, 1.5."""


def shapes(n: int) -> Iterator[Line]:
    """Intervals of means where differences are not normal, and those of medians, which hold all the same."""
    for name, (draw, mean) in SHAPES.items():
        yield from _one_shape(n, name, draw, mean, "repeats")
        yield from _shape_check(n, name, draw)

    def draw_gains(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        return rng.gamma(REAL_GAINS, 1, shape)

    yield from _one_shape(n, "skewness of real gains", draw_gains, REAL_GAINS, "datasets")
    for n_datasets in (1, 3, 10):
        yield _interquartile(n, n_datasets, 3)


def _one_shape(n: int, name: str, draw: Draw, mean: float, unit: str) -> Iterator[Line]:
    middle = float(np.median(draw(np.random.default_rng(0), (2_000_000,))))
    for size in (3, 6, 8, 10, 20, 50):
        rng = np.random.default_rng([11, size, len(name)])
        samples = draw(rng, (n, size))
        of = find_units(np.arange(size))
        hits = sum(within(build_t_interval(estimate_mean(own, of), ""), mean) for own in samples)
        low, high = (0.93, 0.97) if name == "normal" else (0.0, 1.0)
        yield Line(f"{name}: interval of the mean, {size} {unit}", hits, n, low, high)
        if size >= FEWEST_UNITS:
            shapes = [describe_shape(own, "") for own in samples]
            hits = sum(of is not None and within(of.interval, middle) for of in shapes)
            yield Line(f"{name}: interval of the median, {size} {unit}", hits, n, 0.93, 0.97)


def _shape_check(n: int, name: str, draw: Draw) -> Iterator[Line]:
    """How often the check ALB016 fires, and how often the intervals hold that it points to."""
    n = min(n, 1000)
    middle = float(np.median(draw(np.random.default_rng(0), (2_000_000,))))
    for n_datasets in (1, 12):
        rng = np.random.default_rng([12, n_datasets, len(name)])
        fired = shown = hits = 0
        for _ in range(n):
            areas = draw(rng, (n_datasets, 3, 10)).reshape(-1, 10)
            shapes = [shape for own in areas if (shape := describe_shape(own, ""))]
            skewed = [
                of.interval for of, is_skewed in zip(shapes, find_skewed(shapes), strict=True) if is_skewed
            ]
            fired += bool(skewed)
            shown += len(skewed)
            hits += sum(within(interval, middle) for interval in skewed)
        where = f"{n_datasets} datasets x 3 strategies x 10 repeats".replace("1 datasets", "1 dataset")
        # One in 20 by all samples together, and 36 chances of one in 1,000 by themselves.
        sound = name == "normal"
        yield Line(f"{name}: ALB016 fires, {where}", fired, n, 0, 0.08 if sound else 1)
        what = f"{name}: interval of the median where ALB016 fires, {where}"
        # Of a few samples those are shown that look most skewed: that choice costs some coverage.
        least = 0.0 if sound else 0.93 if n_datasets > 1 else 0.9
        yield Line(what, hits, shown, least, 1 if sound else 0.97)


def _interquartile(n: int, n_datasets: int, repeats: int) -> Line:
    rng = np.random.default_rng([13, n_datasets, repeats])
    of = find_units(np.arange(repeats))
    hits = 0
    for _ in range(n):
        shares = [Shares(values, of) for values in rng.standard_normal((n_datasets, repeats))]
        hits += within(estimate_interquartile_interval(shares), 0.0)
    where = f"{n_datasets} datasets x {repeats} repeats".replace("1 datasets", "1 dataset")
    return Line(f"interval of the interquartile mean, {where}", hits, n, 0.93, 0.97)


# --- what an interval over splits is of --------------------------------------------------------------------


def claims(n: int) -> Iterator[Line]:
    """Gains of datasets of one kind vary by a fifth of the spread of their splits."""
    for splits in (10, 20, 50):
        rng = np.random.default_rng([14, splits])
        of = find_units(np.arange(splits))
        truth = 0.2 * rng.standard_normal(n)
        gains = truth[:, np.newaxis] + rng.standard_normal((n, splits))
        intervals = [build_t_interval(estimate_mean(own, of), "") for own in gains]
        these = sum(within(interval, own) for interval, own in zip(intervals, truth, strict=True))
        kind = sum(within(interval, 0.0) for interval in intervals)
        yield Line(
            f"interval over {splits} splits: the mean over splits of this dataset", these, n, 0.93, 0.97
        )
        yield Line(f"interval over {splits} splits: the expected gain on data of this kind", kind, n)


# --- repeats that go on until a strategy is decided ---------------------------------------------------------

UP_TO = 100
BLOCKS = np.arange(UP_TO)


def skewed(rng: np.random.Generator, n: int) -> np.ndarray:
    """More skewed than nine in ten cells of twelve tables and eight strategies: 1."""
    return (rng.gamma(4, 1, (STRATEGIES, n)) - 4) / 2


def very_skewed(rng: np.random.Generator, n: int) -> np.ndarray:
    return (rng.gamma(2, 1, (STRATEGIES, n)) - 2) / np.sqrt(2)


def heavy_tails(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.standard_t(3, (STRATEGIES, n)) / np.sqrt(3)


def _decide(differences: np.ndarray, rule: DecisionRule, splits: np.ndarray = BLOCKS) -> list[CellDecision]:
    named = {str(i): own for i, own in enumerate(differences)}
    return list(decide_cells(named, splits, dict.fromkeys(named, UP_TO), rule).values())


def _is_any_different(decisions: list[CellDecision]) -> bool:
    return any(decision.reason in ("better", "worse") for decision in decisions)


def sequential(n: int) -> Iterator[Line]:
    """Repeats end by what they show; differences have a standard deviation of 1.

    Where a thousand repeats may follow hardly a strategy is given up before a hundred.
    """
    draws = (independent, shared_random, unequal_variances, skewed, very_skewed, heavy_tails)
    what = "any of 9 equal strategies ever called different"
    for at_least in (5, 3):
        rule = DecisionRule(at_least, 10 * UP_TO, rope=0)
        for draw in draws:
            rng = np.random.default_rng([16, at_least, draws.index(draw)])
            false = sum(_is_any_different(_decide(draw(rng, UP_TO), rule)) for _ in range(n))
            name = draw.__name__.replace("_", " ")
            yield Line(
                f"{what}: {name}, looks from {at_least} to {UP_TO} repeats", false, n, 0, ALPHA, slack=True
            )
    rng, splits, rule = np.random.default_rng(17), np.repeat(BLOCKS, 2), DecisionRule(5, 10 * UP_TO, rope=0)
    false = 0
    for _ in range(n):
        of_starts = rng.standard_normal((STRATEGIES, splits.size))
        of_splits = np.repeat(shared_random(rng, UP_TO), 2, axis=1)
        false += _is_any_different(_decide(of_splits + of_starts, rule, splits))
    yield Line(f"{what}: 2 starts a split, looks from 5 to 100 splits", false, n, 0, ALPHA, slack=True)
    for draw in (shared_random, skewed):
        for effect in (0.0, 0.25, 0.5, 1.0):
            yield _coverage_at_the_stop(n, draw, effect)


def _coverage_at_the_stop(n: int, draw: Callable[..., np.ndarray], effect: float) -> Line:
    """One of 9 strategies is ahead; they end as they do with ``precision``."""
    rng = np.random.default_rng([18, int(100 * effect), len(draw.__name__)])
    rule = DecisionRule(5, UP_TO, rope=0.4, precision=0.4)
    hits = 0
    for _ in range(n):
        differences = draw(rng, UP_TO)
        differences[0] += effect
        hits += within(_decide(differences, rule)[0].interval, effect)
    what = f"interval at the stop, {draw.__name__.replace('_', ' ')}, {effect:g} SD ahead"
    return Line(what, hits, n, 0.93, 1)


def sequential_rows(n: int) -> Iterator[Line]:
    """Over datasets, on each of which repeats end by what they show there; tests of equal strategies."""
    for draw in (shared_random, skewed):
        for n_datasets in (1, 3, 9):
            rng = np.random.default_rng([19, n_datasets, len(draw.__name__)])
            false = naive = ranked = 0
            for _ in range(n):
                ended = [_end_repeats(draw(rng, UP_TO)) for _ in range(n_datasets)]
                means = [average_estimates(list(of)) for of in zip(*ended, strict=True)]
                false += min(holm([compute_t_p(mean) for mean in means])) <= ALPHA
                naive += min(holm([compute_t_p(mean._replace(looks=())) for mean in means])) <= ALPHA
                differences = np.array([[of.mean for of in dataset] for dataset in ended]).T
                ranked += bool(rejected(differences).any())
            where = f"{draw.__name__.replace('_', ' ')}, {n_datasets} datasets".replace(
                "1 datasets", "1 dataset"
            )
            what = "any of 9 equal strategies called better or worse, repeats until decided"
            yield Line(f"{what}: {where}", false, n, 0, ALPHA, slack=True)
            yield Line(f"{what}: {where}, as if their number had been fixed", naive, n)
            if n_datasets > 8:
                yield Line(f"{what}: {where}, signed ranks", ranked, n, 0, ALPHA, slack=True)
    for draw in (shared_random, skewed):
        for n_datasets in (3, 9):
            yield from _row_coverage(n, draw, n_datasets)


def _end_repeats(differences: np.ndarray) -> list[Estimate]:
    """Return the estimates of the strategies of one dataset at the looks that ended their repeats."""
    decisions = _decide(differences, DecisionRule(5, UP_TO, rope=0.4, precision=0.4))
    ends = [decision.n_blocks for decision in decisions]
    return [
        estimate_mean(own[:end], find_units(np.arange(end)), list_looks(5, end))
        for own, end in zip(differences, ends, strict=True)
    ]


def _row_coverage(n: int, draw: Callable[..., np.ndarray], n_datasets: int) -> Iterator[Line]:
    """Gains over datasets are normal: on average 0.5 SD of a repeat, with as large a spread."""
    rng = np.random.default_rng([20, n_datasets, len(draw.__name__)])
    over = find_units(np.arange(n_datasets))
    these = naive = like_these = 0
    for _ in range(n):
        gains = 0.5 + 0.5 * rng.standard_normal((n_datasets, STRATEGIES, 1))
        first = [_end_repeats(draw(rng, UP_TO) + of)[0] for of in gains]
        mean, truth = average_estimates(first), float(gains[:, 0].mean())
        these += within(build_t_interval(mean, ""), truth)
        naive += within(build_t_interval(mean._replace(looks=()), ""), truth)
        means = np.array([float(of.mean) for of in first])
        like_these += within(build_t_interval(estimate_mean(means, over), ""), 0.5)
    where = f"repeats until decided, {draw.__name__.replace('_', ' ')}, {n_datasets} datasets"
    yield Line(f"interval on these datasets, {where}", these, n, 0.93, 1)
    yield Line(f"interval on these datasets, {where}, as if their number had been fixed", naive, n)
    yield Line(f"interval on datasets like these, {where}", like_these, n, 0.93, 0.97)


STREAMS = {
    "scenario": "stream",
    "models": "gaussian_nb",
    "strategies": ["split", "periodic", "variable_uncertainty", "density_based"],
    "budgets": "10%",
    "drifts": "sudden",
    "repeats": {"until": "decided", "up_to": UP_TO, "precision": 0.008},
}


def sequential_streams(n: int) -> Iterator[Line]:
    """Four strategies as good as random on streams, from tables to evidence; who is better is back sooner."""
    for names in (["iris"], ["iris", "wine", "digits"]):
        experiment = load_experiment({**STREAMS, "datasets": names})
        design = describe_design(experiment)
        curves = pl.DataFrame(schema=build_schema("stream_curves", pair_with_random(STREAM_METRICS)))
        rng = np.random.default_rng([21, len(names)])
        called = by_p = sooner = as_if_fixed = intervals = 0
        for _ in range(n):
            trials = _draw_stream_trials(rng, design)
            needed = find_needed_stream_repeats(experiment, trials)
            taken = {(cell.dataset, cell.strategy): cell.n_splits for cell in needed}
            places = trials.select("dataset", "strategy", "repeat").rows()
            kept = trials.filter([repeat < taken[dataset, name] for dataset, name, repeat in places])
            rows = conclude_streams(design, kept, curves, needed=needed).primary.rows
            called += any(cell.reason in ("better", "worse") for cell in needed)
            by_p += min(line.row.p_these for line in rows) <= ALPHA
            recoveries = [line.recovery for line in rows]
            sooner += min(of.p_holm for of in recoveries) <= ALPHA
            as_if_fixed += min(holm([compute_sign_p(of.n_sooner, of.n_later) for of in recoveries])) <= ALPHA
            intervals += within(recoveries[0].interval, 0.5)
        where = f"repeats until decided, {len(names)} streams".replace("1 streams", "1 stream")
        any_of = "any of 4 equal strategies"
        if len(names) == 1:
            yield Line(f"{any_of} ended as better or worse: {where}", called, n, 0, ALPHA, slack=True)
        yield Line(f"{any_of} called better or worse by p: {where}", by_p, n, 0, ALPHA, slack=True)
        yield Line(f"{any_of} called back sooner or later: {where}", sooner, n, 0, ALPHA, slack=True)
        yield Line(f"{any_of} called back sooner or later: {where}, as if fixed", as_if_fixed, n)
        yield Line(f"interval of who is back sooner, of the first: {where}", intervals, n, 0.93, 1)


def _draw_stream_trials(rng: np.random.Generator, design: StreamDesign) -> pl.DataFrame:
    """Return trials whose rows of recovery fall with their accuracy: correlated by -0.7."""
    shape = (len(design.datasets), len(design.pairs), UP_TO)
    dataset, pair, repeat = (index.ravel() for index in np.indices(shape))
    strategies, managers = (np.array(names) for names in zip(*design.pairs, strict=True))
    columns = {
        "key": np.arange(repeat.size).astype(str), "dataset": np.array(design.datasets)[dataset],
        "strategy": strategies[pair], "manager": managers[pair], "repeat": repeat,
    }  # fmt: skip
    for prefix in ("", "random_"):
        level, other = rng.standard_normal((2, repeat.size))
        columns |= {f"{prefix}{name}": 0.8 + 0.015 * level for name in STREAM_METRICS}
        columns[f"{prefix}recovery"] = np.round(600 - 100 * (0.7 * level + 0.51**0.5 * other))
    same = {
        "model": "gaussian_nb", "budget": 0.1, "oracle": "perfect", "drift": "sudden", "status": "done",
        "n_rows": 4000, "n_bought": 400, "excess": 0, "n_recovered": 1, "random_n_recovered": 1,
    }  # fmt: skip
    schema = build_schema("stream_trials", pair_with_random(STREAM_METRICS))
    trials = pl.DataFrame(columns).with_columns(
        marks=pl.lit([2000]), **{name: pl.lit(value) for name, value in same.items()}
    )
    empty = [pl.lit(None).alias(name) for name in schema if name not in trials.columns]
    return trials.with_columns(empty).select(schema.keys()).cast(schema)


# --- predicted power --------------------------------------------------------------------------------------

ROPE, SPREAD = 0.005, 0.02


def power(n: int) -> Iterator[Line]:
    """One of 5 strategies is better by 1, 2 or 5 times the ROPE: what ``plan`` says, and what is found."""
    for n_datasets in (1, 3, 8, 20):
        for repeats in (5, 10, 20, 50):
            for times in (1, 2, 5):
                yield from _compare_power(n, n_datasets, repeats, times * ROPE)
    for n_datasets in (8, 12, 20):
        for times in (1, 2, 5):
            yield _compare_signed_rank_power(n, n_datasets, times * ROPE)


def _compare_signed_rank_power(n: int, n_datasets: int, effect: float) -> Line:
    """Gains of the strategies vary by SPREAD over datasets, that of one of 5 about an effect."""
    rng = np.random.default_rng([22, n_datasets, int(1000 * effect)])
    hits = 0
    for _ in range(n):
        gains = SPREAD * rng.standard_normal((5, n_datasets))
        gains[0] += effect
        hits += holm([wilcoxon(own) for own in gains])[0] <= ALPHA and bool(gains[0].mean() > 0)
    predicted = compute_signed_rank_power(effect, SPREAD, n_datasets, 5)
    what = f"power: {effect / ROPE:g} x ROPE, datasets like {n_datasets}, one of 5"
    low, high = max(0.0, predicted - 0.05), min(1.0, predicted + 0.05)
    return Line(f"{what}: predicted {100 * predicted:.1f} %", hits, n, low, high)


def _compare_power(n: int, n_datasets: int, repeats: int, effect: float) -> Iterator[Line]:
    rng = np.random.default_rng([21, n_datasets, repeats, int(1000 * effect)])
    # Datasets differ in their spread, whose median is SPREAD; strategies share random.
    spreads = SPREAD * np.exp(0.3 * np.linspace(-1, 1, n_datasets)) if n_datasets > 1 else np.array([SPREAD])
    of = find_units(np.arange(repeats))
    corrected = alone = 0
    for _ in range(n):
        areas = rng.standard_normal((5, n_datasets, repeats)) - rng.standard_normal((n_datasets, repeats))
        areas *= spreads[:, np.newaxis] / np.sqrt(2)
        areas[0] += effect
        means = [average_estimates([estimate_mean(own, of) for own in strategy]) for strategy in areas]
        ps = [compute_t_p(mean) for mean in means]
        corrected += holm(ps)[0] <= ALPHA and bool(means[0].mean > 0)
        alone += ps[0] <= ALPHA and bool(means[0].mean > 0)
    exact = [Estimate(np.array(0.0), np.array(sd / repeats**0.5), repeats - 1.0) for sd in spreads]
    mean = average_estimates(exact)
    where = f"{effect / ROPE:g} x ROPE, {n_datasets} datasets x {repeats} repeats".replace(
        "1 datasets", "1 dataset"
    )
    for name, hits, n_tests in (("", alone, 1), (", one of 5", corrected, 5)):
        predicted = compute_power(effect, float(mean.error), mean.df, n_tests)
        low, high = max(0.0, predicted - 0.05), min(1.0, predicted + 0.05)
        yield Line(f"power: {where}{name}: predicted {100 * predicted:.1f} %", hits, n, low, high)


# --- labelled and unlabelled rows -------------------------------------------------------------------------


def _draw_rows(rng: np.random.Generator, n: int, shift: float = 0.0) -> Table:
    numeric = rng.standard_normal((n, 8))
    numeric[:, 0] += shift
    return Table(
        numeric=numeric,
        categorical=rng.integers(0, 4, (n, 2)).astype(np.int32),
        numeric_names=tuple("abcdefgh"),
        categorical_names=("i", "j"),
        categories=(tuple("1234"),) * 2,
        labels=np.zeros(n, dtype=np.intp),
        classes=("x", "y"),
    )


def representativeness(n: int) -> Iterator[Line]:
    """The interval of how well a classifier tells labelled rows from unlabelled ones."""
    n_draws = max(1, n // 10)
    for n_labelled, n_unlabelled in ((25, 100), (60, 300), (200, 1000), (500, 500)):
        sizes = f"{n_labelled} labelled, {n_unlabelled:,} unlabelled rows"
        for shift, low, high in ((0.0, 0.93, 1.0), (0.5, 0.0, 1.0)):
            rng = np.random.default_rng([16, n_labelled, int(2 * shift)])
            hits = 0
            for _ in range(n_draws):
                table, others = _draw_rows(rng, n_labelled), _draw_rows(rng, n_unlabelled, shift)
                comparison = compare_with_unlabelled(replace(table, unlabelled=others))
                if comparison is None:
                    raise AssertionError(sizes)
                hits += comparison.is_shifted if shift else comparison.low <= 0.5 <= comparison.high
            what = (
                f"one of 10 columns moved by {shift} SD is seen"
                if shift
                else "interval of the AUC covers a half"
            )
            yield Line(f"{what}: {sizes}", hits, n_draws, low, high)


CHECKS: dict[str, Callable[[int], Iterator[Line]]] = {
    "tests": tests,
    "headline": headline,
    "chosen": chosen,
    "intervals": intervals,
    "leaderboard": leaderboard,
    "bands": bands,
    "saving": saving,
    "oracles": oracles,
    "control": controls,
    "shapes": shapes,
    "claims": claims,
    "sequential": sequential,
    "sequential_rows": sequential_rows,
    "sequential_streams": sequential_streams,
    "power": power,
    "representativeness": representativeness,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--experiments", type=int, default=2000, help="simulated experiments a check")
    parser.add_argument("--only", nargs="+", choices=list(CHECKS), default=list(CHECKS))
    wanted = parser.parse_args()
    missed = 0
    print("| check | found | experiments | bar |\n|---|---|---|---|")
    for name in wanted.only:
        for line in CHECKS[name](wanted.experiments):
            print(line, flush=True)
            missed += not line.kept
    print(f"\n{missed} bars missed")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
