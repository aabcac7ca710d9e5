"""Files that are downloaded once: the right file or none, from a server or a mirror folder."""

from __future__ import annotations

import gzip
import hashlib
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pydantic import ValidationError

from albench.datasets.cache.cache_folder import create_entry
from albench.datasets.files.csv import CsvFile
from albench.errors import DatasetError

CONTENT = b"a,kind\n1,x\n2,y\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
HERE = Path()


@pytest.fixture
def server(monkeypatch):
    paths = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            paths.append(self.path)
            if self.path == "/gone.csv":
                self.send_error(404)
                return
            self.send_response(200)
            length = len(CONTENT) + (100 if self.path == "/cut.csv" else 0)
            if self.path != "/endless.csv":
                self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(CONTENT * (10_000 if self.path == "/endless.csv" else 1))

    http_server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http_server.serve_forever, args=(0.02,), daemon=True).start()
    http_server.paths, http_server.url = paths, f"http://127.0.0.1:{http_server.server_address[1]}"
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield http_server
    http_server.shutdown()
    http_server.server_close()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ALBENCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def source(url: str, sha256: str = SHA256, **settings) -> CsvFile:
    return CsvFile(path="not here/t.csv", url=url, sha256=sha256, target="kind", **settings)


def left(cache: Path) -> list[str]:
    return [path.name for path in cache.rglob("*") if path.is_file() and path.suffix != ".lock"]


def test_fetched_once_then_read_without_the_server(server, cache):
    dataset = source(f"{server.url}/some%20t.csv?x=1")
    assert dataset.lacks(HERE) == (dataset.url,)
    assert dataset.header(HERE) is None
    with pytest.raises(DatasetError, match="`albench fetch` downloads it"):
        dataset.load(HERE)
    dataset.fetch(HERE)
    dataset.fetch(HERE)
    server.shutdown()
    assert dataset.lacks(HERE) == ()
    assert dataset.header(HERE) == ("a", "kind")
    assert dataset.load(HERE).n_rows == 2
    assert len(server.paths) == 1
    assert left(cache) == ["some t.csv"]


def test_a_damaged_copy_is_named_and_fetched_again(server, cache):
    dataset = source(f"{server.url}/t.csv")
    dataset.fetch(HERE)
    (copy,) = (path for path in cache.rglob("t.csv"))
    copy.write_bytes(CONTENT[:5])
    assert dataset.damaged(HERE)
    assert dataset.header(HERE) is None
    with pytest.raises(DatasetError) as caught:
        dataset.load(HERE)
    assert str(caught.value) == f"{copy}: the cache was damaged: `albench fetch` replaces it"
    dataset.fetch(HERE)
    assert not dataset.damaged(HERE)
    assert copy.read_bytes() == CONTENT
    assert len(server.paths) == 2


def test_what_is_kept_reaches_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append((os.fstat(handle).st_ino, target.exists())))
    target = tmp_path / "entry"
    with create_entry(target) as folder:
        (folder / "t.csv").write_bytes(CONTENT)
    before = {target / "t.csv", target}
    assert {(path.stat().st_ino, False) for path in before} == set(synced[:-1])
    assert synced[-1] == (tmp_path.stat().st_ino, True)


@pytest.mark.parametrize(
    ("path", "settings", "message"),
    [
        ("/t.csv", {"sha256": "0" * 64}, f"what came has sha256 {SHA256}, the spec declares 000"),
        ("/gone.csv", {}, "the server answers 404 Not Found"),
        ("/cut.csv", {}, "the connection broke after 15 B of 115 B|cannot be downloaded: IncompleteRead"),
        ("/endless.csv", {"max_gib": 1e-5}, r"grows beyond 10\.49 KiB: if that is right, raise max_gib"),
    ],
)
def test_what_is_wrong_is_said_and_not_kept(server, cache, path, settings, message):
    with pytest.raises(DatasetError, match=message):
        source(f"{server.url}{path}", **settings).fetch(HERE)
    assert left(cache) == []
    assert not list(cache.rglob(".new*"))


def test_a_server_that_is_not_there_is_not_waited_for(server, cache, monkeypatch):
    server.shutdown()
    server.server_close()
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("a server that is not there is not waited for"))
    with pytest.raises(DatasetError, match="cannot be downloaded: "):
        source(f"{server.url}/t.csv").fetch(HERE)


def test_a_mirror_folder_comes_before_the_network(server, cache, tmp_path, monkeypatch):
    (tmp_path / "t.csv").write_bytes(CONTENT)
    monkeypatch.setenv("ALBENCH_MIRROR", str(tmp_path))
    dataset = source(f"{server.url}/t.csv")
    dataset.fetch(HERE)
    assert dataset.load(HERE).n_rows == 2
    assert server.paths == []


def test_a_mirror_folder_is_searched_to_its_bottom(server, cache, tmp_path, monkeypatch):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "t.csv.gz").write_bytes(gzip.compress(CONTENT))
    monkeypatch.setenv("ALBENCH_MIRROR", str(tmp_path))
    dataset = source(f"{server.url}/t.csv")
    dataset.fetch(HERE)
    assert dataset.load(HERE).n_rows == 2
    assert server.paths == []


def test_a_file_at_its_path_is_used_if_it_is_the_right_one(server, cache, tmp_path):
    (tmp_path / "t.csv").write_bytes(CONTENT)
    dataset = source(f"{server.url}/t.csv").model_copy(update={"path": "t.csv"})
    assert dataset.lacks(tmp_path) == ()
    assert dataset.load(tmp_path).n_rows == 2
    (tmp_path / "t.csv").write_bytes(CONTENT + b"3,x\n")
    with pytest.raises(DatasetError, match=r"^t\.csv: the file has sha256 \w+, the spec declares"):
        dataset.load(tmp_path)


def test_a_url_needs_a_checksum():
    with pytest.raises(ValidationError, match="'url' needs the 'sha256' of the file"):
        CsvFile(path="t.csv", url="https://example.org/t.csv", target="kind")
    with pytest.raises(ValidationError):
        CsvFile(path="t.csv", url="file:///etc/passwd", sha256=SHA256, target="kind")


SPEC = """
datasets:
- csv: {{path: gone.csv, url: "{url}/t.csv", sha256: {sha256}, target: kind}}
models: [gaussian_nb]
strategies: [margin]
seed_sizes: 1
batch_sizes: 1
budgets: 2
"""


def test_the_command_takes_a_cache_and_a_mirror(server, tmp_path, monkeypatch, albench_in):
    monkeypatch.delenv("ALBENCH_CACHE", raising=False)
    (tmp_path / "spec.yaml").write_text(SPEC.format(url=server.url, sha256=SHA256))
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "t.csv").write_bytes(CONTENT)
    places = ["--cache", str(tmp_path / "kept"), "--mirror", str(tmp_path / "mirror")]
    done = albench_in(tmp_path, "fetch", "spec.yaml", *places)
    assert (done.stdout, done.stderr) == ("", "gone: fetched\n")
    assert left(tmp_path / "kept") == ["t.csv"]
    assert server.paths == []
    plan = albench_in(tmp_path, "plan", "spec.yaml", "--cache", tmp_path / "empty")
    assert plan.returncode == 2
    assert plan.stderr == (
        f"error: not in the cache: {server.url}/t.csv: `albench fetch spec.yaml` downloads what is missing\n"
    )
