"""What an answer says where every strategy has the curves of random, and where more repeats than allowed are asked."""

from __future__ import annotations

import re

import numpy as np
import pytest
from rising_curves import RANDOM

import albench

SPEC = """
datasets: [breast_cancer]
models: [MODEL]
strategies: [random, k_center]
seed_sizes: 6
batch_sizes: 5
budgets: 21
repeats: REPEATS
execution: {n_jobs: 1, backend: inline}
"""
CONSTANT = "{dummy: {strategy: constant, constant: 1}}"
UNTIL_DECIDED = "{until: decided, up_to: 5}"
STREAM = """
scenario: stream
datasets: [breast_cancer]
models: [{dummy: {strategy: constant, constant: 1}}]
strategies: uncertainty
budgets: 10%
repeats: 3
execution: {n_jobs: 1, backend: inline}
"""


def write_spec(model, repeats):
    return SPEC.replace("MODEL", model).replace("REPEATS", str(repeats))


@pytest.mark.parametrize("repeats", [2, UNTIL_DECIDED])
def test_equal_curves_are_no_measured_difference(repeats, tmp_path):
    results = albench.run(write_spec(CONSTANT, repeats), results=tmp_path)
    assert results.answer == (
        "Nothing is measured on breast_cancer with dummy: k_center has exactly the curves of random.",
        "Either the same rows were chosen, or the metric does not depend on which rows are chosen.",
    )
    page = results.report(tmp_path / "report.html").read_text(encoding="utf-8")
    assert "[0.000, 0.000]" not in page
    assert repeats == 2 or "all equal" in page


def test_equal_curves_beside_worse_ones_are_told_without_an_interval(world):
    slower = RANDOM - np.array([0, 0.1, 0.1, 0.1, 0.1])
    curves = {"wine": {"random": RANDOM, "margin": RANDOM, "slower": slower}}
    answer = " ".join(world(curves, splits=10).answer())
    assert "Closest comes margin with the same curves as random over 10 repeats; accuracy 0.900" in answer
    assert "at 50 labels (equal in every repeat)" in answer
    assert "[0.000, 0.000]" not in answer


def test_equal_curves_of_streams_are_no_measured_difference(tmp_path):
    answer = " ".join(albench.run(STREAM, results=tmp_path).answer)
    assert "Nothing is measured on breast_cancer" in answer
    assert "uncertainty has exactly the curves of" in answer
    assert "do not bother" not in answer


def test_more_repeats_than_are_allowed_say_what_has_to_be_raised(tmp_path, albench_in):
    (tmp_path / "few.yaml").write_text(write_spec("gaussian_nb", UNTIL_DECIDED), encoding="utf-8")
    results = albench.run(tmp_path / "few.yaml", results=tmp_path / "results")
    text = " ".join(results.answer)
    more, up_to = re.search(r"about (\d+) more repeats would \(raise 'up_to' to (\d+)\)", text).groups()
    # The first look that has so many: repeats behind the last one would decide nothing.
    looks = [n * 10**k for k in range(3) for n in (10, 12, 15, 20, 25, 30, 40, 50, 60, 80)]
    assert int(up_to) == min(look for look in [6, 8, *looks] if look >= 5 + int(more))
    status = albench_in(tmp_path, "status", "few.yaml").stdout
    assert "what is not decided takes more repeats only where 'up_to' is raised" in status
