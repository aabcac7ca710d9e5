"""`albench run`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from albench.cli import options
from albench.cli.exits import DONE, INCOMPLETE
from albench.cli.output import get_width, print_text, wrap_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from albench.api import Backend
    from albench.planning.decisions import Rerun
    from albench.results import Results

_SHOWN = 10
_ANSWER_LINES = 12


@click.command("run", epilog="Example: albench run experiments/quickstart.yaml -j 2")
@options.SPEC
@options.RESULTS
@options.JOBS
@options.RERUN
@click.option("--only", metavar="KEY", help="Run this trial or reference alone: its key, or how it begins.")
@click.option(
    "--debug", is_flag=True, help="With --only: in this process, with the traceback; write nothing."
)
@options.SHARD
@click.option(
    "--backend", type=click.Choice(["loky", "dask", "inline"]), help="Where; the spec's if not given."
)
@click.option(
    "--scheduler", metavar="ADDRESS", help="With --backend dask: a cluster, else one on this machine."
)
@options.ALLOW_MIXED
@options.CACHE
@click.option("--quiet", is_flag=True, help="Say nothing but errors.")
def command(
    spec: Path,
    results: Path,
    jobs: int | None,
    rerun: Rerun,
    only: str | None,
    shard: str | None,
    backend: Backend | None,
    scheduler: str | None,
    *,
    debug: bool,
    allow_mixed_environments: bool,
    quiet: bool,
) -> int:
    """Run what is missing of an experiment, then write its page.

    Every finished trial is on disk at once: stop it whenever you like, and run the same command again.
    """
    import albench
    from albench.cli.display import open_display

    if scheduler is not None and backend != "dask":
        raise click.UsageError("--scheduler is the address of a Dask cluster: add --backend dask")
    if debug:
        return _run_debug(spec, results, only)
    with open_display(quiet=quiet) as display:
        display.show_phase(f"reading {spec.name}")
        ran = albench.run(
            options.read_experiment(spec),
            results=results,
            n_jobs=jobs,
            rerun=rerun,
            only=only,
            shard=shard,
            backend=backend,
            scheduler=scheduler,
            allow_mixed_environments=allow_mixed_environments,
            display=display,
        )
        if only is None and shard is None:
            display.show_phase("writing the page")
            page = ran.update_report()
    if only is None and shard is None:
        if not quiet:
            print_text("\n" + "\n".join(format_answer(page.answer, get_width(sys.stderr))), err=True)
            print_text(f"page: {page.path}{'' if page.is_new else ' (as it was)'}", err=True)
    elif shard is not None and not quiet:
        print_text(f"shard {shard}: {ran.trials.height:,} trials in {ran.folder.path}", err=True)
    report_problems(ran, only=only)
    return INCOMPLETE if ran.problems or (only is None and ran.n_missing) else DONE


def format_answer(sentences: Sequence[str], width: int) -> list[str]:
    """Return the verdict, then the rest of the answer, in lines; what has no room is left out."""
    verdict, *rest = sentences
    lines = [*wrap_words(verdict, width), *wrap_words(" ".join(rest), width)]
    if len(lines) <= _ANSWER_LINES:
        return lines
    return [*lines[: _ANSWER_LINES - 1], "... (the rest is on the page)"]


def report_problems(ran: Results, *, only: str | None = None) -> None:
    """Say what went wrong: failures with the same error together, unless the run was of one trial."""
    from albench.narrative.failures import group_failures

    others: Sequence[str] = ran.problems
    if others and only is None:
        from albench.cli.failures import format_failures

        _print_lines(format_failures(ran.failures))
        reasons = group_failures(ran.failures)
        others = [problem for problem in others if not any(reason in problem for reason in reasons)]
    _print_lines(f"  failed: {problem}" for problem in others[:_SHOWN])
    if len(others) > _SHOWN:
        print_text(f"  ... and {len(others) - _SHOWN:,} more, on the page", err=True)
    if ran.stopped:
        print_text(f"error: {ran.stopped}", err=True)


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print_text(line, err=True)


def _run_debug(spec: Path, results: Path, only: str | None) -> int:
    """Run one trial here; a process that dies leaves its Python stack."""
    import faulthandler
    import traceback

    import albench
    from albench.errors import OverTimeError

    if only is None:
        raise click.UsageError("--debug runs one trial: name it with --only KEY")
    experiment = options.read_experiment(spec)
    faulthandler.enable()
    try:
        record = albench.debug(experiment, only, results=results)
    except (albench.SpecError, albench.DatasetError):
        raise
    except (Exception, KeyboardInterrupt, OverTimeError, SystemExit):  # noqa: BLE001 - shown whole: that is what it is for
        print_text(traceback.format_exc().rstrip(), err=True)
        return INCOMPLETE
    print_text(f"{record.status}: {record.key}; nothing was written", err=True)
    return DONE
