"""How large a grid is: its trials are counted before they are made."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from albench.errors import SpecError

if TYPE_CHECKING:
    from albench.spec.experiment import Experiment

# Some gigabytes of plan.
MAX_TRIALS = 1_000_000


def count_trials(experiment: Experiment) -> int:
    """Return the number of trials of an experiment, without making them."""
    lengths = experiment.axis_lengths
    lengths["strategies"] = sum(map(experiment.count_arms, experiment.strategies))
    return math.prod(lengths.values())


def check_size(experiment: Experiment) -> None:
    """Check that a grid is one that can be expanded, before anything is."""
    n = count_trials(experiment)
    if n > MAX_TRIALS:
        raise SpecError(
            f"the grid has {n:,} trials, of which a run takes at most {MAX_TRIALS:,}: "
            f"fewer repeats ({experiment.repeats.total:,}) or values of an axis, or several experiments"
        )
