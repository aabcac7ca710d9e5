"""Tables as Markdown and LaTeX, names as text whatever is in them; dataset by strategy, the best marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_MOST_UPRIGHT = 7  # columns whose heads are upright


@dataclass(frozen=True)
class GridCell:
    """A number with its spread; ``remark`` says what it lacks."""

    number: str
    spread: str = ""
    remark: str = ""
    mark: Literal["best", "equal", ""] = ""


@dataclass(frozen=True)
class GridTable:
    """Datasets and strategies, the longer list downwards.

    Attributes
    ----------
    name : str
        Of what the numbers are, for the label of the table.
    cells : mapping
        Dataset and strategy -> cell; what is not there is missing.
    """

    name: str
    caption: str
    datasets: tuple[str, ...]
    strategies: tuple[str, ...]
    cells: Mapping[tuple[str, str], GridCell]

    def list_rows(self) -> list[list[str | GridCell]]:
        """Return the heads of the columns and the rows, names as text."""
        is_long = len(self.datasets) >= len(self.strategies)
        head, down, across = (
            ("Dataset", self.datasets, self.strategies)
            if is_long
            else ("Strategy", self.strategies, self.datasets)
        )
        rows: list[list[str | GridCell]] = [[head, *across]]
        for name in down:
            places = [(name, other) if is_long else (other, name) for other in across]
            rows.append([name, *(self.cells.get(place, GridCell(NONE)) for place in places)])
        return rows


def format_grid_markdown(table: GridTable) -> str:
    """Return the table and its caption; underlined is ``<ins>``, which Markdown has no sign for."""
    rows = [[_format_markdown_cell(cell) for cell in row] for row in table.list_rows()]
    return f"{format_markdown(rows)}\n{escape_markdown(table.caption)}\n"


def _format_markdown_cell(cell: str | GridCell) -> str:
    if isinstance(cell, str):
        return escape_markdown(cell)
    number = {"best": f"**{cell.number}**", "equal": f"<ins>{cell.number}</ins>", "": cell.number}[cell.mark]
    return " ".join(filter(None, (number, escape_markdown(cell.spread), cell.remark)))


def format_grid_latex(table: GridTable) -> str:
    """Return a floating table over both columns of a paper, with its caption and a label.

    Of many columns the heads are turned and the spreads are smaller; what is wider all the same is scaled.
    """
    head, *body = table.list_rows()
    is_wide = len(head) > _MOST_UPRIGHT
    rows = [
        [_format_latex_head(cell, turned=is_wide and place > 0) for place, cell in enumerate(head)],
        *(
            [_format_latex_cell(cell, r"\tiny" if is_wide else r"\scriptsize") for cell in row]
            for row in body
        ),
    ]
    lines = (
        r"% \usepackage{booktabs,graphicx}",
        r"\begin{table*}",
        r"\centering\footnotesize\setlength{\tabcolsep}{3pt}",
        rf"\caption{{{escape_latex(table.caption)}}}",
        rf"\label{{tab:{table.name}}}",
        r"\resizebox{\ifdim\width>\textwidth\textwidth\else\width\fi}{!}{%",
    )
    return "\n".join(lines) + "\n" + format_latex(rows) + "}\n\\end{table*}\n"


def _format_latex_head(cell: str | GridCell, *, turned: bool) -> str:
    text = escape_latex(str(cell))
    return rf"\rotatebox{{60}}{{{text}}}" if turned else text


def _format_latex_cell(cell: str | GridCell, small: str) -> str:
    if isinstance(cell, str):
        return escape_latex(cell)
    command = {"best": r"\textbf", "equal": r"\underline", "": ""}[cell.mark]
    number = escape_latex(cell.number)
    beside = escape_latex("\u202f".join(filter(None, (cell.spread, cell.remark))))
    text = f"{command}{{{number}}}" if command else number
    return rf"{text}\,{{{small} {beside}}}" if beside else text


def format_rows(rows: Sequence[Sequence[str]], form: Literal["markdown", "latex"], setting: str) -> str:
    """Return rows of text, the head first; in LaTeX below a comment that says what they are of."""
    if form == "markdown":
        return format_markdown([[escape_markdown(cell) for cell in row] for row in rows])
    table = format_latex([[escape_latex(cell) for cell in row] for row in rows])
    return f"% {' '.join(setting.split())}\n{table}"


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
