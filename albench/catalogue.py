"""What is built in, as plain data: read by whatever only lists, so that listing imports no component.

``catalogue.json`` is written from the classes by ``python -m albench.registry`` and tested to be current.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Catalogue = dict[str, dict[str, dict[str, Any]]]


def catalogue() -> Catalogue:
    """Return what is built in: kind -> name -> facts (class, summary, parameters, reference, ...)."""
    text = Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8")
    found: Catalogue = json.loads(text)
    return found


def is_import_path(name: str) -> bool:
    """Say whether a name is ``package.module.Class`` or ``./file.py:Class`` rather than a built-in name."""
    return "." in name
