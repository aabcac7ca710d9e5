"""The setting ``expected``: which published numbers an experiment must give, and how closely."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from albench.files import explain_lookup
from albench.spec.context import PlacedValue
from albench.spec.document import Pair
from albench.spec.entries import RawEntry, list_items
from albench.spec.messages import Problem, suggest_sibling
from albench.spec.mistakes import refuse_key, refuse_mapping
from albench.spec.settings import KINDS, OPTIONS, Expected, ExpectedKind
from albench.spec.validation import validate_settings
from albench.tables import AXES, GROWTH, REPEAT
from albench.text import find_closest, list_quoted, quote, suggest_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from albench.spec.context import Context
    from albench.spec.document import Node, Where

NUMBERS: dict[ExpectedKind, tuple[str, ...]] = {
    "areas": ("value",),
    "means": ("mean", "sd", "n", "without"),
    "curves": ("round", "value"),
    "picks": ("round", "row"),
    "references": ("value",),
}
"""Columns of the file besides those that say which trial is meant."""
REQUIRED: dict[ExpectedKind, tuple[str, ...]] = {
    "areas": ("split", "value"),
    "means": ("mean",),
    "curves": ("split", "round", "value"),
    "picks": ("split", "round", "row"),
    "references": ("split", "value"),
}
TRIAL = (*AXES, GROWTH.name, "arm", *REPEAT)
PLACE: dict[ExpectedKind, tuple[str, ...]] = {
    "means": (*AXES, GROWTH.name, "arm"),
    "references": ("dataset", "model", "oracle", "split"),
}
"""Columns that say what a number is of, where that is no single trial."""
_CLOSENESS = {"digits", "within"}
_FORM = "{areas: {file: published.csv, digits: 4}}"


def read_expected(node: Node, context: Context) -> tuple[PlacedValue[Expected], ...]:
    """Read the setting: one entry or a list of them, each ``{kind: {file: ..., option: value}}``.

    Returns
    -------
    tuple of PlacedValue
        Each with the place of its metric, or of the entry where it names none.
    """
    entries = [_read_entry(item, context) for item in list_items(node)]
    return tuple(entry for entry in entries if entry is not None)


def list_columns(kind: ExpectedKind) -> tuple[str, ...]:
    """Return the columns that a file of published numbers may have."""
    return (*PLACE.get(kind, TRIAL), *NUMBERS[kind])


def _read_entry(node: Node, context: Context) -> PlacedValue[Expected] | None:
    if not isinstance(node.value, dict) or len(node.value) != 1:
        text = f"'expected' needs one of {list_quoted(KINDS)} an entry, not {node}"
        context.problems.add_error("wrong-type", text, node.where, f"as in {_FORM}")
        return None
    ((name, pair),) = node.value.items()
    if name not in KINDS:
        text = f"'expected' knows no {quote(name)}"
        context.problems.add_error("unknown-key", text, pair.key.where, suggest_word(name, KINDS))
        return None
    if not isinstance(pair.value.value, dict):
        context.problems.add(refuse_mapping(name, pair.value, OPTIONS[name], pair.where))
        return None
    options = pair.value.value
    for key in [key for key in options if key not in OPTIONS[name]]:
        context.problems.add(refuse_key(name, key, OPTIONS[name], options[key].key.where))
    values = {key: value for key, value in options.items() if key in OPTIONS[name]}
    # Of two ways to say how close, one has to go: neither is looked at.
    unread = _CLOSENESS if set(values) >= _CLOSENESS else set()
    fields = {key: value for key, value in values.items() if key not in unread}
    entry = RawEntry(name, pair.key.where)
    expected = validate_settings(Expected, {**fields, "kind": Pair(pair.key, pair.key)}, context, entry)
    _check_closeness(values, pair, name, context)
    if "file" not in values:
        text = f"{quote(name)} needs the 'file' that holds the published numbers"
        context.problems.add_error("missing-key", text, pair.key.where)
    elif expected.file and not context.is_past:
        _check_file(expected, values, context)
    return PlacedValue(expected, values["metric"].where if "metric" in values else node.where)


def _check_file(expected: Expected, options: Mapping[str, Pair], context: Context) -> None:
    where = options["file"].where
    path = context.folder / expected.file
    trouble = explain_lookup(path)
    if trouble or not path.is_file():
        text = f"the file {quote(expected.file)} {trouble or 'is not there'}"
        context.problems.add_error("missing-file", text, where, suggest_sibling(path))
        return
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
            header = next(csv.reader(stream), [])
    except (OSError, csv.Error) as error:
        text = f"the file {quote(expected.file)} cannot be read: {getattr(error, 'strerror', None) or error}"
        context.problems.add_error("missing-file", text, where)
        return
    needed = (*REQUIRED[expected.kind], *(("sd", "n") if "within" in options else ()))
    for problem in _find_header_problems(header, needed, expected, where):
        context.problems.add(problem)


def _find_header_problems(
    header: list[str], needed: tuple[str, ...], expected: Expected, where: Where
) -> Iterator[Problem]:
    name, kind, columns = quote(expected.file), quote(expected.kind), list_columns(expected.kind)
    # A misspelt column is one mistake: that the right one is missing goes without saying.
    meant = {column: find_closest(column, columns) for column in header if column not in columns}
    for column, word in meant.items():
        if word is not None:
            text = f"{name} has a column {quote(column)}, which means nothing among {kind}"
            yield Problem("unknown-column", text, where, f"did you mean {quote(word)}?")
    strange = [column for column, word in meant.items() if word is None]
    if strange:
        text = f"{name} has columns that mean nothing among {kind}: {list_quoted(strange, 'and')}"
        yield Problem("unknown-column", text, where, f"it may have {', '.join(columns)}")
    for column in sorted({column for column in header if header.count(column) > 1}):
        yield Problem("duplicate-column", f"{name} has more than one column {quote(column)}", where)
    lacking = [column for column in needed if column not in {*header, *meant.values()}]
    if lacking:
        text = f"{name} lacks columns that {kind} need: {list_quoted(lacking, 'and')}"
        yield Problem("unknown-column", text, where)


def _check_closeness(options: Mapping[str, Pair], pair: Pair, kind: ExpectedKind, context: Context) -> None:
    """Note if an entry does not say how close the numbers must be, or says it twice."""
    ways = [name for name in OPTIONS[kind] if name in _CLOSENESS]
    if set(options) >= _CLOSENESS:
        text = "'digits' and 'within' are two ways to say how close: give one"
        context.problems.add_error("wrong-value", text, options["within"].key.where)
    elif ways and not set(ways) & set(options):
        text = f"{quote(kind)} needs {list_quoted(ways)}: how close the numbers must be"
        context.problems.add_error("missing-key", text, pair.key.where)
