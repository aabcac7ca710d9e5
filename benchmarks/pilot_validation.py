"""What a pilot says against what the hidden rest gives: constants and tables of `docs/pilot.md`.

    python benchmarks/pilot_validation.py table STUDY [--metric accuracy]
    python benchmarks/pilot_validation.py fit STUDY > albench/pilot/study.json

STUDY holds the raw curves of `benchmarks/pilot_study.py`. Everything in the table is said of a data set by
constants that were fitted without it.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from albench.analysis.stats.intervals import compute_t_quantile
from albench.pilot.evidence import summarise_pilot
from albench.pilot.labelling_forecast import compute_growth, forecast_labelling
from albench.pilot.pool_curves import PoolCurves, read_pool_curves
from albench.pilot.prior import LEVEL, GainCase, fit_gain_prior, take_conformal_ends
from albench.pilot.study import LevelErrors, MetricStudy, PilotStudy, ShiftRule

if TYPE_CHECKING:
    from collections.abc import Sequence


METRICS = ("accuracy", "balanced_accuracy", "f1_macro")
STRATEGIES = ("margin", "entropy", "badge", "k_center", "typiclust")
SHIFT = ShiftRule(widening=1.5, withhold=0.8)
BUDGETS = (0.25, 0.5, 1.0, 2.0, 3.0)
RATES = np.geomspace(0.1, 2, 40)


@dataclass(frozen=True)
class StudySet:
    """A data set of the study with one labelled part.

    Attributes
    ----------
    pools : tuple of PoolCurves
        Of the pilot.
    rest : PoolCurves
        What the hidden rest gives, from the labelled part on.
    longer : PoolCurves or None
        Random and margin up to four times the labels.
    """

    name: str
    n_labelled: int
    n_rows: int
    pools: tuple[PoolCurves, ...]
    rest: PoolCurves
    longer: PoolCurves | None

    @cached_property
    def evidence(self) -> Any:
        """What the pilot says."""
        return summarise_pilot(self.pools, self.n_labelled)

    def find_gain(self, strategy: str, budget: float = 1.0) -> float:
        """Return how far a strategy is above random with so many times the labels more, if it was run."""
        curves = self.rest if budget <= 1 else self.longer
        if curves is None or strategy not in curves.strategies:
            return np.nan
        difference = (curves.strategies[strategy] - curves.random).mean(axis=0)
        # A last batch is only bought whole.
        n = min((1 + budget) * self.n_labelled, curves.n_labels[-1])
        return float(np.interp(n, curves.n_labels, difference))

    def find_random(self, budget: float) -> float:
        """Return random's level with so many times the labels more, if it was run."""
        curves = self.rest if budget <= 1 else self.longer
        if curves is None:
            return np.nan
        n = min((1 + budget) * self.n_labelled, curves.n_labels[-1])
        return float(np.interp(n, curves.n_labels, curves.random.mean(axis=0)))


def read_sets(study: Path, variant: str, metric: str) -> list[StudySet]:
    """Return the data sets whose curves are there."""
    return [
        _read_set(path, study / "raw" / path.name.replace(f".{variant}.", ".long."), metric, variant)
        for path in sorted((study / "raw").glob(f"*.{variant}.parquet"))
    ]


def _read_set(path: Path, long_path: Path, metric: str, variant: str) -> StudySet:
    frame = pl.read_parquet(path)
    name, n_labelled, n_rows = (frame[column][0] for column in ("set", "n_labelled", "n_rows"))
    *pools, rest = _read_curves(frame, metric)
    longer = None
    if variant == "random" and long_path.exists():
        (longer,) = _read_curves(pl.read_parquet(long_path), metric)
    return StudySet(name, n_labelled, n_rows, tuple(pools), rest, longer)


def _read_curves(frame: pl.DataFrame, metric: str) -> tuple[PoolCurves, ...]:
    key = pl.concat_str(
        "dataset", "strategy", pl.col("arm").cast(pl.String), pl.col("split").cast(pl.String), separator="|"
    )
    curves = frame.filter(pl.col("strategy") != "reference").with_columns(key.alias("key"), start=pl.lit(0))
    references = frame.filter(pl.col("strategy") == "reference").with_columns(
        status=pl.lit("done"), labels=pl.lit("true")
    )
    trials = curves.unique("key")
    return read_pool_curves(trials, curves.select("key", "n_labels", metric), references, metric)


def fit_metric(sets: Sequence[StudySet]) -> MetricStudy:
    """Return the constants of a metric, fitted on these data sets alone."""
    gains = [
        GainCase(
            one.name, strategy, one.evidence.gains[strategy], one.find_gain(strategy) / one.evidence.error
        )
        for one in sets
        for strategy in STRATEGIES
    ]
    rises = [
        GainCase(
            one.name,
            "random",
            one.evidence.rise,
            (one.find_random(1) - one.find_random(0)) / one.evidence.error,
        )
        for one in sets
    ]
    rise, rate = fit_gain_prior(rises), _fit_rate(sets)
    return MetricStudy(
        gain=fit_gain_prior(gains),
        rise=rise,
        rate=rate,
        budgets=BUDGETS,
        profile=tuple(_fit_profile(sets, budget) for budget in BUDGETS),
        now=_measure_errors(sets, [one.find_random(0) - one.evidence.now for one in sets]),
        later=_measure_errors(
            sets,
            [
                one.find_random(1)
                - one.evidence.now
                - one.evidence.error * rise.predict("random", one.evidence.rise).expected
                for one in sets
            ],
        ),
    )


def _measure_errors(sets: Sequence[StudySet], differences: Sequence[float]) -> LevelErrors:
    """Return median and interval of differences, in standard errors of a share of all labelled rows."""
    errors = [one.evidence.error for one in sets]
    units = [np.sqrt(error * (1 - error) / one.n_labelled) for error, one in zip(errors, sets, strict=True)]
    ratios = np.asarray(differences) / units
    return LevelErrors(float(np.median(ratios)), *take_conformal_ends(ratios, LEVEL))


def _fit_rate(sets: Sequence[StudySet]) -> float:
    """Return the rate whose power law through a doubling is nearest to random's curves up to four times."""
    rises = np.array([[one.find_random(budget) - one.find_random(0) for budget in (1, 2, 3)] for one in sets])
    rises = rises[np.isfinite(rises).all(axis=1)] / rises[np.isfinite(rises).all(axis=1), :1].clip(1e-3)
    rises = rises[(rises > 0).all(axis=1)]
    if len(rises) == 0:
        return 0.5
    middle = np.median(rises[:, 1:], axis=0)
    return float(
        min(RATES, key=lambda rate: np.sum((middle - [compute_growth(rate, b) for b in (2, 3)]) ** 2))
    )


def _fit_profile(sets: Sequence[StudySet], budget: float) -> float:
    """Return the slope through the origin of gains with a budget on those with as many labels again."""
    pairs = np.array(
        [
            (
                one.find_gain(strategy) / one.evidence.error,
                one.find_gain(strategy, budget) / one.evidence.error,
            )
            for one in sets
            for strategy in STRATEGIES
        ]
    )
    x, y = pairs[np.isfinite(pairs).all(axis=1)].T
    return float(x @ y / (x @ x)) if x.size else 1.0


def validate(sets: Sequence[StudySet], metric: str, fitted: Sequence[StudySet] | None = None) -> pl.DataFrame:
    """Return one row a data set and strategy: what is said without that set, and what is true.

    Parameters
    ----------
    sets : sequence of StudySet
        That are judged.
    metric : str
    fitted : sequence of StudySet, optional
        That constants are fitted on, but for the judged one; ``sets`` unless given.
    """
    rows = []
    for one in sets:
        others = [other for other in (fitted or sets) if other.name != one.name]
        study = PilotStudy("", "", (), (0, 10**9), SHIFT, {metric: fit_metric(others)})
        forecast = forecast_labelling(
            one.pools,
            n_labelled=one.n_labelled,
            n_unlabelled=one.n_rows - one.n_labelled,
            n_more=one.n_labelled,
            metric=metric,
            study=study,
        )
        for each in forecast:
            naive = one.pools[-1].compute_gains(each.strategy)
            half = compute_t_quantile(naive.size - 1, LEVEL) * naive.std(ddof=1) / np.sqrt(naive.size)
            rows.append(
                {
                    "set": one.name,
                    "strategy": each.strategy,
                    "verdict": forecast.verdict,
                    "advised": forecast.advised,
                    "to_tell": forecast.labels_to_tell,
                    "expected": each.gain.expected,
                    "low": each.gain.interval.low,
                    "high": each.gain.interval.high,
                    "true": one.find_gain(each.strategy),
                    "naive": naive.mean(),
                    "naive_low": naive.mean() - half,
                    "naive_high": naive.mean() + half,
                    "random_labels": each.random_labels.expected,
                    "random_low": each.random_labels.low,
                    "random_high": each.random_labels.high,
                    "random_true": _find_true_labels(one, each.strategy),
                    "now": forecast.now.expected,
                    "now_low": forecast.now.interval.low,
                    "now_high": forecast.now.interval.high,
                    "now_true": one.find_random(0),
                    "end": forecast.random.expected,
                    "end_low": forecast.random.interval.low,
                    "end_high": forecast.random.interval.high,
                    "end_true": one.find_random(1),
                    "level_low": each.level.interval.low,
                    "level_high": each.level.interval.high,
                    "n_labelled": one.n_labelled,
                }
            )
    return pl.DataFrame(rows, infer_schema_length=None)


def _find_true_labels(one: StudySet, strategy: str) -> float | None:
    """Return the labels more with which random has what a strategy has with as many again; None beyond."""
    level = one.find_random(1) + one.find_gain(strategy)
    if one.longer is None:
        return None
    curve = np.maximum.accumulate(one.longer.random.mean(axis=0))
    if curve[-1] < level:
        return None
    return max(float(np.interp(level, curve, one.longer.n_labels)) - one.n_labelled, 0.0)


def describe(rows: pl.DataFrame) -> str:
    """Return the numbers of `docs/pilot.md`."""
    margin = rows.filter(pl.col("strategy") == "margin")
    covered = ((rows["low"] <= rows["true"]) & (rows["true"] <= rows["high"])).mean()
    lines = [f"{rows['set'].n_unique()} sets"]
    for label, part in (("all strategies", rows), ("margin", margin)):
        for name, low, high, expected in (
            ("forecast", "low", "high", "expected"),
            ("naive", "naive_low", "naive_high", "naive"),
        ):
            inside = ((part[low] <= part["true"]) & (part["true"] <= part[high])).mean()
            pays = part.filter(pl.col(low) > 0)
            lines.append(
                f"{label:15s} {name:9s} covered {inside:.2f} length {(part[high] - part[low]).mean():.4f} "
                f"correlation {np.corrcoef(part[expected], part['true'])[0, 1]:.2f} "
                f"rmse {np.sqrt(((part[expected] - part['true']) ** 2).mean()):.4f} above 0: {pays.height}, "
                f"wrong {(pays['true'] <= 0).sum()}; "
                f"sign right {((part[expected] > 0) == (part['true'] > 0)).mean():.2f}"
            )
    del covered
    lines += _describe_advice(rows)
    for name in ("now", "end"):
        inside = (margin[f"{name}_low"] <= margin[f"{name}_true"]) & (
            margin[f"{name}_true"] <= margin[f"{name}_high"]
        )
        off = (margin[name] - margin[f"{name}_true"]).abs().mean()
        lines.append(f"level {name}: covered {inside.mean():.2f}, off by {off:.3f} on average")
    lines.append(_describe_labels(margin))
    return "\n".join(lines)


def _describe_advice(rows: pl.DataFrame) -> list[str]:
    lines, results = [], {"margin": [], "advice": [], "naive pilot": [], "best": []}
    firsts = []
    for (_,), part in rows.group_by("set", maintain_order=True):
        true = dict(zip(part["strategy"], part["true"], strict=True))
        true["random"] = 0.0
        results["margin"].append(true["margin"])
        results["advice"].append(true[part["advised"][0]])
        naive = part.sort("naive", descending=True).row(0, named=True)
        results["naive pilot"].append(naive["true"] if naive["naive"] > 0 else 0.0)
        results["best"].append(max(true.values()))
        firsts.append((part["verdict"][0], true[part["advised"][0]], max(true.values())))
    lines += [f"gain of {name}: {np.mean(values):.4f}" for name, values in results.items()]
    for verdict in ("pays_off", "no_gain", "undecided", "withheld"):
        mine = [(advised, best) for name, advised, best in firsts if name == verdict]
        if mine:
            wrong = sum(advised <= 0 for advised, _ in mine)
            best = np.mean([best for _, best in mine])
            lines.append(
                f"{verdict}: {len(mine)} sets, advised is not above random on {wrong}, best {best:.4f}"
            )
    return lines


def _describe_labels(rows: pl.DataFrame) -> str:
    known = rows.filter(pl.col("random_true").is_not_null()).cast({"random_true": pl.Float64})
    if not known.height:
        return "labels of random: not run"
    low = known["random_low"].fill_null(np.inf)
    high = known["random_high"].fill_null(np.inf)
    inside = ((low <= known["random_true"]) & (known["random_true"] <= high)).mean()
    beyond = rows.height - known.height
    off = (known["random_labels"].fill_null(np.inf) / known["random_true"].clip(1)).log()
    finite = off.filter(off.is_finite())
    error = f"median factor off {np.exp(finite.abs().median()):.2f}" if finite.len() else ""
    covered = f"covered {inside or 0:.2f} of {known.height}"
    return f"labels of random: {covered}, {beyond} beyond what was run; {error}"


def main() -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["table", "fit"])
    parser.add_argument("study", type=Path)
    parser.add_argument("--metric", default="accuracy", choices=METRICS)
    options = parser.parse_args()
    if options.command == "table":
        sets = read_sets(options.study, "random", options.metric)
        print(describe(validate(sets, options.metric)))
        return
    by_metric = {metric: read_sets(options.study, "random", metric) for metric in METRICS}
    sets = by_metric["accuracy"]
    study = PilotStudy(
        source=f"a study of {len(sets)} data sets (2026-11-30)",
        design=(
            "logistic regression, a tenth of up to 4,000 rows labelled, 150 at least, as many labels again "
            f"in batches of 10, 10 repeats; numpy {version('numpy')}, scikit-learn {version('scikit-learn')}"
        ),
        datasets=tuple(one.name for one in sets),
        labelled=(min(one.n_labelled for one in sets), max(one.n_labelled for one in sets)),
        shift=SHIFT,
        metrics={metric: fit_metric(found) for metric, found in by_metric.items()},
    )
    print(study.to_json(), end="")


if __name__ == "__main__":
    main()
