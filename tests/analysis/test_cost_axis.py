"""The primary slice along what labels and training cost, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from priced_curves import FAST, RANDOM, REPEATS, conclude_at_prices

from albench.spec.experiment import Size


@pytest.fixture
def conclude_with(world):
    """Evidence of 10, 20, ... 50 labels, whose seed set costs 10 and whose other labels have these prices."""

    def build(prices, curves=None, **changes):
        study = world({"one": curves or {"random": RANDOM, "fast": FAST}}, splits=REPEATS, **changes)
        return conclude_at_prices(study, prices).primary

    return build


def find_final(evidence, strategy="fast"):
    cell = evidence.find_cell("one", strategy)
    return next(saving for saving in cell.savings if saving.target == "final")


def test_at_one_a_label_there_is_nothing_to_say_of_costs(conclude_with):
    assert conclude_with({"random": 1, "fast": 1}).cost_axis is None


def test_a_saving_in_labels_is_none_in_money_where_labels_are_twice_as_dear(conclude_with):
    evidence = conclude_with({"random": 1, "fast": 2})
    assert find_final(evidence).saving == pytest.approx(1 - 30 / 50)
    axis = evidence.cost_axis
    # Random ends at 50; fast has paid 10, 30 and 50 for 0.5, 0.7 and 0.9: the same line.
    assert axis.ranges == {"one": (10, 50)}
    assert axis.n_labels == {("one", "random"): 50, ("one", "fast"): 30}
    assert axis.evidence.find_cell("one", "fast").difference == pytest.approx(0, abs=1e-12)
    assert find_final(axis.evidence).saving == pytest.approx(0, abs=1e-9)


def test_what_a_level_costs_is_read_between_the_rounds(conclude_with):
    axis = conclude_with({"random": 1, "fast": 1.5}).cost_axis
    saving = find_final(axis.evidence)
    # Fast has 0.9 at 10 + 20 x 1.5.
    assert (saving.labels_strategy, saving.labels_random) == (pytest.approx(40), pytest.approx(50))
    assert saving.saving == pytest.approx(0.2)
    # Read at random's costs, 10, 20, 30, 40 and 50, fast has 0.5, 0.5 + 0.2 x 2 / 3, 0.5 + 0.2 x 4 / 3, 0.9 and 0.9.
    levels = np.array([0.5, 0.5 + 0.4 / 3, 0.5 + 0.8 / 3, 0.9, 0.9])
    np.testing.assert_allclose(axis.evidence.find_cell("one", "fast").curve.mean, levels)
    area = (levels[:-1] + levels[1:]).sum() / 2 / 4
    assert axis.evidence.find_cell("one", "fast").area == pytest.approx(area)
    assert axis.evidence.rows[1].difference == pytest.approx(area - 0.7)


def test_a_price_that_all_share_leaves_every_share_as_it_is(conclude_with):
    labels = conclude_with({"random": 1, "fast": 1})
    tripled = conclude_with({"random": 3, "fast": 3}).cost_axis.evidence
    assert tripled.find_cell("one", "fast").area == pytest.approx(labels.find_cell("one", "fast").area)
    assert tripled.rows[1].difference == pytest.approx(labels.rows[1].difference)
    assert tripled.rows[1].interval_these.low == pytest.approx(labels.rows[1].interval_these.low)
    # 10 for the seed set and 3 for each label: 70 where random needs 130.
    assert find_final(tripled).labels_strategy == pytest.approx(70)
    assert find_final(tripled).labels_random == pytest.approx(130)


def test_curves_are_compared_at_costs_that_all_have_reached(conclude_with):
    curves = {"random": RANDOM, "fast": FAST, "cheap": RANDOM}
    axis = conclude_with({"random": 1, "fast": 1.5, "cheap": 0.5}, curves).cost_axis
    assert axis.ranges == {"one": (10, 30)}
    # Random has paid 10, 20 and 30 by then: 0.5, 0.6 and 0.7. Cheap has 0.5, 0.7 and 0.9.
    np.testing.assert_allclose(axis.evidence.find_cell("one", "random").curve.mean, [0.5, 0.6, 0.7])
    np.testing.assert_allclose(axis.evidence.find_cell("one", "cheap").curve.mean, [0.5, 0.7, 0.9])
    assert axis.n_labels["one", "cheap"] == 50


def test_free_labels_count_from_the_money_that_came_before_them(conclude_with):
    axis = conclude_with({"random": 1, "fast": 0}).cost_axis
    # Fast stays at 10: no two costs are common to all, and nothing is compared.
    assert axis.ranges == {}
    assert axis.n_labels == {}
    row = axis.evidence.rows[1]
    assert (row.area, row.difference, row.median_saving) == (None, None, None)


def test_a_budget_of_money_compares_along_the_labels_that_all_have(conclude_with):
    evidence = conclude_with({"random": 1, "fast": 2}, budget=Size("money", 50.0))
    # By 50 random has bought 50 labels, and fast 30.
    assert evidence.find_cell("one", "random").curve.n_labels.tolist() == [10, 20, 30]
    np.testing.assert_allclose(evidence.find_cell("one", "fast").curve.mean, [0.5, 0.7, 0.9])
    assert evidence.cost_axis.ranges == {"one": (10, 50)}
