"""`albench run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from albench.cli import options
from albench.cli.exits import DONE, INCOMPLETE

if TYPE_CHECKING:
    from pathlib import Path

    from albench.api import Backend
    from albench.planning.decisions import Rerun
    from albench.results import Results

_SHOWN = 10


@click.command("run", epilog="Example: albench run experiments/quickstart.yaml -j 2")
@options.spec
@options.results
@click.option("-j", "--jobs", type=int, default=None, help="Worker processes; -1 for one per core.")
@options.rerun
@click.option("--only", metavar="KEY", help="Run this trial or reference alone: its key, or how it begins.")
@click.option(
    "--debug", is_flag=True, help="With --only: in this process, with the traceback; write nothing."
)
@options.shard
@click.option(
    "--backend", type=click.Choice(["loky", "dask", "inline"]), help="Where; the spec's if not given."
)
@click.option(
    "--scheduler", metavar="ADDRESS", help="With --backend dask: a cluster, else one on this machine."
)
@options.allow_mixed
@options.cache
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
    from albench.cli.display import display

    if jobs == 0:
        raise click.BadParameter("0 workers cannot run anything; 1 runs in this process", param_hint="--jobs")
    if scheduler is not None and backend != "dask":
        raise click.UsageError("--scheduler is the address of a Dask cluster: add --backend dask")
    if debug:
        return _debug(spec, results, only)
    found = albench.run(
        options.experiment(spec),
        results=results,
        n_jobs=jobs,
        rerun=rerun,
        only=only,
        shard=shard,
        backend=backend,
        scheduler=scheduler,
        allow_mixed_environments=allow_mixed_environments,
        display=display(quiet=quiet),
    )
    if only is None and shard is None:
        _report(found, quiet=quiet)
    elif shard is not None and not quiet:
        click.echo(f"shard {shard}: {found.trials.height:,} trials in {found.folder.path}", err=True)
    _tell(found)
    return INCOMPLETE if found.problems or (only is None and found.n_missing) else DONE


def _report(found: Results, *, quiet: bool) -> None:
    page = found.report()
    if not quiet:
        click.echo("\n" + "\n".join(found.answer), err=True)
        click.echo(f"page: {page}", err=True)


def _tell(found: Results) -> None:
    for problem in found.problems[:_SHOWN]:
        click.echo(f"failed: {problem}", err=True)
    if len(found.problems) > _SHOWN:
        click.echo(f"... and {len(found.problems) - _SHOWN} more, on the page", err=True)
    if found.stopped:
        click.echo(f"error: {found.stopped}", err=True)
    elif found.problems and found.failures.height:
        click.echo(f"one of them in the foreground: {found.failures['command'][0]}", err=True)


def _debug(spec: Path, results: Path, only: str | None) -> int:
    """Run one trial here; a process that dies leaves its Python stack."""
    import faulthandler
    import traceback

    import albench
    from albench.errors import OverTimeError

    if only is None:
        raise click.UsageError("--debug runs one trial: name it with --only KEY")
    experiment = options.experiment(spec)
    faulthandler.enable()
    try:
        record = albench.debug(experiment, only, results=results)
    except (albench.SpecError, albench.DatasetError):
        raise
    except (Exception, KeyboardInterrupt, OverTimeError, SystemExit):  # noqa: BLE001 - shown whole: that is what it is for
        click.echo(traceback.format_exc(), err=True, nl=False)
        return INCOMPLETE
    click.echo(f"{record.status}: {record.key}; nothing was written", err=True)
    return DONE
