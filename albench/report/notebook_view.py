"""What a notebook shows of results: the answer, a small leaderboard, what failed, where the page is."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from albench.narrative.cheapest_oracle import format_cost_share
from albench.narrative.streams.wording import format_share
from albench.report.first_screen import build_first_screen
from albench.report.html.numbers import format_count, format_level, format_percent, format_signed, format_span
from albench.report.oracle_screen import build_oracle_screen
from albench.report.streams.leaderboard import choose_lines
from albench.text import format_amount

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from albench.analysis.evidence.conclusions import Evidence, SliceEvidence
    from albench.analysis.evidence.rows import Row
    from albench.analysis.streams.evidence.conclusions import StreamEvidence, StreamRow
    from albench.report.first_screen import FirstRow
    from albench.report.oracle_screen import OracleRow, OracleScreen


def format_results_html(answer: Sequence[str], table: str, failures: Sequence[str], page: Path) -> str:
    """Return the answer as HTML, its verdict in bold, over the table of the page's first screen."""
    verdict, *context = answer or ("There is no finished trial.",)
    parts = [f"<div><b>{escape(verdict)}</b> {escape(' '.join(context))}</div>", table]
    if failures:
        parts.append(f"<pre style='white-space: pre-wrap'>{escape(chr(10).join(failures))}</pre>")
    parts.append(f"<div>{_describe_page(page)}</div>")
    return f"<div style='max-width: 60em'>{''.join(parts)}</div>"


def format_first_screen(evidence: Evidence, highlighted: Collection[str]) -> str:
    """Return the tables of the page's first screen, with those that are highlighted; nothing without one."""
    if not evidence.slices:
        return ""
    primary, oracles = evidence.primary, build_oracle_screen(evidence)
    screen = build_first_screen(primary, highlighted, pilot=evidence.pilot)
    first = _format_oracles(oracles, primary) if oracles else ""
    if screen is None:
        return first
    titles = ("strategy", f"{primary.slice.metric} at the budget", "labels saved", "difference along the way")
    tried = "<div>Tried on the labelled rows alone:</div>" if evidence.pilot else ""
    table = format_table(titles, map(_list_cells, screen.rows), screen.n_more, "tests and intervals")
    return first + tried + table


def _format_oracles(screen: OracleScreen, primary: SliceEvidence) -> str:
    """Return what one level costs under each oracle, and with whose labels strategies are compared below."""
    metric, first = primary.slice.metric, screen.rows[0].style.label
    level = "" if screen.level is None else f" for {metric} {format_level(screen.level)}"
    of_first = f"{first} costs of its money, in %{', median' if screen.small else ''}"
    titles = ("oracle", f"money{level}", of_first, f"{metric} at the end of its money")
    rows = map(_list_oracle_cells, screen.rows)
    below = f"Which strategy, with labels of {escape(primary.slice.oracle)}:"
    return f"{_format_rows(titles, rows)}<div>{below}</div>"


def _list_oracle_cells(row: OracleRow) -> tuple[str, ...]:
    cost = "" if row.cost is None else format_amount(row.cost)
    saving = row.contrast.saving if row.contrast else None
    end = "" if row.final_cost is None else f" for {format_amount(row.final_cost)}"
    return (
        f"{row.style.label} ({', '.join(row.strategies)})",
        cost,
        "" if saving is None else format_cost_share(saving),
        format_level(row.final_level) + end,
    )


def _format_rows(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    body = "".join(_format_row("td", row) for row in rows)
    return f"<table><thead>{_format_row('th', titles)}</thead><tbody>{body}</tbody></table>"


def format_table(titles: Iterable[str], rows: Iterable[Iterable[str]], n_more: int, rest: str) -> str:
    """Return a table as HTML, and where the strategies and numbers are that it has not."""
    more = f"{format_count(n_more, 'more strategy', 'more strategies')}, " if n_more else ""
    return f"{_format_rows(titles, rows)}<div>{more}{rest}: <code>results.leaderboard()</code></div>"


def _list_cells(shown: FirstRow) -> tuple[str, ...]:
    row = shown.line.row
    name = f"{row.strategy} ({shown.part})" if shown.part else row.strategy
    if shown.same_picks:
        name += f"; the same picks: {', '.join(shown.same_picks)}"
    if shown.line.style.baseline:
        return (name, shown.level, "", "")
    return (name, shown.level, format_percent(row.median_saving), _format_difference(row))


def _format_difference(row: Row) -> str:
    if row.difference is None:
        return "nothing paired"
    return f"{format_signed(row.difference)} {format_span(row.interval_these)}"


def _format_row(tag: str, cells: Iterable[str]) -> str:
    """Return a row of a table, its cells escaped."""
    start, end = f"<{tag} style='text-align: left'>", f"</{tag}>"
    return f"<tr>{''.join(f'{start}{escape(cell)}{end}' for cell in cells)}</tr>"


def _describe_page(page: Path) -> str:
    if not page.is_file():
        return "<code>results.report()</code> writes the page: figures, tables, checks."
    # A notebook opens what lies below its folder.
    link = Path(os.path.relpath(page)).as_posix()
    return f"The page: <a href='{escape(link)}' target='_blank'>{escape(link)}</a>"


_TITLES = ("strategy", "random", "difference", "labels bought")


def format_first_stream_screen(evidence: StreamEvidence, highlighted: Collection[str]) -> str:
    """Return the table of the page's first screen as HTML, with those that are highlighted."""
    primary = evidence.primary
    lines = choose_lines(primary, highlighted)
    titles = (_TITLES[0], primary.slice.metric, *_TITLES[1:])
    rows = (_list_stream_cells(line.of) for line in lines)
    return format_table(titles, rows, len(primary.rows) - len(lines), "tests and recovery")


def _list_stream_cells(line: StreamRow) -> tuple[str, ...]:
    row = line.row
    levels = format_level(row.area), format_level(line.random_level)
    bought = format_share(line.spending.share) if line.spending else "none"
    return row.strategy, *levels, _format_difference(row), bought
