"""The setting ``preprocessing``, of an experiment and of a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from albench.contracts import Component, DatasetSource
from albench.contracts.preprocessing import KINDS, Preprocessing, Step
from albench.errors import ImportPathError
from albench.registry.imports import imported
from albench.spec.signature import constructor_parameters
from albench.text import quote, suggest_word

if TYPE_CHECKING:
    from albench.spec.context import Context
    from albench.spec.document import Node, Where

NAME = "preprocessing"


def preprocessing(node: Node, context: Context) -> Preprocessing:
    """Read the setting; the standard one, and a problem for each mistake, if it is wrong."""
    if node.value == "standard":
        return Preprocessing.model_construct()
    try:
        found = Preprocessing.model_validate(node.plain)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            key = str(details["loc"][0]) if details["loc"] else ""
            if details["type"] == "extra_forbidden":
                text, hint = f"{quote(NAME)} has no {quote(key)}", suggest_word(key, KINDS)
            else:
                text, hint = f"{quote(NAME)}: {details.get('ctx', {}).get('error', details['msg'])}", ""
            context.problems.error("wrong-value", text, _place(node, key), hint)
        return Preprocessing()
    check_steps(found, node.where, context)
    return found


def check_dataset(source: Component, where: Where, context: Context) -> None:
    """Note steps of a dataset's own preprocessing that cannot be imported."""
    if isinstance(source, DatasetSource) and source.preprocessing is not None:
        check_steps(source.preprocessing, where, context)


def check_steps(found: Preprocessing, where: Where, context: Context) -> None:
    """Note steps that cannot be imported or do not take their parameters, where importing is allowed."""
    for step in found.steps if context.import_user_code else ():
        _check(step, where, context)


def _check(step: Step, where: Where, context: Context) -> None:
    try:
        cls = imported(step.transformer, context.folder)
    except ImportPathError as error:
        context.problems.error("import", f"{quote(NAME)}: {error}", where)
        return
    if not all(hasattr(cls, method) for method in ("fit", "transform")):
        text = f"{quote(NAME)}: {quote(step.transformer)} is no transformer: it needs fit and transform"
        context.problems.error("no-transformer", text, where)
        return
    known = constructor_parameters(cls)
    for name in [name for name in step.params if known is not None and name not in known[0]]:
        text = f"{quote(NAME)}: {quote(step.transformer)} has no parameter {quote(name)}"
        hint = suggest_word(name, known[0]) if known else ""
        context.problems.error("unknown-parameter", text, where, hint)


def _place(node: Node, key: str) -> Where:
    pairs = node.value
    return pairs[key].key.where if isinstance(pairs, dict) and key in pairs else node.where
