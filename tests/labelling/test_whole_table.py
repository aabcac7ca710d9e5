"""Which rows are labelled moves nothing but the labels of a project's table."""

from __future__ import annotations

import numpy as np

from albench.api import load_experiment
from albench.labelling.project import open_project
from albench.labelling.whole_table import digest_rows, identify_project


def open_whole(plants, known):
    plants.label(known)
    text = plants.spec.read_text(encoding="utf-8").replace(", test_file: test.csv", "")
    plants.spec.write_text(text.replace("split: declared", "split: holdout"), encoding="utf-8")
    return open_project(load_experiment(plants.spec)).data.whole


def test_features_name_and_hashes_are_those_of_the_complete_file(plants):
    # The labelled rows lack a place that sorts first.
    known = [row for row in range(140) if plants.rows[row][0] != "e"][:20]
    part, full = open_whole(plants, known), open_whole(plants, range(140))
    assert part.categories == full.categories
    assert part.categories[0][0] == "e"
    assert np.array_equal(part.numeric, full.numeric)
    assert np.array_equal(part.categorical, full.categorical)
    assert np.flatnonzero(part.labels >= 0).tolist() == known
    assert np.array_equal(part.labels[known], full.labels[known])
    assert identify_project(part) == identify_project(full)
    rows = np.arange(140)
    assert digest_rows(part, rows) == digest_rows(full, rows)
    assert len(set(digest_rows(full, rows))) == 140


def test_another_cell_another_name_or_order_is_another_project(plants):
    before = identify_project(open_whole(plants, range(12)))
    plants.rows[5], plants.rows[6] = plants.rows[6], plants.rows[5]
    moved = identify_project(open_whole(plants, range(12)))
    plants.rows[100] = [*plants.rows[100][:1], 99.5, *plants.rows[100][2:]]
    changed = identify_project(open_whole(plants, range(12)))
    assert len({before, moved, changed}) == 3
