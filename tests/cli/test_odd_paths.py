"""Paths that are given in place of others: what they are is said, and what to give instead."""

from __future__ import annotations

import shutil

import pytest

import albench
from albench.errors import SpecError

SPEC = """\
datasets: iris
models: gaussian_nb
strategies: [random, margin]
budgets: 20
repeats: 2
execution: {n_jobs: 1, backend: inline}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with an experiment that has run, and what is easily taken for it."""
    place = tmp_path_factory.mktemp("odd paths")
    (place / "my.yaml").write_text(SPEC, encoding="utf-8")
    (place / "named.yaml").write_text(f"name: other\n{SPEC}", encoding="utf-8")
    for name in ("my", "named"):
        albench.run(place / f"{name}.yaml", results=place / "results")
    (place / "bare").mkdir()
    (place / "empty.yaml").touch()
    (place / "link.yaml").symlink_to("gone.yaml")
    return place


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ("results/my", ["is a results folder, not the experiment file that its", "give 'my.yaml'"]),
        ("results/other", ["give that file; a copy of it is 'results/other/experiment.yaml'"]),
        (".", ["is a folder, not an experiment file", "'empty.yaml'", "'my.yaml' or 'named.yaml'"]),
        ("bare", ["is a folder, not an experiment file", "`albench init` writes one"]),
        ("empty.yaml", ["the file is empty", "`albench init NEW.yaml` writes an experiment to start from"]),
        ("link.yaml", ["no such file", "it is a link to 'gone.yaml'"]),
        ("-", ["an experiment is read from a file, not from standard input"]),
    ],
)
def test_what_is_no_experiment_file_says_what_to_give_instead(given, parts, folder, albench_in, monkeypatch):
    for command in (("plan",), ("report",), ("export",), ("show", "trial", "abc")):
        kind = ("table",) if command == ("export",) else ()
        ended = albench_in(folder, *command, given, *kind)
        assert ended.returncode == 2
        assert all(part in ended.stderr for part in parts), ended.stderr
    monkeypatch.chdir(folder)
    with pytest.raises(SpecError) as caught:
        albench.open_results(given)
    assert all(part in str(caught.value) for part in parts)


@pytest.mark.parametrize(
    "arguments",
    [
        ("init", "{}"),
        ("report", "my.yaml", "--output", "{}"),
        ("pilot", "{}", "--target", "kind"),
        ("next", "my.yaml", "--answers", "{}"),
        ("next", "my.yaml", "--strategy", "margin", "--output", "{}"),
    ],
)
def test_a_file_that_is_named_is_neither_a_folder_nor_a_stream(arguments, folder, albench_in):
    for given, problem in (("bare", "'bare' is a folder: name a file in it"), ("-", "'-' is no file: name")):
        ended = albench_in(folder, *(word.format(given) for word in arguments))
        assert ended.returncode == 2
        assert problem in ended.stderr
    assert not (folder / "-").exists()


@pytest.mark.parametrize("command", [("compare", "results/my"), ("merge", "--into", "new", "results/my")])
def test_what_holds_results_folders_is_none(command, folder, albench_in):
    ended = albench_in(folder, *command, "results")
    assert ended.returncode == 2
    assert "holds no run: name a results folder in it, as 'results/my' or 'results/other'" in ended.stderr
    ended = albench_in(folder, *command, "my.yaml")
    assert ended.returncode == 2
    assert "'my.yaml' is a file: name a results folder, as results/NAME" in ended.stderr


@pytest.mark.parametrize("given", ["./my.yaml:Mine", "./mine.py", "mine.py", "my.yaml"])
def test_a_class_to_check_is_named_with_its_file(given, folder, albench_in):
    ended = albench_in(folder, "check", given)
    assert ended.returncode == 2
    assert f"'{given}' names no class in a Python file: write './file.py:Class'" in ended.stderr


def test_the_spec_of_another_version_in_a_results_folder_is_told_with_what_makes_it_anew(
    folder, albench_in, tmp_path
):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True, symlinks=True)
    for name in ("experiment.yaml", "resolved.yaml"):
        with (tmp_path / "results" / "my" / name).open("a", encoding="utf-8") as file:
            file.write("newer_setting: 3\n")
    ended = albench_in(tmp_path, "status", "my.yaml")
    assert ended.returncode == 2
    assert "'results/my/experiment.yaml', cannot be understood by this version" in ended.stderr
    assert "`albench run SPEC` writes it anew" in ended.stderr
    # What is advised helps.
    assert albench_in(tmp_path, "run", "my.yaml", "--quiet").returncode == 0
    assert "6 of 6 trials done" in albench_in(tmp_path, "status", "my.yaml").stdout
