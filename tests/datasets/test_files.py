"""What a file says is what the table holds."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from albench.datasets.files.csv import CsvFile
from albench.datasets.files.parquet import ParquetFile
from albench.errors import DatasetError


def test_a_csv_with_every_kind_of_column(files: Path):
    table = CsvFile(path="plants.csv", target="kind", drop=("id",), categorical=("zone",)).load(files)
    assert table.numeric_names == ("height", "leaves")
    assert_array_equal(table.numeric, [[1.5, 3], [2.25, 4], [np.nan, 5], [12, np.nan], [0, 9], [0.5, 10]])
    assert table.categorical_names == ("colour", "evergreen", "zone")
    assert table.categories == (("blue", "green", "red"), ("false", "true"), ("1", "2", "3"))
    assert_array_equal(
        table.categorical, [[1, 1, 0], [2, 0, 1], [1, 1, 0], [-1, 1, 2], [0, 0, 2], [2, -1, 1]]
    )
    assert table.classes == ("herb", "shrub", "tree")
    assert_array_equal(table.labels, [1, 1, 2, 2, 0, 0])


def test_byte_order_mark_windows_lines_blank_lines_and_blanks_around_cells(files: Path):
    source = CsvFile(path="windows.csv", target="kind")
    assert source.header(files) == ("a", "b", "kind")
    table = source.load(files)
    assert_array_equal(table.numeric, [[1, 2], [3, 4], [5, np.nan], [6, 7]])
    assert table.classes == ("x", "y")
    assert_array_equal(table.labels, [0, 1, 0, 1])


def test_a_separator_can_be_declared(files: Path):
    table = CsvFile(path="semicolons.csv", target="kind", separator=";").load(files)
    assert_array_equal(table.numeric, [[1, 2], [3, 4]])


def test_a_column_without_a_name_can_be_dropped(files: Path):
    table = CsvFile(path="row_numbers.csv", target="kind", drop=("",)).load(files)
    assert table.numeric_names == ("a",)


def test_what_the_message_about_text_among_numbers_advises_works(files: Path):
    source = CsvFile(path="text_among_numbers.csv", target="kind", drop=("name",))
    named = source.model_copy(update={"categorical": ("age",)}).load(files)
    assert named.categories == (("27", "31", "42", "forty", "many"),)
    gaps = source.model_copy(update={"missing": ("forty", "many")}).load(files)
    assert_array_equal(gaps.numeric[:, 0], [31, 42, np.nan, np.nan, 27])


def test_missing_texts_are_those_declared(tmp_path: Path):
    (tmp_path / "t.csv").write_text("a,b,kind\n-999,u,x\n1,NA,y\n2,-999,x\n")
    table = CsvFile(path="t.csv", target="kind", missing=("-999",)).load(tmp_path)
    assert_array_equal(table.numeric[:, 0], [np.nan, 1, 2])
    assert table.categories == (("NA", "u"),)
    assert_array_equal(table.categorical[:, 0], [1, 0, -1])


@pytest.mark.parametrize(
    ("cells", "classes"),
    [
        (["1", "0", "1"], ("0", "1")),
        (["1.0", "0.0", "1.0"], ("0", "1")),
        (["1", "-2e0", "1.0"], ("-2", "1")),
        (["0.50", "1", "1.5"], ("0.5", "1", "1.5")),
        (["01", "1", "01"], ("01", "1")),
        (["1", "x", "1.0"], ("1", "1.0", "x")),
        (["True", "FALSE", "true"], ("false", "true")),
        (["10", "9", "2"], ("10", "2", "9")),
        (["é", "z", "Z"], ("Z", "z", "é")),
    ],
)
def test_classes_are_named_and_ordered_by_their_values(
    cells: list[str], classes: tuple[str, ...], tmp_path: Path
):
    (tmp_path / "t.csv").write_text(
        "a,kind\n" + "".join(f"{i},{cell}\n" for i, cell in enumerate(cells)), "utf-8"
    )
    assert CsvFile(path="t.csv", target="kind").load(tmp_path).classes == classes


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        (pl.Series([1, 0, 1]), ("0", "1")),
        (pl.Series([1.0, 0.0, 1.0]), ("0", "1")),
        (pl.Series([1.0, -0.0, 0.0]), ("0", "1")),
        (pl.Series([True, False, True]), ("false", "true")),
        (pl.Series(["b", "a", "b"], dtype=pl.Categorical), ("a", "b")),
        (pl.Series(["b", "a", "b"], dtype=pl.Enum(["b", "a"])), ("a", "b")),
        (pl.Series([0.5, 1, 2], dtype=pl.Float32), ("0.5", "1", "2")),
        (pl.Series(["1.0", "2.0", "1.0"]), ("1", "2")),
        (pl.Series([2**60, 1, 2**60 + 1]), ("1", str(2**60), str(2**60 + 1))),
    ],
)
def test_class_names_of_parquet_types(values: pl.Series, classes: tuple[str, ...], tmp_path: Path):
    pl.DataFrame({"a": [1, 2, 3], "kind": values}).write_parquet(tmp_path / "t.parquet")
    table = ParquetFile(path="t.parquet", target="kind").load(tmp_path)
    assert table.classes == classes


def test_parquet_types_say_what_is_a_number(tmp_path: Path):
    frame = pl.DataFrame(
        {
            "f": [1.5, None, float("nan")],
            "i": pl.Series([1, 2, None], dtype=pl.Int8),
            "d": pl.Series(["1.25", "2.5", None]).cast(pl.Decimal(10, 2)),
            "s": ["1", "2", None],
            "t": [" u ", "?", "v"],
            "b": [True, None, False],
            "z": [3.0, float("nan"), 3.0],
            "kind": ["x", "y", "x"],
        }
    )
    frame.write_parquet(tmp_path / "t.parquet")
    source = ParquetFile(path="t.parquet", target="kind", categorical=("z",))
    assert source.header(tmp_path) == tuple(frame.columns)
    table = source.load(tmp_path)
    assert table.numeric_names == ("f", "i", "d")
    assert_array_equal(table.numeric, [[1.5, 1, 1.25], [np.nan, 2, 2.5], [np.nan, np.nan, np.nan]])
    assert table.categorical_names == ("s", "t", "b", "z")
    assert table.categories == (("1", "2"), ("u", "v"), ("false", "true"), ("3",))
    assert_array_equal(table.categorical, [[0, 0, 1, 0], [1, -1, -1, -1], [-1, 1, 0, 0]])


def test_a_dataset_is_labelled_by_its_file(tmp_path: Path):
    source = CsvFile(path="data/my plants.csv", target="kind")
    assert source.files(tmp_path) == ((tmp_path / "data/my plants.csv").resolve(),)
    assert source.default_label() == "my plants"
    assert CsvFile(path="/abs/x.csv", target="kind").files(tmp_path) == (Path("/abs/x.csv"),)


def test_names_that_look_like_patterns_are_names(tmp_path: Path):
    for name in ("a[1].csv", "b*.csv"):
        (tmp_path / name).write_text("a,kind\n1,x\n2,y\n")
        assert CsvFile(path=name, target="kind").load(tmp_path).n_rows == 2
    for name in ("c[1].parquet", "d*.parquet"):
        pl.DataFrame({"a": [1, 2], "kind": ["x", "y"]}).write_parquet(tmp_path / name)
        source = ParquetFile(path=name, target="kind")
        assert source.header(tmp_path) == ("a", "kind")
        assert source.load(tmp_path).n_rows == 2


def test_blank_lines_before_the_header(tmp_path: Path):
    (tmp_path / "t.csv").write_text("\n\na,kind\n1,x\n\n2,y\n3,\n")
    source = CsvFile(path="t.csv", target="kind")
    assert source.header(tmp_path) == ("a", "kind")
    with pytest.raises(DatasetError, match=r"column 'kind', line 7: no target value \(1 of 3 rows\)"):
        source.load(tmp_path)
    (tmp_path / "t.csv").write_text("\n\na,kind\n1,x\n\n2,y\n")
    assert_array_equal(source.load(tmp_path).numeric, [[1], [2]])


cells = st.one_of(
    st.floats(allow_infinity=False, allow_nan=False).map(repr),
    st.integers(-(10**6), 10**6).map(str),
    st.just(""),
)
texts = st.text(st.sampled_from('ab",\n é'), min_size=0, max_size=6)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(cells, texts, cells), min_size=4, max_size=12),
    blanks=st.lists(st.integers(0, 12), max_size=4),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_any_csv_reads_as_the_csv_module_reads_it(rows: list, blanks: list, ending: str, tmp_path: Path):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=ending)
    writer.writerow(["n", "t", "kind", "m"])
    for index, (number, text, last) in enumerate(rows):
        out.write(ending * blanks.count(index))
        writer.writerow([number, "t" + text, "xy"[index % 2], last])
    (tmp_path / "t.csv").write_bytes(out.getvalue().encode())
    source = CsvFile(path="t.csv", target="kind")
    table = source.load(tmp_path)
    wanted = [[float(cell or "nan") for cell in (row[0], row[2])] for row in rows]
    assert_array_equal(table.numeric, wanted)
    assert [table.categories[0][code] for code in table.categorical[:, 0]] == [
        ("t" + row[1]).strip() for row in rows
    ]
    assert not any(math.isinf(value) for row in wanted for value in row)


def test_reading_a_header_does_not_import_polars(files: Path):
    import subprocess
    import sys

    code = (
        "import sys; from pathlib import Path; from albench.datasets.files.csv import CsvFile; "
        "CsvFile(path='plants.csv', target='kind').header(Path(sys.argv[1])); "
        "print(sorted({'polars', 'sklearn', 'scipy', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(files)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
