"""Mistakes in a spec: collected, sorted, shown with the line, a caret and what was probably meant."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from albench.text import format_count

if TYPE_CHECKING:
    from albench.spec.document import Where

_WIDTH = 100
_NOT_IN_A_LINE = ("Cc", "Cs", "Zl", "Zp")
# What YAML counts as the end of a line.
_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")


@dataclass(frozen=True)
class Problem:
    """One mistake, or one thing to be warned of.

    Attributes
    ----------
    code : str
        Stands in brackets; stable, while texts may change.
    where : Place, str or None
        A place in the file, the path of a key where there is no file, or None for the file as a whole.
    hint : str
        What to do; stands after the caret.
    """

    code: str
    text: str
    where: Where
    hint: str = ""
    severity: Literal["error", "warning"] = "error"


class UnreadableError(Exception):
    """A mistake after which nothing more can be read of a document."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


class Problems:
    """The mistakes found so far in one document.

    Parameters
    ----------
    file : str
        What messages call the document.
    text : str
        Its text; empty where there is none.
    """

    def __init__(self, file: str, text: str = "") -> None:
        self._file = file
        self._lines = split_lines(text)
        self._found: list[Problem] = []

    def add(self, problem: Problem) -> None:
        """Note a problem, once."""
        if problem not in self._found:
            self._found.append(problem)

    def error(self, code: str, text: str, where: Where, hint: str = "") -> None:
        """Note a mistake."""
        self.add(Problem(code, text, where, hint))

    def warning(self, code: str, text: str, where: Where, hint: str = "") -> None:
        """Note something that a user should know, but that does not stop the experiment."""
        self.add(Problem(code, text, where, hint, "warning"))

    @property
    def n_errors(self) -> int:
        """Number of mistakes, warnings apart."""
        return sum(problem.severity == "error" for problem in self._found)

    def listing(self) -> str:
        """Return all mistakes, in order of line, and their number."""
        n = self.n_errors
        return "\n".join([*self._rendered("error"), f"{format_count(n, 'error')} in 1 file."])

    def warnings(self) -> tuple[str, ...]:
        """Return all warnings, in order of line."""
        return tuple(self._rendered("warning"))

    def _rendered(self, severity: str) -> list[str]:
        found = [problem for problem in self._found if problem.severity == severity]
        return [self._render(problem) for problem in sorted(found, key=_order)]

    def _render(self, problem: Problem) -> str:
        kind = f"{problem.severity}[{problem.code}]: {problem.text}"
        if problem.where is None or isinstance(problem.where, str):
            head = f"{self._file}: {f'{problem.where}: ' if problem.where else ''}{kind}"
            return f"{head}\n  {problem.hint}" if problem.hint else head
        place = problem.where
        first = max(1, place.line - 1)
        shown = [(n, self._lines[n - 1]) for n in range(first, place.line + 1) if n <= len(self._lines)]
        margin = max(4, len(str(place.line)) + 1)
        skipped = max(0, place.column + place.width - _WIDTH)
        lines = [
            f"{n:>{margin}} | {_visible(text)[skipped : skipped + _WIDTH]}".rstrip() for n, text in shown
        ]
        caret = " " * (place.column - 1 - skipped) + "^" * max(1, place.width)
        lines.append(f"{'':>{margin}} | {caret} {problem.hint}".rstrip())
        return "\n".join([f"{self._file}:{place.line}:{place.column}: {kind}", *lines])


def _order(problem: Problem) -> tuple[int, int]:
    where = problem.where
    return (0, 0) if where is None or isinstance(where, str) else (where.line, where.column)


def split_lines(text: str) -> list[str]:
    """Return the lines of a text, as YAML counts them."""
    return _BREAK.split(text)


def is_line(text: str) -> bool:
    """Say whether a text is one line that has something to read."""
    return bool(text.strip()) and not any(unicodedata.category(c) in _NOT_IN_A_LINE for c in text)


def _visible(text: str) -> str:
    """Return a line with one printable character for each of its characters."""
    return "".join(character if character.isprintable() else " " for character in text)
