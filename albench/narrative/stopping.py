"""The answer of a page that asks when to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.narrative.wording import format_difference
from albench.text import format_count, list_first, list_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.analysis.evidence.conclusions import Evidence
    from albench.analysis.evidence.stopping import PriceRange, StoppingEvidence
    from albench.narrative.primary_slice import PrimarySlice

_NAMED = 3


def write_stopping(evidence: Evidence, primary: PrimarySlice) -> Iterator[str]:
    """Yield by which rule to stop, what it costs, how many labels hindsight needs; nothing without rules."""
    stopping = evidence.stopping
    if stopping is None:
        return
    where = f"with {stopping.strategy} {primary.place}"
    if stopping.n_ended:
        yield from _write_ended(stopping, where)
        return
    if not stopping.best:
        yield f"When to stop cannot be said {where}: no trial has {primary.metric} in all its rounds."
        return
    if len(stopping.best) == 1:
        yield f"{_write_only(stopping, stopping.best[0], primary, where)}."
    else:
        yield f"When to stop {where} {_write_ranges(stopping, primary)}."
    enough = format_count(round(stopping.hindsight_labels or 0), "label")
    yield (
        f"Differences are to hindsight, in which {enough} were enough for {primary.metric} within 0.005 of "
        "its best."
    )
    if never := stopping.list_never():
        yield f"Within the budget never stop: {list_first(never, _NAMED)}."


def _write_ended(stopping: StoppingEvidence, where: str) -> Iterator[str]:
    trials = format_count(stopping.n_ended, "trial")
    labels = stopping.ended_labels
    at = f", those {where} at {format_count(round(labels), 'label')} on average" if labels is not None else ""
    yield f"Stopped by {list_words(stopping.enders)}: {trials}{at}."
    yield "What more labels would have given is not known; curves go on flat from there."


def _write_only(stopping: StoppingEvidence, only: PriceRange, primary: PrimarySlice, where: str) -> str:
    low, high = format_price(only.low), format_price(only.high)
    always = f"whether a point (0.01) of {primary.metric} is worth {low} labels or {high}"
    if not only.rule:
        return f"Label the whole budget {where}, {always}: every rule loses more than it saves"
    return f"Stop by {only.rule} {where}, {always}: {_describe_cost(stopping, only.rule, primary)}"


def _write_ranges(stopping: StoppingEvidence, primary: PrimarySlice) -> str:
    parts = "; ".join(
        f"{_describe_range(each, stopping)}, {_name_advice(stopping, each.rule, primary)}"
        for each in stopping.list_widest()
    )
    return f"depends on what a point (0.01) of {primary.metric} is worth: {parts}"


def _describe_range(price: PriceRange, stopping: StoppingEvidence) -> str:
    low, high = format_price(price.low), format_price(price.high)
    if price == stopping.best[0]:
        return f"up to {high} labels"
    return f"above {low}" if price == stopping.best[-1] else f"{low} to {high}"


def _name_advice(stopping: StoppingEvidence, rule: str, primary: PrimarySlice) -> str:
    if not rule:
        return "buy the whole budget"
    return f"stop by {rule} ({_describe_cost(stopping, rule, primary)})"


def _describe_cost(stopping: StoppingEvidence, rule: str, primary: PrimarySlice) -> str:
    cost = stopping.find_cost(rule)
    if cost is None:
        return "no trial of it is finished"
    lost = format_difference(-cost.metric_lost, None)
    return f"at {format_count(round(cost.n_labels), 'label')}, {lost} {primary.metric}"


def format_price(price: float) -> str:
    """Return a price in two significant digits, as ``84`` or ``1,000``."""
    rounded = float(f"{price:.2g}")
    return f"{rounded:,.0f}" if rounded >= 1 and rounded.is_integer() else f"{rounded:g}"
