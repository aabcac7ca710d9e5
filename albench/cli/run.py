"""`albench run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from albench.cli import options
from albench.cli.exits import DONE, INCOMPLETE

if TYPE_CHECKING:
    from pathlib import Path

    from albench.runner.resume import Rerun


@click.command("run", epilog="Example: albench run experiments/quickstart.yaml -j 2")
@options.spec
@options.results
@click.option("-j", "--jobs", type=int, default=None, help="Worker processes; -1 for one per core.")
@options.rerun
@options.cache
@click.option("--quiet", is_flag=True, help="Say nothing but errors.")
def command(spec: Path, results: Path, jobs: int | None, rerun: Rerun, *, quiet: bool) -> int:
    """Run what is missing of an experiment, then write its page.

    Every finished trial is on disk at once: stop it whenever you like, and run the same command again.
    """
    import albench
    from albench.cli.display import display

    if jobs == 0:
        raise click.BadParameter("0 workers cannot run anything; 1 runs in this process", param_hint="--jobs")
    experiment = options.experiment(spec)
    found = albench.run(experiment, results=results, n_jobs=jobs, rerun=rerun, display=display(quiet=quiet))
    page = found.report()
    if not quiet:
        click.echo("\n" + "\n".join(found.evidence.answer), err=True)
        click.echo(f"page: {page}", err=True)
    for problem in found.problems[:10]:
        click.echo(f"failed: {problem}", err=True)
    if len(found.problems) > 10:  # noqa: PLR2004
        click.echo(f"... and {len(found.problems) - 10} more, on the page", err=True)
    return INCOMPLETE if found.problems or found.n_missing else DONE
