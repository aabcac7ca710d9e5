"""One content, one hash."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from albench.contracts import Table
from albench.datasets.files.csv import CsvFile
from albench.datasets.files.parquet import ParquetFile
from albench.datasets.hashing import compute_content_hash

NAN = float("nan")
TABLE = Table(
    numeric=np.array([[1.0, NAN], [-0.0, 2.5], [3.0, -1e300]]),
    categorical=np.array([[1], [-1], [0]], dtype=np.int32),
    numeric_names=("a", "b"),
    categorical_names=("c",),
    categories=(("p", "q"),),
    labels=np.array([0, 1, 0]),
    classes=("no", "yés"),
)


def test_the_hash_is_what_its_definition_says():
    header = (
        '{"categorical":["c"],"categories":[["p","q"]],"classes":["no","y\\u00e9s"],"format":1,'
        '"numeric":["a","b"],"rows":3}'
    )
    missing = bytes.fromhex("000000000000f87f")
    cells = struct.pack("<d", 1.0) + missing + struct.pack("<4d", 0.0, 2.5, 3.0, -1e300)
    codes = struct.pack("<3i", 1, -1, 0) + struct.pack("<3i", 0, 1, 0)
    assert compute_content_hash(TABLE) == hashlib.sha256(header.encode() + cells + codes).hexdigest()


SAME = {
    "sign of zero": replace(TABLE, numeric=np.array([[1.0, NAN], [0.0, 2.5], [3.0, -1e300]])),
    "bits of a missing value": replace(TABLE, numeric=np.array([[1.0, -NAN], [0.0, 2.5], [3.0, -1e300]])),
    "order of memory": replace(TABLE, numeric=np.asfortranarray(TABLE.numeric)),
    "order of category codes": replace(
        TABLE, categorical=np.array([[0], [-1], [1]], dtype=np.int32), categories=(("q", "p"),)
    ),
    "a category that no row has": replace(
        TABLE, categorical=np.array([[2], [-1], [1]], dtype=np.int32), categories=(("o", "p", "q"),)
    ),
    "order of class codes": replace(TABLE, labels=np.array([1, 0, 1]), classes=("yés", "no")),
    "width of codes": replace(TABLE, labels=TABLE.labels.astype(np.int8)),
    "warnings": replace(TABLE, warnings=("mind the gap",)),
}
OTHER = {
    "a cell": replace(TABLE, numeric=np.array([[1.0, NAN], [0.0, 2.5], [3.0, np.nextafter(-1e300, 0)]])),
    "a missing cell": replace(TABLE, numeric=np.array([[NAN, NAN], [0.0, 2.5], [3.0, -1e300]])),
    "a category": replace(TABLE, categorical=np.array([[1], [0], [0]], dtype=np.int32)),
    "the name of a category": replace(TABLE, categories=(("p", "r"),)),
    "a label": replace(TABLE, labels=np.array([0, 1, 1])),
    "all labels, by name": replace(TABLE, classes=("nó", "yés")),
    "a column name": replace(TABLE, numeric_names=("a", "B")),
    "the order of columns": replace(TABLE, numeric=TABLE.numeric[:, ::-1], numeric_names=("b", "a")),
    "the order of rows": replace(
        TABLE, numeric=TABLE.numeric[::-1], categorical=TABLE.categorical[::-1], labels=TABLE.labels[::-1]
    ),
    "a type": Table(
        numeric=TABLE.numeric[:, 1:],
        categorical=np.array([[1, 1], [0, -1], [2, 0]], dtype=np.int32),
        numeric_names=("b",),
        categorical_names=("a", "c"),
        categories=(("0", "1", "3"), ("p", "q")),
        labels=TABLE.labels,
        classes=TABLE.classes,
    ),
}


@pytest.mark.parametrize("what", SAME)
def test_the_hash_does_not_see(what: str):
    assert compute_content_hash(SAME[what]) == compute_content_hash(TABLE)


def test_the_hash_sees_every_change():
    hashes = {what: compute_content_hash(table) for what, table in OTHER.items()}
    assert len({compute_content_hash(TABLE), *hashes.values()}) == len(OTHER) + 1


def test_class_names_are_compared_as_numbers_where_they_are_numbers():
    hashes = {
        compute_content_hash(replace(TABLE, classes=names))
        for names in [("1", "2"), ("1.0", "2.0"), ("+1", "2e0")]
    }
    assert len(hashes) == 1
    assert compute_content_hash(replace(TABLE, classes=("01", "2"))) not in hashes


def test_more_cells_than_a_block():
    rng = np.random.default_rng(3)
    values = rng.standard_normal((700_001, 3))
    labels = rng.integers(0, 2, 700_001)
    table = Table(values, np.empty((700_001, 0), np.int32), ("a", "b", "c"), (), (), labels, ("x", "y"))
    header = '{"categorical":[],"categories":[],"classes":["x","y"],"format":1,"numeric":["a","b","c"],"rows":700001}'
    wanted = header.encode() + values.astype("<f8").tobytes() + labels.astype("<i4").tobytes()
    assert compute_content_hash(table) == hashlib.sha256(wanted).hexdigest()


names = st.one_of(st.none(), st.sampled_from(["red", "green", "grün", "a,b", 'say "a"', "1x"]))
frames = st.lists(
    st.tuples(
        st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)),
        st.one_of(st.none(), st.integers(-(2**53), 2**53)),
        names,
        st.one_of(st.none(), st.booleans()),
        st.one_of(st.none(), st.integers(0, 3)),
        st.integers(0, 2),
    ),
    min_size=4,
    max_size=20,
).filter(
    lambda rows: (
        len({row[-1] for row in rows}) > 1
        and all(any(c is not None for c in col) for col in zip(*rows, strict=True))
    )
)
SCHEMA = {"f": pl.Float64, "i": pl.Int64, "t": pl.String, "b": pl.Boolean, "z": pl.Int8, "kind": pl.Int64}


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(rows=frames)
def test_csv_and_parquet_give_one_hash(rows: list, tmp_path: Path):
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    frame.write_csv(tmp_path / "t.csv")
    frame.write_parquet(tmp_path / "t.parquet")
    frame.with_columns(
        pl.col("kind").cast(pl.Float64), pl.col("t").cast(pl.Categorical), pl.col("z").cast(pl.Float32)
    ).write_parquet(tmp_path / "u.parquet")
    settings = {"target": "kind", "categorical": ("z",)}
    hashes = {
        compute_content_hash(CsvFile(path="t.csv", **settings).load(tmp_path)),
        compute_content_hash(ParquetFile(path="t.parquet", **settings).load(tmp_path)),
        compute_content_hash(ParquetFile(path="u.parquet", **settings).load(tmp_path)),
    }
    assert len(hashes) == 1


SPARSE = replace(TABLE, sparse=csr_matrix([[0.0, 1.0], [2.0, 0.0], [0.0, 0.0]]), sparse_names=("s", "t"))
TEXT = replace(TABLE, text=(("a", "", "bc"),), text_names=("words",))


def header_of(**more: object) -> bytes:
    fields = {
        "categorical": ["c"],
        "categories": [["p", "q"]],
        "classes": ["no", "yés"],
        "format": 1,
        "numeric": ["a", "b"],
        "rows": 3,
        **more,
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


CELLS = struct.pack("<d", 1.0) + bytes.fromhex("000000000000f87f") + struct.pack("<4d", 0.0, 2.5, 3.0, -1e300)
CODES = struct.pack("<3i", 1, -1, 0) + struct.pack("<3i", 0, 1, 0)


def test_sparse_columns_are_hashed_by_row_ends_columns_and_cells():
    cells = struct.pack("<4q", 0, 1, 2, 2) + struct.pack("<2q", 1, 0) + struct.pack("<2d", 1.0, 2.0)
    header = header_of(sparse=["s", "t"], sparse_precision="float64")
    assert compute_content_hash(SPARSE) == hashlib.sha256(header + CELLS + CODES + cells).hexdigest()


def test_how_zeros_are_stored_does_not_matter():
    stored = csr_matrix((np.array([0.0, 0.5, 0.5, 2.0]), [0, 1, 1, 0], [0, 3, 4, 4]), shape=(3, 2))
    assert compute_content_hash(replace(SPARSE, sparse=stored)) == compute_content_hash(SPARSE)
    assert stored.nnz == 4


def test_texts_are_hashed_with_their_lengths():
    texts = b"".join(struct.pack("<q", len(text)) + text for text in (b"a", b"", b"bc"))
    expected = hashlib.sha256(header_of(text=["words"]) + CELLS + CODES + texts).hexdigest()
    assert compute_content_hash(TEXT) == expected
    assert compute_content_hash(replace(TEXT, text=(("ab", "", "c"),))) != expected


def test_single_precision_and_targets_are_content():
    single = replace(TABLE, numeric=np.array([[1.0, NAN], [0.0, 2.5], [3.0, 4.0]], dtype=np.float32))
    double = replace(single, numeric=single.numeric.astype(np.float64))
    regression = replace(TABLE, labels=np.zeros(3, int), classes=(), targets=np.array([0.5, -0.0, 2.0]))
    others = replace(regression, targets=np.array([0.5, 0.0, 2.5]))
    assert len({compute_content_hash(each) for each in (single, double, regression, others, TABLE)}) == 5
    targets = struct.pack("<3d", 0.5, 0.0, 2.0)
    header = header_of(classes=[], task="regression")
    coded = CODES[:12] + struct.pack("<3i", -1, -1, -1)
    assert compute_content_hash(regression) == hashlib.sha256(header + CELLS + coded + targets).hexdigest()
