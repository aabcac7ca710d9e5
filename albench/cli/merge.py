"""`albench merge`."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from albench.cli import options
from albench.cli.exits import DONE, INCOMPLETE
from albench.cli.output import print_json, print_notes, print_text

_EPILOG = "Example: albench merge results/quickstart.shards/* --into results/quickstart"


@click.command("merge", epilog=_EPILOG)
@click.argument("folders", nargs=-1, required=True, type=options.ResultsPath())
@click.option(
    "--into",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Results folder that is made, or that the others are added to.",
)
@options.JSON
def command(folders: tuple[Path, ...], into: Path, *, as_json: bool) -> int:
    """Merge results folders of one experiment, such as its shards, into one.

    A trial that several folders hold must be the same in all of them, times apart; of what they recorded of
    it the widest is kept. If two folders contradict each other nothing is merged, and the exit code is 4.
    Files that cannot be used are named and left out; the exit code is 3 then.
    """
    import albench

    merged = albench.merge(folders, into=into, on_wait=partial(print_text, err=True))
    code = INCOMPLETE if merged.left_out else DONE
    if as_json:
        print_json(asdict(merged))
        return code
    shared = f", {merged.shared:,} of them in several folders" if merged.shared else ""
    print_text(f"{into}: {merged.trials:,} trials and {merged.references:,} references{shared}")
    print_notes((*merged.remarks, *(f"{file}; nothing of it is merged" for file in merged.left_out)))
    return code
