"""The style sheet, the script and plotly.js, and the policy that lets nothing else run or load."""

from __future__ import annotations

import base64
import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

SCRIPTS = ("figures.js", "tables.js", "picks.js", "page.js")


class Plotly(NamedTuple):
    """plotly.js as the page carries it: gzip in base64, with the hash of the source."""

    packed: str
    sha256: str


@dataclass(frozen=True)
class PageAssets:
    """What every page carries: style sheet, script, plotly.js packed; the policy that lets them alone run."""

    css: str
    script: str
    plotly: str
    policy: str


def read_page_assets() -> PageAssets:
    """Return what every page carries."""
    script, plotly = read_script(), pack_plotly()
    policy = format_policy(hash_script(script), plotly.sha256)
    return PageAssets(read_static("report.css"), script, plotly.packed, policy)


def read_static(name: str) -> str:
    """Return a file of the package's ``static`` folder."""
    return (resources.files("albench.report") / "static" / name).read_text(encoding="utf-8")


def read_script() -> str:
    """Return the script of the page: its files, one after the other in one scope."""
    parts = "\n".join(read_static(name) for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


@cache
def pack_plotly() -> Plotly:
    """Return the plotly.js of the Plotly that made the figures, packed."""
    from plotly.offline import get_plotlyjs

    source: str = get_plotlyjs()
    # The time in a gzip header would make each page differ.
    packed = gzip.compress(source.encode(), 9, mtime=0)
    return Plotly(base64.b64encode(packed).decode(), hash_script(source))


def hash_script(source: str) -> str:
    """Return the hash of a script as a content security policy spells it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def format_policy(*script_hashes: str) -> str:
    """Return the content security policy: these scripts, inline styles, embedded images, no network."""
    scripts = " ".join(f"'{script_hash}'" for script_hash in script_hashes)
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
