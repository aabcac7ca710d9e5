"""Tables as Markdown and LaTeX; names of datasets and strategies are text there, whatever is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NONE = "\u2013"
"""What stands for a number that is missing."""

_MARKDOWN = {ord(sign): f"\\{sign}" for sign in "\\`*_[]|#"}
_MARKDOWN |= {ord("<"): "&lt;", ord("&"): "&amp;", ord("\n"): " "}
_LATEX = {
    **{ord(sign): f"\\{sign}" for sign in "&%$#_{}"},
    ord("\\"): r"\textbackslash{}",
    ord("~"): r"\textasciitilde{}",
    ord("^"): r"\textasciicircum{}",
    ord("|"): r"\textbar{}",
    ord("<"): "$<$",
    ord(">"): "$>$",
    ord("\u2265"): r"$\geq$",
    ord("\u2264"): r"$\leq$",
    ord("\u00b1"): r"$\pm$",
    ord("\u2212"): "$-$",
    ord("\u2013"): "--",
    ord("\u202f"): "\\,",
    ord("\u00b5"): r"$\mu$",
    ord("\n"): " ",
}


def escape_markdown(text: str) -> str:
    """Return text in which Markdown finds no markup."""
    return text.translate(_MARKDOWN)


def escape_latex(text: str) -> str:
    """Return text in which LaTeX finds no command."""
    return text.translate(_LATEX)


def format_markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return a table of escaped cells, the first row its head, the first column at the left."""
    header, *body = rows
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "".join(f"| {' | '.join(row)} |\n" for row in (header, rule, *body))


def format_latex(rows: Sequence[Sequence[str]]) -> str:
    """Return a ``tabular`` with rules of ``booktabs``, likewise."""
    header, *body = rows
    columns = "l" + "r" * (len(header) - 1)
    lines = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", _format_latex_row(header), r"\midrule"]
    return "\n".join([*lines, *map(_format_latex_row, body), r"\bottomrule", r"\end{tabular}"]) + "\n"


def _format_latex_row(cells: Sequence[str]) -> str:
    # After a line break, a bracket would be read as its optional argument.
    guarded = ["{" + cell + "}" if cell.startswith("[") else cell for cell in cells]
    return " & ".join(guarded) + r" \\"
