"""Arguments and options that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from albench.cli.output import print_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from albench.spec.experiment import Experiment

F = TypeVar("F", bound="Callable[..., Any]")


def add_spec(command: F) -> F:
    """Take the experiment file as an argument."""
    return click.argument("spec", type=click.Path(path_type=Path, dir_okay=False))(command)


def add_results(command: F) -> F:
    """Take the folder that holds the results folders."""
    return click.option(
        "--results",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("results"),
        show_default=True,
        help="Folder that holds the results folders.",
    )(command)


def add_rerun(command: F) -> F:
    """Take what runs."""
    return click.option(
        "--rerun",
        type=click.Choice(["missing", "failed", "all"]),
        default="missing",
        show_default=True,
        help="What runs: what is missing; also what failed; everything, to see that nothing differs.",
    )(command)


def add_allow_mixed(command: F) -> F:
    """Take whether results of another environment may stand beside new ones."""
    return click.option(
        "--allow-mixed-environments",
        is_flag=True,
        help="Run beside results of other packages or another processor, instead of refusing to.",
    )(command)


def add_shard(command: F) -> F:
    """Take which part of the experiment it is about."""
    return click.option(
        "--shard",
        metavar="K/N",
        help="Of N parts of equal cost only the K-th, in a results folder of its own: 3/40. Then `merge`.",
    )(command)


def add_cache(command: F) -> F:
    """Take the folder of downloaded datasets, for this process and its workers."""
    return click.option(
        "--cache",
        type=click.Path(path_type=Path, file_okay=False),
        expose_value=False,
        callback=_set_variable("ALBENCH_CACHE"),
        help="Folder of downloaded datasets (default: $ALBENCH_CACHE, or the platform's).",
    )(command)


def add_mirror(command: F) -> F:
    """Take a folder where files are looked for before they are downloaded."""
    return click.option(
        "--mirror",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        expose_value=False,
        callback=_set_variable("ALBENCH_MIRROR"),
        help="Folder where files are looked for, and below it, before they are downloaded "
        "(default: $ALBENCH_MIRROR).",
    )(command)


def add_data(command: F) -> F:
    """Take the folder that holds the files of the datasets."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        expose_value=False,
        callback=_set_variable("ALBENCH_MIRROR"),
        help="Folder where files are looked for, and below it, gzipped or not, before they are downloaded.",
    )(command)


def _set_variable(variable: str) -> Callable[[click.Context, click.Parameter, Path | None], None]:
    def callback(context: click.Context, parameter: click.Parameter, folder: Path | None) -> None:
        del context, parameter
        if folder is not None:
            os.environ[variable] = str(folder.resolve())

    return callback


def add_json(command: F) -> F:
    """Take whether to print JSON."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def make_folder(folder: Path, named_by: str) -> Path:
    """Make the folder that an option or argument asks for, unless it is there.

    Raises
    ------
    BadParameter
        If a file stands in its way, or the system does not allow it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"the folder '{folder}' cannot be made: {error.strerror}"
        raise click.BadParameter(message, param_hint=named_by) from error
    return folder


def read_experiment(path: Path) -> Experiment:
    """Read an experiment with the modules that it names; its warnings go to standard error."""
    from albench.spec.read import read_spec

    loaded = read_spec(path, import_user_code=True)
    for warning in loaded.warnings:
        print_text(warning, err=True)
    return loaded.experiment
