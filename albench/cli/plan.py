"""`albench plan`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from albench.cli import options
from albench.runner.progress import format_trial_title
from albench.text import format_duration

if TYPE_CHECKING:
    from pathlib import Path

    from albench.forecast import Forecast, Price
    from albench.planning.decisions import Rerun


_ALWAYS = ("datasets", "models", "strategies", "repeats")


@click.command("plan", epilog="Example: albench plan experiments/quickstart.yaml --probe")
@options.spec
@options.results
@options.rerun
@options.shard
@options.cache
@click.option(
    "--probe",
    is_flag=True,
    help="If none has finished here, run one trial of random a dataset and model to measure the price.",
)
@click.option("--why", is_flag=True, help="Name every trial that would run, with its reason.")
@options.as_json
def command(
    spec: Path, results: Path, rerun: Rerun, shard: str | None, *, probe: bool, why: bool, as_json: bool
) -> None:
    """Say what a run would do: trials, what exists, why the rest runs, its price, what can be tested."""
    import albench

    experiment = options.experiment(spec)
    found = albench.plan(experiment, results=results, rerun=rerun, probe=probe, shard=shard)
    click.echo(json.dumps(_data(found), indent=1) if as_json else _text(found, shard))
    if why and not as_json:
        click.echo("\n".join(_whys(found)))


def _text(found: Forecast, shard: str | None) -> str:
    told = {name: n for name, n in found.axes.items() if n > 1 or name in _ALWAYS}
    axes = " x ".join(f"{n} {name if n != 1 else _singular(name)}" for name, n in told.items())
    arms = found.plan.experiment.baseline.arms
    part = f", of which shard {shard} has" if shard else " ="
    lines = [f"{axes} ({arms} arms of random){part} {found.n_trials:,} trials"]
    lines.append(f"  reused   {found.reused:>7,}")
    if found.kept_failed:
        lines.append(f"  failed   {found.kept_failed:>7,}   kept; --rerun failed tries them again")
    reasons = " | ".join(f"{n:,} {reason}" for reason, n in list(found.reasons.items())[:4])
    lines.append(f"  to run   {found.to_run:>7,}   {reasons}".rstrip())
    lines += _price(found.price)
    lines.append(f"  tests    {found.testable}")
    lines += [f"  warning  {warning}" for warning in found.warnings]
    lines += [
        f"  warning  {n:,} stored trials and references were computed in environment {name}, not in this "
        "one: `run` goes on beside them only with --allow-mixed-environments"
        for name, n in found.foreign.items()
    ]
    return "\n".join(lines)


def _whys(found: Forecast) -> list[str]:
    trials = [(trial, found.why.get(trial.identity.key)) for trial in found.plan.trials]
    return [
        f"  {trial.identity.key[:12]}  {format_trial_title(trial)}: {reason}"
        for trial, reason in trials
        if reason is not None
    ]


def _price(price: Price) -> list[str]:
    if price.cpu_s is None or price.wall_s is None:
        return [f"  cost     unknown: {price.source}"]
    cpu, wall = format_duration(price.cpu_s), format_duration(price.wall_s)
    told = f"  cost     ~ {cpu} of CPU, ~ {wall} on the clock, from {price.source}"
    slowest = ", ".join(f"{name} {seconds:.2g} s" for name, seconds in price.slowest)
    return [told, f"  slowest  {slowest} a trial"] if slowest else [told]


def _singular(name: str) -> str:
    return "strategy" if name == "strategies" else name.removesuffix("s")


def _data(found: Forecast) -> dict[str, Any]:
    return {
        "axes": found.axes,
        "trials": found.n_trials,
        "reused": found.reused,
        "failed": found.kept_failed,
        "to_run": found.to_run,
        "reasons": found.reasons,
        "why": dict(found.why),
        "other_environments": dict(found.foreign),
        "cpu_s": found.price.cpu_s,
        "wall_s": found.price.wall_s,
        "price_from": found.price.source,
        "testable": found.testable,
        "warnings": list(found.warnings),
    }
