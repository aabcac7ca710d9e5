"""The Python door: everything that the command line does, without printing."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from albench.api.experiment import RESULTS as RESULTS
    from albench.api.experiment import Backend as Backend
    from albench.api.experiment import Rerun as Rerun
    from albench.api.experiment import fetch as fetch
    from albench.api.experiment import load_experiment as load_experiment
    from albench.api.experiment import plan_experiment as plan_experiment
    from albench.api.labelling import propose as propose
    from albench.api.labelling import record_answers as record_answers
    from albench.api.pilot import name_spec as name_spec
    from albench.api.pilot import run_pilot as run_pilot
    from albench.api.pilot import write_pilot as write_pilot
    from albench.api.planning import plan as plan
    from albench.api.results import open_results as open_results
    from albench.api.running import debug as debug
    from albench.api.running import run as run
    from albench.api.running import run_first_repeats as run_first_repeats
    from albench.api.verifying import verify as verify

_HOMES = {
    "experiment": ("RESULTS", "Backend", "Rerun", "fetch", "load_experiment", "plan_experiment"),
    "labelling": ("propose", "record_answers"),
    "pilot": ("name_spec", "run_pilot", "write_pilot"),
    "planning": ("plan",),
    "results": ("open_results",),
    "running": ("debug", "run", "run_first_repeats"),
    "verifying": ("verify",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'albench.api' has no attribute '{name}'")
    return getattr(import_module(f"albench.api.{_HOME[name]}"), name)
