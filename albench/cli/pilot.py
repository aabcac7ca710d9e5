"""`albench pilot`."""

from __future__ import annotations

import sys
import time as clock
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from albench.cli import options
from albench.cli.exits import DONE, INCOMPLETE
from albench.cli.output import get_width, print_text
from albench.text import format_duration, quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.contracts import Table
    from albench.pilot.spec_text import LabelledFile, PilotSpec
    from albench.report.written_page import WrittenPage
    from albench.results import Results
    from albench.runner.progress import Display
    from albench.spec.experiment import Experiment

_FEWEST, _MOST = 3, 20  # repeats: with an interval; beyond, splits are not what is uncertain
_FIRST = 2  # repeats by which the others are priced
_ENOUGH = 5  # repeats that a slow model must leave time for
_PAGE_S = 15.0
_GROWTH = 2
_BATCH = 20


class Time(click.ParamType[float]):
    """A time with its unit, in seconds."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds."""
        from pydantic_core import PydanticCustomError

        from albench.spec.field_types import TIME, parse_quantity

        try:
            return parse_quantity(value, TIME, "3m")
        except PydanticCustomError as error:
            self.fail(f"{quote(str(value))} is not {error.message()}, as 3m or 90s", param, ctx)


@click.command(
    "pilot",
    epilog="Example: albench pilot data/mine.csv --target label --budget 500",
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--target", metavar="COLUMN", required=True, help="Holds the class; empty in rows without one.")
@click.option(
    "--budget",
    type=click.IntRange(min=1),
    metavar="LABELS",
    help="Labels that there will be in all (default: twice as many as there are).",
)
@click.option("--time", type=Time(), default="3m", show_default=True, help="What it may take.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
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
@options.add_results
@click.option("-j", "--jobs", type=int, default=None, help="Worker processes; -1 for one per core.")
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
    from albench.cli.display import open_display
    from albench.cli.run import report_problems

    begin = clock.monotonic()
    output = output or Path(f"{file.name.removesuffix('.gz').rpartition('.')[0]}.yaml")
    with open_display(quiet=quiet) as display:
        display.show_phase(f"reading {file.name}")
        labelled, table = _read_file(file, target, declared, output, display)
        display.show_phase("choosing what is run")
        draft = _draft_spec(labelled, table, output, budget, time, results, jobs, dry_run=dry_run)
        if _write_spec(draft, output, display) and not dry_run:
            _fit_repeats(draft, output, begin, results, jobs, display)
    if dry_run:
        print_text(f"nothing was run; next: albench plan {output}, albench run {output}")
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
    pilot = ran.evidence.pilot
    if pilot is not None and pilot.is_at_chance:
        print_text(f"next: albench run {output}, with another model", err=True)
    elif pilot is not None and (forecast := pilot.forecast) is not None:
        strategy = forecast.advised if forecast.is_advice else find_random_label(ran.experiment)
        print_text(f"next: albench next {output} --strategy {strategy} -n {_BATCH} -o batch1.csv", err=True)


def _read_file(
    file: Path, target: str, declared: str, output: Path, display: Display
) -> tuple[LabelledFile, Table]:
    from albench.pilot.read_file import read_labelled_file

    labelled, table = read_labelled_file(file, target, _parse_declared(declared), output.parent)
    for column in labelled.columns:
        display.show_note(f"column {quote(column.name)}: {column.reason}, declared under '{column.setting}'")
    return labelled, table


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


def _draft_spec(
    file: LabelledFile,
    table: Table,
    output: Path,
    budget: int | None,
    time: float,
    results: Path,
    jobs: int | None,
    *,
    dry_run: bool,
) -> PilotSpec:
    """Return the spec for a file, with the first model that leaves time for enough repeats."""
    from albench.pilot.choices import choose_models
    from albench.pilot.design import design_pilot
    from albench.pilot.spec_text import PilotSpec

    budget = _choose_budget(file, table, budget)
    repeats = design_pilot(table.n_rows, len(table.classes)).repeats
    models = choose_models(table)
    for model in models:
        # As many as in the study of the method, until the first ones have told what they take.
        draft = PilotSpec(output.stem, file, table, budget, model, repeats, time)
        if not dry_run and model is models[-1]:
            break
        affordable = int((time - _PAGE_S) / _price_repeat(draft, output, results, jobs))
        draft = replace(draft, repeats=min(max(affordable, _FEWEST), _MOST))
        if affordable >= _ENOUGH:
            break
    return draft


def _choose_budget(file: LabelledFile, table: Table, budget: int | None) -> int:
    n_labelled, rest = table.n_rows, table.unlabelled
    n_rows = n_labelled + (0 if rest is None else rest.n_rows)
    if budget is None:
        return min(_GROWTH * n_labelled, n_rows)
    if budget <= n_labelled:
        text = f"{n_labelled:,} rows of {file.path} have a label already: {budget:,} in all are no more"
    elif budget > n_rows:
        text = f"{file.path} has {n_rows:,} rows: there cannot be {budget:,} labels in all"
    else:
        return budget
    raise click.BadParameter(
        f"{text}; as --budget {min(_GROWTH * n_labelled, n_rows)}", param_hint="--budget"
    )


def _price_repeat(draft: PilotSpec, output: Path, results: Path, jobs: int | None) -> float:
    """Return about how many seconds on the clock a repeat takes, by a few rounds that are run now."""
    import albench
    from albench.pilot.spec_text import render_spec
    from albench.runner.executors.choose import choose_executor
    from albench.spec.read import load_experiment_text

    experiment = load_experiment_text(render_spec(draft), folder=output.parent, name=output.stem)
    if jobs is not None:
        experiment = replace(experiment, execution=experiment.execution.model_copy(update={"n_jobs": jobs}))
    forecast = albench.plan(experiment, results=results)
    workers = choose_executor(experiment.execution, forecast.n_trials).n_workers
    return sum(forecast.repeat_s.values()) / workers


def _write_spec(draft: PilotSpec, output: Path, display: Display) -> bool:
    """Write the spec, unless it is there; say whether it is new.

    Raises
    ------
    click.UsageError
        If another one is there.
    """
    from albench.pilot.spec_text import is_same_but_repeats, render_spec
    from albench.spec.template import write_schema

    text = render_spec(draft)
    if output.exists():
        if is_same_but_repeats(output.read_text(encoding="utf-8"), text):
            return False
        raise click.UsageError(
            f"'{output}' is there already, and is another experiment: `albench run {output}` runs it, "
            "--output names another file for this one"
        )
    options.make_folder(output.parent, "--output")
    output.write_text(text, encoding="utf-8")
    write_schema(output.parent)
    display.show_note(f"wrote {output}: {draft.describe()}")
    return True


def _fit_repeats(
    draft: PilotSpec, output: Path, begin: float, results: Path, jobs: int | None, display: Display
) -> None:
    """Run the first repeats, and let the spec ask for as many as the rest of the time allows."""
    from albench.api import run_first_repeats
    from albench.pilot.spec_text import write_repeats

    experiment: Experiment = options.read_experiment(output)
    if jobs is not None:
        experiment = replace(experiment, execution=experiment.execution.model_copy(update={"n_jobs": jobs}))
    start = clock.monotonic()
    run_first_repeats(experiment, _FIRST, results=results, display=display)
    repeat_s = (clock.monotonic() - start) / _FIRST
    left = draft.time_s - (clock.monotonic() - begin) - _PAGE_S
    repeats = min(max(_FIRST + int(left / repeat_s), _FEWEST), _MOST)
    text = output.read_text(encoding="utf-8")
    output.write_text(write_repeats(text, repeats, draft.time_s), encoding="utf-8")
    display.show_note(f"{repeats} repeats, {format_duration(repeat_s)} each")
