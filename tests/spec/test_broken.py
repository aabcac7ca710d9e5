"""Broken specs, each with the whole text that its user sees. ``write_golden.py`` writes them anew."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from albench.errors import SpecError
from albench.spec.read import load_experiment

BROKEN = Path(__file__).parent / "broken"
SPECS = sorted(path.name for path in BROKEN.glob("*.yaml"))


@pytest.mark.parametrize("name", SPECS)
def test_a_broken_spec_has_its_whole_message(name, monkeypatch):
    monkeypatch.chdir(BROKEN)
    with pytest.raises(SpecError) as caught:
        load_experiment(Path(name), import_user_code=name.startswith("import_"))
    assert f"{caught.value}\n" == Path(name).with_suffix(".txt").read_text(encoding="utf-8")


def test_every_message_belongs_to_a_spec():
    assert [path.with_suffix(".yaml").name for path in sorted(BROKEN.glob("*.txt"))] == SPECS


@pytest.mark.parametrize("name", [name for name in SPECS if not name.startswith("import_")])
def test_what_validate_refuses_is_refused_with_imports_too(name):
    with pytest.raises(SpecError):
        load_experiment(BROKEN / name, import_user_code=True)


def test_a_file_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("experiment.yaml").write_text("datasets: iris\n", encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load_experiment(Path("experment.yaml"), import_user_code=False)
    assert str(caught.value) == (
        f"experment.yaml: error[no-file]: cannot be read: {os.strerror(errno.ENOENT).lower()}\n"
        "  did you mean 'experiment.yaml'?\n"
        "1 error in 1 file."
    )


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(SpecError, match=r"error\[no-file\]: this is a folder, not an experiment file"):
        load_experiment(tmp_path, import_user_code=False)


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "e.yaml"
    path.write_bytes(b"")
    with pytest.raises(SpecError, match=r"error\[empty\]: the file is empty"):
        load_experiment(path, import_user_code=False)


def test_a_file_too_large_to_be_a_spec(tmp_path):
    path = tmp_path / "e.yaml"
    path.write_bytes(b"# long\n" * 200_000)
    with pytest.raises(SpecError, match=r"error\[too-large\]"):
        load_experiment(path, import_user_code=False)
