"""`albench check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from albench.cli import options
from albench.cli.exits import DONE, GATE
from albench.cli.output import print_json, print_text

if TYPE_CHECKING:
    from albench.checking import CheckReport, ContractCheck


@click.command("check", epilog="Examples: albench check ./my.py:MyStrategy; albench check '{qbc: kl}'")
@click.argument("strategy")
@click.option("--no-cost", is_flag=True, help="Leave out the measurement of what a query costs.")
@options.add_json
def command(strategy: str, *, no_cost: bool, as_json: bool) -> int:
    """Run the contract tests of a query strategy and measure what a query costs.

    In small awkward pools it must query rows of the pool, none twice, as many as asked for, the same ones
    for the same seed. STRATEGY is what a spec would say: a name, ./file.py:Class, package.module.Class, or
    '{name: {parameter: value}}'. A pool of classes that it says it cannot work on is not tried. The exit code
    is 4 if a test fails, or no pool could be tried.
    """
    import albench

    report = albench.check_strategy(load_strategy(strategy), measure_cost=not no_cost)
    if as_json:
        print_json(_make_json(report))
    else:
        print_text(_format_report(strategy, report))
    return DONE if report.passed else GATE


def load_strategy(text: str) -> Any:
    """Return the strategy that an entry of a spec stands for.

    Raises
    ------
    click.UsageError
        If it is none.
    """
    from pydantic import TypeAdapter, ValidationError

    from albench.spec.messages import Problems, UnreadableError
    from albench.spec.yaml_reader import compose
    from albench.strategies.wrapper import InnerStrategy

    try:
        entry = compose(text, Problems("")).plain if text.lstrip().startswith("{") else text
        return TypeAdapter(InnerStrategy).validate_python(entry, context={"folder": Path.cwd()})
    except UnreadableError as error:
        raise click.UsageError(f"{text} is no YAML: {error}") from error
    except ValidationError as error:
        raise click.UsageError(str(error.errors()[0]["ctx"]["error"])) from error


def _format_report(name: str, report: CheckReport) -> str:
    width = max(len(check.name) for check in report.checks)
    first = {check.remark: check.name for check in reversed(report.checks)}
    lines = [name, *(_format_check(check, width, first[check.remark]) for check in report.checks)]
    lines += ["", _format_summary(report)]
    return "\n".join([*lines, *_format_cost(report)])


def _format_summary(report: CheckReport) -> str:
    tried = [check for check in report.checks if check.tried]
    failed = sum(not check.passed for check in tried)
    text = f"{failed} of {len(tried)} failed" if failed else f"{len(tried)} passed"
    if left := len(report.checks) - len(tried):
        text += f", {left} not tried"
    return text if failed or report.passed else f"{text}: no trial was run"


def _format_check(check: ContractCheck, width: int, first: str) -> str:
    """Return the line of a check; ``first`` is the name of the first with this remark, which says it."""
    if not check.tried:
        return f"  -       {check.name:<{width}}  not tried: {check.remark}"
    verdict = "ok    " if check.passed else "FAILED"
    remark = check.remark if first == check.name or not check.remark else f"as for {first}"
    return f"  {verdict}  {check.name:<{width}}  {remark}".rstrip()


def _format_cost(report: CheckReport) -> list[str]:
    if report.cost is None:
        return []
    from albench.checking.cost import BATCH, FEATURES

    cost = report.cost
    rows = [f"  {n:>7,}  {s:.4f}" for n, s in zip(cost.sizes, cost.seconds, strict=True)]
    slope = cost.growth
    growth = "its growth is too small to measure" if slope is None else f"it grows as n^{slope:.2f}"
    declared = type(report.strategy).cost
    head = f"CPU seconds of a query ({FEATURES} features, {cost.classes} classes, batches of {BATCH}):"
    return [
        "",
        head,
        *rows,
        *([f"  {cost.note}"] if cost.note else []),
        f"{growth}; declared: {declared}",
    ]


def _make_json(report: CheckReport) -> dict[str, Any]:
    cost = report.cost
    return {
        "strategy": report.strategy.identity(),
        "passed": report.passed,
        "checks": [vars(check) for check in report.checks],
        "cost": vars(cost) | {"growth": cost.growth} if cost else None,
    }
