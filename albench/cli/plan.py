"""`albench plan`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from albench.cli import options
from albench.cli.output import fit_terminal, print_json, print_notes, print_text
from albench.text import format_duration

if TYPE_CHECKING:
    from pathlib import Path

    from albench.forecast import FewestTrials, Forecast
    from albench.planning.decisions import Rerun
    from albench.runner.price import Price


_ALWAYS = ("datasets", "models", "strategies", "repeats")
_INDENT = 11


@click.command("plan", epilog="Example: albench plan experiments/quickstart.yaml --probe")
@options.SPEC
@options.RESULTS
@options.RERUN
@options.SHARD
@options.CACHE
@click.option(
    "--probe",
    is_flag=True,
    help="If none has finished here, run one whole trial of random a dataset and model to measure the price, "
    "instead of a few rounds; with --power or --detect, 3 repeats of the first slice, which are kept.",
)
@click.option(
    "--power",
    is_flag=True,
    help="Say which gains and savings the experiment can show, on each dataset and over them.",
)
@click.option(
    "--detect",
    metavar="EFFECT",
    help="Say what it takes to show a difference (0.005), or a label saving ('saving 10%').",
)
@click.option("--why", is_flag=True, help="Name every trial that would run, with its reason.")
@options.JSON
def command(
    spec: Path,
    results: Path,
    rerun: Rerun,
    shard: str | None,
    detect: str | None,
    *,
    probe: bool,
    power: bool,
    why: bool,
    as_json: bool,
) -> None:
    """Say what a run would do: trials, what exists, why the rest runs, its price, what can be tested."""
    import albench
    from albench.cli.display import open_display
    from albench.cli.power import find_evidence, format_power, make_power_json
    from albench.power.forecast import WantedEffect, predict_power, predict_repeats
    from albench.power.spread import PROBE_REPEATS, measure_spreads
    from albench.spec.experiment import refuse_streams

    wanted = None if detect is None else WantedEffect.parse(detect)
    with open_display(logs=False) as display:
        display.show_phase("reading data")
        experiment = options.read_experiment(spec)
        whole = power or wanted is not None
        if whole:
            advice = "without them plan prices it, and after the run its page says how many repeats would do"
            refuse_streams(experiment, "what --power and --detect know is", advice)
        evidence = find_evidence(experiment, results) if whole else None
        if probe and whole and not (evidence and measure_spreads(evidence)):
            albench.api.run_first_repeats(experiment, PROBE_REPEATS, results=results, display=display)
            evidence = find_evidence(experiment, results)
        display.show_phase("measuring one trial a dataset and model" if probe else "planning")
        forecast = albench.plan(experiment, results=results, rerun=rerun, probe=probe, shard=shard)
        predicted = predict_power(experiment, evidence, wanted)
        typical = predict_repeats(experiment, evidence)
    print_notes(forecast.notes)
    if as_json:
        document = {**_make_json(forecast), "power": make_power_json(predicted, forecast.repeat_s)}
        print_json(document if forecast.at_least is None else {**document, "typical_repeats": typical})
    else:
        power_lines = format_power(predicted, forecast.repeat_s, whole=whole)
        lines = _format_forecast(forecast, shard, power_lines, typical)
        print_text(fit_terminal(lines, _INDENT))
        if why:
            print_text("\n".join(_format_reasons(forecast)))


def _format_forecast(forecast: Forecast, shard: str | None, power: list[str], typical: int | None) -> str:
    sizes = {name: n for name, n in forecast.axes.items() if n > 1 or name in _ALWAYS}
    axes = " x ".join(f"{n} {name if n != 1 else _make_singular(name)}" for name, n in sizes.items())
    if forecast.at_least is not None:
        axes = axes.replace(f" {sizes['repeats']} repeats", f" up to {sizes['repeats']} repeats")
    arms = "" if forecast.plan.is_stream else f" ({forecast.plan.experiment.baseline.arms} arms of random)"
    least = forecast.at_least
    part = f", of which shard {shard} has" if shard else " ="
    most = "" if least is None else " at most"
    lines = [f"{axes}{arms}{part}{most} {forecast.n_trials:,} trials"]
    lines.append(f"  reused   {forecast.reused:>7,}")
    if forecast.kept_failed:
        lines.append(f"  failed   {forecast.kept_failed:>7,}   kept; --rerun failed tries them again")
    lines += [f"  skipped  {n:>7,}   {reason}" for reason, n in forecast.skipped.items()]
    reasons = " | ".join(f"{n:,} {reason}" for reason, n in list(forecast.reasons.items())[:4])
    to_run = f"{forecast.to_run:,}"
    n = f"{to_run:>7}" if least is None else _format_range(f"{least.to_run:,}", to_run)
    lines.append(f"  to run   {n}   {reasons}".rstrip())
    lines += _price(forecast.price, None if least is None else least.price)
    if least is not None:
        known = f"; a typical cell is known to the precision at {typical}" if typical is not None else ""
        lines.append(f"  looks    {least.look}{known}")
    lines.append(f"  tests    {forecast.testable}")
    lines += power
    lines += [f"  warning  {warning}" for warning in forecast.warnings]
    lines += [
        f"  warning  {n:,} stored trials and references were computed in environment {name}, not in this "
        "one: `run` goes on beside them only with --allow-mixed-environments"
        for name, n in forecast.foreign.items()
    ]
    return "\n".join(lines)


def _format_reasons(forecast: Forecast) -> list[str]:
    trials = [(trial, forecast.why.get(trial.identity.key)) for trial in forecast.plan.trials]
    return [
        f"  {trial.identity.key[:12]}  {trial.title}: {reason}"
        for trial, reason in trials
        if reason is not None
    ]


def _price(price: Price, least: Price | None = None) -> list[str]:
    """Return the price; from the least on, where nobody knows yet how many repeats it takes."""
    if price.cpu_s is None or price.wall_s is None:
        return [f"  cost     unknown: {price.source}"]
    if not price.cpu_s:
        return [f"  cost     none: {price.source}"]
    cpu, wall = (f"~ {format_duration(max(seconds, 1.0))}" for seconds in (price.cpu_s, price.wall_s))
    if least is not None and least.cpu_s is not None and least.wall_s is not None:
        ends = (format_duration(max(seconds, 1.0)) for seconds in (least.cpu_s, least.wall_s))
        cpu, wall = (_format_range(f"~ {end}", most) for end, most in zip(ends, (cpu, wall), strict=True))
    line = f"  cost     {cpu} of CPU, {wall} on the clock, from {price.source}"
    slowest = ", ".join(f"{name} {seconds:.2g} s" for name, seconds in price.slowest)
    return [line, f"  slowest  {slowest} a trial"] if slowest else [line]


def _format_range(least: str, most: str) -> str:
    return least if least == most else f"between {least} and {most}"


def _make_singular(name: str) -> str:
    return "strategy" if name == "strategies" else name.removesuffix("s")


def _make_json(forecast: Forecast) -> dict[str, Any]:
    return {
        "axes": forecast.axes,
        "trials": forecast.n_trials,
        "reused": forecast.reused,
        "failed": forecast.kept_failed,
        "to_run": forecast.to_run,
        "skipped": dict(forecast.skipped),
        "reasons": forecast.reasons,
        "why": dict(forecast.why),
        "other_environments": dict(forecast.foreign),
        "cpu_s": forecast.price.cpu_s,
        "wall_s": forecast.price.wall_s,
        "price_from": forecast.price.source,
        "testable": forecast.testable,
        "warnings": list(forecast.warnings),
        **({} if forecast.at_least is None else {"at_least": _make_least_json(forecast.at_least)}),
    }


def _make_least_json(least: FewestTrials) -> dict[str, Any]:
    """Return what is run in any case, where repeats go on until cells are decided."""
    return {
        "trials": least.n_trials,
        "to_run": least.to_run,
        "cpu_s": least.price.cpu_s,
        "wall_s": least.price.wall_s,
        "look": least.look,
    }
