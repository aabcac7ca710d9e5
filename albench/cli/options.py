"""Arguments and options that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from albench.cli.output import print_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from albench.spec.experiment import Experiment


def _set_variable(variable: str) -> Callable[[click.Context, click.Parameter, Path | None], None]:
    def callback(context: click.Context, parameter: click.Parameter, folder: Path | None) -> None:
        del context, parameter
        if folder is not None:
            os.environ[variable] = str(folder.resolve())

    return callback


def _check_jobs(context: click.Context, parameter: click.Parameter, jobs: int | None) -> int | None:
    del context, parameter
    if jobs == 0:
        raise click.BadParameter("0 workers cannot run anything; 1 runs in this process", param_hint="--jobs")
    return jobs


class FilePath(click.Path):
    """The path of a file that is read or written, which a folder and standard input or output are not."""

    def __init__(self, *, exists: bool = False) -> None:
        super().__init__(path_type=Path, dir_okay=False, exists=exists)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path, or say what to name instead."""
        if value == "-":
            self.fail("'-' is no file: name one, standard input and output are not used here", param, ctx)
        if Path(value).is_dir():
            self.fail(f"'{value}' is a folder: name a file in it", param, ctx)
        return super().convert(value, param, ctx)


class ResultsPath(click.Path):
    """The path of a results folder that is there."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, exists=True, file_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path, or say what to name instead."""
        if Path(value).is_file():
            self.fail(f"'{value}' is a file: name a results folder, as results/NAME", param, ctx)
        return super().convert(value, param, ctx)


# A folder is told by what reads the experiment, which Python users call, too.
SPEC = click.argument("spec", type=click.Path(path_type=Path))
RESULTS = click.option(
    "--results",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("results"),
    show_default=True,
    help="Folder that holds the results folders.",
)
RERUN = click.option(
    "--rerun",
    type=click.Choice(["missing", "failed", "all"]),
    default="missing",
    show_default=True,
    help="What runs: what is missing; also what failed; everything, to see that nothing differs.",
)
ALLOW_MIXED = click.option(
    "--allow-mixed-environments",
    is_flag=True,
    help="Run beside results of other packages or another processor, instead of refusing to.",
)
SHARD = click.option(
    "--shard",
    metavar="K/N",
    help="Of N parts of equal cost only the K-th, in a results folder of its own: 3/40. Then `merge`.",
)
JOBS = click.option(
    "-j", "--jobs", type=int, callback=_check_jobs, help="Worker processes; -1 for one per core."
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
CACHE = click.option(
    "--cache",
    type=click.Path(path_type=Path, file_okay=False),
    expose_value=False,
    callback=_set_variable("ALBENCH_CACHE"),
    help="Folder of downloaded datasets (default: $ALBENCH_CACHE, or the platform's).",
)
MIRROR = click.option(
    "--mirror",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    expose_value=False,
    callback=_set_variable("ALBENCH_MIRROR"),
    help="Folder where files are looked for, and below it, before they are downloaded "
    "(default: $ALBENCH_MIRROR).",
)
DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    expose_value=False,
    callback=_set_variable("ALBENCH_MIRROR"),
    help="Folder where files are looked for, and below it, gzipped or not, before they are downloaded.",
)


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
