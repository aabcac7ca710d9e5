"""What is odd but usable is said, not refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import albench
from albench.contracts import Table
from albench.datasets.checks import check_table
from albench.datasets.files.csv import CsvFile
from albench.datasets.where import Where
from albench.spec.read import load_experiment_text


@pytest.mark.parametrize(
    ("stem", "warnings"),
    [
        (
            "lone_class",
            ("class 'rare' has one row: it is learnt or scored, never both", "1 constant column: 'b'"),
        ),
        (
            "repeated_rows",
            (
                "class 'y' has one row: it is learnt or scored, never both",
                "25.0% of the rows repeat an earlier row",
            ),
        ),
        ("identifiers", ("column 'code' has 30 categories in 30 rows: drop it if it names rows",)),
        ("windows", ()),
    ],
)
def test_warnings_of_a_file(stem: str, warnings: tuple[str, ...], files: Path):
    assert CsvFile(path=f"{stem}.csv", target="kind").load(files).warnings == warnings


@pytest.mark.parametrize(
    ("cells", "remark"),
    [
        (
            "1,5|-2,75|12,0",
            "column 'c' holds numbers with a decimal comma, read as names: declare decimal: ','",
        ),
        ("1,5|2,75|large", None),
        ("1.5,2|2.5,3|3.5,4", None),
    ],
)
def test_numbers_with_a_decimal_comma_are_not_taken_for_names_unsaid(cells, remark, tmp_path):
    rows = "".join(f"{cell};{'pq'[n % 2]}\n" for n, cell in enumerate(cells.split("|") * 4))
    (tmp_path / "own.csv").write_text(f"c;kind\n{rows}", encoding="utf-8")
    remarks = CsvFile(path="own.csv", target="kind", separator=";").load(tmp_path).warnings
    assert [text for text in remarks if "comma" in text] == ([remark] if remark else [])


@pytest.mark.parametrize(
    ("form", "n_dates", "is_said"),
    [("{2:02}.{1:02}.{0}", 24, True), ("{0}-{1:02}-{2:02} 08:30", 24, True), ("{1}/{2}/{0}", 8, False)],
)
def test_many_dates_are_not_taken_for_categories_unsaid(form, n_dates, is_said, tmp_path):
    dates = [form.format(2000 + n % n_dates, 1 + n % n_dates % 12, 1 + n % n_dates) for n in range(96)]
    rows = "".join(f"{date},{'pq'[n % 2]}\n" for n, date in enumerate(dates))
    (tmp_path / "own.csv").write_text(f"since,kind\n{rows}", encoding="utf-8")
    warnings = CsvFile(path="own.csv", target="kind").load(tmp_path).warnings
    message = f"holds {n_dates} dates, read as names: drop it, or write what matters of it as a number"
    assert any(message in warning for warning in warnings) == is_said


def test_a_column_of_sentences_may_be_text(tmp_path):
    rows = "".join(f"C{n:03},call me {n} times,{'pq'[n % 2]}\n" for n in range(30))
    (tmp_path / "own.csv").write_text(f"id,note,kind\n{rows}", encoding="utf-8")
    many = "has 30 categories in 30 rows: drop it if it names rows"
    assert CsvFile(path="own.csv", target="kind").load(tmp_path).warnings == (
        f"column 'id' {many}",
        f"column 'note' {many}, declare it as text if it holds sentences",
    )


@pytest.mark.parametrize(
    ("rare", "remarks"),
    [
        (3, ("class '0' has 92.5% of the rows: accuracy hardly sees the others, f1_macro does",)),
        (4, ()),
    ],
)
def test_a_class_of_more_than_nine_tenths_of_the_rows(rare, remarks):
    labels = (np.arange(40) < rare).astype(int)
    assert check_table(numbers(np.arange(40.0)[:, None], labels), Where("t")).warnings == remarks


@pytest.mark.parametrize(
    ("metric", "is_said"), [("accuracy", True), ("f1_macro", False), ("balanced_accuracy", False)]
)
def test_accuracy_is_warned_of_where_it_is_what_is_compared(metric, is_said, tmp_path):
    rows = "".join(f"{n * 7 % 41}.5,{'rare' if n % 20 == 0 else 'usual'}\n" for n in range(200))
    (tmp_path / "own.csv").write_text(f"size,kind\n{rows}", encoding="utf-8")
    spec = (
        "datasets: {csv: {path: own.csv, target: kind}}\nmodels: gaussian_nb\nstrategies: [random, margin]\n"
        f"budgets: 20\nrepeats: 2\nprimary_metric: {metric}\n"
    )
    forecast = albench.plan(load_experiment_text(spec, folder=tmp_path), results=tmp_path / "results")
    assert any("accuracy hardly sees the others" in text for text in forecast.warnings) == is_said


def numbers(values: np.ndarray, labels: np.ndarray) -> Table:
    classes = tuple(sorted(str(label) for label in np.unique(labels)))
    return Table(
        numeric=values,
        categorical=np.empty((len(values), 0), np.int32),
        numeric_names=tuple(f"c{i}" for i in range(values.shape[1])),
        categorical_names=(),
        categories=(),
        labels=labels,
        classes=classes,
    )


def test_repeats_count_from_five_percent_and_look_at_the_label():
    values = np.arange(100.0)[:, None]
    labels = np.arange(100) % 2
    values[:10] = values[10:20]
    values[5:10] += 0.5
    assert check_table(numbers(values, labels), Where("t")).warnings == ()
    values[5] = values[15]
    assert check_table(numbers(values, labels), Where("t")).warnings == (
        "6.0% of the rows repeat an earlier row",
    )
    other = labels.copy()
    other[:10] = 1 - other[:10]
    assert check_table(numbers(values, other), Where("t")).warnings == ()


def test_zero_of_either_sign_and_missing_values_are_equal_in_repeats():
    values = np.array([[0.0, np.nan], [-0.0, -np.nan], [1.0, 2.0], [3.0, 4.0]])
    warnings = check_table(numbers(values, np.array([0, 0, 1, 1])), Where("t")).warnings
    assert warnings == ("25.0% of the rows repeat an earlier row",)


def test_a_column_with_one_value_and_gaps_is_constant():
    values = np.array([[7.0, 1.0], [np.nan, 2.0], [7.0, 3.0], [7.0, 4.0]])
    assert check_table(numbers(values, np.array([0, 0, 1, 1])), Where("t")).warnings == (
        "1 constant column: 'c0'",
    )


def test_many_constant_columns_and_lone_classes_are_counted():
    values = np.column_stack([np.arange(9.0), *np.ones((7, 9))])
    warnings = check_table(numbers(values, np.array([0, 0, 0, 1, 2, 3, 4, 5, 6])), Where("t")).warnings
    assert warnings == (
        "6 classes have one row ('1', '2', '3', '4', '5', ...): each is learnt or scored, never both",
        "7 constant columns: 'c1', 'c2', 'c3', 'c4', 'c5', ...",
    )


def test_a_target_that_looks_like_a_number():
    labels = np.arange(30) % 21
    table = numbers(np.arange(30.0)[:, None], labels)
    table = Table(**{**vars(table), "classes": tuple(f"{i:02}" for i in range(21))})
    warnings = check_table(table, Where("t")).warnings
    assert warnings[-1] == "21 classes in 30 rows: is the target a number rather than a class?"


@pytest.mark.parametrize(
    ("classes", "says"),
    [
        (("-1", "0.5", "2"), True),
        (("-1", "0", "2"), False),
        (("0.5", "1", "high"), False),
    ],
)
@pytest.mark.parametrize("has_single", [True, False])
def test_fractions_of_which_one_has_one_row_look_like_a_number(classes, says, has_single):
    labels = np.array([0, 0, 0, 1, 1, 1, 2] + ([] if has_single else [2]))
    table = numbers(np.arange(float(len(labels)))[:, None], labels)
    warnings = check_table(Table(**{**vars(table), "classes": classes}), Where("t")).warnings
    message = f"3 classes in {len(labels)} rows: is the target a number rather than a class?"
    assert (message in warnings) is (says and has_single)


def test_checking_twice_says_nothing_twice(files: Path):
    table = CsvFile(path="lone_class.csv", target="kind").load(files)
    assert check_table(table, Where("again")).warnings == table.warnings
