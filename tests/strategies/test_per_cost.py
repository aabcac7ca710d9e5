"""Utility divided by price: by hand, and in trials whose rows have prices."""

from __future__ import annotations

import numpy as np
import pytest

from albench.ordering import top
from albench.strategies.per_cost import PerCost, divide_by_price


@pytest.mark.parametrize(
    ("scores", "prices", "order"),
    [
        # 0.9 / 3, 0.5 / 1, 0.6 / 2
        ([0.9, 0.5, 0.62], [3, 1, 2], [1, 2, 0]),
        # The smallest, -4, is taken from all: 3 / 1, 0 / 1, 2 / 0.5. Divided as they are, -4 / 1 would be last too,
        # but -1 / 1 would stand behind -2 / 4.
        ([-1, -4, -2], [1, 1, 0.5], [2, 0, 1]),
        ([-1, -4, -2], [1, 1, 4], [0, 2, 1]),
        # Free rows come first, the more useful of them before the other, however cheap the paid ones are.
        ([0.1, 0.9, 0.3, 1.0], [0, 1e-6, 0, 1], [2, 0, 1, 3]),
        ([0.1, 0.9, 0.3], [0, 0, 0], [1, 2, 0]),
        # A candidate that is never wanted stays last.
        ([-np.inf, 0.2, 0.1], [1e-9, 1, 1], [1, 2, 0]),
    ],
)
def test_candidates_are_ordered_by_utility_per_price(scores, prices, order):
    utilities = divide_by_price(np.array(scores, float), np.array(prices, float))
    assert top(utilities, np.arange(len(order)) / 10, len(order)).candidates.tolist() == order


def test_a_price_that_all_share_changes_no_order():
    scores = np.random.default_rng(0).random(50)
    assert np.argsort(divide_by_price(scores, np.full(50, 3.0))).tolist() == np.argsort(scores).tolist()


def test_prices_are_there_for_those_that_declare_it_alone(albench_in, tmp_path):
    file = tmp_path / "curious.py"
    file.write_text(
        "from albench import Strategy\n\n\nclass Curious(Strategy):\n"
        "    def utilities(self, pool, state):\n        return -pool.prices\n",
        encoding="utf-8",
    )
    checked = albench_in(tmp_path, "check", "./curious.py:Curious")
    assert checked.returncode
    assert "'RoundView' object has no attribute 'prices'" in checked.stdout + checked.stderr


def test_what_is_wrapped_must_give_utilities():
    with pytest.raises(ValueError, match="'badge' builds batches and gives no utilities"):
        PerCost(strategy="badge")
