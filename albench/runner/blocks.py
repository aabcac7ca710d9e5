"""What is run at a time: all that is missing, or the repeats that the next look at open cells needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from albench.planning.plan import Plan


@dataclass(frozen=True)
class Block:
    """Trials that are run together.

    Attributes
    ----------
    plan : Plan
        What is looked at, and run as far as it is missing.
    whole : Plan
        What the experiment asks for by now, which the folder keeps as its plan.
    look : str
        Which look at open cells it is for, in words; empty where the number of repeats is fixed.
    """

    plan: Plan
    whole: Plan
    look: str = ""
