"""What a notebook shows of results: the answer, a small leaderboard, what failed, where the page is."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from albench.report.tables.leaderboard import COLUMNS, build_leaderboard, format_cell
from albench.tables import IN_PAPERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from albench.analysis.evidence import Evidence, SliceEvidence

_MOST_ROWS = 6
_MISSING = "\u2013"


def format_results_html(
    evidence: Evidence, answer: Sequence[str], failures: Sequence[str], page: Path
) -> str:
    """Return the answer as HTML, its verdict in bold, over at most six rows of the leaderboard.

    Parameters
    ----------
    evidence : Evidence
    answer : sequence of str
        Its sentences, the verdict first.
    failures : sequence of str
        What failed, in lines.
    page : Path
        Where the page is, or will be.
    """
    verdict, *context = answer or ("There is no finished trial.",)
    parts = [f"<div><b>{escape(verdict)}</b> {escape(' '.join(context))}</div>"]
    if evidence.slices:
        parts.append(_format_table(evidence.primary))
    if failures:
        parts.append(f"<pre style='white-space: pre-wrap'>{escape(chr(10).join(failures))}</pre>")
    parts.append(f"<div>{_describe_page(page)}</div>")
    return f"<div style='max-width: 60em'>{''.join(parts)}</div>"


def _format_table(evidence: SliceEvidence) -> str:
    board = build_leaderboard(evidence)
    verdicts = not evidence.control.fired
    columns = [COLUMNS[name] for name in IN_PAPERS]
    rows = [
        [format_cell(line, column, verdicts=verdicts, missing=_MISSING) for column in columns]
        for line in board.lines[:_MOST_ROWS]
    ]
    n_more = len(board.lines) - len(rows)
    more = f"<div>{n_more} more: <code>results.leaderboard()</code></div>" if n_more else ""
    head = _format_row("th", (column.title for column in columns))
    body = "".join(_format_row("td", row) for row in rows)
    return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>{more}"


def _format_row(tag: str, cells: Iterable[str]) -> str:
    start, end = f"<{tag} style='text-align: left'>", f"</{tag}>"
    return f"<tr>{''.join(f'{start}{escape(cell)}{end}' for cell in cells)}</tr>"


def _describe_page(page: Path) -> str:
    if not page.is_file():
        return "<code>results.report()</code> writes the page: figures, tables, checks."
    # A notebook opens what lies below its folder.
    link = Path(os.path.relpath(page)).as_posix()
    return f"The page: <a href='{escape(link)}' target='_blank'>{escape(link)}</a>"
