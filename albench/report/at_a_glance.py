"""The answer at a glance: its few most important numbers, and its sentences cut into clauses."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.narrative.primary_slice import PrimarySlice
from albench.narrative.savings import is_saving_shown, list_final_savings
from albench.report.html.numbers import (
    bind_percent,
    format_count,
    format_percent,
    format_saving_span,
    format_signed,
    format_span,
)
from albench.text import format_p_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from albench.analysis.evidence import Row, SliceEvidence
    from albench.report.html.palette import Style


@dataclass(frozen=True)
class Fact:
    """A number with what it is, what stands below it, and where on the page it comes from."""

    name: str
    value: str
    below: str
    place: str
    style: Style | None = None


def list_facts(primary: SliceEvidence, styles: Mapping[str, Style], n_repeats: int) -> list[Fact]:
    """Return the numbers of the best strategy; none while verdicts are withheld or nothing is compared."""
    setting = PrimarySlice(primary, n_repeats)
    if primary.control.fired or not setting.compared:
        return []
    return list(_iterate_facts(setting, setting.best, styles))


def _iterate_facts(setting: PrimarySlice, row: Row, styles: Mapping[str, Style]) -> Iterator[Fact]:
    style = styles[row.strategy]
    own = f"row-{style.id}"
    clear = "clearly better than random" if row in setting.clear else "not shown to be better than random"
    if row not in setting.clear and row in setting.hits and row.p_side > 0:
        clear = "better than random by its ranks, not shown by its mean"
    yield Fact("Largest gain", row.strategy, clear, own, style)
    saved = "Labels saved" if is_saving_shown(setting, row) else "Labels saved (estimate, not shown)"
    yield Fact(saved, format_percent(row.median_saving), _describe_saving(setting, row), "saving")
    covered = setting.list_covered_cells(row)
    over = "on these datasets" if len(covered) > 1 else f"over splits of {covered[0].dataset}"
    span = f"{format_span(row.interval_these)} {over}"
    yield Fact(f"Gain in {setting.metric}", format_signed(row.difference), span, own)
    decided = row.wins + row.ties + row.losses
    if decided:
        won = f"{row.wins} of {format_count(decided, 'dataset')}"
        yield Fact("Better than random on", won, f"worse on {row.losses}, tie on {row.ties}", "where")
    yield _build_test_fact(row)


def _describe_saving(setting: PrimarySlice, row: Row) -> str:
    savings = list_final_savings(setting, row)
    if len(savings) == 1:
        return format_saving_span(savings[0].saving or 0.0, savings[0].interval)
    if not savings:
        return "no level in common"
    ends = (
        ""
        if row.interval_saving is None
        else f"{format_saving_span(row.median_saving or 0.0, row.interval_saving)}, "
    )
    return f"{ends}median of {format_count(len(savings), 'dataset')}, final level"


def _build_test_fact(row: Row) -> Fact:
    if row.p_holm is None:
        below = f"with {format_count(row.n_datasets, 'dataset')}"
        return Fact("On other datasets", "cannot be tested", below, "def-p")
    against = row.p_side * (row.difference or 0.0) < 0
    ranks = f"{'better' if row.p_side > 0 else 'worse'} by ranks: " if against else ""
    return Fact("On other datasets", format_p_value(row.p_holm), f"{ranks}Wilcoxon, Holm", "def-p")


def split_clauses(sentence: str) -> list[str]:
    """Return a sentence cut after each semicolon that stands outside parentheses."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(sentence):
        depth += (sign in "([") - (sign in ")]")
        if sign == ";" and depth == 0:
            parts.append(sentence[start : place + 1])
            start = place + 2
    return [*parts, sentence[start:]]


def mark_names(text: str, names: Sequence[str]) -> str:
    """Return text as HTML with the names of strategies in bold."""
    safe = html.escape(bind_percent(text))
    if not names:
        return safe
    # The first alternative that fits is taken: of `margin` and `margin_2`, the longer must come first.
    longest = sorted((html.escape(name) for name in names), key=len, reverse=True)
    pattern = "|".join(map(re.escape, longest))
    return re.sub(rf"(?<![\w&;])(?:{pattern})(?!\w)", lambda match: f"<b>{match[0]}</b>", safe)
