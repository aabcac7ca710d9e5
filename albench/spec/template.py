"""The spec that ``albench init`` writes."""

from __future__ import annotations

import shlex
from pathlib import Path

SCHEMA_FILE = "albench.schema.json"


def render_template(name: str) -> str:
    """Return a commented spec that runs as it stands, with the modeline that editors complete by.

    Parameters
    ----------
    name : str
        Stem of the file, and title of the experiment.
    """
    template = _read_resource("template.yaml")
    title = name.replace("\\", "\\\\").replace('"', '\\"')
    file = shlex.quote(f"{name}.yaml")
    return template.replace("$SCHEMA", SCHEMA_FILE).replace("$FILE", file).replace("$TITLE", f'"{title}"')


def read_schema() -> str:
    """Return the JSON schema of a spec, for editors; ``python -m albench.spec.schema`` writes its file."""
    return _read_resource("experiment.schema.json")


def write_schema(folder: Path) -> Path:
    """Write the schema that an editor completes a spec by beside the spec; return its file."""
    schema = folder / SCHEMA_FILE
    schema.write_text(read_schema(), encoding="utf-8")
    return schema


def _read_resource(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
