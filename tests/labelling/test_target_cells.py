"""Labels in the cells of a file: a reader of CSV finds them, and every other character stays."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albench.api import load_experiment
from albench.errors import DatasetError
from albench.labelling.project import open_project
from albench.labelling.target_cells import fill_cells, write_labels

CELLS = st.text(alphabet='ab"\n, é', max_size=4)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=2, max_size=5),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.integers(0, 2),
    st.booleans(),
)
def test_a_reader_finds_the_new_cells_and_all_others(rows, end, quoting, column, is_open_ended):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end, quoting=quoting).writerows(rows)
    before = text.getvalue().removesuffix(end) if is_open_ended else text.getvalue()
    after = fill_cells(before, column, {0: '"new, one"'})
    expected = [list(row) for row in rows]
    expected[1][column] = "new, one"
    assert list(csv.reader(io.StringIO(after, newline=""))) == expected
    assert fill_cells(before, column, {}) == before


def test_blank_lines_are_no_rows():
    text = "x,y\n\n1,\n\n\n2,\n"
    assert fill_cells(text, 1, {0: "a", 1: "b"}) == "x,y\n\n1,a\n\n\n2,b\n"
    assert fill_cells("y,x\n\n,1\n\n,2\n", 0, {1: "b"}) == "y,x\n\n,1\n\nb,2\n"


def test_cells_of_other_separators_and_without_quotes():
    assert fill_cells("x;y\n1;", 1, {0: "a"}, separator=";") == "x;y\n1;a"
    assert fill_cells('x\ty\n"1\t\n', 1, {0: "a"}, separator="\t", quote_mark="") == 'x\ty\n"1\ta\n'


SPEC = """
datasets: {{{kind}: {{path: {path}, target: y, unlabelled: keep{more}}}}}
models: gaussian_nb
strategies: [random, margin]
seed_sizes: 4
batch_sizes: 2
budgets: 8
"""


def open_file(folder, path, kind, more=""):
    spec = folder / "my.yaml"
    spec.write_text(SPEC.format(kind=kind, path=path, more=more), encoding="utf-8")
    return open_project(load_experiment(spec)).data


def test_encodings_byte_order_marks_and_rights_stay(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes("\ufeffx;y\r\n1,5;größer\r\n2,5;\r\n3;kleiner\r\n".encode())
    file.chmod(0o640)
    write_labels(open_file(tmp_path, "a.csv", "csv", ', separator: ";", decimal: ","'), {"2": "größer"})
    assert file.read_bytes() == "\ufeffx;y\r\n1,5;größer\r\n2,5;größer\r\n3;kleiner\r\n".encode()
    assert file.stat().st_mode & 0o777 == 0o640
    file.write_bytes("x,y\n1,größer\n2,\n3,kleiner\n".encode("latin-1"))
    write_labels(open_file(tmp_path, "a.csv", "csv", ", encoding: latin-1"), {"2": "größer"})
    assert file.read_bytes() == "x,y\n1,größer\n2,größer\n3,kleiner\n".encode("latin-1")


def test_labels_are_written_as_the_file_writes_them(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("x,y\n1,1.0\n2,2.0\n3,\n4,2.0\n", encoding="utf-8")
    data = open_file(tmp_path, "a.csv", "csv")
    assert data.read_class(" 1 ") == data.read_class("1.00") == "1"
    write_labels(data, {"3": "1"})
    assert file.read_text(encoding="utf-8") == "x,y\n1,1.0\n2,2.0\n3,1.0\n4,2.0\n"


@pytest.mark.parametrize(
    ("values", "dtype", "label", "cell"),
    [
        ([0, 1, None, 1], pl.Int8, "0", 0),
        (["a", "b", None, "b"], pl.Categorical, "a", "a"),
        ([True, False, None, True], pl.Boolean, "true", True),
    ],
)
def test_parquet_keeps_its_types(tmp_path, values, dtype, label, cell):
    file = tmp_path / "a.parquet"
    frame = pl.DataFrame({"x": [1.5, 2.5, 3.5, 4.5], "y": pl.Series(values, dtype=dtype)})
    frame.write_parquet(file, metadata={"mine": "kept"})
    write_labels(open_file(tmp_path, "a.parquet", "parquet"), {"3": label})
    after = pl.read_parquet(file)
    assert after.schema == frame.schema
    assert after["y"].to_list() == [*values[:2], cell, values[3]]
    assert after["x"].equals(frame["x"])
    assert pl.read_parquet_metadata(file)["mine"] == "kept"


def test_a_file_that_lost_rows_meanwhile_is_left_alone(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("x,y\n1,a\n2,b\n3,\n4,\n", encoding="utf-8")
    data = open_file(tmp_path, "a.csv", "csv")
    file.write_text("x,y\n1,a\n2,b\n3,\n", encoding="utf-8")
    for key in ("3", "4"):
        with pytest.raises(DatasetError, match="it was changed meanwhile"):
            write_labels(data, {key: "a"})
    assert file.read_text(encoding="utf-8") == "x,y\n1,a\n2,b\n3,\n"
