"""The Python door: everything that the command line does, without printing."""

from __future__ import annotations

from albench.api.experiment import RESULTS, Backend, Rerun, fetch, load_experiment, plan_experiment
from albench.api.labelling import propose, record_answers
from albench.api.pilot import name_spec, run_pilot, write_pilot
from albench.api.planning import plan
from albench.api.results import open_results
from albench.api.running import debug, run, run_first_repeats
from albench.api.verifying import verify

__all__ = [
    "RESULTS",
    "Backend",
    "Rerun",
    "debug",
    "fetch",
    "load_experiment",
    "name_spec",
    "open_results",
    "plan",
    "plan_experiment",
    "propose",
    "record_answers",
    "run",
    "run_first_repeats",
    "run_pilot",
    "verify",
    "write_pilot",
]
