"""Following the advice of a message mends what it speaks of, in one round."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from numpy.testing import assert_array_equal

from albench.datasets.files.csv import CsvFile
from albench.datasets.of_experiment import load_tables, read_known_facts
from albench.errors import DatasetError, SpecError
from albench.spec.read import load_experiment_text

BASE = {
    "models": ["gaussian_nb"],
    "strategies": ["margin"],
    "seed_sizes": 2,
    "batch_sizes": 1,
    "budgets": 3,
    "repeats": 2,
}


def test_missing_texts_are_told_as_the_list_to_write(tmp_path: Path):
    rows = ["1,2,u", "n/a,3,v", "2,it's,u", "?,unknown,v", "3,4,u", "4,5,v", "5,6,u"]
    (tmp_path / "t.csv").write_text("a,b,y\n" + "\n".join(rows) + "\n")
    source = CsvFile(path="t.csv", target="y")
    with pytest.raises(DatasetError) as caught:
        source.load(tmp_path)
    text = str(caught.value)
    assert "column 'a', line 3: 'n/a' is not a number, but 5 cells of the column are\n" in text
    assert "column 'b', line 4: 'it's' is not a number, but 5 cells of the column are (2 are not: " in text
    declared = yaml.safe_load(re.search(r"missing: (\[.*\])", text)[1])
    table = CsvFile(path="t.csv", target="y", missing=declared).load(tmp_path)
    nan = float("nan")
    assert_array_equal(table.numeric, [[1, 2], [nan, 3], [2, nan], [nan, nan], [3, 4], [4, 5], [5, 6]])
    names = yaml.safe_load(re.search(r"categorical: (\[.*?\])", text)[1])
    assert CsvFile(path="t.csv", target="y", categorical=names).load(tmp_path).categorical_names == (
        "a",
        "b",
    )


def test_mistakes_of_every_kind_are_told_together(tmp_path: Path):
    rows = ["1,1,2,u", "1,x,3,v", "2,3,inf,u", "3,4,5,", "4,5,6,v", "5,6,-inf,u"]
    (tmp_path / "t.csv").write_text("nr,a,b,y\n" + "\n".join(rows) + "\n")
    with pytest.raises(DatasetError) as caught:
        CsvFile(path="t.csv", target="y", id="nr").load(tmp_path)
    assert [line.partition(": ")[2][:34] for line in str(caught.value).splitlines()] == [
        "column 'a', line 3: 'x' is not a n",
        "column 'nr', line 3: the id 1 is t",
        "column 'y', line 5: no target valu",
        "column 'b', line 4: the value is i",
    ]


def test_many_mistakes_of_a_kind_are_the_first_few_and_a_count(tmp_path: Path):
    names = ",".join(f"c{i}" for i in range(50))
    good, bad = ",".join(["1"] * 50), ",".join(["x"] * 50)
    (tmp_path / "t.csv").write_text(f"{names},y\n{good},u\n{bad},v\n{good},u\n{good},v\n")
    with pytest.raises(DatasetError, match=r"\(and 45 more columns\): declare categorical") as caught:
        CsvFile(path="t.csv", target="y").load(tmp_path)
    assert len(str(caught.value).splitlines()) == 5
    (tmp_path / "t.csv").write_text("a,b,y\n" + "1,2,u\n" + "1,u\n" * 30)
    with pytest.raises(DatasetError) as caught:
        CsvFile(path="t.csv", target="y").load(tmp_path)
    assert str(caught.value) == "t.csv: lines 3, 4, 5 and 27 more: the header has 3 cells, these rows 2"


@pytest.mark.parametrize("setting", ["id", "drop", "categorical", "text"])
def test_one_word_is_a_list_of_one(setting: str, tmp_path: Path):
    rows = "".join(f"a{i},{i}.5,{'uv'[i % 2]}\n" for i in range(12))
    (tmp_path / "t.csv").write_text("name,a,y\n" + rows)
    hashes = set()
    for words in ("name", ["name"]):
        entry = {"csv": {"path": "t.csv", "target": "y", "missing": "NA", setting: words}}
        experiment = load_experiment_text({**BASE, "datasets": [entry]}, folder=tmp_path)
        hashes.add(load_tables(experiment)["t"].n_features)
    assert len(hashes) == 1
    with pytest.raises(SpecError, match="has no column 'nmae'"):
        load_experiment_text(
            {**BASE, "datasets": [{"csv": {"path": "t.csv", "target": "y", setting: "nmae"}}]},
            folder=tmp_path,
        )


def test_whole_numbers_are_words(tmp_path: Path):
    rows = "".join(f"a{i},{i if i % 3 else -999},{'uv'[i % 2]}\n" for i in range(12))
    (tmp_path / "t.csv").write_text("0,a,y\n" + rows)
    for numbers in ({"drop": 0, "missing": -999}, {"drop": [0], "missing": [-999, ""]}):
        entry = {"csv": {"path": "t.csv", "target": "y", **numbers}}
        experiment = load_experiment_text({**BASE, "datasets": [entry]}, folder=tmp_path)
        table = load_tables(experiment)["t"]
        assert (table.numeric_names, table.categorical_names) == (("a",), ())
        assert_array_equal(table.numeric[:4, 0], [float("nan"), 1, 2, float("nan")])


def test_a_target_of_numbers_is_advised_what_an_experiment_can_use(tmp_path: Path):
    (tmp_path / "t.csv").write_text("a,y\n" + "".join(f"{i % 7},{i}.5\n" for i in range(1500)))
    source = CsvFile(path="t.csv", target="y")
    with pytest.raises(
        DatasetError, match=r"there are 1,500 classes, .*store a column of a few classes"
    ) as caught:
        source.load(tmp_path)
    assert "regression" not in str(caught.value)
    entry = {"csv": {"path": "t.csv", "target": "y", "task": "regression"}}
    experiment = load_experiment_text({**BASE, "datasets": [entry]}, folder=tmp_path)
    with pytest.raises(DatasetError, match="store a column of a few classes"):
        read_known_facts(experiment, load_tables(experiment))
    (tmp_path / "t.csv").write_text("a,y\n" + "".join(f"{i % 7},{i // 500}\n" for i in range(1500)))
    assert source.load(tmp_path).classes == ("0", "1", "2")


def test_mistakes_of_all_files_are_told_together(tmp_path: Path):
    (tmp_path / "one.csv").write_text("a,y\n1,u\n2,\n3,v\n")
    (tmp_path / "two.csv").write_text("a,y\n1,u\n2,u\n")
    entries = [{"csv": {"path": name, "target": "y"}} for name in ("one.csv", "two.csv")]
    with pytest.raises(DatasetError) as caught:
        load_tables(load_experiment_text({**BASE, "datasets": [*entries, "iris"]}, folder=tmp_path))
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == ["one.csv", "two.csv"]


def test_words_and_numbers_with_more_are_each_advised(tmp_path: Path):
    rows = ["1,2,u", "n/a,3,v", "2,5mo,u", "3,4,v", "4,5,u"]
    (tmp_path / "t.csv").write_text("a,b,y\n" + "\n".join(rows) + "\n")
    with pytest.raises(DatasetError) as caught:
        CsvFile(path="t.csv", target="y").load(tmp_path)
    assert str(caught.value).endswith(
        ": declare categorical: ['a', 'b'], or missing: ['', '?', 'NA', 'NaN', 'nan', 'null', 'None', 'n/a'] and "
        "write numbers without other characters"
    )
