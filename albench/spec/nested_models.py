"""Estimators in the parameters of scikit-learn's estimators: are they models that albench knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.contracts.entry import is_class_path
from albench.estimators.nested_estimators import ESTIMATOR_KEYS, ESTIMATOR_LIST_KEYS
from albench.registry.catalogue import load_catalogue
from albench.spec.components import check_path
from albench.spec.entries import read_entry
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.spec.context import Context
    from albench.spec.document import Node, Pair
    from albench.spec.entries import RawEntry

PACKAGE = "sklearn."
"""What import paths of scikit-learn start with."""
_NO_ESTIMATOR = ("drop", "passthrough", None)
_PATH_HINT = "a transformer is named by its import path"


def iterate_nested(entry: RawEntry) -> Iterator[tuple[str, Node]]:
    """Yield what stands where an estimator takes estimators, each under its name in ``get_params()``."""
    for name, pair in entry.params.items():
        if name in ESTIMATOR_KEYS and pair.value.value is not None:
            yield name, pair.value
        elif name in ESTIMATOR_LIST_KEYS and isinstance(pair.value.value, tuple):
            steps = (_split_named(item) for item in pair.value.value)
            yield from (step for step in steps if step and step[1].value not in _NO_ESTIMATOR)


def check_nested(path: str, entry: RawEntry, context: Context) -> None:
    """Note estimators that are missing, unknown or none at all in the parameters of an estimator.

    What a class from elsewhere than scikit-learn takes under the same names is its own affair.
    """
    present = {name for name, pair in entry.params.items() if pair.value.value is not None}
    for name in [name for name in _list_required(path) if name not in present]:
        text = f"{quote(entry.name)} needs {quote(name)}"
        context.problems.add_error("missing-parameter", text, entry.where)
    if path.startswith(PACKAGE):
        for name, pair in entry.params.items():
            if name in ESTIMATOR_LIST_KEYS:
                _check_list(name, pair, context)
        for _, node in iterate_nested(entry):
            _check(node, context)


def get_import_path(name: str) -> str:
    """Return the import path that the name of a model stands for; other names as they are."""
    facts = load_catalogue()["model"].get(name)
    return str(facts["estimator"]) if facts else name


def check_no_value(entry: RawEntry, context: Context) -> bool:
    """Say whether a model has no value in place of its parameters; note a problem if it has one."""
    if entry.main is None:
        return True
    text = f"{quote(entry.name)} has no main parameter that {entry.main} could be"
    hint = f"write {{{entry.name}: {{parameter: value}}}}"
    context.problems.add_error("wrong-type", text, entry.main.where, hint)
    return False


def _list_required(path: str) -> list[str]:
    models = load_catalogue()["model"].values()
    return next((facts["required"] for facts in models if facts["estimator"] == path), [])


def _check(node: Node, context: Context) -> None:
    entry = read_entry(node, "model", context)
    if entry is None:
        return
    models = load_catalogue()["model"]
    if entry.name not in models and not is_class_path(entry.name):
        from albench.registry.aliases import suggest_entry

        hint = suggest_entry("model", entry.name) or _PATH_HINT
        text = f"no model {quote(entry.name)}"
        context.problems.add_error("unknown-model", text, entry.where, f"{hint}  (albench list models)")
    elif entry.name not in models and not check_path("model", entry, context):
        return
    elif entry.label is not None:
        context.problems.add_error("unknown-key", "a model inside another has no label", node.where)
    elif check_no_value(entry, context):
        check_nested(get_import_path(entry.name), entry, context)


def _check_list(name: str, pair: Pair, context: Context) -> None:
    if not isinstance(pair.value.value, tuple):
        text = f"{quote(name)} is a list of [name, model], not {pair.value}"
        context.problems.add_error("wrong-type", text, pair.where)
        return
    for item in pair.value.value:
        if _split_named(item) is None:
            text = f"each of {quote(name)} is [name, model], not {item}"
            context.problems.add_error("wrong-type", text, item.where)


def _split_named(item: Node) -> tuple[str, Node] | None:
    """Read ``[name, estimator, ...]`` or ``{name: estimator}``; None if it is neither."""
    if isinstance(item.value, dict) and len(item.value) == 1:
        ((name, pair),) = item.value.items()
        return name, pair.value
    if isinstance(item.value, tuple) and len(item.value) > 1 and isinstance(item.value[0].value, str):
        return item.value[0].value, item.value[1]
    return None
