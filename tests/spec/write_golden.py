"""Writes the golden messages of the broken specs anew; look at the difference before committing it."""

from __future__ import annotations

import os
from pathlib import Path

from albench.errors import SpecError
from albench.spec.read import load_experiment

BROKEN = Path(__file__).parent / "broken"


def message(name: str) -> str:
    """Return what reading a broken spec says; specs called ``import_*`` are read with their modules."""
    try:
        load_experiment(Path(name), import_user_code=name.startswith("import_"))
    except SpecError as error:
        return f"{error}\n"
    return "no mistake found\n"


if __name__ == "__main__":
    os.chdir(BROKEN)
    for spec in sorted(Path().glob("*.yaml")):
        spec.with_suffix(".txt").write_text(message(spec.name), encoding="utf-8")
