"""The question of a page that its first sentence answers, where that is another one than label saving.

Each question has a writer in a file of its own, which yields nothing where the experiment does not ask it:
the evidence that it speaks of is there only if the spec asks for it. Where several are asked, the first in
``QUESTIONS`` is answered; its sentences stand before those on label saving.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from albench.narrative.cheapest_oracle import write_oracle_question
from albench.narrative.money import write_money_question
from albench.narrative.oracles import write_noise_question
from albench.narrative.pilot import write_pilot
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
    write_rare_rows,
    write_starting,
)
"""Writers of the questions besides label saving, the first one to be asked first."""


def write_own_question(evidence: Evidence, primary: PrimarySlice) -> tuple[str, ...]:
    """Return the sentences on the first question besides label saving that an experiment asks."""
    answers = (tuple(write(evidence, primary)) for write in QUESTIONS)
    return next((sentences for sentences in answers if sentences), ())
