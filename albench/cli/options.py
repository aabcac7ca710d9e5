"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from albench.spec.experiment import Experiment

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


def experiment(path: Path) -> Experiment:
    """Read an experiment with the modules that it names; its warnings go to standard error."""
    from albench.spec.read import read_spec

    loaded = read_spec(path, import_user_code=True)
    for warning in loaded.warnings:
        click.echo(warning, err=True)
    return loaded.experiment
