"""What a run would do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from albench.api.experiment import RESULTS, load_experiment, open_folder, plan_experiment
from albench.api.shard import select_part, uses_whole
from albench.spec.repeats import Repeats

if TYPE_CHECKING:
    from pathlib import Path

    from albench.api.experiment import Rerun, Spec
    from albench.forecast import Forecast


def plan(
    spec: Spec,
    *,
    results: str | Path = RESULTS,
    rerun: Rerun = "missing",
    probe: bool = False,
    shard: str | None = None,
) -> Forecast:
    """Say what a run would do, why, for what price, and what its statistics could decide.

    A grid of more than 200,000 trials is not expanded: its price is that of one repeat, times the repeats.

    Parameters
    ----------
    spec : path, str, mapping or Experiment
        As for :func:`load_experiment`.
    results : path
        Folder that holds the results folders.
    rerun : {"missing", "failed", "all"}
    probe : bool
        Run one trial of random for every dataset and model, and keep nothing of it, to measure the price,
        instead of a few rounds; where trials have finished here, the price comes from them.
    shard : str, optional
        As for :func:`run`.
    """
    from albench.forecast import LARGE_GRID, forecast, forecast_by_repeat
    from albench.needed_trials import find_needed_trials
    from albench.planning.grid_size import count_trials

    experiment = load_experiment(spec)
    if shard is None and count_trials(experiment) > LARGE_GRID:
        once = replace(experiment, repeats=Repeats(splits=1))
        planned, tables = plan_experiment(once)
        folder = open_folder(experiment, results)
        return forecast_by_repeat(experiment, planned, folder, tables, probe=probe)
    planned, tables = plan_experiment(experiment)
    whole = folder = open_folder(experiment, results)
    if shard is not None:
        planned, folder = select_part(planned, folder, shard, rerun)
    others = (whole,) if uses_whole(experiment, shard, rerun) else ()
    needed = find_needed_trials(planned, folder, *others).leave_out(others)
    return forecast(needed, folder, tables, rerun=rerun, probe=probe)
