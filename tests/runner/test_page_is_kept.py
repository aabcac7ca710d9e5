"""A run that finds nothing to do leaves the page of the same results as it is, and answers from it."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
from dataclasses import replace

import pytest
import yaml

import albench
from albench.results import Results

SPEC = {
    "datasets": ["iris"],
    "models": ["gaussian_nb"],
    "strategies": ["random", "margin"],
    "seed_sizes": 5,
    "budgets": 20,
    "repeats": 2,
    "execution": {"n_jobs": 1},
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Results of which a run has written the page."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "small.yaml").write_text(yaml.safe_dump(SPEC), encoding="utf-8")
    results = albench.run(folder / "small.yaml", results=folder / "results")
    assert results.update_report().is_new
    return results


@pytest.fixture
def results(finished, tmp_path):
    """The same results in a folder that a test may change."""
    shutil.copytree(finished.folder.path, tmp_path / "small")
    return albench.open_results(finished.experiment, results=tmp_path)


@pytest.fixture
def writes(monkeypatch):
    """Pages that were asked for: none is written."""
    written = []

    def report(run):
        written.append(run.folder.report)
        return run.folder.report

    monkeypatch.setattr(Results, "report", report)
    return written


def test_a_run_with_nothing_to_do_keeps_the_page_and_gives_the_answer_of_the_evidence(finished, writes):
    before = finished.folder.report.stat().st_mtime_ns
    again = albench.run(finished.experiment, results=finished.folder.path.parent)
    page = again.update_report()
    assert (page.is_new, page.path, writes) == (False, finished.folder.report, [])
    assert page.path.stat().st_mtime_ns == before
    assert page.answer == again.answer


def test_new_results_make_a_new_page(results, tmp_path):
    spec = tmp_path / "small.yaml"
    spec.write_text(yaml.safe_dump({**SPEC, "repeats": 3}), encoding="utf-8")
    page = albench.run(spec, results=tmp_path).update_report()
    assert page.is_new
    assert any("3 repeats" in sentence for sentence in page.answer)
    assert json.loads((results.folder.path / "report.json").read_text())["answer"] == list(page.answer)


def test_a_new_title_makes_a_new_page(results, writes):
    replace(results, experiment=replace(results.experiment, title="Flowers")).update_report()
    assert writes


def test_own_code_counts_to_its_last_comment_which_the_page_may_show(tmp_path, writes):
    code = 'from albench.strategies.uncertainty import Margin\n\n\nclass Mine(Margin):\n    """It is {}."""\n'
    spec = tmp_path / "small.yaml"
    spec.write_text(yaml.safe_dump({**SPEC, "strategies": ["random", "./mine.py:Mine"]}), encoding="utf-8")
    for text, expected in (("good", 1), ("good", 1), ("very good", 2)):
        (tmp_path / "mine.py").write_text(code.format(text), encoding="utf-8")
        albench.run(spec, results=tmp_path).update_report()
        assert len(writes) == expected


def test_an_edited_page_is_written_again_as_it_was(results):
    before = results.folder.report.read_bytes()
    results.folder.report.write_bytes(before.replace(b"margin", b"nothing"))
    assert results.update_report().is_new
    assert results.folder.report.read_bytes() == before


@pytest.mark.parametrize("name", ["report.html", "tables/curves.csv", "report.json"])
def test_what_was_removed_is_written_again(results, writes, name):
    (results.folder.path / name).unlink()
    assert results.update_report().is_new
    assert writes


@pytest.mark.parametrize("text", ["", "[]", "{", '{"identity": 1}', "[" * 100_000], ids=len)
def test_a_damaged_record_is_as_none(results, writes, text):
    (results.folder.path / "report.json").write_text(text, encoding="utf-8")
    assert results.update_report().is_new
    assert writes


def test_what_else_lies_in_the_folder_does_not_matter(results, writes, tmp_path):
    (results.folder.parts / "notes").mkdir()
    (results.folder.tables / "mine.csv").symlink_to(tmp_path / "nowhere.csv")
    assert not results.update_report().is_new
    (results.folder.path / "report.json").unlink()
    assert results.update_report().is_new
    assert not results.update_report().is_new


def test_another_version_of_what_writes_the_page_writes_it_again(results, writes, monkeypatch):
    known = importlib.metadata.version
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "99" if name == "polars" else known(name))
    assert results.update_report().is_new
    assert writes


def test_report_always_writes_and_the_same_bytes(results):
    before, content = results.folder.report.stat().st_mtime_ns, results.folder.report.read_bytes()
    assert results.report().stat().st_mtime_ns > before
    assert results.folder.report.read_bytes() == content
    assert not results.update_report().is_new
