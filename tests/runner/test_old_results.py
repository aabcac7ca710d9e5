"""Results that an earlier version has written stay readable, and count as done."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import albench

VERSIONS = Path(__file__).parent / "files"
# Accuracy round by round, and the first rows that were bought after the seed set, as that version had them.
MARGIN = ([23 / 45, 38 / 45, 44 / 45, 44 / 45], [5, 44, 84])
RANDOM = ([23 / 45, 36 / 45, 31 / 45, 38 / 45], [55, 143, 20])


@pytest.fixture
def old(tmp_path):
    shutil.copytree(VERSIONS / "version_0_1_0", tmp_path / "old")
    return tmp_path / "old"


def test_results_of_0_1_0_are_read(old):
    results = albench.open_results(old / "old.yaml", results=old / "results")
    assert dict(results.trials["status"].value_counts().iter_rows()) == {"done": 3, "failed": 1}
    for strategy, (accuracies, rows) in {"margin": MARGIN, "random": RANDOM}.items():
        (key,) = results.trials.filter(strategy=strategy, arm=0)["key"]
        assert results.curves.filter(key=key)["accuracy"].to_list() == accuracies
        assert results.queries.filter(key=key)["row"].to_list()[5:8] == rows
    assert results.references["accuracy"].to_list() == [44 / 45]
    (failure,) = results.failures.iter_rows(named=True)
    assert failure["traceback"].endswith("RuntimeError: on purpose\n")


def test_results_of_0_1_0_are_done_as_long_as_key_and_versions_are_the_same(old):
    forecast = albench.plan(old / "old.yaml", results=old / "results")
    assert (forecast.reused, forecast.kept_failed, forecast.reasons) == (3, 1, {})


def test_a_page_is_made_of_results_of_0_1_0(old):
    assert albench.open_results(old / "old.yaml", results=old / "results").report().is_file()
