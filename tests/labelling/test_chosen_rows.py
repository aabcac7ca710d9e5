"""Rows with a label that a strategy chose: what is said of a part of the file that is no random sample."""

from __future__ import annotations

import pytest

import albench
from albench.labelling.chosen_rows import ChosenRows, count_chosen_rows


@pytest.fixture
def label(plants, albench_in):
    """Label the rows that a strategy asks for."""

    def label(strategy, n, leave=0):
        batch = plants.folder / f"batch_{strategy}.csv"
        ended = albench_in(plants.folder, "next", plants.spec, "--strategy", strategy, "-n", n, "-o", batch)
        assert ended.returncode == 0, ended.stderr
        plants.fill(batch, leave=leave)
        ended = albench_in(plants.folder, "next", plants.spec, "--answers", batch)
        assert ended.returncode == 0, ended.stderr

    return label


def test_labels_that_strategies_asked_for_are_counted_as_far_as_they_came(plants, label):
    experiment = albench.load_experiment(plants.spec)
    log = plants.log.name
    assert count_chosen_rows(experiment, 12) is None
    label("random", 5)
    assert count_chosen_rows(experiment, 17) is None
    label("margin", 4, leave=1)
    label("typiclust", 6)
    assert count_chosen_rows(experiment, 12 + 5 + 3 + 6) == ChosenRows(9, ("margin", "typiclust"), log)
    # Results of before the last answers.
    assert count_chosen_rows(experiment, 12 + 5 + 3) == ChosenRows(3, ("margin",), log)
    assert count_chosen_rows(experiment, 12 + 5) is None


def test_a_log_of_another_file_counts_nothing(plants, label):
    label("margin", 4)
    plants.data.write_bytes(plants.data.read_bytes().replace(b"kind\r\n", b"kind\r\ns,9.5,9.5,odd,iris\r\n"))
    assert count_chosen_rows(albench.load_experiment(plants.spec), 17) is None
