"""The spec that ``albench init`` writes."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA_FILE = "albench.schema.json"


def render_template(name: str) -> str:
    """Return a commented spec that runs as it stands, with the modeline that editors complete by.

    Parameters
    ----------
    name : str
        Stem of the file, and title of the experiment.
    """
    template = resources.files("albench.spec").joinpath("template.yaml").read_text(encoding="utf-8")
    title = name.replace("\\", "\\\\").replace('"', '\\"')
    return template.replace("$SCHEMA", SCHEMA_FILE).replace("$NAME", name).replace("$TITLE", f'"{title}"')


def write_schema(folder: Path) -> Path:
    """Write the schema that an editor completes a spec by beside the spec; return its file."""
    from albench.spec.schema import build_schema

    schema = folder / SCHEMA_FILE
    schema.write_text(json.dumps(build_schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return schema
