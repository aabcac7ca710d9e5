"""The spec that ``albench init`` writes."""

from __future__ import annotations

from importlib import resources

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
