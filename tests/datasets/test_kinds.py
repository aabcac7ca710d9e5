"""A file that is not what its name or its entry says is told what it is, and what to do with it."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from albench.datasets.files.arff import ArffFile
from albench.datasets.files.csv import CsvFile
from albench.datasets.files.libsvm import LibsvmFile
from albench.datasets.files.npz import NpzFile
from albench.datasets.files.parquet import ParquetFile
from albench.errors import DatasetError

TEXT = "a,y\n" + "".join(f"{i},{'uv'[i % 2]}\n" for i in range(50))


def make_zip(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, TEXT)
    return buffer.getvalue()


def make_tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("t.csv"))
    return buffer.getvalue()


def make_parquet() -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame({"a": [1, 2], "y": ["u", "v"]}).write_parquet(buffer)
    return buffer.getvalue()


def make_array() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ones((2, 2)))
    return buffer.getvalue()


KINDS = {
    "it is a zip archive: unpack it": make_zip("t.csv"),
    "it is a workbook of Excel: save its table as CSV": make_zip("xl/workbook.xml"),
    "it is an archive of numpy: declare npz": make_zip("X.npy"),
    "it is packed by gzip: give it the ending .gz": gzip.compress(TEXT.encode()),
    "it is packed by bzip2: unpack it, or pack it by gzip": bz2.compress(TEXT.encode()),
    "it is packed by xz: unpack it": lzma.compress(TEXT.encode()),
    "it is a tar archive: unpack it": make_tar(),
    "it is a Parquet file: declare parquet": make_parquet(),
    "it is one array of numpy: save features and labels by numpy.savez": make_array(),
    "it is a pickle, which could run code: save its table as Parquet": pickle.dumps({"a": [1.0, "x"]}),
    "it is a web page: look where it was downloaded from": b"\n<!DOCTYPE html><html>a,y</html>",
    "it is a pointer of Git LFS, not the file: `git lfs pull` fetches it": b"version https://git-lfs.github.com/",
}


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "latin-1"])
@pytest.mark.parametrize("message", KINDS)
def test_a_file_of_another_kind_is_told_what_it_is(message: str, encoding: str, tmp_path: Path):
    (tmp_path / "t.csv").write_bytes(KINDS[message])
    source = CsvFile(path="t.csv", target="y", encoding=encoding)
    for read in (source.header, source.load):
        with pytest.raises(DatasetError) as caught:
            read(tmp_path)
        assert str(caught.value).startswith(f"t.csv: {message}")


@pytest.mark.parametrize(
    "source",
    [
        ArffFile(path="t", target="y"),
        LibsvmFile(path="t"),
        ParquetFile(path="t", target="y"),
        NpzFile(path="t"),
    ],
)
def test_every_format_says_what_it_was_given(source, tmp_path: Path):
    (tmp_path / "t").write_bytes(bz2.compress(TEXT.encode()))
    with pytest.raises(DatasetError, match="it is packed by bzip2: unpack it"):
        source.load(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_text_in_two_bytes_a_character_is_told_its_encoding(encoding: str, tmp_path: Path):
    (tmp_path / "t.csv").write_bytes(TEXT.encode(encoding))
    source = CsvFile(path="t.csv", target="y")
    message = f"t.csv: it is text in {encoding.upper()}: declare encoding: {encoding}, or save it as UTF-8"
    with pytest.raises(DatasetError) as caught:
        source.load(tmp_path)
    assert str(caught.value) == message
    assert source.model_copy(update={"encoding": encoding}).load(tmp_path).n_rows == 50
    (tmp_path / "t.arff").write_bytes("@attribute a real\n".encode(encoding))
    with pytest.raises(DatasetError, match=r"^t\.arff: it is text in UTF-16.*: save it as UTF-8$"):
        ArffFile(path="t.arff", target="y").load(tmp_path)


def test_an_archive_that_was_unpacked_and_kept_its_ending(tmp_path: Path):
    (tmp_path / "t.csv.gz").write_text(TEXT)
    with pytest.raises(DatasetError, match=r"if it was unpacked already, take \.gz off its name"):
        CsvFile(path="t.csv.gz", target="y").load(tmp_path)


@pytest.mark.parametrize("header", ["PAR1,y", "BZh,y", "PK,y", "Rar!,y", "ARROW1,y", "version,y", "html,y"])
def test_names_of_columns_are_not_taken_for_kinds(header: str, tmp_path: Path):
    (tmp_path / "t.csv").write_text(TEXT.replace("a,y", header))
    assert CsvFile(path="t.csv", target="y").load(tmp_path).n_rows == 50
