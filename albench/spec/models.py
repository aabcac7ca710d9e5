"""Models of a spec: a short name or an import path of an estimator, for the task and for the strategy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from albench.contracts import Model
from albench.contracts.model import ModelSettings
from albench.estimators.nested_estimators import expand_nested, resolve_path
from albench.registry.catalogue import load_catalogue
from albench.spec.components import check_path
from albench.spec.entries import LABEL, read_entry, read_label
from albench.spec.model_answers import CALIBRATED, ModelAnswers, get_listed_answers
from albench.spec.nested_models import check_nested, check_no_value, get_import_path
from albench.spec.unresolved import get_class_name
from albench.spec.validation import validate_component
from albench.text import quote, suggest_word

if TYPE_CHECKING:
    from albench.spec.context import Context
    from albench.spec.document import Node, Pair
    from albench.spec.entries import RawEntry

TASK, QUERY = "task", "query"


@dataclass(frozen=True)
class DeclaredModel:
    """One model, its given label, and what it can answer."""

    model: Model
    base: str
    label: str | None
    answers: ModelAnswers


@dataclass(frozen=True)
class DeclaredModels:
    """A task model and a query model under one label."""

    task: DeclaredModel
    query: DeclaredModel
    label: str | None


def read_models(node: Node, context: Context) -> DeclaredModels | None:
    """Read an entry of ``models``; None, and problems, if it is wrong."""
    pairs = node.value
    if isinstance(pairs, dict) and {TASK, QUERY} & set(pairs):
        return _read_two_models(node, pairs, context)
    entry = read_entry(node, "model", context)
    declared = _read_model(entry, context) if entry else None
    return DeclaredModels(declared, declared, declared.label) if declared else None


def _read_two_models(node: Node, pairs: dict[str, Pair], context: Context) -> DeclaredModels | None:
    before = context.problems.n_errors
    for key, pair in pairs.items():
        if key not in {TASK, QUERY, LABEL}:
            text = f"{quote(key)} beside {quote(TASK)} and {quote(QUERY)}"
            hint = suggest_word(key, [TASK, QUERY, LABEL])
            context.problems.add_error("unknown-key", text, pair.key.where, hint)
    for key in (TASK, QUERY):
        if key not in pairs:
            text = f"a model with a {quote(TASK)} and a {quote(QUERY)} needs both; {quote(key)} is missing"
            context.problems.add_error("missing-key", text, node.where)
    entries = [read_entry(pairs[key].value, "model", context) for key in (TASK, QUERY) if key in pairs]
    label = read_label(pairs[LABEL], context) if LABEL in pairs else None
    models = [declared for entry in entries if entry and (declared := _read_model(entry, context))]
    if context.problems.n_errors > before:
        return None
    return DeclaredModels(models[0], models[1], label)


def _read_model(entry: RawEntry, context: Context) -> DeclaredModel | None:
    facts: dict[str, Any] | None = load_catalogue()["model"].get(entry.name)
    if facts is None and not check_path("model", entry, context):
        return None
    if not check_no_value(entry, context):
        return None
    beside = {name: pair for name, pair in entry.params.items() if name in ModelSettings.model_fields}
    entry = replace(entry, params={name: pair for name, pair in entry.params.items() if name not in beside})
    # Most models have none: a validator would take longer to make than the spec to read.
    settings: ModelSettings | None = ModelSettings.model_construct()
    if beside:
        settings = validate_component(ModelSettings, entry, beside, context)
    if settings is None or not _is_classifier(entry, context, facts):
        return None
    before = context.problems.n_errors
    check_nested(get_import_path(entry.name), entry, context)
    if context.problems.n_errors > before:
        return None
    values = {name: pair.value.plain for name, pair in entry.params.items()}
    params = expand_nested(values, load_catalogue()["model"], context.folder)
    # All of it is checked already.
    model = Model.model_construct(
        estimator=facts["estimator"] if facts else resolve_path(entry.name, context.folder),
        params={**(facts["defaults"] if facts else {}), **params},
        **dict(settings),
    )
    if beside and not _can_be_trained(model, entry, context):
        return None
    answers = _find_answers(model, entry, context, facts)
    if answers and model.calibrated:
        answers = CALIBRATED
    base = entry.name if facts else get_class_name(entry.name)
    return DeclaredModel(model, base, entry.label, answers) if answers else None


def _can_be_trained(model: Model, entry: RawEntry, context: Context) -> bool:
    # Here, as what parameters need below: most models are a name alone.
    from albench.spec.training import check_training

    return check_training(model, entry, context)


def _find_answers(
    model: Model, entry: RawEntry, context: Context, facts: dict[str, Any] | None
) -> ModelAnswers | None:
    """Say what a model can answer: from what is known of it, or from its class; None if it is wrong."""
    if context.import_user_code:
        from albench.spec.estimators import check_estimator

        return check_estimator(model, entry, context)
    if entry.params and _has_unknown_parameters(model, entry, context):
        return None
    return get_listed_answers(facts, entry.params)


def _has_unknown_parameters(model: Model, entry: RawEntry, context: Context) -> bool:
    from albench.spec.estimators import note_unknown_parameters
    from albench.spec.signature import read_parameters

    names = read_parameters(model.estimator)
    unknown = [name for name in entry.params if names is not None and name not in names]
    note_unknown_parameters(unknown, names or [], entry, context)
    return bool(unknown)


def _is_classifier(entry: RawEntry, context: Context, facts: dict[str, Any] | None) -> bool:
    if facts is None or facts["task"] == "classification":
        return True
    text = f"{quote(entry.name)} is a regressor, but the labels of an experiment are classes"
    context.problems.add_error("no-classifier", text, entry.where, "(albench list models)")
    return False
