"""`albench pilot`."""

from __future__ import annotations

import shlex
import sys
import time as clock
from typing import TYPE_CHECKING, Any

import click

from albench.cli import options
from albench.cli.exits import DONE, INCOMPLETE
from albench.cli.output import get_width, print_text
from albench.text import format_duration, quote

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from albench.report.written_page import WrittenPage
    from albench.results import Results

_BATCH = 20


def parse_time(ctx: click.Context, param: click.Parameter, value: str) -> float:
    """Return the seconds of a time with its unit."""
    from pydantic_core import PydanticCustomError

    from albench.spec.field_types import TIME, parse_quantity

    try:
        return parse_quantity(value, TIME, "3m")
    except PydanticCustomError as error:
        problem = f"{quote(value)} is not {error.message()}, as 3m or 90s"
        raise click.BadParameter(problem, ctx, param) from None


@click.command("pilot", epilog="Example: albench pilot data/mine.csv --target label --budget 500")
@click.argument("file", type=options.FilePath(exists=True))
@click.option("--target", metavar="COLUMN", required=True, help="Holds the class; empty in rows without one.")
@click.option(
    "--budget",
    type=click.IntRange(min=1),
    metavar="LABELS",
    help="Labels that there will be in all (default: as many again, of half of the other rows at most).",
)
@click.option(
    "--time", callback=parse_time, metavar="TIME", default="3m", show_default=True, help="What it may take."
)
@click.option(
    "--output",
    type=options.FilePath(),
    help="Experiment file that is written (default: FILE.yaml, in this folder).",
)
@click.option(
    "--read",
    "declared",
    metavar="YAML",
    default="",
    help="How FILE is read, as in an experiment: 'separator: \";\"', 'drop: [notes]'.",
)
@click.option("--dry-run", is_flag=True, help="Write the experiment file, and run nothing.")
@options.RESULTS
@options.JOBS
@click.option("--quiet", is_flag=True, help="Say nothing but errors.")
def command(
    file: Path,
    target: str,
    budget: int | None,
    time: float,
    output: Path | None,
    declared: str,
    results: Path,
    jobs: int | None,
    *,
    dry_run: bool,
    quiet: bool,
) -> int:
    """Say what more labels of FILE would give, by the rows that have one.

    It writes an experiment with a comment for each choice, and runs it. The file is yours from then on:
    `albench run` runs what you have changed, `albench report` writes the page again.
    """
    import albench
    from albench.api import name_spec, write_pilot
    from albench.cli.display import open_display
    from albench.cli.run import report_problems

    begin = clock.monotonic()
    output = output or name_spec(file)
    options.make_folder(output.parent, "--output")
    with open_display(quiet=quiet) as display:
        write_pilot(
            file,
            target,
            output,
            budget=budget,
            time_s=time,
            read=_parse_declared(declared),
            results=results,
            n_jobs=jobs,
            dry_run=dry_run,
            display=display,
        )
    if dry_run:
        spec = shlex.quote(str(output))
        print_text(f"nothing was run; next: albench plan {spec}, albench run {spec}")
        return DONE
    # The bar of the first repeats has come to its end.
    with open_display(quiet=quiet) as display:
        ran = albench.run(options.read_experiment(output), results=results, n_jobs=jobs, display=display)
        display.show_phase("writing the page")
        page = ran.update_report()
    if not quiet:
        _print_answer(ran, page, output, clock.monotonic() - begin)
    report_problems(ran)
    return INCOMPLETE if ran.problems or ran.n_missing else DONE


def _print_answer(ran: Results, page: WrittenPage, output: Path, seconds: float) -> None:
    """Print the answer, where everything is, and the command by which the labels of its advice begin."""
    from albench.analysis.selection import find_random_label
    from albench.cli.run import format_answer

    print_text("\n" + "\n".join(format_answer(page.answer, get_width(sys.stderr))), err=True)
    print_text(f"page: {page.path}; experiment: {output}; took {format_duration(seconds)}", err=True)
    pilot, spec = ran.evidence.pilot, shlex.quote(str(output))
    if pilot is not None and pilot.is_at_chance:
        print_text(f"next: albench run {spec}, with another model", err=True)
    elif pilot is not None and (forecast := pilot.forecast) is not None:
        strategy = forecast.advised if forecast.is_advice else find_random_label(ran.experiment)
        advised = shlex.quote(strategy)
        print_text(f"next: albench next {spec} --strategy {advised} -n {_BATCH} -o batch1.csv", err=True)


def _parse_declared(text: str) -> Mapping[str, Any]:
    """Return what is declared of the file; braces around it may be left out."""
    from albench.spec.messages import Problems, UnreadableError
    from albench.spec.yaml_reader import compose

    yaml = text if text.lstrip().startswith("{") else f"{{{text}}}"
    try:
        declared = compose(yaml, Problems("")).plain
    except UnreadableError as error:
        raise click.BadParameter(f"{quote(text)} is no YAML: {error}", param_hint="--read") from error
    reserved = sorted({"path", "target", "unlabelled"} & declared.keys())
    if reserved:
        raise click.BadParameter(
            f"{quote(reserved[0])} is given by the command itself: leave it out", param_hint="--read"
        )
    return dict(declared)
