"""What the commands tell about built-in datasets, from the catalogue alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HASHES = json.loads(Path(__file__).with_name("hashes.json").read_text())


@pytest.fixture
def albench(albench_in, tmp_path):
    return lambda *arguments: albench_in(tmp_path, *arguments).stdout


def test_list_datasets_says_how_large_each_is(albench):
    lines = {line.split()[0]: line for line in albench("list", "datasets").splitlines()}
    assert "1797 x 64, 10 classes" in lines["digits"]
    assert "1000 x 20, 2 classes" in lines["ringnorm"]
    assert "tabs between them" in lines["tsv"]


def test_show_dataset_says_all_that_is_known_of_it(albench):
    shown = albench("show", "dataset", "wine")
    for line in (
        "rows           178",
        "features       13 numeric; 0 missing cells",
        "licence        CC BY 4.0",
        "source         UCI Machine Learning Repository, as scikit-learn ships it",
        f"hash           {HASHES['wine']}",
        "  class_0      59  33.1%",
        "  class_1      71  39.9%",
        "  class_2      48  27.0%",
    ):
        assert line in shown.splitlines()


def test_show_dataset_names_the_conditions_of_a_pool(albench):
    shown = albench("show", "dataset", "iris")
    assert "          duplicates: Copies of random pool rows that are added, per row." in shown
    assert "              column: Numeric column by which rows are kept." in shown


@pytest.mark.parametrize("name", HASHES)
def test_the_catalogue_states_the_hash_of_what_is_loaded(albench, name):
    assert json.loads(albench("show", "dataset", name, "--json"))["content"]["hash"] == HASHES[name]


def test_nothing_heavy_is_imported_to_show_a_dataset():
    code = (
        "import sys; from albench.cli import main; sys.argv = ['albench', 'show', 'dataset', 'iris']\n"
        "try: main()\nexcept SystemExit: print(sorted({'numpy', 'polars', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
