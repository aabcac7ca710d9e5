"""What stands beside the numbers of each part of a page: limits, tests, costs; no list of its cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.narrative.caveats import write_coverage, write_query_cost, write_sensitivity
from albench.narrative.cheapest_oracle import write_cheapest_oracle
from albench.narrative.money import write_money
from albench.narrative.oracles import write_oracles
from albench.narrative.primary_slice import read_primary_slice
from albench.narrative.repeats import write_repeats
from albench.narrative.savings import write_control_saving, write_limits, write_way_to_reference
from albench.narrative.verdicts import write_choice, write_second_baseline, write_tests, write_verdicts

if TYPE_CHECKING:
    from albench.analysis.evidence.conclusions import Evidence


@dataclass(frozen=True)
class Remarks:
    """Sentences about the primary slice by the part of the page that they belong to.

    Attributes
    ----------
    leaderboard : tuple of str
        What is said of other datasets, and how far the choice of the best flatters it.
    coverage : tuple of str
        What is left out, where and why.
    repeats : tuple of str
        How many of the repeats that there might have been were taken.
    """

    leaderboard: tuple[str, ...] = ()
    saving: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    second: tuple[str, ...] = ()
    oracle: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    cost: tuple[str, ...] = ()
    control: tuple[str, ...] = ()
    coverage: tuple[str, ...] = ()
    repeats: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(sentence for part in vars(self).values() for sentence in part)


def write_remarks(evidence: Evidence) -> Remarks:
    """Return what the parts of a page say of the primary slice beside their numbers.

    Each sentence is generated from numbers that the page shows; there is none without a finished trial.
    """
    if not evidence.slices:
        return Remarks()
    primary = read_primary_slice(evidence)
    if not any(cell.n_repeats for cell in primary.list_cells(primary.random)):
        return Remarks()
    coverage, repeats = tuple(write_coverage(primary)), tuple(write_repeats(evidence.repeats))
    if primary.evidence.control.fired or not primary.compared:
        return Remarks(coverage=coverage, repeats=repeats)
    return Remarks(
        leaderboard=(
            *write_choice(primary.compared),
            *write_tests(primary.compared),
            *write_sensitivity(primary),
        ),
        saving=(*write_limits(primary, primary.best), *write_way_to_reference(primary)),
        where=tuple(write_verdicts(primary)),
        second=tuple(write_second_baseline(primary)),
        oracle=tuple(write_oracles(evidence)),
        money=(*write_cheapest_oracle(evidence, primary), *write_money(primary)),
        cost=tuple(write_query_cost(primary)),
        control=tuple(write_control_saving(primary)),
        coverage=coverage,
        repeats=repeats,
    )
