"""What was looked at before a page may say anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["issue", "tip", "passed", "not_applicable"]


@dataclass(frozen=True)
class Check:
    """One thing that can be wrong with an experiment, looked at.

    Attributes
    ----------
    code : str
        ``ALB001`` and on; a code never changes its meaning.
    title : str
        What is looked at, in a few words.
    status : {"issue", "tip", "passed", "not_applicable"}
        An issue limits what the page may say; a tip shows what would make it say more.
    sentence : str
        What was found.
    todo : str
        What to do about it; empty where nothing is to be done.
    """

    code: str
    title: str
    status: Status
    sentence: str
    todo: str = ""
