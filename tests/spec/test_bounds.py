"""A spec of any size is answered at once, in about a page: each text here took minutes, or filled the screen."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import albench
from albench.errors import DatasetError, SpecError
from albench.spec.labels import make_labels
from albench.spec.read import check_spec, load_experiment_text

SECONDS, CHARACTERS = 2, 20_000
SOUND = {
    "datasets": "[iris]",
    "models": "[gaussian_nb]",
    "strategies": "[margin]",
    "seed_sizes": "5",
    "batch_sizes": "5",
    "budgets": "30",
}


def make_spec(first="", more="", **changes):
    lines = [f"{key}: {value}\n" for key, value in {**SOUND, **changes}.items()]
    return "".join([first, *lines, more])


def join(template, n):
    return ", ".join(template.replace("@", str(i)) for i in range(n))


MERGED = f"x: &x {{{join('k@: 1', 300)}}}\n"
MANY = f"x: &x {{{join('k@: 1', 20_000)}}}\n"
LONG_TEXT = f"x: &x '{'a' * 400_000}'\n"
TEXTS = {
    "a name of 500,000 digits": make_spec(strategies=f"[{'9' * 500_000}]"),
    "a quoted name of 500,000 letters": make_spec(strategies=f"['{'x' * 500_000}']"),
    "a key of 500,000 letters": make_spec(more=f"? {'x' * 500_000}\n: 1\n"),
    "300 wrong merged keys": make_spec(MERGED, strategies="[{margin: {<<: *x}}]"),
    "300 wrong merged settings": make_spec(MERGED, execution="{<<: *x}"),
    "unknown keys": make_spec(more="".join(f"unknown_{i}: 1\n" for i in range(8000))),
    "unknown parameters": make_spec(strategies=f"[{{margin: {{{join('unknown_@: 1', 8000)}}}}}]"),
    "unknown settings": make_spec(execution=f"{{{join('unknown_@: 1', 8000)}}}"),
    "unknown names in one line": make_spec(datasets=f"[{join('iris@', 20_000)}]"),
    "one name many times": make_spec(strategies=f"[{join('margin', 20_000)}]"),
    "one key many times": make_spec(more="budgets: 1\n" * 20_000),
    "budgets that steps do not reach": make_spec(
        seed_sizes=f"[{join('@', 2000)}]",
        batch_sizes=f"[{join('1@', 2000)}]",
        budgets=f"[{join('9@', 2000)}]",
    ),
    "merges of many mappings": make_spec(
        "".join(f"k{i}: &a{i} {{x{i}: 1}}\n" for i in range(30_000)),
        more=f"y: {{<<: [{join('*a@', 30_000)}]}}\n",
    ),
    "one large mapping merged into many": make_spec(MANY, more=f"y: [{join('{<<: *x}', 50_000)}]\n"),
    "a long text quoted by alias": make_spec(LONG_TEXT, strategies=f"[{join('*x', 50_000)}]"),
    "a long key quoted by alias": make_spec(LONG_TEXT, strategies=f"[{join('{*x : 1}', 50_000)}]"),
    "wrappers": make_spec(strategies=f"[{join('{epsilon_greedy: {strategy: margin, epsilon: 0.1@}}', 500)}]"),
    "a time of 100,000 digits": make_spec(execution=f"{{timeout: '{'1' * 100_000} '}}"),
    "a path of 5,000 letters": make_spec(datasets=f"[{{csv: {{path: {'a' * 5000}.csv, target: y}}}}]"),
    "a pattern of 5,000 letters": make_spec(datasets=f"[{{csv: {{path: '{'a' * 5000}*.csv', target: y}}}}]"),
    "a pattern of 300 folders": make_spec(datasets=f"[{{csv: {{path: '{'**/' * 300}*.csv', target: y}}}}]"),
    "a module above the root": make_spec(strategies=f"[{'../' * 1700}x.py:Mine]"),
    "a file above the root": make_spec(datasets=f"[{{csv: {{path: {'../' * 1700}x.csv, target: y}}}}]"),
    "a NUL byte in a path": make_spec(datasets='[{csv: {path: "a\\0b.csv", target: y}}]'),
    "a NUL byte in a pattern": make_spec(datasets='[{csv: {path: "a\\0*.csv", target: y}}]'),
    "a test file of 5,000 letters": make_spec(
        datasets=f"[{{csv: {{path: x.csv, target: y, test_file: {'a' * 5000}}}}}]"
    ),
    "a NUL byte in a model inside another": make_spec(models='[{bagging: {estimator: "./a\\0b.py:Mine"}}]'),
    "a package of scikit-learn of 5,000 letters": make_spec(models=f"[{{sklearn.{'a' * 5000}.B: {{C: 1}}}}]"),
    "a module of 5,000 letters": make_spec(strategies=f"[./{'a' * 5000}.py:Mine]"),
    "published numbers in a path of 5,000 letters": make_spec(
        more=f"expected: {{areas: {{file: {'a' * 5000}, digits: 2}}}}\n"
    ),
    "the name of an OpenML dataset of 5,000 letters": make_spec(datasets=f"[{{openml: {'a' * 5000}}}]"),
}


@pytest.fixture(scope="module", autouse=True)
def _imported(tmp_path_factory):
    path = tmp_path_factory.mktemp("sound") / "e.yaml"
    path.write_text(make_spec(datasets="[{csv: {path: x.csv, target: y}}]"), encoding="utf-8")
    with pytest.raises(SpecError):
        check_spec(path)


PATHS = {
    "strategy": "strategies: [{epsilon_greedy: {strategy: @}}]",
    "model": "models: [{bagging: {estimator: @}}]",
    "step": "preprocessing: {then: [@]}",
}


@pytest.mark.parametrize("path", ["'./" + "a" * 5000 + ".py:Mine'", '"./a\\0b.py:Mine"'])
@pytest.mark.parametrize("what", PATHS)
def test_a_path_that_no_file_can_have_is_no_module(what, path):
    text = make_spec(**dict([PATHS[what].replace("@", path).split(": ", 1)]))
    with pytest.raises(SpecError, match=r"cannot be looked for: |which is no import path") as caught:
        load_experiment_text(text)
    assert len(str(caught.value)) < CHARACTERS


def test_published_numbers_that_are_no_csv_are_told(tmp_path):
    (tmp_path / "f.csv").write_text('"' + "x" * 300_000 + '",b\n', encoding="utf-8")
    with pytest.raises(SpecError, match=r"the file 'f\.csv' cannot be read: field larger than"):
        load_experiment_text(make_spec(more="expected: {areas: {file: f.csv, digits: 2}}\n"), folder=tmp_path)


@pytest.mark.parametrize("what", TEXTS)
def test_an_answer_at_once_and_within_a_page(what, tmp_path):
    path = tmp_path / "e.yaml"
    path.write_text(TEXTS[what], encoding="utf-8")
    begin = time.process_time()
    try:
        text = "\n".join(check_spec(path))
    except SpecError as error:
        text = str(error)
        assert "error[" in text
    assert time.process_time() - begin < SECONDS
    assert 0 < len(text) < CHARACTERS


def test_many_mistakes_are_counted_and_the_first_of_them_are_shown():
    text = make_spec(more="".join(f"unknown_{i:03}: 1\n" for i in range(150)))
    with pytest.raises(SpecError) as caught:
        load_experiment_text(text)
    lines = str(caught.value).splitlines()
    assert lines[-1] == "150 errors in 1 file."
    shown = sum("error[unknown-key]" in line for line in lines)
    assert lines[-2] == f"... and {150 - shown} more errors"
    assert [f"'unknown_{i:03}'" in str(caught.value) for i in range(shown)] == [True] * shown


def test_where_there_are_hundreds_of_mistakes_reading_stops_and_says_so():
    with pytest.raises(SpecError, match=r"200 errors in 1 file; reading stopped there\.$"):
        load_experiment_text(make_spec(more="".join(f"unknown_{i:03}: 1\n" for i in range(300))))


def test_a_name_is_shown_with_its_first_80_characters():
    with pytest.raises(SpecError, match=rf"no strategy '{'x' * 80}\.\.\.'\n"):
        load_experiment_text(make_spec(strategies=f"[{'x' * 81}]"))


def test_a_merged_mapping_goes_behind_the_keys_of_its_own_and_before_later_ones():
    text = make_spec(
        strategies="[{<<: [{qbc: kl}, {margin: }], label: mine}, {entropy: {<<: [&e {label: one}, {label: two}]}}]"
    )
    with pytest.raises(SpecError, match="this one names 'margin' and 'qbc'"):
        load_experiment_text(text)
    spec = load_experiment_text(make_spec(strategies="[{entropy: {<<: [{label: one}, {label: two}]}}]"))
    assert [entry.label for entry in spec.strategies] == ["random", "one"]


def test_a_dataset_that_does_not_fit_into_memory_is_told(monkeypatch, tmp_path):
    def fail(self, base):
        raise MemoryError("Unable to allocate 14.9 GiB")

    monkeypatch.setattr("albench.datasets.generators.shapes.TwoMoons.load", fail)
    spec = load_experiment_text(make_spec(datasets="[two_moons]"))
    with pytest.raises(
        DatasetError, match=r"two_moons: it does not fit into memory: Unable to allocate 14.9"
    ):
        albench.plan(spec, results=tmp_path)


def test_labels_of_forty_parameters_are_made_without_trying_all_combinations():
    labels = make_labels(["mine"] * 40, [{f"p{i}": 1} for i in range(40)])
    assert labels == [f"mine (p{i}=1)" for i in range(40)]


def test_a_folder_that_vanishes_while_a_pattern_is_searched_is_told(tmp_path, monkeypatch):
    def glob(self, pattern):
        raise FileNotFoundError(2, "No such file or directory", str(self / "gone"))

    monkeypatch.setattr(Path, "glob", glob)
    with pytest.raises(SpecError, match=r"parts/\*\.csv: cannot be searched: No such file or directory"):
        load_experiment_text(make_spec(datasets="[{csv: {path: parts/*.csv, target: y}}]"), folder=tmp_path)
