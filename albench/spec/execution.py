"""How to run: the keys of ``execution``, read from a spec and described by the schema."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, cast

from albench.spec.experiment import Execution
from albench.spec.messages import listed, quoted
from albench.spec.numbers import share, whole_number
from albench.spec.settings import choice, fields, given
from albench.spec.units import MEMORY, TIME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from albench.spec.context import Context
    from albench.spec.document import Node, Pair

BACKENDS = ("loky", "dask", "inline")
AUDITS = ("picks", "probabilities")
MAX_RETRY = 100
_KEYS = ("n_jobs", "backend", "audit", "timeout", "memory", "failure_budget", "retry")


def execution(node: Node, context: Context) -> Execution:
    """Read ``execution``."""
    found = fields(node, "execution", _KEYS, context)
    backend = _choice(found, "backend", BACKENDS, context)
    audit = _choice(found, "audit", AUDITS, context)
    n_jobs = whole_number(given(found["n_jobs"]), "n_jobs", context, low=-1) if "n_jobs" in found else -1
    if n_jobs == 0:
        problem = "'n_jobs' must be at least 1, or -1 for one per core, not 0"
        context.problems.error("out-of-range", problem, found["n_jobs"].where)
    memory = _quantity(found, "memory", MEMORY, "4GiB", context)
    return Execution(
        n_jobs or -1,
        cast("Literal['loky', 'dask', 'inline']", backend),
        cast("Literal['picks', 'probabilities']", audit),
        _quantity(found, "timeout", TIME, "10m", context),
        None if memory is None else int(memory),
        _share(found, "failure_budget", context),
        _retry(found, context),
    )


def _share(found: dict[str, Pair], name: str, context: Context) -> float | None:
    if name not in found or found[name].value.value is None:
        return None
    return share(found[name].value, name, context, high=1)


def _retry(found: dict[str, Pair], context: Context) -> int:
    if "retry" not in found:
        return 0
    return whole_number(given(found["retry"]), "retry", context, low=0, high=MAX_RETRY) or 0


def _quantity(
    found: dict[str, Pair], name: str, units: dict[str, float], example: str, context: Context
) -> float | None:
    """Return a number with a unit, in the smallest unit; a bare number is one of those."""
    if name not in found or found[name].value.value is None:
        return None
    value = found[name].value.value
    if isinstance(value, str) and (parts := re.fullmatch(r"([0-9.]+)\s*([A-Za-z]+)", value)):
        number, unit = parts.groups()
        if unit in units and number.count(".") <= 1 and number != ".":
            value = float(number) * units[unit]
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return float(value)
    problem = f"{quoted(name)} must be a positive number with a unit of {listed(tuple(units))}"
    context.problems.error(
        "wrong-value", f"{problem}, not {found[name].value}", found[name].where, f"as in {example}"
    )
    return None


def _choice(found: dict[str, Pair], name: str, choices: tuple[str, ...], context: Context) -> str:
    """Return one of the choices; the first is the default."""
    return choice(given(found[name]), name, choices, context) if name in found else choices[0]


def execution_properties() -> dict[str, Any]:
    """Return the JSON schema of every key."""
    return {
        "n_jobs": {
            "anyOf": [{"const": -1}, {"type": "integer", "minimum": 1}],
            "description": "Worker processes; -1: one per core.",
        },
        "backend": {
            "enum": list(BACKENDS),
            "description": "dask: on a Dask cluster; inline: in this process, for debugging.",
        },
        "audit": {
            "enum": list(AUDITS),
            "description": "What is stored of every query.",
        },
        "timeout": {
            "anyOf": [{"type": "number", "exclusiveMinimum": 0}, _of_units(TIME), {"type": "null"}],
            "description": "Wall time that one trial may take: 10m.",
        },
        "memory": {
            "anyOf": [{"type": "number", "exclusiveMinimum": 0}, _of_units(MEMORY), {"type": "null"}],
            "description": "Memory that one worker may hold: 4GiB.",
        },
        "failure_budget": {
            "anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "null"}],
            "description": "Share of the trials that may fail before a run is stopped.",
        },
        "retry": {
            "type": "integer",
            "minimum": 0,
            "maximum": MAX_RETRY,
            "description": "How often an error that may pass is tried again.",
        },
    }


def _of_units(units: Iterable[str]) -> dict[str, Any]:
    return {"type": "string", "pattern": rf"^[0-9]*\.?[0-9]+\s*({'|'.join(units)})$"}
