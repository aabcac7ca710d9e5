"""Datasets of a spec: is each file there, does it have the columns that the spec names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench import contracts
from albench.errors import DatasetError
from albench.spec.entries import list_items
from albench.spec.listed import ListedComponent
from albench.spec.messages import suggest_sibling
from albench.spec.preprocessing_steps import check_dataset
from albench.text import quote, suggest_word

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from albench.contracts import Component, DatasetSource
    from albench.spec.context import Context
    from albench.spec.document import Node, Where
    from albench.spec.entries import RawEntry

_COLUMNS = ("target", "drop", "categorical", "text", "answers", "prices", "id", "split")


def check_source(source: Component | ListedComponent, entry: RawEntry, context: Context) -> None:
    """Note files that are not there and columns that their headers do not have; no data is read."""
    if isinstance(source, ListedComponent) or not isinstance(source, contracts.DatasetSource):
        return
    check_dataset(source, entry.where, context)
    if context.is_past:
        return
    try:
        missing = [file for file in source.files(context.folder) if not file.is_file()]
    except (DatasetError, OSError) as error:
        context.problems.add_error("missing-file", describe_trouble(error), entry.where)
        return
    for file in missing:
        where = _find_place(entry, file)
        problem = "is a folder" if file.is_dir() else "is not there"
        text = f"the file {quote(_format_path(file, context.folder))} {problem}"
        context.problems.add_error("missing-file", text, where, _suggest_file(file))
    if not missing:
        _check_header(source, entry, context)


def describe_trouble(error: DatasetError | OSError) -> str:
    """Return what is wrong with a file, or what the system says of it."""
    if isinstance(error, DatasetError):
        return str(error)
    return f"{quote(str(error.filename))} cannot be read: {(error.strerror or str(error)).lower()}"


def _suggest_file(file: Path) -> str:
    if file.is_dir():
        return "name a file in it"
    return suggest_sibling(file)


def _check_header(source: DatasetSource, entry: RawEntry, context: Context) -> None:
    try:
        header = source.header(context.folder)
    except (DatasetError, OSError) as error:
        context.problems.add_error("dataset", describe_trouble(error), entry.where)
        return
    if header is None:
        return
    names = frozenset(header)
    pairs = [entry.params[key] for key in _COLUMNS if key in entry.params]
    for node in [node for pair in pairs for node in _list_words(pair.value)]:
        column = str(node.value)
        if node.value not in ("", None) and column not in names:
            text = f"{_format_name(entry)} has no column {quote(column)}"
            context.problems.add_error("unknown-column", text, node.where, suggest_word(column, header))


def _list_words(node: Node) -> Iterator[Node]:
    """Yield the names of columns of a setting: of a distribution, those within it."""
    if isinstance(node.value, dict):
        for pair in node.value.values():
            yield from _list_words(pair.value)
    else:
        yield from list_items(node)


def _find_place(entry: RawEntry, file: Path) -> Where:
    """Return the place of the parameter that names a file."""
    values = [pair.value for pair in entry.params.values()] + ([entry.main] if entry.main else [])
    paths = [node for node in values if isinstance(node.value, str) and node.value.endswith(file.name)]
    return paths[0].where if paths else entry.where


def _format_path(file: Path, folder: Path) -> str:
    base = folder.resolve()
    return file.relative_to(base).as_posix() if file.is_relative_to(base) else str(file)


def _format_name(entry: RawEntry) -> str:
    path = entry.params.get("path")
    return quote(str(path.value.value)) if path is not None else quote(entry.name)
