"""What is wrong where YAML cannot be read: found in the text, and told in no parser's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yaml.scanner import ScannerError

from albench.spec.document import Place
from albench.spec.messages import Problem, split_lines
from albench.text import quote

if TYPE_CHECKING:
    from yaml import YAMLError

_QUOTED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)
_CLOSING = {"[": "]", "{": "}"}
_IN_QUOTES = "if it is text, write it in quotes"
_INDENTATION = "does this line start in the same column as the one it continues?"
_HINTS = {
    ":": "a ':' too many here, or one missing in the line above?",
    "-": "a list begins on a line of its own",
    "?": _IN_QUOTES,
}

_Words = tuple[str, int, str]
"""What is wrong, at which character of the text, and a hint."""


def explain_error(error: YAMLError, text: str) -> Problem:
    """Return what to say about a text on which PyYAML gave up.

    Its two parsers word a mistake differently, and so may their next versions; both agree on where it is, and
    where began what it is in.
    """
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return Problem("yaml", "this is not YAML", None)
    begin = (getattr(error, "context_mark", None) or mark).index
    if text.startswith("\t", mark.index):
        return Problem("yaml", "a tab; YAML is indented with spaces", find_place(mark.index, text))
    explain = _explain_token if isinstance(error, ScannerError) else _explain_structure
    words, index, hint = explain(text, begin, mark.index)
    return Problem("yaml", words, find_place(index, text), hint)


def find_place(index: int, text: str) -> Place:
    """Return where a character of a text stands; its end is the end of its last line."""
    before = split_lines(text[:index])
    return Place(len(before), len(before[-1]) + 1)


def _explain_token(text: str, begin: int, stop: int) -> _Words:
    opener = text[begin : begin + 1]
    if begin == stop and opener in _HINTS:
        return f"{quote(opener)} where none may stand", stop, _HINTS[opener]
    if begin == stop or opener == "%" or (opener in "&*!" and not re.search(r"\s", text[begin:stop])):
        return f"a text may not begin with {quote(opener)}", begin, _IN_QUOTES
    if opener in "|>":
        return f"what follows {quote(opener)} may be '+', '-' and a digit from 1 to 9", stop, _IN_QUOTES
    closed = _QUOTED.match(text, begin)
    if opener not in "'\"" or (closed and closed.end() <= stop):
        return "no ':' follows this key", begin, ""
    if stop == len(text) or text.startswith(("---", "..."), stop):
        return "this quote is not closed", begin, ""
    return "no character is written like this", text.rfind("\\", begin, stop + 1), r"a backslash is \\"


def _explain_structure(text: str, begin: int, stop: int) -> _Words:
    opener, start = text[begin : begin + 1], find_place(begin, text)
    if stop == begin == len(text):
        return "the end, where a value should stand", stop, "is a bracket left open?"
    if begin == stop:
        return f"{quote(opener)} where a value should stand", stop, _IN_QUOTES
    if opener in _CLOSING:
        hint = f"is the {quote(opener)} at {start.line}:{start.column} closed?"
        return f"no ',' or {quote(_CLOSING[opener])} before this", stop, hint
    kind = "item of the list" if opener == "-" else "key of the mapping"
    is_first = not split_lines(text[:stop])[-1].strip()
    hint = _INDENTATION if is_first else "what stands before it is complete"
    return f"this is no {kind} that begins at {start.line}:{start.column}", stop, hint
