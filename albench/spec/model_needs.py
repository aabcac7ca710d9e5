"""What strategies, metrics and signals need of the models of a spec, and which models do not have it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from albench.contracts import Need
from albench.registry.catalogue import load_catalogue
from albench.spec.listed import ListedComponent
from albench.spec.model_answers import get_answers
from albench.spec.unresolved import UnresolvedComponent, get_class_name
from albench.text import list_quoted, quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.spec.assemble import Draft
    from albench.spec.context import Context, PlacedValue
    from albench.spec.experiment import Entry

_NEEDS = {
    Need.PROBA: "class probabilities",
    Need.DECISION: "decision values",
    Need.DROPOUT: "dropout to sample from",
}


def check_strategies(draft: Draft, context: Context) -> None:
    """Note strategies that need what a model, or one of their own, does not have."""
    lacking = {need: _list_lacking(draft, need) for need in _NEEDS}
    for strategy in draft.strategies.items:
        _check_own_models(strategy, context)
        if not draft.skips:
            _check_needs(strategy, lacking, context)


def _list_lacking(draft: Draft, need: Need) -> list[str]:
    """Return the labels of the query models that do not have what a strategy may need."""
    models = zip(draft.models.values, draft.declared.values, strict=True)
    return [
        entry.query.label
        for entry, declared in models
        if getattr(declared.query.answers, need.value) is False
    ]


def list_misfits(draft: Draft) -> dict[tuple[str, str], str]:
    """Return why a strategy and a model do not go together, for each such pair of labels."""
    misfits = {}
    models = list(zip(draft.models.values, draft.declared.values, strict=True))
    for strategy in draft.strategies.values:
        needs = () if isinstance(strategy.component, UnresolvedComponent) else strategy.component.required()
        for (entry, declared), need in product(models, needs):
            if need in _NEEDS and getattr(declared.query.answers, need.value) is False:
                why = f"needs {_NEEDS[need]}, which {quote(entry.query.label)} does not give"
                misfits[strategy.label, entry.label] = f"{quote(strategy.label)} {why}"
    return misfits


def _check_needs(
    strategy: PlacedValue[Entry[Any]], lacking: Mapping[Need, list[str]], context: Context
) -> None:
    component = strategy.value.component
    if isinstance(component, UnresolvedComponent):
        return
    needs = component.required()
    for need, words in _NEEDS.items():
        if need in needs and lacking[need]:
            who = format_subject(lacking[need])
            text = f"{quote(strategy.value.label)} needs {words}, which {who} not give"
            context.problems.add_error(f"needs-{need}", text, strategy.where, _suggest_instead(need))


def _check_own_models(strategy: PlacedValue[Entry[Any]], context: Context) -> None:
    component = strategy.value.component
    is_made = not isinstance(component, ListedComponent | UnresolvedComponent)
    needs_by_model = component.required_of_models() if is_made else ()
    for need, words in _NEEDS.items():
        models = [model for model, needs in needs_by_model if need in needs]
        lacking = [model for model in models if getattr(get_answers(model), need.value) is False]
        if lacking:
            who = format_subject([get_class_name(model.estimator) for model in lacking])
            text = f"{quote(strategy.value.label)} needs {words} of each member, which {who} not give"
            context.problems.add_error(f"needs-{need}", text, strategy.where)


def format_subject(labels: list[str]) -> str:
    """Return ``'svm' does``, ``'svm' and 'ridge' do``."""
    return f"{list_quoted(dict.fromkeys(labels), 'and')} {'does' if len(set(labels)) == 1 else 'do'}"


def _suggest_instead(need: Need) -> str:
    """Return a hint to what works instead: a model, or a strategy that makes do with decision values."""
    if need is Need.DROPOUT:
        models = [name for name, facts in load_catalogue()["model"].items() if facts["dropout"]]
        verb = "has" if len(models) == 1 else "have"
        return f"{list_quoted(models, 'and')} {verb} it  (albench list models)"
    strategies = [
        name
        for name, facts in load_catalogue()["strategy"].items()
        if need is Need.PROBA and facts["needs"] == [Need.DECISION]
    ]
    verb = "works" if len(strategies) == 1 else "work"
    hint = f"{list_quoted(strategies, 'and')} {verb} with decision values  " if strategies else ""
    return f"{hint}(albench list strategies)"


def check_score(score: PlacedValue[Entry[Any]], lacking: list[str], context: Context) -> None:
    """Note a metric or a signal that needs class probabilities where models lack them."""
    if isinstance(score.value.component, UnresolvedComponent) or not needs_proba(score.value.component):
        return
    if lacking:
        needs = f"needs class probabilities, which {format_subject(lacking)} not give"
        text = f"{quote(score.value.label)} {needs}"
        context.problems.add_error("needs-proba", text, score.where)


def needs_proba(component: Any) -> bool:
    """Say whether a metric or a signal needs class probabilities."""
    return bool(getattr(component, "needs_proba", component.kind == "signal"))


def list_without_proba(draft: Draft) -> list[str]:
    """Return the labels of the task models that give no class probabilities."""
    models = zip(draft.models.values, draft.declared.values, strict=True)
    return [entry.task.label for entry, declared in models if declared.task.answers.proba is False]
