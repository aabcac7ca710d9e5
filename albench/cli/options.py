"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

spec: Any = click.argument("spec", type=click.Path(path_type=Path, dir_okay=False))
results: Any = click.option(
    "--results",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("results"),
    show_default=True,
    help="Folder that holds the results folders.",
)
rerun: Any = click.option(
    "--rerun",
    type=click.Choice(["missing", "failed", "all"]),
    default="missing",
    show_default=True,
    help="What runs: what is missing; also what failed; everything, to see that nothing differs.",
)
as_json: Any = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
