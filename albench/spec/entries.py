"""The grammar of an entry, with places: ``name``, ``{name: {parameter: value}}`` or ``{name: scalar}``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from albench.registry.catalogue import is_import_path, load_catalogue
from albench.spec import file_formats
from albench.spec.messages import is_line
from albench.text import list_quoted, quote, suggest_word

if TYPE_CHECKING:
    from collections.abc import Collection

    from albench.contracts import Kind
    from albench.spec.context import Context
    from albench.spec.document import Node, Pair, Where

LABEL = "label"


@dataclass(frozen=True)
class RawEntry:
    """An entry before its name is looked up.

    Attributes
    ----------
    name, where : str, Place
        What it is called, and where that stands.
    params : dict of str to Pair
        Parameters given by name.
    main : Node or None
        A value given without a name, for the main parameter.
    """

    name: str
    where: Where
    params: dict[str, Pair] = field(default_factory=dict)
    main: Node | None = None
    label: str | None = None


def list_items(node: Node) -> tuple[Node, ...]:
    """Return the items of an axis: a scalar or a mapping is a list of one."""
    return node.value if isinstance(node.value, tuple) else (node,)


def format_kind(kind: str) -> str:
    """Return what messages call a kind of component."""
    return kind.replace("_", " ")


def read_entry(node: Node, kind: Kind, context: Context) -> RawEntry | None:
    """Read the outer form of an entry; None, and a problem, if it has none."""
    if isinstance(node.value, str):
        return RawEntry(node.value, node.where)
    if not isinstance(node.value, dict):
        text = f"a {format_kind(kind)} is a name or {{name: {{parameter: value}}}}, not {node}"
        context.problems.add_error("wrong-type", text, node.where)
        return None
    beside = {key: pair for key, pair in node.value.items() if key != LABEL}
    name = _find_name(node, beside, kind, context)
    if name is None:
        return None
    entry = _add_parameters(RawEntry(name, beside[name].key.where), beside[name].value)
    # A label may stand beside the name or among the parameters.
    labels = [pairs[LABEL] for pairs in (node.value, entry.params) if LABEL in pairs]
    params = {key: pair for key, pair in entry.params.items() if key != LABEL}
    return replace(entry, params=params, label=_merge_labels(labels, context))


def _find_name(node: Node, beside: dict[str, Pair], kind: Kind, context: Context) -> str | None:
    if not beside:
        context.problems.add_error("missing-key", f"a {format_kind(kind)} needs a name", node.where)
        return None
    names = [key for key in beside if key in load_catalogue()[kind] or is_import_path(key)]
    name = names[0] if names else next(iter(beside))
    others = [key for key in beside if key != name]
    if not others:
        return name
    if kind == "dataset" and not names and "path" in beside:
        file = str(beside["path"].value.value)
        hint = file_formats.suggest_format(file)
        hint = hint or file_formats.write_in_full("csv", file)
        context.problems.add_error("missing-key", "a file without its format", beside["path"].key.where, hint)
        return None
    if set(others) <= set(names):
        text = f"one {format_kind(kind)} an entry; this one names {list_quoted([name, *others], 'and')}"
        context.problems.add_error("wrong-type", text, beside[others[0]].key.where, "start each with '- '")
        return None
    for other in others:
        text = f"{quote(other)} beside {quote(name)}"
        hint = _suggest_beside(other, name, kind)
        context.problems.add_error("unknown-key", text, beside[other].key.where, hint)
    return None


def _suggest_beside(other: str, name: str, kind: Kind) -> str:
    if other in load_catalogue()[kind].get(name, {}).get("parameters", {}) or kind == "model":
        return f"a parameter? indent it below {quote(name + ':')}"
    return suggest_word(other, [LABEL])


def _add_parameters(entry: RawEntry, value: Node) -> RawEntry:
    if isinstance(value.value, dict):
        return replace(entry, params=value.value)
    return entry if value.value is None else replace(entry, main=value)


def _merge_labels(pairs: Collection[Pair], context: Context) -> str | None:
    labels = [text for pair in pairs if (text := read_label(pair, context)) is not None]
    if len(labels) > 1:
        context.problems.add_error("duplicate-key", "two labels for one entry", list(pairs)[1].key.where)
    return labels[0] if labels else None


def read_label(pair: Pair, context: Context) -> str | None:
    """Return the text of a label; None, and a problem, if it is no single line of text."""
    text = pair.value.value
    if isinstance(text, str) and is_line(text):
        return text
    hint = "write it in quotes" if isinstance(text, int | float) else ""
    text = f"a label must be one line of text, not {pair.value}"
    context.problems.add_error("wrong-type", text, pair.where, hint)
    return None
