"""What a column of a table is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Type = Literal["str", "int", "float", "bool", "time", "floats", "ints"]


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    name: str
    type: Type
    meaning: str
    volatile: bool = False


Form = Literal["", "level", "signed", "percent", "rank", "probability", "p_value", "seconds"]


@dataclass(frozen=True)
class LeaderboardColumn(Column):
    """A column of the leaderboard: in tables, on the page and in papers.

    Attributes
    ----------
    value : str
        The attributes that lead from a line of the leaderboard to the value; ``row.NAME`` if empty.
    form : str
        How the value is printed.
    title : str
        What stands above it where it is printed.
    head, note : str
        What stands above it in the wide table of the page where that is shorter; what stands below that.
    sort : {"up", "down"}
        Whether the page sorts the smallest or the largest value first.
    verdict : bool
        Empty on a page whose A/A control withholds the verdicts.
    """

    value: str = ""
    form: Form = ""
    title: str = ""
    head: str = ""
    note: str = ""
    sort: Literal["up", "down"] = "down"
    verdict: bool = False


def build_ends(
    prefix: str, field: str, of_what: str, form: Form, owner: str = "row."
) -> tuple[LeaderboardColumn, LeaderboardColumn]:
    """Return the columns of both ends of an interval."""
    low, high = (f"{end} end of the 95 % interval of {of_what}" for end in ("lower", "upper"))
    return (
        LeaderboardColumn(
            f"{prefix}low", "float", low, value=f"{owner}{field}.low", form=form, title="95 % interval"
        ),
        LeaderboardColumn(f"{prefix}high", "float", high, value=f"{owner}{field}.high", form=form),
    )
