"""Rows that a file declares: identifiers, test parts, patterns of files; the split that uses them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_array_equal

from albench import load_experiment, plan
from albench.datasets.facts import compute_dataset_hash
from albench.datasets.files.csv import CsvFile
from albench.datasets.files.parquet import ParquetFile
from albench.datasets.hashing import compute_content_hash
from albench.errors import DatasetError, SpecError
from albench.splits.declared import Declared
from albench.splits.division import divide


def test_identifiers_are_no_features_and_may_not_repeat(files: Path):
    table = CsvFile(path="ids.csv", target="kind", id=("site", "nr")).load(files)
    assert (table.numeric_names, table.categorical_names) == (("a",), ())
    with pytest.raises(DatasetError) as caught:
        CsvFile(path="ids_twice.csv", target="kind", id=("site", "nr")).load(files)
    assert str(caught.value) == (
        "ids_twice.csv: column 'site, nr', line 5: the id A, 2 is that of line 3 already (1 row repeats an id)"
    )


def test_a_column_that_says_which_part(files: Path):
    table = CsvFile(path="parts.csv", target="kind", split="part").load(files)
    assert table.numeric_names == ("a",)
    assert table.categorical_names == ()
    assert [(pool.tolist(), test.tolist()) for pool, test in table.divisions] == [([0, 2], [1, 3])]
    with pytest.raises(DatasetError, match="column 'c', line 2: 'u' is said where train, test or validation"):
        CsvFile(path="pool_part.csv", target="kind", split="c").load(files)


def test_a_test_file_is_the_test_part(files: Path):
    source = CsvFile(path="pool_part.csv", test_file="test_part.csv", target="kind")
    table = source.load(files)
    assert_array_equal(table.numeric[:, 0], [1, 2, 3, 4, 5])
    assert table.categories == (("u", "v", "w"),)
    assert_array_equal(table.labels, [0, 1, 1, 0, 1])
    division = divide(Declared(), table, dataset="x", split=0, validation=0, random_state=0)
    assert (division.pool.tolist(), division.test.tolist()) == ([0, 1, 2], [3, 4])
    with pytest.raises(DatasetError) as caught:
        source.model_copy(update={"test_file": "test_bad.csv"}).load(files)
    assert str(caught.value).startswith(
        "pool_part.csv: column 'a', test_bad.csv line 3: 'five' is not a number, but 4 cells of the column are"
    )


def test_what_a_dataset_declares_is_part_of_its_identity(files: Path):
    plain = CsvFile(path="parts.csv", target="kind", drop=("part",)).load(files)
    declared = CsvFile(path="parts.csv", target="kind", split="part").load(files)
    assert compute_content_hash(declared) == compute_content_hash(plain) == compute_dataset_hash(plain)
    assert compute_dataset_hash(declared) != compute_dataset_hash(plain)


SPEC = """
datasets:
- csv: {{path: {path}, target: kind{more}}}
models: [gaussian_nb]
strategies: [margin]
seed_sizes: 2
seed_sets: random
batch_sizes: 1
budgets: 3
repeats: {repeats}
split: {split}
"""


def spec(folder: Path, **settings) -> Path:
    file = folder / "spec.yaml"
    settings = {"more": "", "repeats": "{splits: 1, starts: 2}", "split": "declared", **settings}
    file.write_text(SPEC.format(**settings))
    return file


@pytest.fixture
def folder(tmp_path: Path, files: Path) -> Path:
    rows = "".join(f"{i},{'xy'[i % 2]},{'test' if i > 7 else 'train'}\n" for i in range(12))
    (tmp_path / "twelve.csv").write_text("a,kind,part\n" + rows)
    return tmp_path


def test_a_plan_with_the_declared_split(folder: Path):
    planned = plan(spec(folder, path="twelve.csv", more=", split: part"), results=folder)
    assert {trial.n_pool for trial in planned.plan.trials} == {8}
    assert planned.n_trials == 6
    assert not any("splits" in warning for warning in planned.warnings)


def test_a_declared_split_that_is_not_used_is_said_so(folder: Path):
    planned = plan(spec(folder, path="twelve.csv", more=", split: part", split="holdout"), results=folder)
    assert planned.warnings == ("twelve: its own splits are not used: 'split: declared' uses them",)


def test_a_split_that_is_not_there(folder: Path):
    with pytest.raises(
        DatasetError, match=r"^dataset 'twelve': it has no split of its own: give it a test_file"
    ):
        plan(spec(folder, path="twelve.csv"), results=folder)
    file = spec(folder, path="twelve.csv", more=", split: part", repeats=10)
    with pytest.raises(
        DatasetError, match=r"^dataset 'twelve': it has 1 split of its own, and split 2 is asked for"
    ):
        plan(file, results=folder)


def test_a_regression_set_cannot_be_planned_yet(folder: Path):
    (folder / "prices.csv").write_text("a,kind\n1,2.5\n2,3.5\n3,1\n")
    file = spec(folder, path="prices.csv", more=", task: regression", split="holdout")
    with pytest.raises((DatasetError, SpecError), match="prices"):
        plan(file, results=folder)


def test_a_pattern_is_many_datasets(files: Path, folder: Path):
    for name in ("one", "two"):
        (folder / f"{name}.csv").write_bytes((files / "many" / f"{name}.csv").read_bytes())
    (folder / "twelve.csv").unlink()
    experiment = load_experiment(spec(folder, path='"*.csv"', split="holdout"))
    assert [(entry.label, entry.component.path) for entry in experiment.datasets] == [
        ("one", "one.csv"),
        ("two", "two.csv"),
    ]
    with pytest.raises(SpecError, match=r"the file '\*\.tsv' is not there"):
        load_experiment(spec(folder, path='"*.tsv"', split="holdout"))


def test_a_column_that_one_of_many_files_lacks(files: Path, folder: Path):
    (folder / "one.csv").write_text("a,kind\n1,x\n2,y\n")
    (folder / "other.csv").write_text("a,sort\n1,x\n2,y\n")
    with pytest.raises(SpecError, match="has no column 'kind'"):
        load_experiment(spec(folder, path='"o*.csv"', split="holdout"))


def test_rows_stay_as_declared_even_where_classes_are_missing_in_a_part(tmp_path: Path):
    (tmp_path / "t.csv").write_text("a,kind,part\n1,x,train\n2,x,train\n3,y,test\n4,x,train\n")
    table = CsvFile(path="t.csv", target="kind", split="part").load(tmp_path)
    division = divide(Declared(max_pool=2), table, dataset="d", split=0, validation=0, random_state=0)
    assert np.isin(division.pool, [0, 1, 3]).all()
    assert (division.pool.size, division.test.tolist()) == (2, [2])


def test_splits_of_different_sizes_are_labelled_up_to_the_smallest_pool(files: Path, tmp_path: Path):
    (tmp_path / "folds.py").write_bytes((files / "folds.py").read_bytes())
    text = SPEC.replace("- csv: {{path: {path}, target: kind{more}}}", "- ./folds.py:Folds")
    file = tmp_path / "spec.yaml"
    file.write_text(
        text.format(repeats="{splits: 2, starts: 1}", split="declared").replace("budgets: 3", "budgets: all")
    )
    trials = plan(file, results=tmp_path).plan.trials
    assert {(t.identity.split_index, t.n_pool, t.coverage.labels) for t in trials} == {(0, 6, 6), (1, 7, 6)}


def test_a_label_stands_before_each_of_many(files: Path, folder: Path):
    (folder / "twelve.csv").unlink()
    for name in ("one", "two"):
        (folder / f"{name}.csv").write_bytes((files / "many" / f"{name}.csv").read_bytes())
    file = spec(folder, path='"[ot]*[eo].csv"', split="holdout")
    file.write_text(file.read_text().replace("kind}\n", "kind}\n  label: mine\n"))
    assert [entry.label for entry in load_experiment(file).datasets] == ["mine: one", "mine: two"]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("a,kind\n1,x\n2,y\n", "test.csv: it has no column 'b'"),
        ("a,B,kind\n1,2,x\n2,3,y\n", "did you mean 'B'?"),
        ("kind\nx\ny\n", "test.csv: it has no column 'a' and 'b'"),
    ],
)
def test_a_test_file_without_a_column_is_found_before_the_run(header: str, message: str, tmp_path: Path):
    (tmp_path / "train.csv").write_text("a,b,kind\n1,2,x\n2,3,y\n3,4,x\n4,5,y\n")
    (tmp_path / "test.csv").write_text(header)
    with pytest.raises(SpecError, match=message.replace("?", r"\?")):
        load_experiment(spec(tmp_path, path="train.csv", more=", test_file: test.csv"))
    with pytest.raises(DatasetError, match=message.replace("?", r"\?")):
        CsvFile(path="train.csv", target="kind", test_file="test.csv").load(tmp_path)


def test_numbers_in_one_file_and_names_in_the_other_are_not_mixed(tmp_path: Path):
    train = pl.DataFrame({"a": [1.5, 2, 3, 4], "b": list("pqpq"), "kind": ["x", "y"] * 2})
    train.write_parquet(tmp_path / "train.parquet")
    test = train.head(2).with_columns(pl.col("a").cast(pl.String), pl.col("b").cast(pl.Categorical))
    test.write_parquet(tmp_path / "test.parquet")
    source = ParquetFile(path="train.parquet", target="kind", test_file="test.parquet")
    with pytest.raises(DatasetError) as caught:
        source.load(tmp_path)
    assert str(caught.value) == (
        "train.parquet: column 'a': its values are Float64, and String in the test file: save both with one type"
    )
    test.with_columns(pl.col("a").cast(pl.Float32)).write_parquet(tmp_path / "test.parquet")
    table = source.load(tmp_path)
    assert_array_equal(table.numeric[:, 0], [1.5, 2, 3, 4, 1.5, 2])
    assert table.categories == (("p", "q"),)
