from __future__ import annotations

import sys
import warnings
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from openml_server import serve
from openml_world import fill


@pytest.fixture
def client_folder(tmp_path_factory, monkeypatch):
    """Keep the client from the home folder: it makes its folders when it is imported."""
    folder = tmp_path_factory.mktemp("client")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    monkeypatch.setenv("OPENML_CACHE_DIR", str(folder / "cache"))
    for proxy in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(proxy, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return folder


@pytest.fixture
def world(client_folder, monkeypatch):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import openml

    known, server = serve()
    fill(known)
    config = client_folder / "config" / "openml" / "config"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(f"server = {known.url}/api/v1/xml\n", "utf-8")
    monkeypatch.setattr(openml.config, "server", f"{known.url}/api/v1/xml")
    known.server = server
    yield known
    server.shutdown()
    server.server_close()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("ALBENCH_CACHE", str(folder))
    return folder
