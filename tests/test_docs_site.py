"""The site of the docs is built without a warning, and a reader's browser asks nobody else for anything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOADED = re.compile(r"<(?:script|img|iframe|source|video|audio)\b[^>]*\ssrc=\"?(?:https?:)?//[^\s>]*")
LINKED = re.compile(r"<link\b[^>]*\shref=\"?(?:https?:)?//[^\s>]*")
STYLED = re.compile(r"(?:url\(|@import )[\"']?(?:https?:)?//[^\s)]*")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("material", reason="the site is built with albench[docs]")
    folder = tmp_path_factory.mktemp("site")
    # No proxy answers there: whoever asks the network while building fails.
    proxy = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env=os.environ | proxy | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    assert "WARNING" not in built.stderr
    return folder


def test_every_page_of_the_docs_is_in_the_site(site):
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert {path.stem for path in site.glob("*.html")} == pages | {"404"}


def test_nothing_is_loaded_from_elsewhere(site):
    for path in site.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert LOADED.findall(text) + LINKED.findall(text) == [], path.name
    for path in site.rglob("*.css"):
        assert STYLED.findall(path.read_text(encoding="utf-8")) == [], path.name


def test_nothing_on_a_page_makes_the_script_of_the_theme_load_more(site):
    # It asks for Mermaid, a repository's stars and shims only where a page has these.
    for path in site.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "mermaid" not in text
        assert "md-source" not in text
