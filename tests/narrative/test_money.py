"""What the answer and the page say of money, by hand."""

from __future__ import annotations

import pytest
from priced_curves import FAST, RANDOM, REPEATS, conclude_at_prices

from albench.narrative import write_answer, write_remarks
from albench.narrative.answer import MOST_WORDS, count_words
from albench.spec.experiment import Size


@pytest.fixture
def spend(world):
    """Evidence of 10, 20, ... 50 labels, whose seed set costs 10 and whose other labels have these prices."""

    def build(prices, datasets=("one",), **changes):
        study = world(
            {name: {"random": RANDOM, "fast": FAST} for name in datasets}, splits=REPEATS, **changes
        )
        return conclude_at_prices(study, prices)

    return build


def test_an_answer_says_the_money_that_is_saved(spend):
    answer = write_answer(spend({"random": 1.0, "fast": 1.5}))
    # 10 + 20 x 1.5 of money for 30 labels, where random needs 50.
    saved = "For the same accuracy fast is estimated to need 40 of money where random needs 50 (20 % less [0, 20])."
    assert saved in answer
    assert answer[0].startswith("Use fast: on one with logistic_regression, an estimated 30 labels do what")
    assert count_words(answer) <= MOST_WORDS


def test_over_several_datasets_it_is_the_median_share(spend):
    answer = write_answer(spend({"random": 1.0, "fast": 1.5}, ("one", "two", "three")))
    assert any("to need 20 % less money than random (median over 3 datasets)." in of for of in answer)


def test_an_answer_without_prices_says_nothing_of_money(spend):
    evidence = spend({"random": 1.0, "fast": 1.0})
    assert "money" not in " ".join((*write_answer(evidence), *write_remarks(evidence).sentences))


def test_with_a_budget_of_money_the_first_sentence_is_of_money(spend):
    evidence = spend({"random": 1.0, "fast": 1.5}, budget=Size("money", 50.0))
    first, second, *_ = answer = write_answer(evidence)
    # Within 50 fast has whole rounds at 10, 25 and 40, where random has 0.8: between 0.7 and 0.9 that is at 32.5.
    assert first == (
        "For the same accuracy use fast: on one it needs 32.5 of money where random needs 40 (19 % less [19, 19])."
    )
    gain = "+0.050 [0.050, 0.050] in accuracy over random"
    assert second == f"For the same money it gains {gain}, averaged over the costs."
    assert count_words(answer) <= MOST_WORDS


def test_remarks_name_strategies_that_money_judges_otherwise_and_datasets_without_common_costs(spend):
    remarks = write_remarks(spend({"random": 1.0, "fast": 4.0})).money
    assert (
        "fast is better than random for as many labels, and worse than random for the same money." in remarks
    )
    free = write_remarks(spend({"random": 1.0, "fast": 0.0})).money
    assert free == ("Not compared on one: no two costs are common to all trials there.",)
