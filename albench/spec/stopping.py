"""Stopping rules against the rest of a spec: probabilities, a validation part, a metric that is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from albench.spec.components import get_column
from albench.spec.listed import ListedComponent
from albench.spec.unresolved import UnresolvedComponent
from albench.text import list_quoted, quote, suggest_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.spec.assemble import Draft
    from albench.spec.context import Context, PlacedValue
    from albench.spec.experiment import Entry


def check_rules(draft: Draft, without_proba: Sequence[str], context: Context) -> None:
    """Note the rules that this experiment cannot watch.

    Parameters
    ----------
    without_proba : sequence of str
        Models that give no class probabilities where such are needed.
    """
    for rule in draft.stopping.items:
        if isinstance(rule.value.component, UnresolvedComponent):
            continue
        if without_proba and _get_fact(rule.value.component, "needs_proba"):
            lacking = list_quoted(without_proba)
            text = f"{quote(rule.value.label)} needs class probabilities, which {lacking} does not give"
            context.problems.add_error("needs-proba", text, rule.where)
        if _get_fact(rule.value.component, "is_paid"):
            _check_paid(rule, draft, context)


def _check_paid(rule: PlacedValue[Entry[Any]], draft: Draft, context: Context) -> None:
    if not draft.settings.validation:
        text = f"{quote(rule.value.label)} looks at the validation part, and there is none"
        hint = "set apart a share of the rows for it, as validation: 0.1"
        context.problems.add_error("no-validation", text, rule.where, hint)
    metric = getattr(rule.value.component, "metric", "")
    names = [get_column(entry.component) for entry in draft.recorded]
    if metric and metric not in names:
        text = f"{quote(rule.value.label)}: the metric {quote(metric)} is not recorded"
        context.problems.add_error("unknown-metric", text, rule.where, suggest_word(metric, names))


def _get_fact(component: Any, name: str) -> bool:
    if isinstance(component, ListedComponent):
        return bool(component.facts[name])
    return bool(getattr(type(component), name))
