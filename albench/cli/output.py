"""What the command line prints: none of it can move the cursor, and every terminal and pipe takes it."""

from __future__ import annotations

import codecs
import os
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

import click

from albench.errors import clean_text, escape_unprintable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TextIO

_LONGEST_LINE = 4_000
_WIDTH = 80
_SPACES = "\n\t\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000"
_IN_ASCII = {"\u2212": "-", "\u202f": " ", "\u2013": "-", "\xb5": "u", "\xd7": "x", "\u2026": "..."}
_PLAIN = "albench.plain"


def make_printable(text: str) -> str:
    """Return a text without what a terminal would obey: data of others may hold any character."""
    return escape_unprintable(text, keep=_SPACES)


def print_text(text: object, *, err: bool = False) -> None:
    """Print something to be read; of a line without end, its beginning and its end."""
    lines = str(text).split("\n")
    # Named: where it chooses, click writes UTF-8 for ASCII.
    stream = sys.stderr if err else sys.stdout
    click.echo(make_printable("\n".join(clean_text(line, _LONGEST_LINE) for line in lines)), stream)


def print_notes(notes: Iterable[str]) -> None:
    """Print what a user should know beside the output."""
    from albench.text import limit_notes

    for note in limit_notes(notes):
        print_text(f"note: {note}", err=True)


def wrap_words(text: str, width: int, indent: int = 0) -> list[str]:
    """Return a text as lines that end between words; a word that is longer than a line stays whole."""
    import textwrap

    lines = textwrap.wrap(
        text.replace(" %", "\xa0%"),
        width,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace("\xa0%", " %") for line in lines]


def fit_terminal(text: str, indent: int) -> str:
    """Return a text whose long lines are wrapped at words where standard output is a terminal."""
    if not sys.stdout.isatty():
        return text
    width = get_width(sys.stdout)
    return "\n".join("\n".join(wrap_words(line, width, indent)) for line in text.split("\n"))


def get_width(stream: TextIO) -> int:
    """Return the columns of the terminal that a stream goes to; 80 where there is none."""
    if not stream.isatty():
        return _WIDTH
    # A pseudo terminal that nobody has told its size says 0.
    return os.get_terminal_size(stream.fileno()).columns or _WIDTH


def print_json(data: Any, default: Callable[[Any], Any] | None = None) -> None:
    """Print data for a program, in characters that any encoding has."""
    import json

    click.echo(json.dumps(data, indent=1, default=default))


def print_data(text: str) -> None:
    """Print a whole file that a program reads."""
    click.echo(make_printable(text), sys.stdout, nl=False)


def allow_any_encoding() -> None:
    """Let what the terminal or the pipe cannot encode be written in other characters, and nothing fail."""
    codecs.register_error(_PLAIN, _write_in_ascii)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=_PLAIN)


def _write_in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    characters = error.object[error.start : error.end]
    plain = [_IN_ASCII.get(c) or c.encode("ascii", "backslashreplace").decode() for c in characters]
    return "".join(plain), error.end
