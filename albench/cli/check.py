"""`albench check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from albench.cli import options
from albench.cli.exits import DONE, GATE
from albench.cli.output import print_json, print_text
from albench.errors import ImportPathError

if TYPE_CHECKING:
    from albench.checking.contract_check import CheckReport, ContractCheck
    from albench.contracts import Component, Kind, Strategy


@click.command("check", epilog="Examples: albench check ./my.py:MyStrategy; albench check '{qbc: kl}'")
@click.argument("component")
@click.option("--no-cost", is_flag=True, help="Leave out the measurement of what a query costs.")
@options.JSON
def command(component: str, *, no_cost: bool, as_json: bool) -> int:
    """Run the contract tests of a component; of a strategy, measure what a query costs.

    COMPONENT is a query strategy, model, metric, signal, oracle, seed set method or stopping rule, or of
    streams a strategy, budget manager or drift, as a spec would say it: a name, ./file.py:Class,
    package.module.Class, or '{name: {parameter: value}}'. It is tried in small awkward situations: what it
    returns must be what a trial can use, and the same for the same seed. What it says it cannot work on is
    not tried. The exit code is 4 if a test fails, or nothing could be tried.
    """
    import albench
    from albench.contracts import Strategy

    loaded = load_component(component)
    # A line, not a spinner: what is tested may stop in a debugger, which needs the terminal for itself.
    if sys.stderr.isatty():
        print_text(f"testing {component}", err=True)
    if isinstance(loaded, Strategy):
        report = albench.check_strategy(loaded, measure_cost=not no_cost)
    else:
        report = albench.check_component(loaded)
    if as_json:
        print_json(_make_json(report))
    else:
        print_text(_format_report(component, report))
    return DONE if report.passed else GATE


def load_component(text: str) -> Component:
    """Return the component that an entry of a spec stands for."""
    from pydantic import TypeAdapter, ValidationError

    from albench.contracts import Strategy
    from albench.contracts.entry import split_entry
    from albench.spec.messages import Problems, UnreadableError
    from albench.spec.yaml_reader import compose
    from albench.strategies.wrapper import InnerModel, InnerStrategy, make_component

    try:
        entry = compose(text, Problems("")).plain if text.lstrip().startswith("{") else text
        name, params = split_entry(entry) or ("", None)
        cls = _find_class(name)
        if cls is not None and not issubclass(cls, Strategy):
            return make_component(cls, name, params)
        inner: Any = InnerModel if cls is None and _is_model(name) else InnerStrategy
        loaded: Component = TypeAdapter(inner).validate_python(entry, context={"folder": Path.cwd()})
    except UnreadableError as error:
        raise click.UsageError(f"{text} is no YAML: {error}") from error
    except ValidationError as error:
        raise click.UsageError(str(error.errors()[0]["ctx"]["error"])) from error
    except (ValueError, ImportPathError) as error:
        raise click.UsageError(str(error)) from error
    return loaded


def _find_class(name: str) -> type[Component] | None:
    """Return the class that a name or a path means; None for a model, and for what is no component."""
    from albench.contracts import Component
    from albench.registry.aliases import find_entry
    from albench.registry.catalogue import is_import_path
    from albench.registry.imports import import_object
    from albench.registry.lookup import ADAPTERS, get_builtin, list_names

    if is_import_path(name):
        if name.rpartition(".")[0] in ADAPTERS:
            return None
        imported_object = import_object(name, Path.cwd())
        is_component = isinstance(imported_object, type) and issubclass(imported_object, Component)
        return imported_object if is_component else None
    # Strategies first: some seed set methods and some strategies of streams are called as they are.
    kinds: tuple[Kind, ...] = (
        *("strategy", "metric", "signal", "oracle", "seed_set", "stopping_rule"),
        *("stream_strategy", "budget_manager", "drift"),
    )
    kind = next((kind for kind in kinds if name in list_names(kind)), None)
    known = kind or _is_model(name)
    entries = (find_entry(kind, name) for kind in (*kinds, "model")) if not known else ()
    if entry := next(filter(None, entries), None):
        raise click.UsageError(f"albench calls '{name}' '{entry}'")
    return get_builtin(kind, name) if kind else None


def _is_model(name: str) -> bool:
    """Say whether a name or a path that is no component means a model."""
    from albench.models.names import MODELS
    from albench.registry.catalogue import is_import_path
    from albench.registry.imports import import_object
    from albench.registry.lookup import ADAPTERS

    if not is_import_path(name) or name.rpartition(".")[0] in ADAPTERS:
        return name in MODELS
    if not hasattr(import_object(name, Path.cwd()), "fit"):
        raise ImportPathError(f"'{name}' is neither a component of albench nor an estimator")
    return True


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
    return text if failed or report.passed else f"{text}: nothing was run"


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
    declared = cast("Strategy", report.component).cost
    head = f"CPU seconds of a query ({FEATURES} features, {cost.classes} classes, batches of {BATCH}):"
    return ["", head, *rows, *([f"  {cost.note}"] if cost.note else []), f"{growth}; declared: {declared}"]


def _make_json(report: CheckReport) -> dict[str, Any]:
    cost = report.cost
    return {
        type(report.component).kind: report.component.identity(),
        "passed": report.passed,
        "checks": [vars(check) for check in report.checks],
        "cost": vars(cost) | {"growth": cost.growth} if cost else None,
    }
