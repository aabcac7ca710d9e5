"""The setting ``expected``: which published numbers an experiment must give, and how closely."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, cast, get_args

from albench.spec import settings
from albench.spec.context import Read
from albench.spec.entries import items
from albench.spec.experiment import AreaVariant, Expected, ExpectedKind
from albench.spec.messages import closest, did_you_mean, listed, quoted
from albench.spec.numbers import percentage, whole_number
from albench.tables import AXES, REPEAT

if TYPE_CHECKING:
    from albench.spec.context import Context
    from albench.spec.document import Node, Pair

KINDS: tuple[ExpectedKind, ...] = get_args(ExpectedKind)
AREAS: tuple[AreaVariant, ...] = get_args(AreaVariant)
OPTIONS: dict[ExpectedKind, tuple[str, ...]] = {
    "areas": ("file", "digits", "matched", "area", "metric"),
    "means": ("file", "digits", "within", "matched", "area", "metric"),
    "curves": ("file", "digits", "matched", "metric"),
    "picks": ("file", "matched"),
    "references": ("file", "digits", "matched", "metric"),
}
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
TRIAL = (*AXES, "arm", *REPEAT)
PLACE: dict[ExpectedKind, tuple[str, ...]] = {
    "means": (*AXES, "arm"),
    "references": ("dataset", "model", "oracle", "split"),
}
"""Columns that say what a number is of, where that is no single trial."""
MAX_DIGITS = 12
_FORM = "{areas: {file: published.csv, digits: 4}}"


def expected(node: Node, context: Context) -> tuple[Read[Expected], ...]:
    """Read the setting: one entry or a list of them, each ``{kind: {file: ..., option: value}}``.

    Returns
    -------
    tuple of Read
        Each with the place of its metric, or of the entry where it names none.
    """
    found = [_entry(item, context) for item in items(node)]
    return tuple(entry for entry in found if entry is not None)


def columns(kind: ExpectedKind) -> tuple[str, ...]:
    """Return the columns that a file of published numbers may have."""
    return (*PLACE.get(kind, TRIAL), *NUMBERS[kind])


def _entry(node: Node, context: Context) -> Read[Expected] | None:
    if not isinstance(node.value, dict) or len(node.value) != 1:
        text = f"'expected' needs one of {listed(KINDS)} an entry, not {node}"
        context.problems.error("wrong-type", text, node.where, f"as in {_FORM}")
        return None
    name, pair = next(iter(node.value.items()))
    if name not in KINDS:
        text = f"'expected' knows no {quoted(name)}"
        context.problems.error("unknown-key", text, pair.key.where, did_you_mean(name, KINDS))
        return None
    kind = name
    found = settings.fields(settings.given(pair), name, OPTIONS[kind], context)
    digits, within = _closeness(found, pair, kind, context)
    file = _file(found, pair, kind, context)
    entry = Expected(
        kind=kind,
        file=file or "",
        digits=digits,
        within=within,
        matched=_matched(found, context),
        area=_area(found, context),
        metric=settings.text(found["metric"].value, "metric", context) if "metric" in found else None,
    )
    return Read(entry, found["metric"].where if "metric" in found else node.where)


def _file(found: dict[str, Pair], pair: Pair, kind: ExpectedKind, context: Context) -> str | None:
    if "file" not in found:
        if isinstance(pair.value.value, dict):
            text = f"{quoted(kind)} needs the 'file' that holds the published numbers"
            context.problems.error("missing-key", text, pair.key.where)
        return None
    node = settings.given(found["file"])
    name = settings.text(node, "file", context)
    if name is None:
        return None
    path = context.folder / name
    if not path.is_file():
        siblings = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
        close = closest(path.name, siblings)
        hint = f"did you mean {quoted(close)}?" if close else ""
        context.problems.error("missing-file", f"the file {quoted(name)} is not there", node.where, hint)
        return name
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        header = next(csv.reader(stream), [])
    needed = (*REQUIRED[kind], *(("sd", "n") if "within" in found else ()))
    _check_header(header, name, kind, needed, node, context)
    return name


def _check_header(
    header: list[str], name: str, kind: ExpectedKind, needed: tuple[str, ...], node: Node, context: Context
) -> None:
    known = columns(kind)
    meant = {column: closest(column, known) for column in header if column not in known}
    for column, word in meant.items():
        if word is not None:
            text = f"{quoted(name)} has a column {quoted(column)}, which means nothing among {quoted(kind)}"
            context.problems.error("unknown-column", text, node.where, f"did you mean {quoted(word)}?")
    strange = [column for column, word in meant.items() if word is None]
    if strange:
        told = f"has columns that mean nothing among {quoted(kind)}: {listed(strange, 'and')}"
        hint = f"it may have {', '.join(known)}"
        context.problems.error("unknown-column", f"{quoted(name)} {told}", node.where, hint)
    for column in sorted({column for column in header if header.count(column) > 1}):
        text = f"{quoted(name)} has more than one column {quoted(column)}"
        context.problems.error("duplicate-column", text, node.where)
    # A misspelt column is one mistake: that the right one is missing goes without saying.
    lacking = [column for column in needed if column not in {*header, *meant.values()}]
    if lacking:
        text = f"{quoted(name)} lacks columns that {quoted(kind)} need: {listed(lacking, 'and')}"
        context.problems.error("unknown-column", text, node.where)


def _closeness(
    found: dict[str, Pair], pair: Pair, kind: ExpectedKind, context: Context
) -> tuple[int | None, float | None]:
    """Return the digits that must agree, or the standard errors that a mean may be away."""
    digits, within = found.get("digits"), found.get("within")
    if digits is not None and within is not None:
        text = "'digits' and 'within' are two ways to say how close: give one"
        context.problems.error("wrong-value", text, within.key.where)
        return None, None
    if digits is not None:
        return whole_number(settings.given(digits), "digits", context, low=0, high=MAX_DIGITS), None
    if within is not None:
        return None, _errors(settings.given(within), context)
    if kind != "picks" and isinstance(pair.value.value, dict):
        ways = [name for name in ("digits", "within") if name in OPTIONS[kind]]
        text = f"{quoted(kind)} needs {listed(ways)}: how close the numbers must be"
        context.problems.error("missing-key", text, pair.key.where)
    return None, None


def _errors(node: Node, context: Context) -> float | None:
    value = node.value
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return float(value)
    text = f"'within' must be a positive number of standard errors, not {node}"
    context.problems.error("wrong-value", text, node.where)
    return None


def _matched(found: dict[str, Pair], context: Context) -> float:
    if "matched" not in found:
        return 1.0
    percent = percentage(settings.given(found["matched"]), "matched", context)
    return 1.0 if percent is None else percent / 100


def _area(found: dict[str, Pair], context: Context) -> AreaVariant:
    if "area" not in found:
        return AREAS[0]
    return cast("AreaVariant", settings.choice(settings.given(found["area"]), "area", AREAS, context))
