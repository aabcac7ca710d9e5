"""From an entry to a component: built in, from a package, or from a file beside the spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench import contracts
from albench.contracts.entry import is_class_path
from albench.errors import ImportPathError
from albench.files import explain_lookup
from albench.registry.catalogue import LISTINGS, load_catalogue
from albench.spec import file_formats
from albench.spec.document import Node, Pair
from albench.spec.entries import format_kind
from albench.spec.listed import ListedComponent
from albench.spec.unresolved import UnresolvedComponent, get_class_name
from albench.spec.validation import validate_component
from albench.text import quote

if TYPE_CHECKING:
    from albench.contracts import Component, Kind
    from albench.spec.context import Context
    from albench.spec.entries import RawEntry

_BASES: dict[Kind, str] = {
    "dataset": "DatasetSource",
    "strategy": "Strategy",
    "seed_set": "SeedSet",
    "oracle": "Oracle",
    "split": "Split",
    "metric": "Metric",
    "signal": "Signal",
    "stopping_rule": "StoppingRule",
    "stream_strategy": "StreamStrategy",
    "budget_manager": "BudgetManager",
    "drift": "Drift",
}


def make_component(kind: Kind, entry: RawEntry, context: Context) -> Component | ListedComponent | None:
    """Make the component that an entry names; None, and problems, if that cannot be done.

    Classes of the user's are imported only if the context allows it, else kept as ``UnresolvedComponent``;
    those that are built in, unless the catalogue is enough (``ListedComponent``).
    """
    facts = load_catalogue()[kind].get(entry.name)
    if facts is not None:
        # What has no parameters has no mistakes in them: its class need not be imported.
        bare = not entry.params and entry.main is None
        if context.only_checks and bare and not facts["required"]:
            return ListedComponent(kind, entry.name, facts)
        from albench.registry.lookup import import_class

        return _make(import_class(facts), entry, context, f"albench show {kind} {entry.name}")
    if not check_path(kind, entry, context):
        return None
    if not context.import_user_code:
        return _keep_unresolved(entry, context)
    from albench.registry.lookup import import_user_class

    try:
        component = _make(import_user_class(get_base(kind), entry.name, context.folder), entry, context)
        if component is not None:
            from albench.contracts.class_variables import check_answers

            check_answers(component, entry.name)
    except ImportPathError as error:
        return _give_up_import(error, entry, context)
    return component


def get_base(kind: Kind) -> type[Component]:
    """Return the class that components of a kind are subclasses of."""
    base: type[Component] = getattr(contracts, _BASES[kind])
    return base


def _give_up_import(error: ImportPathError, entry: RawEntry, context: Context) -> UnresolvedComponent | None:
    """Note that a class cannot be imported; one of an earlier run may be gone."""
    if context.is_past:
        return _keep_unresolved(entry, context)
    context.problems.add_error("import", str(error), entry.where)
    return None


def check_path(kind: Kind, entry: RawEntry, context: Context) -> bool:
    """Say whether a name is an import path that may lead somewhere; note a problem if not."""
    if kind == "dataset" and (hint := file_formats.suggest_format(entry.name)):
        context.problems.add_error("unknown-dataset", f"no dataset {quote(entry.name)}", entry.where, hint)
        return False
    if not is_class_path(entry.name):
        _note_unknown(kind, entry, context)
        return False
    file = entry.name.rpartition(":")[0]
    problem = explain_lookup(context.folder / file) if file else ""
    if file and not context.is_past and (problem or not (context.folder / file).is_file()):
        text = f"no file {quote(file)} beside the spec{problem and ': '}{problem}"
        context.problems.add_error("missing-file", text, entry.where)
        return False
    return True


def _note_unknown(kind: Kind, entry: RawEntry, context: Context) -> None:
    text = f"no {format_kind(kind)} {quote(entry.name)}"
    others = [format_kind(other) for other, names in load_catalogue().items() if entry.name in names]
    from albench.registry.aliases import find_entry, suggest_entry

    if others and not find_entry(kind, entry.name):
        hint = f"{quote(entry.name)} is a {others[0]}  (albench list {LISTINGS[kind]})"
    else:
        hint = suggest_entry(kind, entry.name, f"albench list {LISTINGS[kind]}")
    context.problems.add_error(f"unknown-{kind.replace('_', '-')}", text, entry.where, hint)


def _make(cls: type[Component], entry: RawEntry, context: Context, show: str = "") -> Component | None:
    values = dict(entry.params)
    if entry.main is not None:
        if cls.main is None:
            text = f"{quote(entry.name)} has no main parameter that {entry.main} could be"
            in_full = file_formats.write_in_full(entry.name, str(entry.main.value))
            hint = in_full or f"write {{{entry.name}: {{parameter: value}}}}"
            context.problems.add_error("wrong-type", text, entry.main.where, hint)
            return None
        values[cls.main] = Pair(Node(cls.main, entry.main.where), entry.main)
    return validate_component(cls, entry, values, context, show)


def _keep_unresolved(entry: RawEntry, context: Context) -> UnresolvedComponent:
    from albench.spec.names_in_source import read_class_name

    params = {name: pair.value.plain for name, pair in entry.params.items()}
    main = entry.main.plain if entry.main else None
    name = read_class_name(entry.name, context.folder)
    return UnresolvedComponent(path=entry.name, params=params, main_value=main, known_name=name)


def make_default(kind: Kind, name: str, context: Context) -> Component | ListedComponent:
    """Make a built-in component with its defaults, which no entry names."""
    facts = load_catalogue()[kind][name]
    if context.only_checks:
        return ListedComponent(kind, name, facts)
    from albench.registry.lookup import import_class

    return import_class(facts)()


def get_name(component: Component | ListedComponent) -> str:
    """Return the name of a built-in component; empty for most of a user's."""
    return component.name if isinstance(component, ListedComponent) else type(component).name


def get_column(component: Component | ListedComponent) -> str:
    """Return the name of the column of a metric or signal; empty for one that has no name."""
    if isinstance(component, ListedComponent):
        return component.name
    return component.column if isinstance(component, contracts.Metric) else get_name(component)


def get_base_label(component: Component | ListedComponent) -> str:
    """Return the label of a component before its parameters are looked at."""
    if isinstance(component, ListedComponent):
        return component.name
    if isinstance(component, contracts.DatasetSource | UnresolvedComponent):
        return component.default_label() or type(component).__name__
    if isinstance(component, contracts.Metric) and component.column:
        return component.column
    return type(component).name or get_class_name(type(component).__qualname__)
