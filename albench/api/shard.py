"""The part of an experiment that one machine of many runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from albench.spec.repeats import UntilDecided
from albench.store.folder import ResultsFolder

if TYPE_CHECKING:
    from albench.api.experiment import Rerun
    from albench.planning.plan import Plan
    from albench.spec.experiment import Experiment


def uses_whole(experiment: Experiment, shard: str | None, rerun: Rerun) -> bool:
    """Say whether a shard looks at what the whole has: it may be what decides a cell."""
    return shard is not None and rerun == "missing" and isinstance(experiment.repeats, UntilDecided)


def select_part(planned: Plan, whole: ResultsFolder, shard: str, rerun: Rerun) -> tuple[Plan, ResultsFolder]:
    """Return what a shard has to do beside what the whole has, and where."""
    from albench.planning.agenda import make_agenda
    from albench.planning.shards import Shard, select_shard

    mine = Shard.parse(shard)
    part = select_shard(planned, mine)
    if rerun == "missing" and not uses_whole(planned.experiment, shard, rerun):
        todo = make_agenda(part, whole)
        trials = tuple(decision.trial for decision in todo.decisions if decision.runs)
        part = replace(part, trials=trials, references=todo.references)
    return part, ResultsFolder(mine.get_folder(whole.path)).examine()
