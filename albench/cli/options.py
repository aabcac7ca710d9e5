"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")


def spec(command: F) -> F:
    """Take the experiment file as an argument."""
    return click.argument("spec", type=click.Path(path_type=Path, dir_okay=False))(command)


def results(command: F) -> F:
    """Take the folder that holds the results folders."""
    return click.option(
        "--results",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("results"),
        show_default=True,
        help="Folder that holds the results folders.",
    )(command)


def rerun(command: F) -> F:
    """Take what runs."""
    return click.option(
        "--rerun",
        type=click.Choice(["missing", "failed", "all"]),
        default="missing",
        show_default=True,
        help="What runs: what is missing; also what failed; everything, to see that nothing differs.",
    )(command)


def as_json(command: F) -> F:
    """Take whether to print JSON."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)
