"""What `albench plan` says of the differences that an experiment can show."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from albench.text import format_count, format_duration, format_fixed, format_percent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.power.detectable import Detectable, Wanted
    from albench.power.forecast import PowerForecast
    from albench.spec.experiment import Experiment

_PLACE = 32


def find_evidence(experiment: Experiment, results: Path) -> SliceEvidence | None:
    """Return what finished trials say of the primary slice; None where there are none."""
    import albench
    from albench.errors import ResultsError

    try:
        opened = albench.open_results(experiment, results=results)
    except ResultsError:
        # Nothing was run yet: then the study tells.
        return None
    return opened.evidence.primary if opened.evidence.slices else None


def format_power(power: PowerForecast | None, repeat_s: Mapping[str, float], *, whole: bool) -> list[str]:
    """Return what an experiment can show: one line about a single dataset, or the whole of it.

    Parameters
    ----------
    repeat_s : mapping of str to float
        CPU seconds of one repeat of a dataset, by its label.
    """
    if power is None:
        unknown = "the spread of the primary metric is not known: run a few repeats first"
        return [f"  power    {unknown}"] if whole else []
    return _format_whole(power, repeat_s) if whole else [_format_line(power)]


def _format_line(power: PowerForecast) -> str:
    single = power.detectable[0]
    if single.difference is None:
        return f"  power    nothing can be shown {single.place}: {single.reason}"
    return (
        f"  power    {_format_effect(single, power.metric)} on one dataset shows in 4 of 5 experiments "
        f"({power.source}); --power says more"
    )


def _format_whole(power: PowerForecast, repeat_s: Mapping[str, float]) -> list[str]:
    repeats = format_count(power.n_repeats, "repeat")
    strategies = format_count(power.n_strategies, "strategy", "strategies")
    lines = [
        (
            f"  power    what {repeats} show in 4 of 5 experiments, {strategies} against random "
            f"(spread of {power.metric} from {power.source})"
        )
    ]
    for of in power.detectable:
        effect = of.reason if of.difference is None else _format_effect(of, power.metric)
        lines.append(f"    {of.place:<{_PLACE}} {effect}")
    if power.wanted:
        lines.append("  detect   what it takes")
        lines += [f"    {of.place:<{_PLACE}} {_describe_design(of, repeat_s)}" for of in power.wanted]
    return lines


def _format_effect(of: Detectable, metric: str) -> str:
    labels = f"saving {format_percent(of.saving)}" if of.saving is not None else "a saving beyond 90 %"
    return f"a gain of {format_fixed(of.difference or 0.0)} in {metric} ({labels} of the labels)"


def _describe_design(of: Wanted, repeat_s: Mapping[str, float]) -> str:
    if of.n_repeats is None or of.difference is None:
        return of.reason
    datasets = f" x {of.n_datasets} datasets" if of.n_datasets > 1 else ""
    cpu_s = _price_design(of, repeat_s)
    price = "" if cpu_s is None else f" (~ {format_duration(max(cpu_s, 1.0))} of CPU)"
    gain = f"for a gain of {format_fixed(of.difference)}"
    return f"{format_count(of.n_repeats, 'repeat')}{datasets} {gain}{price}"


def _price_design(of: Wanted, repeat_s: Mapping[str, float]) -> float | None:
    """Return the CPU seconds of all strategies in a grid; None where nothing was measured."""
    if of.n_repeats is None or not repeat_s:
        return None
    mean = sum(repeat_s.values()) / len(repeat_s)
    return of.n_repeats * repeat_s.get(of.place.removeprefix("on "), of.n_datasets * mean)


def make_power_json(power: PowerForecast | None, repeat_s: Mapping[str, float]) -> dict[str, Any] | None:
    """Return the prediction as JSON, each design with its price."""
    if power is None:
        return None
    wanted = [{**asdict(of), "cpu_s": _price_design(of, repeat_s)} for of in power.wanted]
    return {**asdict(power), "wanted": wanted}
