"""Datasets of a spec: is each file there, does it have the columns that the spec names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.contracts import Component, DatasetSource
from albench.errors import DatasetError
from albench.spec.entries import items
from albench.spec.preprocessing import check_dataset
from albench.text import find_closest, list_quoted, quote, suggest_word

if TYPE_CHECKING:
    from pathlib import Path

    from albench.registry.catalogue import Catalogue
    from albench.spec.context import Context
    from albench.spec.document import Where
    from albench.spec.entries import RawEntry
    from albench.spec.listed import Listed

_COLUMNS = ("target", "drop", "categorical", "text", "id", "split")


def check_source(source: Component | Listed, entry: RawEntry, context: Context) -> None:
    """Note files that are not there and columns that their headers do not have; no data is read."""
    if not isinstance(source, DatasetSource):
        return
    check_dataset(source, entry.where, context)
    missing = [file for file in source.files(context.folder) if not file.is_file()]
    for file in missing:
        where = _where(entry, file)
        problem = "is a folder" if file.is_dir() else "is not there"
        text = f"the file {quote(_shown(file, context.folder))} {problem}"
        context.problems.error("missing-file", text, where, _hint(file))
    if not missing:
        _check_header(source, entry, context)


def _hint(file: Path) -> str:
    if file.is_dir():
        return "name a file in it"
    siblings = [path.name for path in file.parent.iterdir()] if file.parent.is_dir() else []
    close = find_closest(file.name, siblings)
    return f"did you mean {quote(close)}?" if close else ""


def _check_header(source: DatasetSource, entry: RawEntry, context: Context) -> None:
    try:
        header = source.header(context.folder)
    except DatasetError as error:
        context.problems.error("dataset", str(error), entry.where)
        return
    if header is None:
        return
    named = [item for key in _COLUMNS if key in entry.params for item in items(entry.params[key].value)]
    for node in named:
        if node.value and node.value not in header:
            text = f"{_shown_name(entry)} has no column {quote(str(node.value))}"
            context.problems.error("unknown-column", text, node.where, suggest_word(str(node.value), header))


def _where(entry: RawEntry, file: Path) -> Where:
    """Return the place of the parameter that names a file."""
    values = [pair.value for pair in entry.params.values()] + ([entry.main] if entry.main else [])
    named = [node for node in values if isinstance(node.value, str) and node.value.endswith(file.name)]
    return named[0].where if named else entry.where


def _shown(file: Path, folder: Path) -> str:
    base = folder.resolve()
    return file.relative_to(base).as_posix() if file.is_relative_to(base) else str(file)


def _shown_name(entry: RawEntry) -> str:
    path = entry.params.get("path")
    return quote(str(path.value.value)) if path is not None else quote(entry.name)


_UNREAD = frozenset({"feather", "json", "jsonl", "ndjson", "xls", "xlsx"})


def hint(name: str, catalogue: Catalogue) -> str:
    """Return what to write instead of the name of a file or of a format that is not read; else empty."""
    form = name.lower().removesuffix(".gz").rpartition(".")[2]
    if form in _UNREAD:
        return f"convert the file: what is read is {list_quoted(_formats(catalogue))}"
    return in_full(form, name, catalogue)


def in_full(form: str, path: str, catalogue: Catalogue) -> str:
    """Return ``write {csv: {path: 'my.csv', target: ...}}``; empty where ``form`` is no format of files."""
    values = dict.fromkeys(_formats(catalogue).get(form, ()), "...") | {"path": quote(path)}
    told = ", ".join(f"{name}: {value}" for name, value in values.items())
    return f"write {{{form}: {{{told}}}}}" if form in _formats(catalogue) else ""


def _formats(catalogue: Catalogue) -> dict[str, list[str]]:
    found = {name: facts["required"] for name, facts in catalogue["dataset"].items()}
    return {name: required for name, required in found.items() if "path" in required}
