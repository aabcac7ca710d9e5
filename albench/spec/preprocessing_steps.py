"""The setting ``preprocessing``, of an experiment and of a dataset, and its values as an axis."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from albench import contracts
from albench.contracts.preprocessing import KINDS, Preprocessing, Step
from albench.errors import ImportPathError
from albench.spec.entries import LABEL, read_label
from albench.text import quote, suggest_word

if TYPE_CHECKING:
    from albench.contracts import Component
    from albench.spec.assemble import Draft
    from albench.spec.context import Context
    from albench.spec.document import Node, Where

NAME, AXIS = "preprocessing", "preprocessings"


def read_preprocessing(node: Node, context: Context) -> Preprocessing:
    """Read the setting; the standard one, and a problem for each mistake, if it is wrong."""
    if node.value == "standard":
        return Preprocessing.model_construct()
    return _validate(node, context) or Preprocessing()


def read_labelled(node: Node, context: Context) -> tuple[Preprocessing, str | None] | None:
    """Read a value of the axis with its label, if it has one; None, and a problem, if it is wrong."""
    label = None
    if isinstance(node.value, dict) and LABEL in node.value:
        label = read_label(node.value[LABEL], context)
        node = replace(node, value={key: pair for key, pair in node.value.items() if key != LABEL})
    preprocessing = _validate(node, context)
    return None if preprocessing is None else (preprocessing, label)


def check_axis(draft: Draft, context: Context) -> None:
    """Note what declares the preprocessing of a dataset beside the axis, which compares several on each."""
    if AXIS not in draft.pairs:
        return
    if NAME in draft.pairs:
        text = f"{quote(NAME)} beside {quote(AXIS)}"
        context.problems.add_error(
            "two-settings", text, draft.pairs[NAME].key.where, f"make it a value of {AXIS}"
        )
    for item in draft.datasets.items:
        if getattr(item.value.component, NAME, None) is not None and len(draft.preprocessings.values) > 1:
            text = f"{quote(item.value.label)} has a {quote(NAME)} of its own beside {quote(AXIS)}"
            hint = f"leave it out: each of {AXIS} is applied to each dataset"
            context.problems.add_error("two-settings", text, item.where, hint)


def _validate(node: Node, context: Context) -> Preprocessing | None:
    try:
        preprocessing = Preprocessing.model_validate(node.plain)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            key = str(details["loc"][0]) if details["loc"] else ""
            if details["type"] == "extra_forbidden":
                text, hint = f"{quote(NAME)} has no {quote(key)}", suggest_word(key, (*KINDS, "drop"))
            else:
                text, hint = f"{quote(NAME)}: {details.get('ctx', {}).get('error', details['msg'])}", ""
            context.problems.add_error("wrong-value", text, _find_place(node, key), hint)
        return None
    check_steps(preprocessing, node.where, context)
    return preprocessing


def check_dataset(source: Component, where: Where, context: Context) -> None:
    """Note steps of a dataset's own preprocessing that cannot be imported."""
    if isinstance(source, contracts.DatasetSource) and source.preprocessing is not None:
        check_steps(source.preprocessing, where, context)


def check_steps(preprocessing: Preprocessing, where: Where, context: Context) -> None:
    """Note steps whose file is not there; where importing is allowed, that cannot be used as declared."""
    for step in preprocessing.steps:
        _check(step, where, context)


def _check(step: Step, where: Where, context: Context) -> None:
    from albench.registry.imports import import_object, locate_file
    from albench.spec.signature import list_parameters

    file = step.transformer.rpartition(":")[0]
    try:
        if file:
            locate_file(file, context.folder)
        if not context.import_user_code:
            return
        cls = import_object(step.transformer, context.folder)
    except ImportPathError as error:
        context.problems.add_error("import", f"{quote(NAME)}: {error}", where)
        return
    if not all(hasattr(cls, method) for method in ("fit", "transform")):
        text = f"{quote(NAME)}: {quote(step.transformer)} is no transformer: it needs fit and transform"
        context.problems.add_error("no-transformer", text, where)
        return
    parameters = list_parameters(cls)
    names = parameters[0] if parameters else list(step.params)
    for name in [name for name in step.params if name not in names]:
        text = f"{quote(NAME)}: {quote(step.transformer)} has no parameter {quote(name)}"
        context.problems.add_error("unknown-parameter", text, where, suggest_word(name, names))


def _find_place(node: Node, key: str) -> Where:
    pairs = node.value
    return pairs[key].key.where if isinstance(pairs, dict) and key in pairs else node.where
