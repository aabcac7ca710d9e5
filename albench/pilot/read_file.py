"""Reading a file of which some rows are labelled, without a spec that says how."""

from __future__ import annotations

from os import sep
from os.path import relpath
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from albench.datasets.loading import load_table
from albench.datasets.warnings import warn_about_numbers
from albench.errors import DatasetError
from albench.pilot.columns import declare_columns
from albench.pilot.spec_text import LabelledFile, count_fewest_labels
from albench.registry.lookup import get_builtin
from albench.text import format_count, list_words, quote

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from albench.contracts import Table
    from albench.datasets.files.base import FileSource

_KINDS = ("csv", "tsv", "parquet", "arff")


def read_labelled_file(
    file: Path, target: str, options: Mapping[str, Any], folder: Path
) -> tuple[LabelledFile, Table]:
    """Read a file; declare the columns that hold sentences or names of rows.

    Parameters
    ----------
    target : str
        Column that holds the class, empty in rows without a label.
    options : mapping
        How it is read, as in a spec.
    folder : Path
        Of the spec, where relative paths start.

    Raises
    ------
    DatasetError
        If it cannot be read, or its labelled rows allow no pilot.
    """
    labelled = LabelledFile(_find_kind(file), _shorten_path(file, folder), target, options)
    table = _load(labelled, folder)
    try:
        columns = declare_columns(table)
    except DatasetError as error:
        raise DatasetError(f"{labelled.path}: {_add_hint(error)}") from error
    guessed = LabelledFile(labelled.kind, labelled.path, target, options, columns)
    if guessed.columns:
        table = _load(guessed, folder)
    _check_labels(file, table)
    return guessed, table


def _shorten_path(file: Path, folder: Path) -> str:
    """Return a path as the spec in a folder names it; one that is absolute stays so."""
    relative = relpath(file.resolve(), folder.resolve()) if not file.is_absolute() else str(file)
    return str(relative).replace(sep, "/")


def _find_kind(file: Path) -> str:
    kind = file.name.removesuffix(".gz").rpartition(".")[2].lower()
    if kind not in _KINDS:
        endings = list_words([f".{each}" for each in _KINDS], "or")
        raise DatasetError(f"{file}: a pilot reads files that end in {endings}: save it as one of them")
    return kind


def _load(file: LabelledFile, folder: Path) -> Table:
    ((kind, values),) = file.to_entry().items()
    try:
        source = cast("FileSource", get_builtin("dataset", kind)(**values))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "--read"
        raise DatasetError(
            f"{file.path}: {quote(place)}: {first['msg']}: `albench show dataset {kind}` lists what can be "
            "declared"
        ) from error
    try:
        return load_table(source, folder)
    except DatasetError as error:
        raise DatasetError(_add_hint(error)) from error


def _add_hint(error: DatasetError) -> str:
    """Return an error with how to declare what readers advise to, in a spec that is not there yet."""
    if not any(word in str(error) for word in ("declare", "drop")):
        return str(error)
    return f'{error}\nwhat is to be declared is given as --read \'separator: ";", decimal: ","\''


def _check_labels(file: Path, table: Table) -> None:
    target, n = quote(table.target_name), table.n_rows
    if table.unlabelled is None:
        raise DatasetError(
            f"{file}: every row has a value in {target}: a pilot is about rows that have none yet; "
            "`albench init` writes an experiment on rows that have one"
        )
    fewest = count_fewest_labels(len(table.classes))
    if n < fewest:
        of = f" of {format_count(len(table.classes), 'class', 'classes')}"
        looks = "".join(f"; {warning}" for warning in warn_about_numbers(table))
        raise DatasetError(
            f"{file}: {format_count(n, 'row')}{of} have a value in {target}, too few to tell anything of the "
            f"others: label {fewest - n} more, drawn at random, so that there are {fewest}{looks}"
        )
