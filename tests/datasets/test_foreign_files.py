"""Files that other tools wrote: what they store beside the data is neither a feature nor a value."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from albench.contracts import Table
from albench.datasets.files.arff import ArffFile
from albench.datasets.files.columns import encode_values
from albench.datasets.files.csv import CsvFile
from albench.datasets.files.libsvm import LibsvmFile
from albench.datasets.files.npz import NpzFile
from albench.datasets.files.parquet import ParquetFile
from albench.datasets.hashing import compute_content_hash
from albench.datasets.loading import load_table
from albench.errors import DatasetError

N = 40


def shuffled() -> pd.DataFrame:
    """Return noise and a target that is sorted by the index, out of order."""
    noise = np.random.default_rng(0).normal(size=N)
    return pd.DataFrame({"a": noise, "y": ["u"] * (N // 2) + ["v"] * (N // 2)}).sample(frac=1, random_state=0)


def write(file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8", newline="")


def read_csv(folder: Path, content: str, **settings) -> Table:
    write(folder / "t.csv", content)
    return CsvFile(**({"path": "t.csv", "target": "y"} | settings)).load(folder)


def read_arff(folder: Path, content: str, **settings) -> Table:
    write(folder / "t.arff", content)
    return ArffFile(path="t.arff", target="y", **settings).load(folder)


def test_an_index_that_pandas_stored_is_no_feature(tmp_path: Path):
    frame = shuffled()
    frame.to_parquet(tmp_path / "t.parquet")
    assert "__index_level_0__" in pl.read_parquet_schema(tmp_path / "t.parquet")
    table = ParquetFile(path="t.parquet", target="y").load(tmp_path)
    assert (table.numeric_names, table.categorical_names) == (("a",), ())
    assert table.warnings[0] == (
        "column '__index_level_0__' is an index that pandas stored, so it is no feature; if it is one, call "
        "reset_index() before saving"
    )
    frame.reset_index(drop=True).to_parquet(tmp_path / "p.parquet")
    plain = ParquetFile(path="p.parquet", target="y").load(tmp_path)
    assert compute_content_hash(plain) == compute_content_hash(table)


def test_an_index_with_a_name_with_two_levels_or_written_again_by_others(tmp_path: Path):
    frame = shuffled().rename_axis("patient")
    frame.to_parquet(tmp_path / "named.parquet")
    levels = pd.MultiIndex.from_arrays([range(N), list(range(N))[::-1]], names=["site", None])
    shuffled().set_index(levels).to_parquet(tmp_path / "levels.parquet")
    shuffled().to_parquet(tmp_path / "t.parquet")
    pl.read_parquet(tmp_path / "t.parquet").write_parquet(tmp_path / "again.parquet")
    pl.read_parquet(tmp_path / "t.parquet").write_csv(tmp_path / "again.csv")
    sources = [ParquetFile(path=f"{stem}.parquet", target="y") for stem in ("named", "levels", "again")]
    for source in (*sources, CsvFile(path="again.csv", target="y")):
        assert source.load(tmp_path).numeric_names == ("a",)
    declared = ParquetFile(path="named.parquet", target="y", id="patient").load(tmp_path)
    assert (declared.numeric_names, declared.warnings) == (("a",), ())


def test_an_index_can_be_the_target(tmp_path: Path):
    shuffled().set_index("y").to_parquet(tmp_path / "t.parquet")
    table = ParquetFile(path="t.parquet", target="y").load(tmp_path)
    assert (table.numeric_names, table.classes) == (("a",), ("u", "v"))


@pytest.mark.parametrize("name", ["Unnamed: 0", "...1", "Unnamed: 0.1"])
def test_a_column_without_a_name_that_counts_rows_is_asked_about(name: str, tmp_path: Path):
    frame = shuffled().reset_index(names=name)
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    for source in (CsvFile, ParquetFile):
        path = "t.csv" if source is CsvFile else "t.parquet"
        with pytest.raises(
            DatasetError, match=r"may count rows: if it does, declare drop: \['(Unnamed|\.\.\.)"
        ):
            source(path=path, target="y").load(tmp_path)
        assert source(path=path, target="y", drop=name).load(tmp_path).numeric_names == ("a",)


def test_a_first_column_that_counts_rows_twice_is_asked_about(tmp_path: Path):
    frame = pd.concat([shuffled(), shuffled()]).reset_index(names="Unnamed: 0")
    frame.to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(DatasetError, match="may count rows"):
        CsvFile(path="t.csv", target="y").load(tmp_path)
    frame.assign(**{"Unnamed: 0": np.linspace(0, 0.5, len(frame))}).to_csv(tmp_path / "t.csv", index=False)
    assert CsvFile(path="t.csv", target="y").load(tmp_path).n_features == 2


@pytest.mark.parametrize(
    ("name", "numbers", "n_warnings"),
    [
        ("index", range(N), 1),
        ("customer_id", range(3, 3 + 7 * N, 7), 1),
        ("PatientID", range(3, 3 + 7 * N, 7), 1),
        ("anything", [*range(10, N), *range(10)], 1),
        ("year", range(N), 0),
        ("grid", range(3, 3 + 7 * N, 7), 0),
        ("id", [1] * N, 0),
    ],
)
def test_numbers_that_count_or_name_rows_are_spoken_of(name: str, numbers, n_warnings: int, tmp_path: Path):
    noise = np.random.default_rng(0).normal(size=N)
    frame = pl.DataFrame({name: list(numbers), "a": noise, "y": ["u", "v"] * (N // 2)})
    frame.write_csv(tmp_path / "t.csv")
    warnings = CsvFile(path="t.csv", target="y").load(tmp_path).warnings
    assert sum("declare it in drop or id unless it is a feature" in text for text in warnings) == n_warnings


def test_categories_of_numbers_are_categories(tmp_path: Path):
    codes = [10115, 20095, 10115, 3, 3, 20095]
    frame = pd.DataFrame({"a": range(6), "code": pd.Categorical(codes), "y": list("uvuvuv")})
    frame.to_parquet(tmp_path / "pandas.parquet")
    arrow = pa.table({"a": list(range(6)), "code": pa.array(codes).dictionary_encode(), "y": list("uvuvuv")})
    pq.write_table(arrow, tmp_path / "arrow.parquet")
    frame.astype({"code": int}).to_csv(tmp_path / "t.csv", index=False)
    wanted = CsvFile(path="t.csv", target="y", categorical="code").load(tmp_path)
    for name in ("pandas.parquet", "arrow.parquet"):
        table = ParquetFile(path=name, target="y").load(tmp_path)
        assert table.categories == (("10115", "20095", "3"),)
        assert compute_content_hash(table) == compute_content_hash(wanted)


def test_types_that_only_polars_has_are_read_as_before(tmp_path: Path):
    numbers = pl.Series([1, 2, 3], dtype=pl.Int128)
    frame = pl.DataFrame({"n": numbers, "c": pl.Series(list("aba"), dtype=pl.Categorical), "y": list("uvu")})
    frame.write_parquet(tmp_path / "t.parquet")
    table = ParquetFile(path="t.parquet", target="y").load(tmp_path)
    assert (table.numeric_names, table.categorical_names) == (("n",), ("c",))


def test_metadata_that_are_damaged_are_an_error(tmp_path: Path):
    frame = pl.DataFrame({"a": [1, 2], "y": ["u", "v"]})
    for text in ("{", "[]", '{"columns": 3}', "[" * 100_000):
        frame.write_parquet(tmp_path / "t.parquet", metadata={"pandas": text})
        with pytest.raises(DatasetError, match=r"^t\.parquet: what the file says of its columns .* damaged"):
            ParquetFile(path="t.parquet", target="y").load(tmp_path)


INCHES = '1,"a 7" plate",u\n2,b,v\n3,"a 9" plate",u\n4,c,v\n5,"d, d",u\n6,e,v\n'


@pytest.mark.parametrize("content", [INCHES, INCHES.replace('7"', '7\\"').replace('9"', '9\\"')])
def test_a_quote_that_is_not_doubled_swallows_no_row(content: str, tmp_path: Path):
    rows = list(csv.reader(io.StringIO(content)))
    assert len(rows) == 6
    table = read_csv(tmp_path, "a,t,y\n" + content, text="t")
    assert_array_equal(table.numeric[:, 0], [1, 2, 3, 4, 5, 6])
    assert table.text == (tuple(row[1] for row in rows),)
    assert [table.classes[code] for code in table.labels] == [row[2] for row in rows]
    assert table.warnings[0].startswith("lines 2, 4: the quote within a cell is not doubled")


@pytest.mark.parametrize("cell", ['5" disc', '5" disc and 6" disc', '5"', '5""'])
def test_a_lone_inch_mark_is_a_character(cell: str, tmp_path: Path):
    table = read_csv(tmp_path, f'a,t,y\n1,{cell},u\n2,"x, y",v\n3,7" disc,v\n', text="t")
    assert table.text == ((cell, "x, y", '7" disc'),)


def test_a_quote_that_may_have_swallowed_rows_is_named_by_its_line(tmp_path: Path):
    for content in (
        '1,"5 disc,u\n2,b,v\n3,"6" disc,u\n4,c,v\n',
        '1,a,u\n2,"5 disc,v\n3,"6 disc,u\n4,c,v\n',
        '1,a,u\n2,b,v\n3,"6 disc,u\n4,c,v\n',
        '1,a,u\n2,b,v\n3,"6 disc,u',
    ):
        line = 2 + [row[2] == '"' for row in content.splitlines()].index(True)
        with pytest.raises(
            DatasetError, match=rf"^t\.csv: line {line}: the cell that a quote opens does not"
        ):
            read_csv(tmp_path, "a,t,y\n" + content, text="t")
        table = read_csv(tmp_path, "a,t,y\n" + content, text="t", quote="")
        assert table.n_rows == len(content.splitlines())


def test_ditto_marks_that_hold_rows_together_are_spoken_of(tmp_path: Path):
    content = 'a,t,y\n1,x,u\n2,",v\n3,",u\n4,z,v\n'
    (warning,) = [text for text in read_csv(tmp_path, content, text="t").warnings if "hold together" in text]
    assert warning.endswith(
        "1 cell of several lines could be rows that quotes hold together: if quotes are no marks "
        "here, declare quote: ''"
    )
    assert read_csv(tmp_path, content, text="t", quote="").n_rows == 4
    letters = read_csv(tmp_path, 'a,t,y\n1,"Dear Ann,\nyours",u\n2,"b\nc",v\n', text="t")
    assert not [text for text in letters.warnings if "hold together" in text]


def test_a_column_without_a_name_in_a_file_with_odd_quotes_can_be_dropped(tmp_path: Path):
    content = ',a,t,y\n0,1,"a 7" plate",u\n1,2,b,v\n'
    assert read_csv(tmp_path, content, text="t", drop="").numeric_names == ("a",)


def test_lines_of_old_macs_and_cells_beyond_the_limit_of_the_csv_module(tmp_path: Path):
    assert read_csv(tmp_path, "a,t,y\r1,b,u\r2,c,v\r").n_rows == 2
    long = "x" * (csv.field_size_limit() + 1)
    table = read_csv(tmp_path, f'a,t,y\n1,"{long}",u\n2,"a 7" disc",v\n', text="t")
    assert [len(text) for text in table.text[0]] == [len(long), 9]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.text(st.sampled_from('ab" \\'), max_size=5),
            st.text(st.sampled_from('ab" \\'), max_size=5),
            st.booleans(),
        ),
        min_size=2,
        max_size=8,
    )
)
def test_quotes_anywhere_are_read_as_the_csv_module_reads_them_or_refused(rows: list, tmp_path: Path):
    lines = [f"k{i},{f'{chr(34)}{s}{chr(34)}' if q else s},x{t},{i % 2}" for i, (s, t, q) in enumerate(rows)]
    content = "a,s,t,y\n" + "\n".join(lines) + "\n"
    wanted = list(csv.reader(io.StringIO(content, newline="")))[1:]
    try:
        table = read_csv(tmp_path, content, text=["s", "t"], drop="a")
    except DatasetError:
        assert any("\n" in cell for row in wanted for cell in row) or any(len(row) != 4 for row in wanted)
        return
    assert len(wanted) == table.n_rows == len(rows)
    assert table.text == (tuple(row[1] for row in wanted), tuple(row[2] for row in wanted))


HEAD = "% of ours\n@relation r % a name\n@attribute 'a % b' real % cm\n@attribute s string\n"


def test_comments_of_arff_end_declarations_and_rows(tmp_path: Path):
    table = read_arff(
        tmp_path,
        HEAD + "@attribute y {no,yes} % the {answer}\n@data % below\n1.2,'5 % x',yes % checked, it's\n"
        "% between\n2,50%,no\t% no\n?,it's,'yes' % 'x\n",
        text="s",
    )
    assert table.classes == ("no", "yes")
    assert_array_equal(table.labels, [1, 0, 1])
    assert table.text == (("5 % x", "50%", "it's"),)
    assert_array_equal(table.numeric, [[1.2], [2], [np.nan]])


def test_comments_of_sparse_arff(tmp_path: Path):
    head = "@attribute a real\n@attribute y {no,yes} % which\n@data\n"
    table = read_arff(tmp_path, head + "% first\n{0 1.5, 1 yes} % checked\n{0 2} % and so\n")
    assert_array_equal(table.sparse.toarray(), [[1.5], [2]])
    assert_array_equal(table.labels, [1, 0])
    with pytest.raises(DatasetError, match=r"^t\.arff: line 5: index 0 comes twice"):
        read_arff(tmp_path, head + "{0 1}\n{0 1, 0 2, 1 yes}\n")


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\x0c", "\x0b", "\x1c"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_only_ends_of_lines_end_lines_of_arff(mark: str, ending: str, tmp_path: Path):
    rows = [HEAD.replace("\n", ending) + "@attribute y {no,yes}", "@data", f"1,'b{mark}c',yes", "2,d,no", ""]
    table = read_arff(tmp_path, ending.join(rows), text="s")
    assert table.text == ((f"b{mark}c", "d"),)


@pytest.mark.parametrize("value", ["1e300", "-1e300", "1.7e308"])
def test_numbers_that_cannot_be_standardised_are_named_with_their_line(value: str, tmp_path: Path):
    write(tmp_path / "t.csv", f"a,b,y\n1,2,u\n2,{value},v\n3,{value},u\n4,4,v\n")
    with pytest.raises(
        DatasetError, match=r"^t\.csv: column 'b', line 3: the value is too large \(-?1\.?7?e"
    ):
        load_table(CsvFile(path="t.csv", target="y"), tmp_path)
    write(tmp_path / "t.csv", f"a,b,y\n1,2,u\n2,{value},v\n3,inf,u\n4,4,v\n")
    with pytest.raises(DatasetError, match=r"column 'b', line 4: the value is infinite"):
        load_table(CsvFile(path="t.csv", target="y"), tmp_path)


@pytest.mark.parametrize(
    ("cells", "advice"),
    [
        (
            ["1,200", "9,590", "3,400"],
            "if it parts thousands, write 1200 for 1,200; if it is a decimal comma",
        ),
        (["1,200,000", "2,000", "950"], "if it parts thousands, write 1200000 for 1,200,000"),
        (["1,25", "9,590", "2"], "read as names: declare decimal: ','"),
        (["0,250", "0,125"], "read as names: declare decimal: ','"),
    ],
)
def test_commas_between_thousands_are_not_called_decimal(cells: list, advice: str, tmp_path: Path):
    rows = "".join(f"{cell};{kind}\n" for cell in cells for kind in "uv")
    warnings = read_csv(tmp_path, "p;y\n" + rows, separator=";").warnings
    assert [advice in text for text in warnings if "comma" in text] == [True]


@pytest.mark.parametrize("cell", ["1,200", "1 200", "1'200", "1,200.50", "-1,200,000"])
def test_a_few_numbers_with_thousands_are_not_called_missing(cell: str, tmp_path: Path):
    with pytest.raises(DatasetError, match="write numbers without marks between thousands") as caught:
        read_csv(tmp_path, f"p;y\n900;u\n{cell};v\n800;u\n700;v\n", separator=";")
    assert "missing" not in str(caught.value)


@pytest.mark.parametrize(
    ("classes", "mark"),
    [
        (("-1", "0", "1"), "-1"),
        (("-1", "0", "1", "2"), "-1"),
        (("no", "Unlabeled", "yes"), "Unlabeled"),
        (("-1", "1"), None),
        (("-2", "-1", "0"), None),
        (("-1", "a", "b"), None),
        (("no", "yes"), None),
    ],
)
def test_marks_for_no_label_are_spoken_of(classes: tuple, mark: str | None, tmp_path: Path):
    rows = "".join(f"{i}.5,{classes[i % len(classes)]}\n" for i in range(24))
    warnings = read_csv(tmp_path, "a,y\n" + rows).warnings
    named = [text for text in warnings if "a mark for rows without a label" in text]
    assert [text.split("'")[1] for text in named] == ([mark] if mark else [])


def test_codes_that_are_read_as_numbers_are_spoken_of(tmp_path: Path):
    content = "zip,a,hour,y\n01067,0.5,8,u\n10115,0,9,v\n,1,0,u\n20095,00,7,v\n"
    (warning,) = [text for text in read_csv(tmp_path, content).warnings if "leading zeros" in text]
    assert warning == (
        "columns 'zip' and 'a': codes with leading zeros are read as numbers: declare categorical: ['zip', 'a'] "
        "unless they are numbers"
    )
    table = read_csv(tmp_path, content, categorical="zip", drop="a")
    assert table.categories == (("01067", "10115", "20095"),)
    assert not [text for text in table.warnings if "leading zeros" in text]


def test_classes_that_are_spelled_in_two_ways_are_spoken_of(tmp_path: Path):
    rows = "".join(f"{i}.5,{('Yes', 'yes', 'no', 'no ')[i % 4]}\n" for i in range(24))
    warnings = read_csv(tmp_path, "a,y\n" + rows).warnings
    assert [text for text in warnings if "spell" in text] == [
        "classes 'Yes', 'yes' differ in capitals and blanks alone: if they are one, spell it alike"
    ]


def test_a_mark_for_excel_is_no_header(tmp_path: Path):
    for separator in ",;":
        with pytest.raises(DatasetError, match=r"the first line is a mark for Excel \(sep=\): delete it"):
            read_csv(tmp_path, "sep=;\na;y\n1;u\n2;v\n", separator=separator)


def test_all_lines_of_libsvm_that_are_none_are_told(tmp_path: Path):
    write(tmp_path / "t.libsvm", "1 1:2\n2 two:3\n1 1:3\n2 x\n")
    with pytest.raises(DatasetError) as caught:
        LibsvmFile(path="t.libsvm").load(tmp_path)
    assert str(caught.value) == "t.libsvm: lines 2, 4: '2 two:3' is not 'label index:value ...'"


CELLS = [
    "a",
    " a",
    "b ",
    "1",
    "1.0",
    "01",
    "true",
    "True",
    "NA",
    " NA",
    "?",
    "",
    None,
    "x\u2028",
    "\x1cq",
    "q",
    "\u3000q",
]


@given(pool=st.lists(st.sampled_from(CELLS), min_size=1, max_size=6))
def test_few_rows_are_encoded_as_many_are(pool: list):
    few = encode_values(pl.Series(pool, dtype=pl.String), ("", "?", "NA"))
    many = encode_values(pl.Series(pool * 1001, dtype=pl.String), ("", "?", "NA"))
    assert few.names == many.names
    assert_array_equal(np.tile(few.codes, 1001), many.codes)


@pytest.mark.parametrize("source", [CsvFile(path="t.csv", target="y"), NpzFile(path="t.npz")])
def test_numbers_beyond_single_precision_are_told_so(source, tmp_path: Path):
    write(tmp_path / "t.csv", "a,b,y\n1,2,u\n2,1e39,v\n3,4,u\n4,4,v\n")
    features = np.array([[1.0, 2], [2, 1e39], [3, 4], [4, 4]])
    np.savez(tmp_path / "t.npz", X=features, y=np.array([0, 1, 0, 1]))
    assert source.load(tmp_path).n_rows == 4
    with pytest.raises(DatasetError, match=r"the value is infinite \(inf\), or beyond single precision"):
        source.model_copy(update={"precision": "single"}).load(tmp_path)


def test_a_few_numbers_with_a_decimal_comma_are_advised_what_reads_them(tmp_path: Path):
    content = "p;y\n9;u\n1,5;v\n8;u\n7;v\n"
    with pytest.raises(DatasetError, match=r"declare categorical: \['p'\], or decimal: ',' if commas"):
        read_csv(tmp_path, content, separator=";")
    assert_array_equal(read_csv(tmp_path, content, separator=";", decimal=",").numeric[:, 0], [9, 1.5, 8, 7])
