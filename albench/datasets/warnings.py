"""What a user should know about data that can be used: one sentence each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from albench.text import format_count, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from albench.contracts import Floats, Table

DUPLICATED_SHARE = 0.05
DOMINANT = 0.9
MANY = 20
_SHOWN = 5
_SPACES = 2
_COMMA_NUMBER = re.compile(r"[+-]?\d+(,\d+)*")
_THOUSANDS_COMMA = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})*")
_DATE = re.compile(r"(\d{4}-\d\d?-\d\d?|\d\d?([./-])\d\d?\2(\d{4}|\d\d))([ T]\d\d?:\d\d.*)?")
_ROW_NAME = re.compile(
    r"(.*[ _.-])?(id|idx|index)|(?-i:.*[a-z](Id|ID))|no|nr|x|v1|#|level_0|(column|field)_?[01]"
    r"|(row|rows|record|sample|case|obs|observation|instance)[ _.-]?(id|index|idx|no|nr|num|number|names?)?",
    re.IGNORECASE,
)
_NO_LABEL = re.compile(
    r"unlabell?ed|no label|not labell?ed|unknown|unsure|undecided"
    r"|#?n/a|n\.a\.|<na>|na|nan|null|\?|-",
    re.IGNORECASE,
)
_NO_LABEL_CODES = ("-1", "-9", "-99", "-999")
_MARK_AND_TWO = 3
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


def iterate_warnings(table: Table) -> Iterator[str]:
    """Yield the warnings about a table.

    They speak of classes with one row or nearly all rows, classes that are marks for no label, more classes
    or categories than half the rows, classes that are fractions, names that are numbers with a comma or
    dates, numbers that count or name the rows, columns that are empty or constant, and rows that repeat an
    earlier one (features and label) when those are above 5 % of the rows.
    """
    n = table.n_rows
    yield from _warn_about_classes(table)
    for name, categories in zip(table.categorical_names, table.categories, strict=True):
        if commas := describe_commas(categories):
            yield f"column {quote(name)} holds {commas}"
        elif are_dates(categories):
            advice = "drop it, or write what matters of it as a number: a year, days since a date"
            yield f"column {quote(name)} holds {len(categories)} dates, read as names: {advice}"
        elif are_names_of_rows(len(categories), n):
            advice = f"drop it if it names rows{_warn_about_text(categories)}"
            yield f"column {quote(name)} has {len(categories)} categories in {n} rows: {advice}"
    yield from _warn_about_row_numbers(table)
    for what, columns in (
        ("empty", _warn_about_empty_columns(table)),
        ("constant", _warn_about_constant_columns(table)),
    ):
        if columns:
            yield f"{format_count(len(columns), f'{what} column', thousands='')}: {_format_names(columns)}"
    if table.sparse is not None or table.text:
        return
    share = (n - np.unique(_hash_rows(table)).size) / n
    if share > DUPLICATED_SHARE:
        yield f"{share:.1%} of the rows repeat an earlier row"


def describe_commas(names: Sequence[str]) -> str:
    """Say what the commas are in names that are all numbers, empty for others.

    What is read with the wrong ones is a thousand times too small.
    """
    numbers = [name for name in names if "," in name]
    if not numbers or not all(map(_COMMA_NUMBER.fullmatch, names)):
        return ""
    if not all(map(_THOUSANDS_COMMA.fullmatch, numbers)):
        return "numbers with a decimal comma, read as names: declare decimal: ','"
    plain = numbers[0].replace(",", "")
    return (
        f"numbers with a comma before three digits, read as names: if it parts thousands, write {plain} for "
        f"{numbers[0]}; if it is a decimal comma, declare decimal: ','"
    )


def _warn_about_row_numbers(table: Table) -> Iterator[str]:
    for name, counts in find_row_numbers(table.numeric, table.numeric_names).items():
        what = "counts the rows" if counts else "has another whole number in each row"
        yield f"column {quote(name)} {what}: declare it in drop or id unless it is a feature"


def find_row_numbers(numeric: Floats, names: Sequence[str], *, may_be_times: bool = True) -> dict[str, bool]:
    """Return the columns of numbers that seem to number the rows, and whether they count them one by one.

    Parameters
    ----------
    may_be_times : bool
        Whether one that counts them in order is left out if its name says nothing.
    """
    n = len(numeric)
    if n <= MANY:
        return {}
    row_numbers = {}
    low, high = np.fmin.reduce(numeric, axis=0), np.fmax.reduce(numeric, axis=0)
    for position, name in enumerate(names):
        may_count, is_named_so = high[position] - low[position] == n - 1, _ROW_NAME.fullmatch(name)
        if not (may_count or is_named_so):
            continue
        values = numeric[:, position]
        if may_be_times and not is_named_so and (np.diff(values) > 0).all():
            continue
        if (values == np.floor(values)).all() and np.unique(values).size == n:
            row_numbers[name] = bool(may_count)
    return row_numbers


def _warn_about_classes(table: Table) -> Iterator[str]:
    if table.targets is not None:
        return
    counts = np.bincount(table.labels, minlength=len(table.classes))
    single = [table.classes[code] for code in np.flatnonzero(counts == 1)]
    if len(single) == 1:
        yield f"class {quote(single[0])} has one row: it is learnt or scored, never both"
    elif single:
        names = _format_names(single)
        yield f"{len(single)} classes have one row ({names}): each is learnt or scored, never both"
    yield from _warn_about_spellings(table.classes)
    yield from _warn_about_marks(table.classes, counts.tolist())
    yield from warn_about_accuracy(table)
    yield from warn_about_numbers(table)


def warn_about_accuracy(table: Table) -> Iterator[str]:
    """Yield the warning about a class of nearly all rows, where accuracy says little."""
    counts = np.bincount(table.labels, minlength=len(table.classes))
    if counts.max() > DOMINANT * table.n_rows:
        name, share = table.classes[counts.argmax()], counts.max() / table.n_rows
        many = f"class {quote(name)} has {share:.1%} of the rows"
        yield f"{many}: accuracy hardly sees the others, f1_macro does"


def _warn_about_marks(classes: Sequence[str], counts: Sequence[int]) -> Iterator[str]:
    """Warn of a class beside two others that is what tools write where there is no label."""
    if len(classes) < _MARK_AND_TWO:
        return
    others_are_codes = all(name.isdigit() for name in classes if name not in _NO_LABEL_CODES)
    for name, count in zip(classes, counts, strict=True):
        if _NO_LABEL.fullmatch(name) or (name in _NO_LABEL_CODES and others_are_codes):
            yield (
                f"class {quote(name)} ({format_count(count, 'row')}) is a mark for rows without a label in "
                "many tools: if it is one here, remove these rows, or declare it in missing with unlabelled: "
                "keep"
            )


def _warn_about_spellings(classes: Sequence[str]) -> Iterator[str]:
    spellings: dict[str, list[str]] = {}
    for name in classes:
        word = " ".join(name.split())
        # Capitals within a word may mean something.
        if word in (word.lower(), word.capitalize(), word.title(), word.upper()):
            spellings.setdefault(word.lower(), []).append(name)
    for names in spellings.values():
        if len(names) > 1:
            alike = f"classes {_format_names(names)} differ in capitals and blanks alone"
            yield f"{alike}: if they are one, spell it alike"


def warn_about_numbers(table: Table) -> Iterator[str]:
    """Yield the warning about a target that seems to be a number: names nearly all its own, or fractions."""
    n, k = table.n_rows, len(table.classes)
    has_single = (np.bincount(table.labels, minlength=k) == 1).any()
    if are_names_of_rows(k, n) or (has_single and _are_fractions(table.classes)):
        yield f"{k} classes in {n} rows: is the target a number rather than a class?"


def _are_fractions(names: Sequence[str]) -> bool:
    """Say whether all names are numbers, and not all of them whole ones."""
    try:
        numbers = [float(name) for name in names]
    except ValueError:
        return False
    return not all(number.is_integer() for number in numbers)


def _warn_about_text(names: Sequence[str]) -> str:
    """Return the advice about names of several words each; empty for others."""
    return ", declare it as text if it holds sentences" if are_sentences(names) else ""


def are_sentences(names: Sequence[str]) -> bool:
    """Say whether most names have three words or more."""
    return sum(name.count(" ") >= _SPACES for name in names) > len(names) / 2


def are_dates(names: Sequence[str]) -> bool:
    """Say whether there are so many names, all of them dates, that each has few rows."""
    return len(names) > MANY and all(map(_DATE.fullmatch, names))


def are_names_of_rows(names: int, rows: int) -> bool:
    """Say whether there are so many different names that they tell of rows rather than of groups of rows."""
    return names > MANY and names > rows / 2


def _format_names(names: Sequence[str]) -> str:
    text = ", ".join(map(quote, names[:_SHOWN]))
    return text + (", ..." if len(names) > _SHOWN else "")


def _warn_about_empty_columns(table: Table) -> list[str]:
    numeric = np.flatnonzero(np.isnan(table.numeric).all(axis=0))
    categorical = np.flatnonzero((table.categorical < 0).all(axis=0))
    return [table.numeric_names[i] for i in numeric] + [table.categorical_names[i] for i in categorical]


def _warn_about_constant_columns(table: Table) -> list[str]:
    # fmin and fmax step over missing values, which imputation makes constant too.
    low, high = np.fmin.reduce(table.numeric, axis=0), np.fmax.reduce(table.numeric, axis=0)
    numeric = [table.numeric_names[position] for position in np.flatnonzero(low == high)]
    used = [np.unique(codes[codes >= 0]).size for codes in table.categorical.T]
    return numeric + [name for name, n in zip(table.categorical_names, used, strict=True) if n == 1]


def _hash_rows(table: Table) -> NDArray[np.uint64]:
    """Mix every row into 64 bits; equal rows are equal, others collide with probability 2^-64."""
    mixed = table.labels.astype(np.uint64)
    targets = [] if table.targets is None else [table.targets]
    for values in (*(table.numeric.T + 0.0), *targets):
        cells = np.where(np.isnan(values), np.nan, values).astype(np.float64)
        mixed = _mix(mixed, cells.view(np.uint64))
    for codes in table.categorical.T:
        mixed = _mix(mixed, codes.astype(np.int64).view(np.uint64))
    return mixed


def _mix(state: NDArray[np.uint64], bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    state = (state ^ bits) * _MULTIPLIER
    return state ^ (state >> _SHIFT)
