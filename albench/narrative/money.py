"""What strategies gain and save along what labels and training cost, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.narrative.primary_slice import PrimarySlice
from albench.narrative.recommendation import describe_oracle, describe_place
from albench.narrative.savings import choose_link, format_fewer, is_saving_shown, list_final_savings
from albench.narrative.wording import describe_undefined, format_gain, format_saving_ends
from albench.text import format_amount, format_count, list_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.analysis.evidence.cells import Saving
    from albench.analysis.evidence.conclusions import Evidence
    from albench.analysis.evidence.rows import Row

_MOST_DATASETS = 3
_SIDES = {1: "better than random", 0: "not told apart from random", -1: "worse than random"}


def _look_along_costs(primary: PrimarySlice) -> PrimarySlice | None:
    """Return the primary slice along the costs; None where it has none, or nothing can be said of it."""
    axis = primary.evidence.cost_axis
    if axis is None or primary.evidence.control.fired or axis.evidence.control.fired:
        return None
    along_costs = PrimarySlice(axis.evidence, primary.n_repeats)
    return along_costs if along_costs.compared else None


def write_money_question(evidence: Evidence, primary: PrimarySlice) -> Iterator[str]:
    """Yield which strategy makes most of the money, where budgets are money."""
    along_costs = _look_along_costs(primary) if evidence.has_money_budget else None
    if along_costs is None:
        return
    row = along_costs.best
    gain = f"{format_gain(row)} in {primary.metric}"
    where = f"{describe_place(along_costs, row)}{describe_oracle(primary, 'with')}"
    savings = list_final_savings(along_costs, row)
    if row.side > 0 and savings and is_saving_shown(along_costs, row):
        needs = _describe_money(along_costs, row, savings)
        yield f"For the same {primary.metric} use {row.strategy}: {where} it needs {needs}."
        yield f"For the same money it gains {gain} over random, averaged over the costs."
        return
    if row.side > 0:
        gains = f"averaged over the costs it gains {gain} over random {where}"
        yield f"For the same money use {row.strategy}: {gains}."
    else:
        closest = f"closest comes {row.strategy} with {gain}, averaged over the costs"
        yield f"For the same money no strategy is shown to beat random {where}; {closest}."
    yield from write_money_saved(primary)


def write_money_saved(primary: PrimarySlice) -> Iterator[str]:
    """Yield the money that the strategy needs that is best along the costs, beside random's."""
    along_costs = _look_along_costs(primary)
    if along_costs is None:
        return
    row = along_costs.best
    savings = list_final_savings(along_costs, row)
    if not savings:
        return
    needs = f"{row.strategy} {'needs' if is_saving_shown(along_costs, row) else 'is estimated to need'}"
    yield f"For the same {primary.metric} {needs} {_describe_money(along_costs, row, savings)}."


def _describe_money(along_costs: PrimarySlice, row: Row, savings: Sequence[Saving]) -> str:
    """Return how much money a strategy needs beside random; of several datasets which share of it."""
    if len(along_costs.list_covered_cells(row)) == 1:
        return _describe_amounts(savings[0])
    share = float(np.median([saving.saving or 0.0 for saving in savings]))
    ends = f" {format_saving_ends(share, row.interval_saving)}" if row.interval_saving else ""
    over = f"median over {format_count(len(savings), 'dataset')}{ends}"
    return f"{format_fewer(share, 'less', 'much')} money {choose_link(share)} random ({over})"


def _describe_amounts(saving: Saving) -> str:
    share = saving.saving or 0.0
    ends = f" {format_saving_ends(share, saving.interval)}" if saving.interval else ", no interval"
    own, random = (format_amount(value or 0.0) for value in (saving.labels_strategy, saving.labels_random))
    return f"{own} of money where random needs {random} ({format_fewer(share, 'less', 'much')}{ends})"


def write_money(primary: PrimarySlice) -> Iterator[str]:
    """Yield what the part of a page on costs says beside its numbers."""
    axis = primary.evidence.cost_axis
    if axis is None:
        return
    along_costs = _look_along_costs(primary)
    if along_costs is not None:
        row = along_costs.best
        over = f"over random{describe_oracle(primary, 'with')}"
        yield f"Averaged over the costs {row.strategy} gains {format_gain(row)} in {primary.metric} {over}."
        yield from write_money_saved(primary)
        yield from _write_why_no_saving(along_costs, row)
        yield from _write_changed_verdicts(primary, along_costs)
    if missing := [name for name in axis.evidence.datasets if name not in axis.ranges]:
        yield f"Not compared on {list_words(missing)}: no two costs are common to all trials there."


def _write_why_no_saving(along_costs: PrimarySlice, row: Row) -> Iterator[str]:
    for cell in along_costs.list_covered_cells(row):
        saving = cell.find_saving("final")
        if saving is not None and saving.undefined:
            reason = describe_undefined(saving.undefined)
            yield f"On {cell.dataset} {row.strategy} has no saving of money: {reason}."


def _write_changed_verdicts(primary: PrimarySlice, along_costs: PrimarySlice) -> Iterator[str]:
    """Yield which strategies are judged otherwise for the same money than for as many labels."""
    by_labels = {row.strategy: row for row in primary.compared}
    for row in along_costs.compared:
        of_labels = by_labels.get(row.strategy)
        if of_labels is not None and of_labels.side != row.side:
            label_words, words = _SIDES[of_labels.side], _SIDES[row.side]
            yield f"{row.strategy} is {label_words} for as many labels, and {words} for the same money."
