"""The answer in sentences, each generated from the numbers that the page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.analysis.narrative.caveats import control, cost, coverage, sensitivity, trials
from albench.analysis.narrative.contradictions import disagreements, summary
from albench.analysis.narrative.headline import headline
from albench.analysis.narrative.primary_slice import Setting
from albench.analysis.narrative.verdicts import second, tests, towards_reference, verdicts
from albench.analysis.narrative.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.analysis.evidence import Failure, SliceEvidence
    from albench.spec.experiment import Experiment


def answer(
    experiment: Experiment,
    primary: SliceEvidence,
    *,
    failures: Sequence[Failure],
    n_missing: int,
    slices: Sequence[SliceEvidence] = (),
) -> tuple[str, ...]:
    """Return what the primary slice says, the answer first, then how sure it is and what is missing.

    Parameters
    ----------
    experiment : Experiment
    primary : SliceEvidence
    failures : sequence of Failure
        Trials that are not done, of all slices.
    n_missing : int
        Trials that are still to run, of all slices.
    slices : sequence of SliceEvidence
        All of them, for what they contradict each other about.
    """
    setting = Setting(primary, experiment.repeats.total)
    against = () if primary.control.fired else disagreements(slices)
    contradictions = [summary(against)] if against else []
    return (*_findings(setting, slices), *contradictions, *trials(failures, n_missing))


def _findings(setting: Setting, slices: Sequence[SliceEvidence]) -> Iterator[str]:
    if not _has_begun(setting.found):
        yield _nothing(setting, sum(map(_has_begun, slices)))
        return
    if not any(cell.n_repeats for cell in setting.of(setting.random)):
        yield f"{setting.random.strategy} has no finished trial: there is nothing to compare with."
        return
    if setting.found.control.fired:
        yield control(setting)
    else:
        yield from _conclusions(setting)
    yield from coverage(setting)


def _has_begun(found: SliceEvidence) -> bool:
    return any(cell.n_repeats for cell in found.cells)


def _nothing(setting: Setting, n_begun: int) -> str:
    if not n_begun:
        return f"No trial has finished with {setting.metric} yet: there is nothing to say."
    return (
        f"No trial of the slice that is answered for has finished: {setting.metric} with {setting.model}. "
        f"There are results in {count(n_begun, 'other slice')}: Robustness on the page has them."
    )


def _conclusions(setting: Setting) -> Iterator[str]:
    yield from headline(setting)
    if not setting.compared:
        return
    yield from verdicts(setting)
    yield from tests(setting)
    yield from towards_reference(setting)
    yield from second(setting)
    yield control(setting)
    yield from sensitivity(setting)
    yield from cost(setting)
