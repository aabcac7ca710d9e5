"""From an entry to a component: built in, from a package, or from a file beside the spec."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from albench.contracts import Component, DatasetSource, Kind, Metric, Oracle, SeedSet, Signal, Split, Strategy
from albench.errors import ImportPathError
from albench.registry.lookup import class_of, user_class
from albench.spec import dataset_files
from albench.spec.document import Node, Pair
from albench.spec.entries import words
from albench.spec.listed import Listed
from albench.spec.parameters import validate_component
from albench.spec.unresolved import Unresolved, class_name
from albench.text import quote, suggest_word

if TYPE_CHECKING:
    from albench.spec.context import Context
    from albench.spec.entries import RawEntry

BASES: dict[Kind, type[Component]] = {
    "dataset": DatasetSource,
    "strategy": Strategy,
    "seed_set": SeedSet,
    "oracle": Oracle,
    "split": Split,
    "metric": Metric,
    "signal": Signal,
}
LISTINGS: dict[Kind, str] = {
    "dataset": "datasets",
    "model": "models",
    "strategy": "strategies",
    "seed_set": "seed_sets",
    "oracle": "oracles",
    "split": "splits",
    "metric": "metrics",
    "signal": "signals",
}
_PATH = re.compile(r"([A-Za-z_]\w*\.)+[A-Za-z_]\w*")
_FILE = re.compile(r"(.+\.py):([A-Za-z_]\w*)")


def component(kind: Kind, entry: RawEntry, context: Context) -> Component | Listed | None:
    """Make the component that an entry names; None, and problems, if that cannot be done.

    Classes of the user's are imported only if the context allows it, else kept as ``Unresolved``; those that
    are built in, unless the catalogue is enough (``Listed``).
    """
    facts = context.catalogue[kind].get(entry.name)
    if facts is not None:
        bare = not entry.params and entry.main is None
        if context.only_checks and bare and not facts["required"]:
            return Listed(kind, entry.name, facts)
        return _made(class_of(facts), entry, context, f"albench show {kind} {entry.name}")
    if not checked_path(kind, entry, context):
        return None
    if not context.import_user_code:
        return _unresolved(entry)
    try:
        cls = user_class(BASES[kind], entry.name, context.folder)
    except ImportPathError as error:
        context.problems.error("import", str(error), entry.where)
        return None
    return _made(cls, entry, context)


def checked_path(kind: Kind, entry: RawEntry, context: Context) -> bool:
    """Say whether a name is an import path that may lead somewhere; note a problem if not."""
    if kind == "dataset" and (hint := dataset_files.hint(entry.name, context.catalogue)):
        context.problems.error("unknown-dataset", f"no dataset {quote(entry.name)}", entry.where, hint)
        return False
    file = _FILE.fullmatch(entry.name)
    if file and not (context.folder / file[1]).is_file():
        text = f"no file {quote(file[1])} beside the spec"
        context.problems.error("missing-file", text, entry.where)
        return False
    if file or _PATH.fullmatch(entry.name):
        return True
    _note_unknown(kind, entry, context)
    return False


def _note_unknown(kind: Kind, entry: RawEntry, context: Context) -> None:
    text = f"no {words(kind)} {quote(entry.name)}"
    elsewhere = [words(other) for other, found in context.catalogue.items() if entry.name in found]
    if elsewhere:
        hint = f"{quote(entry.name)} is a {elsewhere[0]}  (albench list {LISTINGS[kind]})"
    else:
        hint = suggest_word(entry.name, context.catalogue[kind], f"albench list {LISTINGS[kind]}")
    context.problems.error(f"unknown-{kind.replace('_', '-')}", text, entry.where, hint)


def _made(cls: type[Component], entry: RawEntry, context: Context, show: str = "") -> Component | None:
    values = dict(entry.params)
    if entry.main is not None:
        if cls.main is None:
            text = f"{quote(entry.name)} has no main parameter that {entry.main} could be"
            shown = dataset_files.in_full(entry.name, str(entry.main.value), context.catalogue)
            hint = shown or f"write {{{entry.name}: {{parameter: value}}}}"
            context.problems.error("wrong-type", text, entry.main.where, hint)
            return None
        values[cls.main] = Pair(Node(cls.main, entry.main.where), entry.main)
    return validate_component(cls, entry, values, context, show)


def _unresolved(entry: RawEntry) -> Unresolved:
    params = {name: pair.value.plain for name, pair in entry.params.items()}
    return Unresolved(path=entry.name, params=params, main_value=entry.main.plain if entry.main else None)


def plain(kind: Kind, name: str, context: Context) -> Component | Listed:
    """Make a built-in component with its defaults, which no entry names."""
    facts = context.catalogue[kind][name]
    return Listed(kind, name, facts) if context.only_checks else class_of(facts)()


def name_of(component: Component | Listed) -> str:
    """Return the name of a built-in component; empty for most of a user's."""
    return component.name if isinstance(component, Listed) else type(component).name


def base_label(component: Component | Listed) -> str:
    """Return the label of a component before its parameters are looked at."""
    if isinstance(component, Listed):
        return component.name
    if isinstance(component, DatasetSource | Unresolved):
        return component.default_label() or type(component).__name__
    return type(component).name or class_name(type(component).__qualname__)
