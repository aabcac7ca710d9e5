"""Files of a folder given by hand: by the name of the path or of the url, gzipped or not."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from albench.datasets.files.csv import CsvFile
from albench.errors import DatasetError

CONTENT = b"a,kind\n1,x\n2,y\n3,x\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
URL = "http://127.0.0.1:9/there/table-original.csv"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ALBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ALBENCH_MIRROR", str(tmp_path / "mine"))
    (tmp_path / "mine").mkdir()
    return tmp_path / "mine"


@pytest.mark.parametrize("name", ["table-original.csv", "table-original.csv.gz", "t.csv", "t.csv.gz"])
def test_a_file_of_either_name_stands_for_the_download(folder, name):
    (folder / name).write_bytes(gzip.compress(CONTENT) if name.endswith(".gz") else CONTENT)
    source = CsvFile(path="elsewhere/t.csv", url=URL, sha256=SHA256, target="kind")
    source.fetch(Path())
    assert source.load(Path()).n_rows == 3


def test_another_content_is_refused(folder):
    (folder / "t.csv.gz").write_bytes(gzip.compress(CONTENT + b"4,y\n"))
    source = CsvFile(path="elsewhere/t.csv", url=URL, sha256=SHA256, target="kind")
    with pytest.raises(DatasetError, match="what came has sha256"):
        source.fetch(Path())


def test_an_archive_stays_packed_if_the_download_is_one(folder):
    packed = gzip.compress(CONTENT)
    (folder / "t.csv.gz").write_bytes(packed)
    digest = hashlib.sha256(packed).hexdigest()
    source = CsvFile(path="t.csv.gz", url=f"{URL}.gz", sha256=digest, target="kind")
    source.fetch(Path())
    assert source.find_existing_file(Path()).read_bytes() == packed


def test_a_damaged_archive_is_named(folder):
    (folder / "t.csv.gz").write_bytes(gzip.compress(CONTENT)[:-9])
    source = CsvFile(path="elsewhere/t.csv", url=URL, sha256=SHA256, target="kind")
    with pytest.raises(DatasetError, match=r"t\.csv\.gz.*truncated"):
        source.fetch(Path())
