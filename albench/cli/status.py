"""`albench status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from albench.cli import options
from albench.cli.output import print_json, print_notes, print_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from albench.results import Results

_SHOWN = 10


@click.command("status", epilog="Example: albench status experiments/quickstart.yaml")
@options.SPEC
@options.RESULTS
@options.JSON
def command(spec: Path, results: Path, *, as_json: bool) -> None:
    """Say what is done, failed and missing of the last run, and how to see a failure again."""
    import albench
    from albench.spec.read import load_experiment

    opened_results = albench.open_results(
        load_experiment(spec, import_user_code=False), results=results, import_user_code=False
    )
    print_notes(opened_results.notes)
    if as_json:
        print_json(_make_json(opened_results))
    else:
        print_text("\n".join(_format_status(opened_results)))


def _count_statuses(results: Results) -> tuple[int, dict[str, int]]:
    """Return how many trials are done, and how many ended otherwise, by status."""
    counts = dict(results.trials["status"].value_counts().sort("status").iter_rows())
    return counts.pop("done", 0), counts


def _format_status(results: Results) -> Iterator[str]:
    done, others = _count_statuses(results)
    total = done + sum(others.values()) + results.n_missing
    other = "".join(f", {n:,} {status}" for status, n in others.items())
    yield f"{results.folder.path}: {done:,} of {total:,} trials done{other}, {results.n_missing:,} missing"
    yield from _format_open_cells(results)
    for reason, n in list(results.missing_reasons().items())[:_SHOWN]:
        yield f"  {n:,} missing: {reason}"
    if others:
        from albench.cli.failures import format_failures

        yield from format_failures(results.failures)
    yield from _format_notes(results)


def _format_open_cells(results: Results) -> Iterator[str]:
    """Name the cells that are not decided yet, where repeats go on until they are."""
    from albench.narrative.repeats import describe_next_look
    from albench.text import list_first

    cells = results.needed_repeats
    if cells:
        yield f"  {describe_next_look(cells)}"
    names = [f"{cell.strategy} on {cell.dataset} at {cell.n_splits}" for cell in cells if cell.is_open]
    if names:
        yield f"  open: {list_first(names, _SHOWN)}"
    if any(cell.reason in ("exhausted", "futile") for cell in cells):
        yield "  what is not decided takes more repeats only where 'up_to' is raised"


def _format_notes(results: Results) -> Iterator[str]:
    from albench.store.folder import TRIAL
    from albench.store.lock import find_holder
    from albench.tables import SKIPPED

    environments = results.trials["environment"].unique().drop_nulls().sort().to_list()
    if len(environments) > 1:
        names = ", ".join(environments)
        yield f"computed in {len(environments)} environments ({names}): last digits may differ"
    others = len(results.folder.list_keys(TRIAL)) - (results.trials["status"] != SKIPPED).sum()
    if others:
        yield f"{others:,} other trials are kept here, of earlier specs or versions; they are in no table"
    worker = find_holder(results.folder.path)
    if worker is not None:
        yield f"a run is going on here: {worker}"
    if results.differences:
        yield "the spec has changed since that run; `albench plan` shows what it asks for now"


def _make_json(results: Results) -> dict[str, Any]:
    done, others = _count_statuses(results)
    columns = ["key", "status", "reason", "seed", "command"]
    return {
        "total": done + sum(others.values()) + results.n_missing,
        "done": done,
        **others,
        "missing": results.n_missing,
        "missing_reasons": results.missing_reasons(),
        **({"repeats": results.repeats.to_dicts()} if results.needed_repeats else {}),
        "failures": results.failures.select(columns).to_dicts(),
        "spec_changed": bool(results.differences),
        "differences": list(results.differences),
    }
