"""Checks across the fields of a spec."""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, Any

from albench.batches import count_affordable_labels
from albench.contracts.model import RIVER
from albench.registry.catalogue import load_catalogue
from albench.spec.components import get_name
from albench.spec.cost_checks import check_costs
from albench.spec.listed import ListedComponent
from albench.spec.model_needs import (
    check_score,
    check_strategies,
    format_subject,
    list_without_proba,
    needs_proba,
)
from albench.spec.preprocessing_steps import check_axis
from albench.spec.repeats import UntilDecided
from albench.spec.unresolved import UnresolvedComponent
from albench.text import quote, suggest_word

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from albench.spec.assemble import Draft
    from albench.spec.context import Axis, Context, PlacedValue
    from albench.spec.document import Where
    from albench.spec.experiment import Entry, Size

# So many budgets, and grids of each, are looked at for a last batch that does not fit.
_MOST_BUDGETS, _MOST_GRIDS = 100, 1000


def check(draft: Draft, context: Context) -> None:
    """Note every contradiction between two parts of a spec."""
    check_axis(draft, context)
    _check_seed_sizes(draft, context)
    check_costs(draft, context)
    _check_relabel(draft, context)
    for budget in draft.budgets.items[:_MOST_BUDGETS]:
        _check_batches(draft, budget, context)
    _check_models(draft, context)
    check_strategies(draft, context)
    for strategy in draft.strategies.items if not draft.skips else ():
        _check_classes(draft, strategy, context)
    without_proba = list_without_proba(draft)
    # A metric is undefined where it lacks probabilities: that is an error unless it is wanted somewhere else.
    if draft.skips and len(without_proba) < len(draft.models.values):
        without_proba = []
    for metric in draft.metrics.items:
        check_score(metric, without_proba, context)
    for signal in draft.signals.items:
        check_score(signal, without_proba, context)
    if draft.stopping.items:
        # Here, as what highlight means: most specs have neither.
        from albench.spec.stopping import check_rules

        check_rules(draft, without_proba, context)
    _check_primary_metric(draft, context)
    _check_second_baseline(draft, context)
    check_highlight(draft.settings.highlight, draft.strategies, draft.find_place, context)
    _check_parts(draft, context)
    _check_expected(draft, context)
    _check_pilot(draft, context)


def _check_seed_sizes(draft: Draft, context: Context) -> None:
    """Compare with the budgets that are said in the same way; others need the size of the pool."""
    _check_empty_seed_sets(draft, context)
    smallest: dict[str, float] = {}
    for size in draft.budgets.values:
        smallest[size.kind] = min(size.value, smallest.get(size.kind, size.value))
    for seed in draft.seed_sizes.items:
        if smallest.get(seed.value.kind, math.inf) > seed.value.value:
            continue
        alike = (budget for budget in draft.budgets.items if budget.value.kind == seed.value.kind)
        short = [budget for budget in alike if budget.value.value <= seed.value.value]
        default = "" if seed.where else " (the default)"
        budgets = ", ".join(str(budget.value) for budget in short)
        text = f"a seed size of {seed.value}{default} leaves nothing of a budget of {budgets}"
        context.problems.add_error("seed-above-budget", text, seed.where or short[0].where)


def _check_models(draft: Draft, context: Context) -> None:
    """Note models that learn from streams alone."""
    for entry in draft.models.items:
        for role in {id(role): role for role in (entry.value.task, entry.value.query)}.values():
            if role.component.estimator.startswith(RIVER):
                text = f"{quote(role.label)} learns label by label, from streams alone"
                hint = "write 'scenario: stream', or a model of scikit-learn's kind"
                context.problems.add_error("other-scenario", text, entry.where, hint)


def _check_relabel(draft: Draft, context: Context) -> None:
    """Note what leaves no room for second answers: batches of one label, and budgets that are no labels."""
    is_set = draft.settings.relabel.share > 0
    strategies = draft.strategies.items
    # What is not imported yet does not say.
    again = [entry.where for entry in strategies if getattr(entry.value.component, "asks_again", False)]
    if is_set and 1 in draft.batch_sizes.values:
        text = "batches of one label have no room for second answers"
        hint = "write a batch size of 2 or more, or leave out 'relabel'"
        context.problems.add_error("no-room-to-relabel", text, draft.find_place("relabel"), hint)
    if (is_set or again) and any(size.kind == "money" for size in draft.budgets.values):
        place = draft.find_place("relabel") if is_set else again[0]
        text, hint = "second answers are counted in labels, not in money", "write 'budgets' in labels"
        context.problems.add_error("relabel-in-money", text, place, hint)


def _check_empty_seed_sets(draft: Draft, context: Context) -> None:
    """Note that several kinds of seed sets of no row are one: their trials are the same."""
    empty = next((seed for seed in draft.seed_sizes.items if not seed.value.value), None)
    if empty is not None and empty.value.kind == "count" and len(draft.seed_sets.values) > 1:
        text = (
            f"a seed size of 0 is the same in all {len(draft.seed_sets.values)} seed sets: it runs for each"
        )
        hint = "write an experiment of its own for it"
        context.problems.add_warning("empty-seed-sets", text, empty.where, hint)


def _check_batches(draft: Draft, budget: PlacedValue[Size], context: Context) -> None:
    if budget.value.kind != "count":
        return
    total = int(budget.value.value)
    seeds = [int(seed.value) for seed in draft.seed_sizes.values if seed.kind == "count"]
    pairs = ((seed, batch) for seed in seeds for batch in draft.batch_sizes.values)
    ends = [
        (seed, batch, count_affordable_labels(total, seed_size=seed, batch_size=batch, n_pool=total + 1))
        for seed, batch in islice(pairs, _MOST_GRIDS)
    ]
    uneven = [end for end in ends if end[2] < total]
    if not uneven:
        return
    seed, batch, last = uneven[0]
    reached = "the seed set alone" if last == seed else f"{last} labels"
    text = f"a budget of {total} is read at {reached}: from {seed} in steps of {batch}"
    more = f"and {len(uneven) - 1} more such grids" if len(uneven) > 1 else ""
    context.problems.add_warning("uneven-batches", text, budget.where, more)


def _check_classes(draft: Draft, strategy: PlacedValue[Entry[Any]], context: Context) -> None:
    """Compare with the classes of datasets that are built in; of others, the plan knows them."""
    component = strategy.value.component
    if isinstance(component, ListedComponent | UnresolvedComponent):
        return
    for dataset in draft.datasets.values:
        classes = _list_classes(dataset.component)
        if classes and (wrong := component.find_misfit(classes)):
            text = f"{quote(strategy.value.label)} on {quote(dataset.label)}: {wrong}"
            context.problems.add_error("wrong-classes", text, strategy.where)


def _list_classes(component: Any) -> tuple[str, ...]:
    """Return the classes of a dataset that is built in and has no parameters; else none."""
    facts = load_catalogue()["dataset"].get("" if component.parameters() else get_name(component), {})
    return tuple(facts.get("content", {}).get("classes", ()))


def _check_primary_metric(draft: Draft, context: Context) -> None:
    name, where = draft.settings.primary_metric, draft.find_place("primary_metric")
    metric = next((entry for entry in draft.recorded if entry.label == name), None)
    if metric is None and _are_labels_known(draft.metrics):
        labels = [entry.label for entry in draft.recorded]
        text = f"the primary metric {quote(name)} is not among the metrics"
        context.problems.add_error("unknown-metric", text, where, _suggest_metric(name, labels))
    # Of declared metrics, this was said already.
    implied = metric and name not in {entry.label for entry in draft.metrics.values}
    lacking = list_without_proba(draft)
    if draft.skips and lacking and lacking[0] != draft.models.values[0].task.label:
        # The verdicts are made with the first model.
        lacking = []
    if metric and (implied or draft.skips) and needs_proba(metric.component) and lacking:
        needs = f"needs class probabilities, which {format_subject(lacking)} not give"
        text = f"the primary metric {quote(name)} {needs}"
        context.problems.add_error("needs-proba", text, where)


def _suggest_metric(name: str, labels: list[str]) -> str:
    facts = load_catalogue()["metric"].get(name)
    declared = [label for label in labels if label.startswith(f"{name}_")]
    if facts is None or (facts["required"] and declared):
        from albench.registry.aliases import find_entry

        entry = find_entry("metric", name)
        closest = suggest_word(name, declared or labels, "albench list metrics")
        return f"albench calls it {quote(entry)}" if entry else closest
    if not facts["required"]:
        return f"add it: 'metrics: [{name}]'"
    value = facts["required"][0].upper()
    return f"add 'metrics: [{{{name}: {value}}}]'; its column is '{name}_{value}'"


def _are_labels_known(axis: Axis[Entry[Any]]) -> bool:
    """Say whether all of an axis was read, and no label waits for the import of a class."""
    components = [entry.component for entry in axis.values]
    unsure = any(isinstance(each, UnresolvedComponent) and each.known_name is None for each in components)
    return axis.complete and not unsure


def _check_second_baseline(draft: Draft, context: Context) -> None:
    second = draft.settings.baseline.second
    labels = [entry.label for entry in draft.strategies.values]
    if second is None or second in labels or not _are_labels_known(draft.strategies):
        return
    text = f"the second baseline {quote(second)} is not among the strategies"
    where = draft.find_place("baseline", "second")
    context.problems.add_error("unknown-strategy", text, where, suggest_word(second, labels))


def check_highlight(
    names: Collection[str],
    strategies: Axis[Entry[Any]],
    find_place: Callable[[str, int], Where],
    context: Context,
) -> None:
    """Note strategies that are to be highlighted and are not there."""
    if not names:
        return
    from albench.spec.highlight import find_strategies

    labels = [entry.label for entry in strategies.values]
    for place, name in enumerate(names if _are_labels_known(strategies) else ()):
        if not find_strategies(name, strategies.values, context.folder):
            text = f"{quote(name)} is to be highlighted and is not among the strategies"
            where = find_place("highlight", place)
            context.problems.add_error("unknown-strategy", text, where, suggest_word(name, labels))


def _check_parts(draft: Draft, context: Context) -> None:
    split: Any = draft.split
    # Only splits by a share can leave too little: others know their rows when there are data.
    test = split.default("test") if isinstance(split, ListedComponent) else getattr(split, "test", 0.0)
    if isinstance(test, float) and test + draft.settings.validation >= 1:
        text = f"test part ({test:g}) and validation part ({draft.settings.validation:g}) leave no pool"
        context.problems.add_error("out-of-range", text, draft.find_place("validation"))


def _check_expected(draft: Draft, context: Context) -> None:
    if draft.expected and isinstance(draft.settings.repeats, UntilDecided):
        text = "published numbers are of a fixed number of repeats, and these go on until they decide"
        context.problems.add_error("two-settings", text, draft.find_place("repeats"), "write {splits: 10}")
    labels = [entry.label for entry in draft.recorded]
    for item in draft.expected if _are_labels_known(draft.metrics) else ():
        entry = item.value
        if entry.metric is not None and entry.metric not in labels:
            text = f"{quote(entry.kind)} are expected of {quote(entry.metric)}, which is not recorded"
            hint = suggest_word(entry.metric, labels, "albench list metrics")
            context.problems.add_error("unknown-metric", text, item.where, hint)


def _check_pilot(draft: Draft, context: Context) -> None:
    if not draft.settings.pilot.budget:
        return
    if len(draft.datasets.values) > 1:
        text = "a pilot is about the labelled rows of one dataset"
        hint = "write an experiment for each, or leave out 'pilot'"
        context.problems.add_error("pilot-of-several", text, draft.find_place("pilot"), hint)
    if any(size.kind == "money" for size in draft.budgets.values):
        text, hint = "a pilot counts labels, and the budget is money", "write budgets: 80%"
        context.problems.add_error("pilot-in-money", text, draft.find_place("pilot"), hint)
