"""What is built in, as plain data: read by whatever only lists, so that listing imports no component.

``catalogue.json`` is written from the classes by ``python -m albench.registry`` and tested to be current.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from albench.contracts import Kind

Catalogue = dict[str, dict[str, dict[str, Any]]]
LISTINGS: dict[Kind, str] = {
    "strategy": "strategies",
    "model": "models",
    "dataset": "datasets",
    "metric": "metrics",
    "signal": "signals",
    "stopping_rule": "stopping_rules",
    "seed_set": "seed_sets",
    "oracle": "oracles",
    "split": "splits",
    "stream_strategy": "stream_strategies",
    "budget_manager": "budget_managers",
    "drift": "drifts",
}
"""What ``albench list`` calls the components of a kind."""
SHARED = "*"
"""Stands in the file for the parameters, and the definitions of them, that all components of a kind have."""


@cache
def load_catalogue() -> Catalogue:
    """Return what is built in: kind -> name -> facts (class, summary, parameters, reference, ...)."""
    text = Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8")
    catalogue: Catalogue = json.loads(text)
    for entries in catalogue.values():
        for part, items in entries.pop(SHARED).items():
            for facts in entries.values():
                facts[part] = items | facts[part]
    return catalogue


def describe_large_pool_advice(strategy: dict[str, Any]) -> str:
    """Say how a strategy comes to terms with a pool that is too large for it; empty if none is."""
    if strategy["cost"] not in {"quadratic", "refits"}:
        return ""
    if strategy["shares"]:
        return "cap the pool (split: max_pool): some work under random_subsampling is on all of it, too"
    return "random_subsampling around it, or cap the pool (split: max_pool)"


def is_import_path(name: str) -> bool:
    """Say whether a name is ``package.module.Class`` or ``./file.py:Class`` rather than a built-in name."""
    return "." in name
