"""Mistakes in a spec: collected, sorted, shown with the line, a caret and what was probably meant."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from albench.errors import clean_text, escape_unprintable
from albench.text import find_closest, format_count, quote

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from albench.spec.document import Where

_WIDTH = 100
# Who has more mistakes has made one of them many times: a text of any size is answered in a page and at once.
_MOST_ERRORS = 200
_MOST_CHARACTERS = 12_000
_LONGEST_TEXT = 600
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


class TooManyError(UnreadableError):
    """So many mistakes that nobody needs to hear of more."""


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
        self._file = _shorten(file)
        self._lines = split_lines(text)
        # A dict for its order: of two that are equal, one is told.
        self._problems: dict[Problem, None] = {}

    def add(self, problem: Problem) -> None:
        """Note a problem, once.

        Raises
        ------
        TooManyError
            If there are so many that reading on would tell nothing new.
        """
        if problem in self._problems:
            return
        self._problems[problem] = None
        if problem.severity == "error" and self.n_errors >= _MOST_ERRORS:
            raise TooManyError(problem)

    def add_error(self, code: str, text: str, where: Where, hint: str = "") -> None:
        """Note a mistake."""
        self.add(Problem(code, text, where, hint))

    def add_warning(self, code: str, text: str, where: Where, hint: str = "") -> None:
        """Note something that a user should know, but that does not stop the experiment."""
        self.add(Problem(code, text, where, hint, "warning"))

    @property
    def n_errors(self) -> int:
        """Number of mistakes, warnings apart."""
        return sum(problem.severity == "error" for problem in self._problems)

    def format_errors(self) -> str:
        """Return all mistakes, in order of line, and their number."""
        n = self.n_errors
        end = "; reading stopped there" if n >= _MOST_ERRORS else ""
        return "\n".join([*self._render_all("error"), f"{format_count(n, 'error')} in 1 file{end}."])

    def format_warnings(self) -> tuple[str, ...]:
        """Return all warnings, in order of line."""
        return tuple(self._render_all("warning"))

    def _render_all(self, severity: str) -> list[str]:
        """Return the problems in order of line, as many as a page holds."""
        problems = [problem for problem in self._problems if problem.severity == severity]
        texts: list[str] = []
        n_left = _MOST_CHARACTERS
        for problem in sorted(problems, key=_get_order):
            texts.append(self._render(problem))
            n_left -= len(texts[-1])
            if n_left < 0 and len(texts) < len(problems):
                more = format_count(len(problems) - len(texts), f"more {severity}")
                return [*texts, f"... and {more}"]
        return texts

    def _render(self, problem: Problem) -> str:
        kind = f"{problem.severity}[{problem.code}]: {_shorten(problem.text)}"
        hint = _shorten(problem.hint)
        if problem.where is None or isinstance(problem.where, str):
            where = f"{_shorten(problem.where)}: " if problem.where else ""
            head = f"{self._file}: {where}{kind}"
            return f"{head}\n  {hint}" if hint else head
        place = problem.where
        first = max(1, place.line - 1)
        numbers = [n for n in range(first, place.line + 1) if n <= len(self._lines)]
        margin = max(4, len(str(place.line)) + 1)
        # Of a long line, the part that ends with the mistake.
        width = min(place.width, _WIDTH)
        skipped = max(0, place.column + width - _WIDTH)
        texts = [_blank_unprintable(self._lines[n - 1][skipped : skipped + _WIDTH]) for n in numbers]
        lines = [f"{n:>{margin}} | {text}".rstrip() for n, text in zip(numbers, texts, strict=True)]
        caret = " " * (place.column - 1 - skipped) + "^" * max(1, width)
        lines.append(f"{'':>{margin}} | {caret} {hint}".rstrip())
        return "\n".join([f"{self._file}:{place.line}:{place.column}: {kind}", *lines])


def suggest_closest(word: str, candidates: Iterable[str]) -> str:
    """Return a hint to the candidate that was probably meant; empty if none is close."""
    closest = find_closest(word, candidates)
    return f"did you mean {quote(closest)}?" if closest else ""


def suggest_sibling(path: Path, suffixes: tuple[str, ...] = ("",)) -> str:
    """Return a hint to the file of the same folder that was probably meant; empty if none is close."""
    try:
        siblings = [file.name for file in path.parent.iterdir()]
    except OSError:
        return ""
    return suggest_closest(path.name, [name for name in siblings if name.endswith(suffixes)])


def _shorten(text: str) -> str:
    return escape_unprintable(clean_text(text, _LONGEST_TEXT), keep="\n\t")


def _get_order(problem: Problem) -> tuple[int, int]:
    where = problem.where
    return (0, 0) if where is None or isinstance(where, str) else (where.line, where.column)


def split_lines(text: str) -> list[str]:
    """Return the lines of a text, as YAML counts them."""
    return _BREAK.split(text)


def is_line(text: str) -> bool:
    """Say whether a text is one line that has something to read."""
    return bool(text.strip()) and not any(unicodedata.category(c) in _NOT_IN_A_LINE for c in text)


def _blank_unprintable(text: str) -> str:
    """Return a line with one printable character for each of its characters."""
    return "".join(character if character.isprintable() else " " for character in text)
