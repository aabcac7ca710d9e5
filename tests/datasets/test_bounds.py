"""Files that claim more than they hold, or grow beyond every memory, are refused before they are read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from scipy.sparse import csr_matrix

from albench.cli import cli
from albench.datasets.files.csv import CsvFile
from albench.datasets.files.declared_columns import check_declared_columns
from albench.datasets.files.npz import NpzFile
from albench.datasets.files.parquet import ParquetFile
from albench.errors import AlbenchError, DatasetError

SPEC = """
datasets: [{dataset}]
models: [gaussian_nb]
strategies: [margin]
seed_sizes: 2
batch_sizes: 1
budgets: 4
repeats: 1
"""


def show(folder: Path, dataset: str, label: str) -> str:
    """Return what `albench show dataset` prints, or the sentence that it ends with."""
    (folder / "spec.yaml").write_text(SPEC.format(dataset=dataset))
    result = CliRunner().invoke(cli, ["show", "dataset", label, str(folder / "spec.yaml")])
    assert result.exception is None or isinstance(result.exception, AlbenchError)
    return result.output or str(result.exception)


def make_member(header: str, version: int = 1) -> bytes:
    text = header.encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    length = len(text).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + length + text + np.ones((6, 2)).tobytes()


def write_archive(file: Path, features: bytes) -> None:
    labels = io.BytesIO()
    np.save(labels, np.array([0, 1, 0, 1, 0, 1]))
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("X.npy", features)
        archive.writestr("y.npy", labels.getvalue())


@pytest.mark.parametrize("shape", ["(1000000000000, 2)", "(6, 2000000000000)", "(-6, 2)", "(7, 2)", "(2,)"])
def test_an_array_that_claims_another_size_than_it_has(shape: str, tmp_path: Path):
    write_archive(
        tmp_path / "t.npz", make_member(f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}")
    )
    with pytest.raises(DatasetError, match=r"^t\.npz: array 'X' says that it has shape .*, and holds 96 B"):
        NpzFile(path="t.npz").load(tmp_path)
    assert "says that it has shape" in show(tmp_path, "{npz: t.npz}", "t")


@pytest.mark.parametrize(
    "member",
    [
        b"",
        b"\x93NUMPY",
        make_member("(" * 9000),
        make_member("{'descr': '<f8', 'fortran_order': False, 'shape': (10**99,)}"),
        make_member("{'descr': '<f8', 'fortran_order': False, 'shape': (6, 2)}", version=9),
        make_member("{'descr': 5, 'fortran_order': False, 'shape': (6, 2)}"),
    ],
)
def test_a_header_that_is_none(member: bytes, tmp_path: Path):
    write_archive(tmp_path / "t.npz", member)
    with pytest.raises(DatasetError, match=r"^t\.npz: cannot be read as npz: array 'X': "):
        NpzFile(path="t.npz").load(tmp_path)


def test_later_versions_of_the_header_are_read(tmp_path: Path):
    for version in (2, 3):
        header = "{'descr': '<f8', 'fortran_order': False, 'shape': (6, 2)}"
        write_archive(tmp_path / "t.npz", make_member(header, version))
        assert NpzFile(path="t.npz").load(tmp_path).n_rows == 6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"shape": [2, 10**12]}, "the sparse matrix has 1,000,000,000,000 columns, 100,000,000 at most"),
        ({"shape": 2}, "the parts of the sparse matrix contradict each other"),
        ({"format": ["csr", "csc"]}, "the sparse matrix is not in compressed rows"),
    ],
)
def test_a_sparse_matrix_that_claims_what_it_is_not(changes: dict, message: str, tmp_path: Path):
    matrix = csr_matrix(np.eye(2))
    parts = {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr, "shape": [2, 2]}
    np.savez(tmp_path / "t.npz", y=np.array([0, 1]), **(parts | changes))
    with pytest.raises(DatasetError, match=message):
        NpzFile(path="t.npz").load(tmp_path)


def test_a_parquet_file_grows_within_max_gib(tmp_path: Path):
    n = 3_000_000
    frame = pl.DataFrame({"a": pl.repeat(1.5, n, eager=True), "y": pl.repeat("u", n, eager=True)})
    frame.write_parquet(tmp_path / "t.parquet")
    assert (tmp_path / "t.parquet").stat().st_size < 1 << 20
    source = ParquetFile(path="t.parquet", target="y", max_gib=0.05)
    with pytest.raises(
        DatasetError, match=r"its 3,000,000 rows grow to 91\.55 MiB, beyond 51\.2 MiB: .*max_gib"
    ):
        source.load(tmp_path)
    with pytest.raises(DatasetError, match="there is only one class"):
        source.model_copy(update={"max_gib": 0.1}).load(tmp_path)


@pytest.mark.parametrize(
    "source", ["csv: {path: t.csv, target: y}", "npz: t.npz", "arff: {path: t.arff, target: y}"]
)
def test_a_link_to_itself_is_no_file(source: str, tmp_path: Path):
    for name in ("t.csv", "t.npz", "t.arff"):
        (tmp_path / name).symlink_to(name)
    assert "error[" in show(tmp_path, f"{{{source}}}", "t")


def test_thousands_of_columns_are_read_and_long_names_of_classes_are_cut(tmp_path: Path):
    p, long = 30_000, "x" * 900_000
    rows = [f"{','.join(str((i * j) % 97) for j in range(p))},{long if i % 2 else 'u'}" for i in range(6)]
    (tmp_path / "t.csv").write_text(",".join(f"c{j}" for j in range(p)) + ",y\n" + "\n".join(rows) + "\n")
    output = show(tmp_path, "{csv: {path: t.csv, target: y}}", "t")
    assert f"{p} numeric" in output
    assert f"  {'x' * 80}...       3  50.0%\n" in output
    assert len(output) < 2000


def test_names_of_columns_are_checked_in_one_pass(monkeypatch: pytest.MonkeyPatch):
    class Name(str):
        n_comparisons = 0
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            Name.n_comparisons += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    names = [Name(f"c{i}") for i in range(2000)] + [Name("y")]
    check_declared_columns(CsvFile(path="t.csv", target="y", drop=tuple(names[:1000])), names)
    assert Name.n_comparisons < 20 * len(names)
