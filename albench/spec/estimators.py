"""Estimators, imported: is it a classifier, does it take these parameters, what can it answer."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from albench.contracts.model import RIVER
from albench.errors import ImportPathError, ModelError
from albench.estimators.building import RIVER_METHODS, build_parameters, suggest_extra
from albench.registry.catalogue import load_catalogue
from albench.registry.imports import import_object
from albench.spec.estimator_values import check_searched_values, check_values
from albench.spec.model_answers import ModelAnswers
from albench.spec.signature import list_parameters
from albench.text import quote, suggest_word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from albench.contracts import Model
    from albench.spec.context import Context
    from albench.spec.entries import RawEntry

_LINEAR = "sklearn.linear_model."
# In the order of the fields of Answers.
_ANSWERS = ("predict_proba", "decision_function", "dropout_sample")
_METHODS = ("fit", "predict", "get_params", "set_params")


def check_estimator(model: Model, entry: RawEntry, context: Context) -> ModelAnswers | None:
    """Import a model's class, check its parameters, make one; None, and problems, if that fails."""
    try:
        cls = import_object(model.estimator, context.folder)
    except ImportPathError as error:
        return _give_up_import(error, model, entry, context)
    if not (_has_methods(cls, model, entry, context) and _check_parameters(cls, model, entry, context)):
        return None
    if model.estimator.startswith(RIVER):
        return ModelAnswers(proba=True, decision=False, dropout=False)
    estimator = _make_estimator(cls, model, entry, context)
    if estimator is None:
        return None
    before = context.problems.n_errors
    check_values(estimator, entry, context)
    if model.tune is not None:
        check_searched_values(estimator, model.tune.grid, entry, context)
    if context.problems.n_errors > before or not _is_classifier(estimator, entry, context):
        return None
    return ModelAnswers(*(hasattr(estimator, method) for method in _ANSWERS))


def _has_methods(cls: Any, model: Model, entry: RawEntry, context: Context) -> bool:
    """Say whether a class has the methods of its kind; note a problem if not."""
    is_of_river = model.estimator.startswith(RIVER)
    kind = "classifier of River" if is_of_river else "scikit-learn estimator"
    methods = RIVER_METHODS if is_of_river else _METHODS
    if inspect.isclass(cls) and all(hasattr(cls, method) for method in methods):
        return True
    text = f"{quote(entry.name)} is no {kind}: it needs {', '.join(methods)}"
    context.problems.add_error("no-classifier", text, entry.where)
    return False


def _give_up_import(
    error: ImportPathError, model: Model, entry: RawEntry, context: Context
) -> ModelAnswers | None:
    """Note that a class cannot be imported; of one of an earlier run, which may be gone, nothing is known."""
    if context.is_past:
        return ModelAnswers()
    extra = load_catalogue()["model"].get(entry.name, {}).get("extra")
    hint = f"pip install 'albench[{extra}]'" if extra else ""
    hint = hint or suggest_extra(model.estimator).removeprefix("; ")
    context.problems.add_error("import", str(error), entry.where, hint)
    return None


def _make_estimator(cls: Any, model: Model, entry: RawEntry, context: Context) -> Any:
    """Make an estimator, with what is nested in its parameters; None, and a problem, if that fails."""
    text = ""
    if model.params.get("warm_start") and (model.calibrated or not model.estimator.startswith(_LINEAR)):
        text = f"{quote(entry.name)}: 'warm_start' is for linear models that are not calibrated"
    try:
        estimator = cls(**build_parameters(model.params, 0))
    except (TypeError, ValueError, ModelError) as error:
        text = text or f"{quote(entry.name)}: {error}"
    if text:
        context.problems.add_error("wrong-value", text, entry.where)
        return None
    return estimator


def _check_parameters(cls: type, model: Model, entry: RawEntry, context: Context) -> bool:
    parameters = list_parameters(cls)
    if parameters is None:
        return True
    names, required = parameters
    unknown = [name for name in entry.params if name not in names]
    missing = [name for name in required if name not in model.params]
    note_unknown_parameters(unknown, names, entry, context)
    for name in missing:
        text = f"{quote(entry.name)} needs {quote(name)}"
        context.problems.add_error("missing-parameter", text, entry.where)
    return not (unknown or missing)


def note_unknown_parameters(
    unknown: Iterable[str], names: Iterable[str], entry: RawEntry, context: Context
) -> None:
    """Note parameters that an estimator's constructor does not have."""
    for name in unknown:
        text = f"{quote(entry.name)} has no parameter {quote(name)}"
        where = entry.params[name].key.where
        context.problems.add_error("unknown-parameter", text, where, suggest_word(name, names))


def _is_classifier(estimator: Any, entry: RawEntry, context: Context) -> bool:
    """Say whether an estimator is a classifier; note a problem if it is none, or cannot tell."""
    text, hint = f"{quote(entry.name)} is an estimator, but no classifier", ""
    try:
        if _get_kind(estimator) == "classifier":
            return True
    except (AttributeError, LookupError, TypeError, ValueError):
        # It asks what is nested in it, and that may be anything.
        text = f"{quote(entry.name)} cannot tell whether it is a classifier"
        hint = "is what it should wrap an estimator?"
    context.problems.add_error("no-classifier", text, entry.where, hint)
    return False


def _get_kind(estimator: Any) -> Any:
    if hasattr(estimator, "__sklearn_tags__"):
        from sklearn.utils import get_tags

        return get_tags(estimator).estimator_type
    return getattr(estimator, "_estimator_type", None)
