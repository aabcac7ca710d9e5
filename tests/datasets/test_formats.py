"""Other formats, other dialects: what a file says is what the table holds."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy.sparse import csr_matrix, save_npz

from albench.datasets.files.arff import ArffFile
from albench.datasets.files.csv import CsvFile, TsvFile
from albench.datasets.files.libsvm import LibsvmFile
from albench.datasets.files.npz import NpzFile
from albench.datasets.files.parquet import ParquetFile
from albench.datasets.hashing import compute_content_hash
from albench.errors import DatasetError


def test_arff_with_every_kind_of_attribute(files: Path):
    table = ArffFile(path="flowers.arff", target="kind", text=("note",)).load(files)
    assert table.numeric_names == ("stem length", "leaves")
    assert_array_equal(table.numeric, [[1.5, 3], [np.nan, 4], [0.2, np.nan], [7, 5]])
    assert table.categorical_names == ("colour", "seen")
    assert table.categories == (("None", "it's", "light blue", "red"), ("2020-01-01", "2020-01-02"))
    assert_array_equal(table.categorical, [[3, 0], [2, 1], [1, -1], [0, 0]])
    assert table.text == (("a, b", "?", "plain", "say 'x'"),)
    assert table.classes == ("herb", "shrub")
    assert_array_equal(table.labels, [0, 1, 0, 1])


def test_sparse_arff_stays_sparse(files: Path):
    source = ArffFile(path="sparse.arff", target="the kind", id=("id",))
    assert source.header(files) == ("id", "alpha", "beta", "the kind", "source")
    table = source.load(files)
    assert table.numeric_names == ()
    assert table.sparse_names == ("alpha", "beta")
    assert_array_equal(table.sparse.toarray(), [[0, 2.5], [0, 0], [-1, 4], [0, 0]])
    assert table.categories == (("book", "web"),)
    assert_array_equal(table.categorical[:, 0], [1, 1, 0, 0])
    assert table.classes == ("no", "yes")
    assert_array_equal(table.labels, [1, 0, 1, 0])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("bad_number", "column 'a': line 6: 'one' is not a number"),
        ("bad_level", "column 'kind': line 6: 'z' is not among the declared values"),
        ("ragged", "line 6: 2 attributes are declared, this row has 1 cells"),
        ("bad_type", "line 2: the type 'complex' is not one of numeric, nominal, string, date"),
        ("bad_sparse", "line 6: '7 y' is no 'index value'"),
        ("page", "it is a web page: look where it was downloaded from"),
    ],
)
def test_a_bad_arff_file_has_its_whole_message(name: str, message: str, files: Path):
    with pytest.raises(DatasetError) as caught:
        ArffFile(path=f"{name}.arff", target="kind").load(files)
    assert str(caught.value) == f"{name}.arff: {message}"


cells = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))
names = st.one_of(st.none(), st.sampled_from(["a", "b c", "it's", 'say "x"', "x,y", "%", "{1 2}"]))


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(cells, names), min_size=4, max_size=10))
def test_csv_parquet_and_arff_give_one_hash(rows: list, tmp_path: Path):
    frame = pl.DataFrame(
        {"n": [n for n, _ in rows], "c": [c for _, c in rows], "kind": [i % 2 for i in range(len(rows))]},
        schema={"n": pl.Float64, "c": pl.String, "kind": pl.Int64},
    )
    frame.write_csv(tmp_path / "t.csv")
    frame.write_parquet(tmp_path / "t.parquet")
    quoted = ["?" if c is None else "'" + c.replace("'", "\\'") + "'" for _, c in rows]
    lines = [
        f"{'?' if n is None else repr(n)},{c},{i % 2}"
        for i, ((n, _), c) in enumerate(zip(rows, quoted, strict=True))
    ]
    head = "@relation r\n@attribute n real\n@attribute c string\n@attribute kind {0,1}\n@data\n"
    (tmp_path / "t.arff").write_text(head + "\n".join(lines) + "\n", "utf-8")
    # A column without any value is numeric where only its cells can tell.
    declared = {"target": "kind", "categorical": ("c",)}
    sources = (CsvFile, "t.csv"), (ParquetFile, "t.parquet"), (ArffFile, "t.arff")
    hashes = {compute_content_hash(source(path=name, **declared).load(tmp_path)) for source, name in sources}
    assert len(hashes) == 1


def test_decimal_commas_are_read_where_they_are_declared(files: Path):
    source = CsvFile(path="decimal_comma.csv", target="kind", separator=";", decimal=",")
    assert_array_equal(source.load(files).numeric, [[1.5, 2], [-0.25, np.nan], [100, 3]])
    with pytest.raises(DatasetError, match=r"column 'a', line 3: '2\.5' is not a number, but 3 cells"):
        source.model_copy(update={"path": "decimal_point.csv"}).load(files)
    with pytest.raises(ValueError, match="separator and decimal are both ','"):
        CsvFile(path="decimal_comma.csv", target="kind", decimal=",")


def test_files_are_read_in_the_encoding_that_is_declared(files: Path):
    table = CsvFile(path="cp1252.csv", target="kind", encoding="cp1252").load(files)
    assert (table.numeric_names, table.classes) == (("größe",), ("sauer", "süß"))
    assert CsvFile(path="utf16.csv", target="kind", encoding="utf-16").load(files).classes == ("y", "é")
    with pytest.raises(DatasetError, match=r"^cp1252\.csv: line 1: byte 0xf6 is not ascii"):
        CsvFile(path="cp1252.csv", target="kind", encoding="ascii").load(files)
    with pytest.raises(ValueError, match="no encoding is called 'latin-99'"):
        CsvFile(path="cp1252.csv", target="kind", encoding="latin-99")


def test_quotes_and_tabs_are_read(files: Path):
    assert CsvFile(path="single_quotes.csv", target="kind", quote="'").load(files).classes == ('"z"', "x, y")
    table = TsvFile(path="tabs.tsv", target="kind").load(files)
    assert table.numeric_names == ("a",)
    assert table.categories == (("u, v", "w"),)


def test_a_packed_file_is_the_plain_one(files: Path, tmp_path: Path):
    for name, source in (("plants.csv", CsvFile), ("flowers.arff", ArffFile)):
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress((files / name).read_bytes()))
        plain = source(path=name, target="kind").load(files)
        packed = source(path=f"{name}.gz", target="kind")
        assert packed.default_label() == name.partition(".")[0]
        assert packed.header(tmp_path) == source(path=name, target="kind").header(files)
        assert compute_content_hash(packed.load(tmp_path)) == compute_content_hash(plain)


@pytest.mark.parametrize("name", ["t.csv.gz", "t.arff.gz", "t.libsvm.gz"])
def test_archives_that_are_cut_or_damaged_or_too_large(name: str, tmp_path: Path):
    source = {"csv": CsvFile, "arff": ArffFile, "libsvm": LibsvmFile}[name.split(".")[1]]
    settings = {} if source is LibsvmFile else {"target": "kind"}
    head = (
        b"@relation r\n@attribute a real\n@attribute kind {x,y}\n@data\n"
        if source is ArffFile
        else b"a,kind\n"
    )
    whole = gzip.compress(head + b"1,x\n2,y\n" * 50_000)
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DatasetError, match="the gzip archive is truncated: it ends before its data do"):
        source(path=name, **settings).load(tmp_path)
    (tmp_path / name).write_bytes(b"no archive")
    with pytest.raises(DatasetError, match="the gzip archive is damaged"):
        source(path=name, **settings).load(tmp_path)
    (tmp_path / name).write_bytes(whole)
    with pytest.raises(DatasetError, match=r"the archive grows beyond 102\.4 KiB: .* raise max_gib"):
        source(path=name, max_gib=0.1 / 1024, **settings).load(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_libsvm_indices_from_one_and_from_zero(files: Path):
    table = LibsvmFile(path="one_based.libsvm").load(files)
    assert table.numeric_names == ("x1", "x2", "x3")
    assert_array_equal(table.numeric, [[0.5, 0, 2], [0, 1.5, 0], [1, 1, 1]])
    assert table.classes == ("-1", "1")
    assert_array_equal(table.labels, [1, 0, 1])
    assert_array_equal(LibsvmFile(path="zero_based.libsvm").load(files).numeric, [[1, 1], [2, 0]])
    sparse = LibsvmFile(path="one_based.libsvm", storage="sparse").load(files)
    assert_array_equal(sparse.sparse.toarray(), table.numeric)
    with pytest.raises(DatasetError, match=r"^bad\.libsvm: line 2: '2 two:3' is not 'label index:value"):
        LibsvmFile(path="bad.libsvm").load(files)


def test_libsvm_is_sparse_where_few_cells_are_there(tmp_path: Path):
    (tmp_path / "t.libsvm").write_text("1 1:1 5:1\n2 9:2\n")
    table = LibsvmFile(path="t.libsvm").load(tmp_path)
    assert table.sparse.shape == (2, 9)
    assert table.n_features == 9


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1 4000000000:2", "index 4000000000 is beyond 100,000,000 features"),
        ("1 100000001:2", "index 100000001 is beyond 100,000,000 features"),
        ("1 2:1 1:1", "index 1 comes after 2: indices ascend, and none comes twice"),
        ("1 2:1 2:1  # twice", "index 2 comes after 2: indices ascend, and none comes twice"),
        ("1,2 1:2", "the label '1,2' is not a number"),
        ("2 qid:7 1:1 2:x", "index 2: 'x' is not a number"),
    ],
)
def test_libsvm_names_the_line_that_is_wrong(line: str, message: str, tmp_path: Path):
    (tmp_path / "t.libsvm").write_text(f"# made by hand\n1 1:1 2:1\n{line}\n2 1:1\n")
    with pytest.raises(DatasetError) as caught:
        LibsvmFile(path="t.libsvm").load(tmp_path)
    assert str(caught.value) == f"t.libsvm: line 3: {message}"


def test_arrays_of_images_are_rows_of_numbers(tmp_path: Path):
    images = np.arange(24, dtype=np.uint8).reshape(3, 2, 4)
    np.savez(tmp_path / "t.npz", X=images, y=np.array([2, 1, 2]))
    table = NpzFile(path="t.npz").load(tmp_path)
    assert_array_equal(table.numeric, images.reshape(3, 8))
    assert (table.numeric.dtype, table.classes) == (np.float64, ("1", "2"))
    assert NpzFile(path="t.npz", precision="single").load(tmp_path).numeric.dtype == np.float32
    with pytest.raises(DatasetError, match=r"^t\.npz: there is no array 'Z'; there are X, y"):
        NpzFile(path="t.npz", features="Z").load(tmp_path)


def test_npz_with_scaled_integers_texts_as_labels_and_a_split(tmp_path: Path):
    np.savez(
        tmp_path / "t.npz",
        small=np.array([[10, -20], [30, 40], [1, 2]], dtype=np.int8),
        factor=np.array([0.5, 2.0], dtype=np.float32),
        kind=np.array(["b", "a", "b"]),
        part=np.array(["train", "train", "test"]),
    )
    source = NpzFile(path="t.npz", features="small", labels="kind", scale="factor", split="part")
    table = source.load(tmp_path)
    assert_array_equal(table.numeric, [[5, -40], [15, 80], [0.5, 4]])
    assert table.classes == ("a", "b")
    assert [(pool.tolist(), test.tolist()) for pool, test in table.divisions] == [([0, 1], [2])]


def test_npz_in_compressed_rows_stays_sparse(tmp_path: Path):
    matrix = csr_matrix([[0, 1.5, 0], [2, 0, 0]])
    save_npz(tmp_path / "m.npz", matrix)
    with np.load(tmp_path / "m.npz") as parts:
        np.savez(tmp_path / "t.npz", y=np.array([0, 1]), **parts)
    table = NpzFile(path="t.npz").load(tmp_path)
    assert_array_equal(table.sparse.toarray(), matrix.toarray())
    broken = {"data": matrix.data, "indices": np.array([1, 7]), "indptr": matrix.indptr, "shape": [2, 3]}
    np.savez(tmp_path / "b.npz", y=np.array([0, 1]), **broken)
    with pytest.raises(DatasetError, match="the parts of the sparse matrix contradict each other"):
        NpzFile(path="b.npz").load(tmp_path)


def test_npz_with_truth_values(tmp_path: Path):
    bits = np.array([[True, False], [False, True], [True, True]])
    np.savez(tmp_path / "t.npz", X=bits, y=np.array([0, 1, 0]))
    assert_array_equal(NpzFile(path="t.npz").load(tmp_path).numeric, [[1, 0], [0, 1], [1, 1]])
    np.savez(tmp_path / "s.npz", X=bits, y=np.array([0, 1, 0]), by=np.array([3.0, 0.5]))
    scaled = NpzFile(path="s.npz", scale="by").load(tmp_path).numeric
    assert_array_equal(scaled, [[3, 0], [0, 0.5], [3, 0.5]])


@pytest.mark.parametrize("name", ["X", "y", "by"])
def test_npz_with_complex_numbers(name: str, tmp_path: Path):
    arrays = {"X": np.ones((2, 2)), "y": np.array([0, 1]), "by": np.array([1.0, 2.0])}
    np.savez(tmp_path / "t.npz", **(arrays | {name: arrays[name] + 1j}))
    with pytest.raises(DatasetError, match=rf"^t\.npz: array '{name}' holds complex numbers: save real"):
        NpzFile(path="t.npz", scale="by").load(tmp_path)


def test_npz_with_complex_numbers_in_compressed_rows(tmp_path: Path):
    matrix = csr_matrix([[0, 1j], [2, 0]])
    parts = {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr, "shape": [2, 2]}
    np.savez(tmp_path / "t.npz", y=np.array([0, 1]), **parts)
    with pytest.raises(DatasetError, match=r"^t\.npz: array 'data' holds complex numbers"):
        NpzFile(path="t.npz").load(tmp_path)


def test_npz_that_must_be_refused(tmp_path: Path):
    np.savez(tmp_path / "o.npz", X=np.ones((2, 2)), y=np.array(["a", None], dtype=object))
    with pytest.raises(
        DatasetError, match=r"^o\.npz: array 'y' holds Python objects, and reading those could run"
    ):
        NpzFile(path="o.npz").load(tmp_path)
    buffer = io.BytesIO()
    np.save(buffer, np.zeros((1000, 1000)))
    with zipfile.ZipFile(tmp_path / "z.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("X.npy", buffer.getvalue())
    assert (tmp_path / "z.npz").stat().st_size < 50_000
    with pytest.raises(DatasetError, match=r"the archive grows to 7\.63 MiB, beyond 1\.024 MiB"):
        NpzFile(path="z.npz", max_gib=0.001).load(tmp_path)
    whole = (tmp_path / "o.npz").read_bytes()
    (tmp_path / "c.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DatasetError, match=r"^c\.npz: cannot be read as npz: "):
        NpzFile(path="c.npz").load(tmp_path)
    np.savez(tmp_path / "l.npz", X=np.ones((3, 2)), y=np.array([0, 1]))
    with pytest.raises(DatasetError, match=r"3 rows of features and labels of shape \(2,\)"):
        NpzFile(path="l.npz").load(tmp_path)


def test_targets_of_regression_are_numbers(tmp_path: Path):
    (tmp_path / "t.csv").write_text("a,price\n1,2.5\n2,-1\n")
    table = CsvFile(path="t.csv", target="price", task="regression").load(tmp_path)
    assert (table.task, table.classes) == ("regression", ())
    assert_array_equal(table.targets, [2.5, -1])
    (tmp_path / "t.csv").write_text("a,price\n1,2.5\n2,\n")
    with pytest.raises(DatasetError, match=r"column 'price', line 3: no target value \(1 of 2 rows\)"):
        CsvFile(path="t.csv", target="price", task="regression").load(tmp_path)


def test_ten_thousand_classes_are_refused_as_classes_and_read_as_numbers(tmp_path: Path):
    (tmp_path / "t.csv").write_text("a,y\n" + "".join(f"{i},{i}.5\n" for i in range(10_000)))
    with pytest.raises(DatasetError, match=r"^t\.csv: column 'y': there are 10,000 classes, 1,000 at most"):
        CsvFile(path="t.csv", target="y").load(tmp_path)
    assert CsvFile(path="t.csv", target="y", task="regression").load(tmp_path).n_rows == 10_000


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("1,x\n2\n", "line 5: 2 attributes are declared, this row has 1 cells"),
        ("1,x\n2,y,z\n", "line 5: 2 attributes are declared, this row has 3 cells"),
        ("1,x\n2,\n", "column 'kind': line 5: '' is not among the declared values"),
        ("1,x\n,y\n", "column 'a': line 5: '' is not a number"),
    ],
)
def test_rows_that_take_a_closer_look(rows: str, message: str, tmp_path: Path):
    (tmp_path / "t.arff").write_text("@attribute a real\n@attribute kind {x,y}\n@data\n" + rows)
    with pytest.raises(DatasetError) as caught:
        ArffFile(path="t.arff", target="kind").load(tmp_path)
    assert str(caught.value) == f"t.arff: {message}"


def test_plain_rows_and_quoted_rows_are_one_table(tmp_path: Path):
    head = "@attribute a real\n@attribute c string\n@attribute kind {x,y}\n@data\n"
    for name, cell in (("plain", "u v"), ("quoted", "'u v'")):
        (tmp_path / f"{name}.arff").write_text(f"{head} 1 , {cell}, x\n?,?,y\n nan,w ,x\n1e-3,z,y\n")
    tables = [ArffFile(path=f"{name}.arff", target="kind").load(tmp_path) for name in ("plain", "quoted")]
    assert compute_content_hash(tables[0]) == compute_content_hash(tables[1])
    assert_array_equal(tables[0].numeric[:, 0], [1, np.nan, np.nan, 0.001])
    assert tables[0].categories == (("u v", "w", "z"),)
