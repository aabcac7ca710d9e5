"""What a spec says of costs, beside its budgets and the headers of its datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench import contracts
from albench.errors import DatasetError
from albench.text import quote, suggest_word

if TYPE_CHECKING:
    from albench.spec.assemble import Draft
    from albench.spec.context import Context


def check_costs(draft: Draft, context: Context) -> None:
    """Note budgets of labels beside budgets of money, and a column of prices that a dataset does not have."""
    money = [budget for budget in draft.budgets.items if budget.value.kind == "money"]
    if money and len(money) < len(draft.budgets.items):
        text = "budgets are labels or money, not both"
        hint = "write an experiment for each"
        context.problems.add_error("mixed-budgets", text, money[0].where, hint)
    column = draft.settings.costs.row.column
    for dataset in draft.datasets.values if column and not context.is_past else ():
        header = _read_header(dataset.component, context)
        if header and column not in header:
            text = f"{quote(dataset.label)} has no column {quote(column)}"
            where = draft.find_place("costs", "row", "column")
            context.problems.add_error("unknown-column", text, where, suggest_word(column, header))


def _read_header(source: object, context: Context) -> tuple[str, ...] | None:
    """Return the column names of a file; None where none can be read, which is told elsewhere."""
    if not isinstance(source, contracts.DatasetSource):
        return None
    try:
        return source.header(context.folder)
    except (DatasetError, OSError):
        return None
