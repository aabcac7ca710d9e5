"""The question of a page that its first sentence answers, where that is another one than label saving.

Each question has a writer in a file of its own, which yields nothing where the experiment does not ask it:
the evidence that it speaks of is there only if the spec asks for it. Where several are asked, the first in
``QUESTIONS`` is answered; its sentences stand before those on label saving. How many rows of a class were
found precedes all of them, where that is the primary metric.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from albench.narrative.cheapest_oracle import write_oracle_question
from albench.narrative.money import write_money_question
from albench.narrative.oracles import write_noise_question
from albench.narrative.own_strategies import write_own_strategies
from albench.narrative.pilot import write_pilot
from albench.narrative.preprocessings import write_preprocessing_question
from albench.narrative.rare_rows import write_rare_rows
from albench.narrative.starting import write_starting
from albench.narrative.stopping import write_stopping

if TYPE_CHECKING:
    from albench.analysis.evidence.conclusions import Evidence
    from albench.narrative.primary_slice import PrimarySlice

Writer = Callable[["Evidence", "PrimarySlice"], Iterator[str]]

QUESTIONS: tuple[Writer, ...] = (
    write_pilot,
    write_stopping,
    write_oracle_question,
    write_money_question,
    write_noise_question,
    write_starting,
    write_preprocessing_question,
    write_own_strategies,
)
"""Writers of the questions besides label saving, the first one to be asked first."""


def write_own_question(evidence: Evidence, primary: PrimarySlice) -> tuple[str, ...]:
    """Return what was found of a rare class, and the sentences on the first question that is asked."""
    answers = (tuple(write(evidence, primary)) for write in QUESTIONS)
    first = next((sentences for sentences in answers if sentences), ())
    return (*write_rare_rows(evidence, primary), *first)
