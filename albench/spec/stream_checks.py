"""Checks across the fields of a spec of streams."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from albench.contracts import Oracle
from albench.contracts.stream import explain_thresholds, explain_unfit_oracle
from albench.registry.lookup import import_class
from albench.spec.cross_checks import check_highlight
from albench.spec.listed import ListedComponent
from albench.spec.unresolved import UnresolvedComponent
from albench.tables import STREAM_METRICS
from albench.text import quote, suggest_word

if TYPE_CHECKING:
    from albench.spec.context import Context, PlacedValue
    from albench.spec.experiment import Entry
    from albench.spec.stream_assemble import StreamDraft

_NO_PROBA = "streams need class probabilities, which {name} does not give"


def check_stream(draft: StreamDraft, context: Context) -> None:
    """Note every contradiction between two parts of a spec of streams."""
    _check_datasets(draft, context)
    _check_repeats(draft, context)
    _check_models(draft, context)
    if not draft.skips:
        _check_managers(draft, context)
        for oracle in draft.oracles.items:
            _check_oracle(oracle, context)
    metric = draft.settings.primary_metric
    if metric not in STREAM_METRICS:
        text = f"a stream has no metric {quote(metric)}"
        hint = suggest_word(metric, STREAM_METRICS)
        context.problems.add_error("unknown-metric", text, draft.find_place("primary_metric"), hint)
    check_highlight(draft.settings.highlight, draft.strategies, draft.find_place, context)


def _check_datasets(draft: StreamDraft, context: Context) -> None:
    """Note what datasets say of pools: nothing of that is done to a stream."""
    for entry in draft.datasets.items:
        for word in ("pool", "preprocessing"):
            if getattr(entry.value.component, word, None) is not None:
                text = f"dataset {quote(entry.value.label)}: {quote(word)} is a word of pools"
                context.problems.add_error("other-scenario", text, entry.where, "leave it out")


def _check_repeats(draft: StreamDraft, context: Context) -> None:
    if draft.settings.repeats.starts > 1:
        text = "repeats of a stream have one start: each has its own order, drift and answers"
        context.problems.add_error("wrong-value", text, draft.find_place("repeats"), "leave out 'starts'")


def _check_models(draft: StreamDraft, context: Context) -> None:
    for entry, declared in zip(draft.models.items, draft.declared.values, strict=True):
        model = declared.task.model
        label = quote(entry.value.task.label)
        if not entry.value.same:
            text = f"{quote(entry.value.label)}: one model predicts the rows of a stream and is consulted"
            context.problems.add_error("two-models", text, entry.where, "leave out 'query'")
        if declared.task.answers.proba is False and not draft.skips:
            text = _NO_PROBA.format(name=label)
            hint = "write calibrated: sigmoid, or for SGDClassifier loss: log_loss"
            context.problems.add_error("needs-proba", text, entry.where, hint)
        if model.tune is not None:
            text = f"{label}: parameters are not searched for on a stream"
            context.problems.add_error("other-scenario", text, entry.where, "leave out 'tune'")
        if model.sample_weight is not None:
            text = f"{label}: 'sample_weight: agreement' weighs rows, and labels of a stream have no weights"
            context.problems.add_error("other-scenario", text, entry.where, "leave out 'sample_weight'")
        if model.refit_every != 1:
            text = f"{label}: 'refit_every' counts rounds, which a stream has not"
            hint = f"write refit: {model.refit_every} beside 'models'"
            context.problems.add_error("other-scenario", text, entry.where, hint)


def list_stream_misfits(draft: StreamDraft) -> dict[tuple[str, str], str]:
    """Return why a strategy cannot go with a model, for each such pair of labels: whatever the strategy."""
    models = zip(draft.models.values, draft.declared.values, strict=True)
    return {
        (strategy.label, entry.label): _NO_PROBA.format(name=quote(entry.task.label))
        for entry, declared in models
        if declared.task.answers.proba is False
        for strategy in draft.strategies.values
    }


def _check_managers(draft: StreamDraft, context: Context) -> None:
    for strategy, manager in product(draft.strategies.items, draft.managers.items):
        sets = [_sets_threshold(item.value.component) for item in (strategy, manager)]
        if None not in sets and (
            why := explain_thresholds(strategy.value.label, manager.value.label, *map(bool, sets))
        ):
            hint = "leave out 'managers', or write inapplicable: skip"
            context.problems.add_error("misfit", why, strategy.where, hint)


def _sets_threshold(component: Any) -> bool | None:
    """Say whether a component sets the threshold; None where nothing but its import tells."""
    if isinstance(component, UnresolvedComponent):
        return None
    if isinstance(component, ListedComponent):
        return bool(component.facts["sets_threshold"])
    return bool(component.sets_threshold)


def _check_oracle(oracle: PlacedValue[Entry[Oracle]], context: Context) -> None:
    component: Any = oracle.value.component
    if isinstance(component, ListedComponent) and component.name != "perfect":
        component = import_class(component.facts)()
    if isinstance(component, Oracle) and (why := explain_unfit_oracle(component)):
        context.problems.add_error("misfit", f"oracle {quote(oracle.value.label)}: {why}", oracle.where)
