"""What a pilot says against what the hidden rest gives: constants and tables of `docs/pilot.md`.

    python benchmarks/pilot_validation.py table STUDY [--metric accuracy] [--judged FILE]
    python benchmarks/pilot_validation.py budgets STUDY
    python benchmarks/pilot_validation.py biased STUDY
    python benchmarks/pilot_validation.py fit STUDY > albench/pilot/study.json

STUDY holds the raw curves of `benchmarks/pilot_study.py`, for `biased` also what `benchmarks/pilot_shift.py`
measures. Everything that is printed is said of a data set by constants that were fitted without it. FILE
names sets, one a line, that alone are judged.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from pilot_sets import BUDGETS, StudySet, fit_metric, read_sets

from albench.analysis.stats.intervals import compute_t_quantile
from albench.datasets.representativeness import Representativeness
from albench.pilot.labelling_forecast import forecast_labelling
from albench.pilot.prior import LEVEL, Evidence
from albench.pilot.study import PilotStudy, ShiftRule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.evidence.labelling import LabellingForecast
    from albench.contracts import Floats

METRICS = ("accuracy", "balanced_accuracy", "f1_macro")
METHODS = ("forecast", "study alone", "naive pilot", "line through pools")
SHIFT = ShiftRule(gains=1.5, levels=2.5, withhold=0.8)


def validate(
    sets: Sequence[StudySet],
    fitted: Sequence[StudySet],
    metric: str,
    shifts: Mapping[str, Representativeness] | None = None,
) -> pl.DataFrame:
    """Return a row for each data set, strategy and method: what is said without that set, and what is true.

    Parameters
    ----------
    sets, fitted : sequence of StudySet
        That are judged, and that constants are fitted on, but for the judged one.
    metric : str
    shifts : mapping of str to Representativeness, optional
        What the two-sample test says of a set.
    """
    rows = []
    for study_set in sets:
        constants = fit_metric([other for other in fitted if other.name != study_set.name])
        forecast = forecast_labelling(
            study_set.pools,
            n_labelled=study_set.n_labelled,
            n_unlabelled=study_set.n_rows - study_set.n_labelled,
            n_more=study_set.n_labelled,
            metric=metric,
            representativeness=(shifts or {}).get(study_set.name),
            study=PilotStudy("", "", (), "", (0, 10**9), SHIFT, {metric: constants}),
        )
        for each in forecast:
            alone = constants.gain.predict(each.strategy, Evidence(0.0, 1e9))
            ends = (
                (each.gain.expected, each.gain.interval.low, each.gain.interval.high),
                tuple(share * study_set.evidence.error for share in alone),
                _compute_ends(study_set.pools[-1].compute_gains(each.strategy)),
                _compute_ends(_extrapolate(study_set, each.strategy)),
            )
            rows += [
                {"set": study_set.name, "strategy": each.strategy, "method": method}
                | dict(zip(("expected", "low", "high"), of, strict=True))
                | {"true": study_set.find_gain(each.strategy)}
                | _describe_levels(study_set, forecast, each.strategy)
                for method, of in zip(METHODS, ends, strict=True)
            ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _compute_ends(values: Floats) -> tuple[float, float, float]:
    """Return mean and t interval over repeats."""
    half = compute_t_quantile(values.size - 1, LEVEL) * values.std(ddof=1) / np.sqrt(values.size)
    return values.mean(), values.mean() - half, values.mean() + half


def _extrapolate(study_set: StudySet, strategy: str) -> Floats:
    """Return the line through the gains on the nested pools, over the log of their rows, at the true pool."""
    gains = np.array([pool.compute_gains(strategy) for pool in study_set.pools])
    x = np.log([pool.n_pool for pool in study_set.pools])
    slopes = (x - x.mean()) @ gains / ((x - x.mean()) ** 2).sum()
    return np.asarray(
        gains.mean(axis=0) + slopes * (np.log(study_set.n_rows - study_set.n_labelled) - x.mean())
    )


def _describe_levels(study_set: StudySet, forecast: LabellingForecast, strategy: str) -> dict[str, Any]:
    each = forecast.find(strategy)
    levels = {"now": forecast.now, "later": forecast.random, "level": each.level}
    true = {"now": study_set.find_random(0), "later": study_set.find_random(1)}
    true["level"] = true["later"] + study_set.find_gain(strategy)
    row: dict[str, Any] = {"verdict": forecast.verdict, "advised": forecast.advised}
    for name, level in levels.items():
        row |= {f"{name}_said": level.expected, f"{name}_true": true[name]}
        row |= {f"{name}_low": level.interval.low, f"{name}_high": level.interval.high}
    labels = each.random_labels
    return row | {
        "labels_said": labels.expected,
        "labels_low": labels.low,
        "labels_high": labels.high,
        "labels_true": None
        if study_set.longer is None
        else study_set.n_labelled * study_set.find_random_labels(strategy),
        "labels_most": BUDGETS[-1] * study_set.n_labelled,
        "n_labelled": study_set.n_labelled,
    }


def describe(rows: pl.DataFrame) -> str:
    """Return the numbers of `docs/pilot.md`."""
    lines = [f"{rows['set'].n_unique()} sets"]
    for label in ("all", *sorted(rows["strategy"].unique())):
        for method in METHODS if label in ("all", "margin") else METHODS[:1]:
            part = rows.filter(pl.col("method") == method)
            part = part if label == "all" else part.filter(pl.col("strategy") == label)
            lines.append(f"{label:10s} {method:18s} {_describe_gains(part)}")
    of_forecast = rows.filter(pl.col("method") == METHODS[0])
    margin = of_forecast.filter(pl.col("strategy") == "margin")
    lines += [*_describe_advice(rows), *_describe_verdicts(of_forecast)]
    for name, part in (("now", margin), ("later", margin), ("level", of_forecast)):
        off = (part[f"{name}_said"] - part[f"{name}_true"]).abs().mean()
        covered = _compute_coverage(part, f"{name}_low", f"{name}_high", f"{name}_true")
        length = (part[f"{name}_high"] - part[f"{name}_low"]).mean()
        lines.append(f"{name}: covered {covered:.2f}, length {length:.3f}, off by {off:.3f} on average")
    lines.append(_describe_labels(margin))
    return "\n".join(lines)


def _compute_coverage(rows: pl.DataFrame, low: str, high: str, true: str) -> float:
    return float(((rows[low] <= rows[true]) & (rows[true] <= rows[high])).mean())


def _describe_gains(rows: pl.DataFrame) -> str:
    above = rows.filter(pl.col("low") > 0)
    error = float(((rows["expected"] - rows["true"]) ** 2).mean() ** 0.5)
    return (
        f"covered {_compute_coverage(rows, 'low', 'high', 'true'):.2f} "
        f"length {(rows['high'] - rows['low']).mean():.4f} "
        f"correlation {np.corrcoef(rows['expected'], rows['true'])[0, 1]:.2f} error {error:.4f} "
        f"above 0: {above.height}, wrong {(above['true'] <= 0).sum()}; "
        f"sign {((rows['expected'] > 0) == (rows['true'] > 0)).mean():.2f}"
    )


def _describe_advice(rows: pl.DataFrame) -> list[str]:
    """Return the mean gain of following each method's highest expectation, and of always margin."""
    gains: dict[str, list[float]] = {}
    for (name, method), part in rows.group_by("set", "method"):
        del name
        first = part.sort("expected", descending=True).row(0, named=True)
        gains.setdefault(str(method), []).append(first["true"] if first["expected"] > 0 else 0.0)
        if method == METHODS[0]:
            gains.setdefault("the best in hindsight", []).append(max(*part["true"], 0.0))
            margin = part.filter(pl.col("strategy") == "margin")["true"].item()
            gains.setdefault("always margin", []).append(margin)
    return [f"following {name}: {np.mean(values):.4f}" for name, values in sorted(gains.items())]


def _describe_verdicts(rows: pl.DataFrame) -> list[str]:
    lines = []
    for (verdict,), part in rows.group_by("verdict"):
        advised = part.filter(pl.col("strategy") == pl.col("advised"))
        best = part.group_by("set").agg(pl.col("true").max())["true"]
        lines.append(
            f"{verdict}: {part['set'].n_unique()} sets; the advised strategy is not above random on "
            f"{(advised['true'] <= 0).sum()}, by {advised['true'].mean() or 0:.4f} on average; "
            f"the best by {best.mean():.4f}, at most {best.max():.4f}"
        )
    return sorted(lines)


def _describe_labels(rows: pl.DataFrame) -> str:
    """Return how often the labels that random needs are within the interval."""
    rows = rows.cast({"labels_true": pl.Float64}).filter(pl.col("labels_true").is_not_null())
    if not rows.height:
        return "labels of random: not run"
    true, most = rows["labels_true"], rows["labels_most"]
    low, high = rows["labels_low"].fill_null(np.inf), rows["labels_high"].fill_null(np.inf)
    # An interval that begins beyond what was run holds whatever is there.
    inside = ((low <= true) | ((true >= most) & low.is_infinite())) & (true <= high)
    known = rows.filter((true < most) & pl.col("labels_said").is_not_null())
    off = (known["labels_said"] / known["labels_true"].clip(0.01 * known["n_labelled"])).log().abs().median()
    shown = rows.filter(pl.col("labels_low") > pl.col("n_labelled"))
    return (
        f"labels of random: covered {inside.mean():.2f} of {rows.height}, {(true >= most).sum()} need more "
        f"than was run, expected is more on {rows['labels_said'].is_null().sum()}; "
        f"{known.height} are known and said, "
        f"off by a factor of {np.exp(off or 0):.2f} (median); the low end is above the strategy's on "
        f"{shown.height}, wrong on {(shown['labels_true'] <= shown['n_labelled']).sum()}"
    )


def describe_budgets(sets: Sequence[StudySet], metric: str) -> str:
    """Return how intervals of gains and of random's level hold at other budgets, without the judged set."""
    rows = []
    for study_set in sets:
        constants = fit_metric([other for other in sets if other.name != study_set.name])
        study = PilotStudy("", "", (), "", (0, 10**9), SHIFT, {metric: constants})
        for budget in BUDGETS:
            forecast = forecast_labelling(
                study_set.pools,
                n_labelled=study_set.n_labelled,
                n_unlabelled=study_set.n_rows - study_set.n_labelled,
                n_more=round(budget * study_set.n_labelled),
                metric=metric,
                study=study,
            )
            level, true = forecast.random.interval, study_set.find_random(budget)
            rows += [
                {
                    "budget": budget,
                    "strategy": each.strategy,
                    "true": study_set.find_gain(each.strategy, budget),
                    "expected": each.gain.expected,
                    "low": each.gain.interval.low,
                    "high": each.gain.interval.high,
                    "random": level.low <= true <= level.high,
                }
                for each in forecast
                if np.isfinite(study_set.find_gain(each.strategy, budget))
            ]
    lines = []
    for (budget, strategy), part in pl.DataFrame(rows).group_by("budget", "strategy"):
        lines.append(
            f"{budget:4} {strategy:10s} {part.height} sets {_describe_gains(part)}; "
            f"level of random covered {part['random'].mean():.2f}"
        )
    return "\n".join(sorted(lines))


def read_shifts(study: Path, variant: str) -> dict[str, Representativeness]:
    """Return what the two-sample test says of the labelled parts of a variant."""
    rows = pl.read_csv(study / "shift.csv").filter(pl.col("variant") == variant)
    return {
        row["set"]: Representativeness(row["auc"], row["low"], row["high"], row["column"] or "")
        for row in rows.iter_rows(named=True)
    }


def describe_biased(study: Path, metric: str) -> str:
    """Return what is said where the labelled part was chosen by a rule; constants are of random parts."""
    fitted, lines = read_sets(study, "random", metric), []
    for variant in ("random", "feature", "margin"):
        shifts = read_shifts(study, variant)
        sets = [of for of in read_sets(study, variant, metric) if of.name in shifts]
        warned = sum(shifts[of.name].is_shifted for of in sets)
        lines.append(f"== {variant}: {warned} of {len(sets)} are shown to differ")
        for label, used in (("as if it were random", None), ("with the test", shifts)):
            lines += [f"-- {label}", describe(validate(sets, fitted, metric, used))]
    return "\n".join(lines)


def fit(study: Path) -> PilotStudy:
    """Return the constants that are shipped."""
    by_metric = {metric: read_sets(study, "random", metric) for metric in METRICS}
    sets = by_metric["accuracy"]
    return PilotStudy(
        source=f"a study of {len(sets)} data sets (2026-11-30)",
        design=(
            "logistic regression, a tenth of up to 4,000 rows labelled, 150 at least, as many labels again "
            f"in batches of 10, 10 repeats; numpy {version('numpy')}, scikit-learn {version('scikit-learn')}"
        ),
        datasets=tuple(of.name for of in sets),
        model="logistic_regression",
        labelled=(min(of.n_labelled for of in sets), max(of.n_labelled for of in sets)),
        shift=SHIFT,
        metrics={metric: fit_metric(of) for metric, of in by_metric.items()},
    )


def round_numbers(value: Any) -> Any:
    """Return a record with its numbers as the shipped file has them."""
    if isinstance(value, dict):
        return {key: round_numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [round_numbers(item) for item in value]
    return round(value, 5) if isinstance(value, float) else value


def main() -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["table", "budgets", "biased", "fit"])
    parser.add_argument("study", type=Path)
    parser.add_argument("--metric", default="accuracy", choices=METRICS)
    parser.add_argument("--judged", type=Path)
    options = parser.parse_args()
    if options.command == "fit":
        print(json.dumps(round_numbers(asdict(fit(options.study))), indent=1))
    elif options.command == "biased":
        print(describe_biased(options.study, options.metric))
    elif options.command == "budgets":
        print(describe_budgets(read_sets(options.study, "random", options.metric), options.metric))
    else:
        fitted = read_sets(options.study, "random", options.metric)
        names = options.judged.read_text().split() if options.judged else [of.name for of in fitted]
        judged = [of for of in fitted if of.name in names]
        print(describe(validate(judged, fitted, options.metric)))


if __name__ == "__main__":
    main()
