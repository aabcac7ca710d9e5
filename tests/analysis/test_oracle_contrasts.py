"""What the same level costs under several oracles, and which of them is the cheapest, by hand."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from priced_curves import FAST, RANDOM, REPEATS
from scipy import stats

from albench.analysis.conclude import conclude
from albench.analysis.evidence.cells import Curve
from albench.analysis.oracle_curves import find_level_costs
from albench.narrative import write_answer
from albench.narrative.answer import MOST_WORDS, count_words
from albench.spec.experiment import Entry

STEEP = np.linspace(0.5, 0.9, 5)
SLOW = np.linspace(0.4, 0.6, 5)


@pytest.fixture
def conclude_with_oracles(world):
    """Evidence under several oracles: the curves of strategies on each dataset, and the price of a label.

    The seed set of 10 costs 10 under each. A price may be one for each repeat.
    """

    def build(oracles):
        study, parts = None, []
        for name, (curves, price) in oracles.items():
            by_dataset = curves if isinstance(next(iter(curves.values())), dict) else {"one": curves}
            n_repeats = len(next(iter(by_dataset.values()))["random"])
            study = world(by_dataset, splits=n_repeats)
            trials, rounds, references = study.tables()
            renamed = pl.concat_str([pl.col("key"), pl.lit(f"/{name}")])
            prices = pl.DataFrame({"split": range(n_repeats), "price": np.broadcast_to(price, n_repeats)})
            of_split = trials.select("key", pl.col("split").cast(pl.Int64)).join(prices, on="split")
            costs = 10.0 + (pl.col("n_labels") - 10) * pl.col("price")
            priced = rounds.join(of_split, on="key", maintain_order="left").with_columns(cost=costs)
            parts.append(
                (
                    trials.with_columns(renamed.alias("key"), oracle=pl.lit(name)),
                    priced.select(rounds.columns).with_columns(renamed.alias("key")),
                )
            )
        entries = tuple(Entry(name, study.experiment.oracles[0].component) for name in oracles)
        trials, rounds = (pl.concat(each) for each in zip(*parts, strict=True))
        return conclude(replace(study.experiment, oracles=entries), trials, rounds, references)

    return build


def shift(seed):
    """Repeats whose curves are shifted as a whole."""
    return 0.02 * np.random.default_rng(seed).standard_normal((REPEATS, 1))


def steep_and_slow(seed=0):
    """An expert of 1 a label who ends at 0.9, and a crowd of a tenth that ends at 0.6."""
    expert, crowd = STEEP + shift(seed), SLOW + shift(seed + 1)
    return {
        "expert": ({"random": expert - 0.1, "fast": expert}, 1.0),
        "crowd": ({"random": crowd - 0.1, "fast": crowd}, 0.1),
    }, (crowd[:, -1] - expert[:, 0])


def test_the_same_level_is_priced_under_every_oracle(conclude_with_oracles):
    poor = {"random": RANDOM - 0.1, "fast": FAST - 0.1}
    oracles = {"expert": ({"random": RANDOM, "fast": FAST}, 1.0), "crowd": (poor, 0.1)}
    evidence = conclude_with_oracles(oracles)
    # The crowd brings no strategy above 0.8. With the expert random has that at 40 labels, fast halfway from 20 to 30;
    # with the crowd they end there, fast from 30 labels on.
    amounts = {(cost.oracle, cost.strategy): (cost.n_labels, cost.cost) for cost in evidence.oracle_costs}
    assert amounts["expert", "random"] == pytest.approx((40, 40))
    assert amounts["expert", "fast"] == pytest.approx((25, 25))
    assert amounts["crowd", "random"] == pytest.approx((50, 10 + 40 * 0.1))
    assert amounts["crowd", "fast"] == pytest.approx((30, 10 + 20 * 0.1))
    assert [cost.level for cost in evidence.oracle_costs] == pytest.approx([0.8] * 4)
    # Of 12 repeats that lie evenly around the crowd's 0.8, six end above it.
    assert {(of.oracle, of.strategy): of.share_reached for of in evidence.oracle_costs} == {
        ("expert", "random"): 1,
        ("expert", "fast"): 1,
        ("crowd", "random"): 0.5,
        ("crowd", "fast"): 0.5,
    }


def test_at_one_a_label_oracles_are_not_priced(conclude_with_oracles):
    curves = {"random": RANDOM, "fast": FAST}
    evidence = conclude_with_oracles({"expert": (curves, 1.0), "crowd": (curves, 1.0)})
    assert evidence.oracle_costs == evidence.oracle_contrasts == ()


def test_of_straight_lines_the_share_of_the_money_is_that_of_a_t_interval(conclude_with_oracles):
    oracles, gaps = steep_and_slow()
    (contrast,) = conclude_with_oracles(oracles).oracle_contrasts
    (cell,) = contrast.cells
    assert (contrast.oracle, contrast.other, cell.strategy, cell.other_strategy) == (
        "crowd",
        "expert",
        "fast",
        "fast",
    )

    # The crowd ends at 14 of money; the expert rises by 0.01 for each of its money, from 10 on.
    def share(gap):
        return 14 / (10 + gap / 0.01)

    assert 1 - cell.saving.saving == pytest.approx(share(gaps.mean()))
    ends = stats.ttest_1samp(gaps, 0).confidence_interval()
    shares = [1 - cell.saving.interval.high, 1 - cell.saving.interval.low]
    reached = (0.01 * (14 / np.array(shares) - 10) - gaps.mean()) / (
        np.array([ends.high, ends.low]) - gaps.mean()
    )
    # The standard error is that of 2,000 resamples: of itself it is known to 1.6 %.
    assert reached == pytest.approx(1, abs=0.02)
    assert contrast.is_shown
    gap_at_the_end = gaps + 0.4 - 2 * gaps
    assert contrast.end_difference == pytest.approx(gap_at_the_end.mean())


def test_the_order_of_the_oracles_changes_nothing(conclude_with_oracles):
    oracles, _ = steep_and_slow()
    there = conclude_with_oracles(oracles).oracle_contrasts
    back = conclude_with_oracles(dict(reversed(oracles.items()))).oracle_contrasts
    assert there == back


def test_the_first_sentence_names_the_cheapest_oracle_and_the_one_that_gets_further(conclude_with_oracles):
    oracles, _ = steep_and_slow()
    evidence = conclude_with_oracles(oracles)
    answer = write_answer(evidence)
    (contrast,) = evidence.oracle_contrasts
    saving = contrast.cells[0].saving
    own, other, level = f"{saving.labels_strategy:.3g}", f"{saving.labels_random:.3g}", f"{saving.level:.3f}"
    share, low, high = (
        f"{100 * (1 - of):.0f}" for of in (contrast.saving, contrast.interval.high, contrast.interval.low)
    )
    assert answer[0] == (
        f"The cheapest oracle on one is crowd: for accuracy {level} it costs {own} where expert costs {other} "
        f"({share} % [{low}, {high}])."
    )
    end = oracles["expert"][0]["fast"][:, -1].mean()
    assert answer[1].startswith(f"For all of its money, 50, expert gets further: accuracy {end:.3f} (+0.")
    assert answer[2].startswith("Use fast: on one with logistic_regression and labels of expert, ")
    assert count_words(answer) <= MOST_WORDS


def test_what_speaks_of_a_strategy_is_left_out_where_the_sentence_that_names_it_has_no_room(
    conclude_with_oracles,
):
    oracles, _ = steep_and_slow()
    longer = {f"{name}, {'or whoever else may be there, ' * 2}": of for name, of in oracles.items()}
    answer = write_answer(conclude_with_oracles(longer))
    assert answer[0].startswith("The cheapest oracle on one is 'crowd, or whoever")
    assert not any(sentence.startswith("Use fast") or " it gains " in sentence for sentence in answer)


def test_of_several_dearer_oracles_each_has_its_money_and_a_label_with_a_comma_stands_in_quotes(
    conclude_with_oracles,
):
    oracles, _ = steep_and_slow()
    expert, _ = oracles["expert"]
    oracles["two experts, in turn"] = (expert, 2.0)
    first = write_answer(conclude_with_oracles(oracles))[0]
    assert re.search(
        r"it costs 14 where expert costs [\d.]+ \(\d+ % \[\d+, \d+\]\) and 'two experts, in turn' [\d.]+ \(\d+ %",
        first,
    )


def test_oracles_that_are_not_told_apart_are_not_ranked(conclude_with_oracles):
    first, other = STEEP + shift(2), STEEP + shift(3)
    oracles = {name: ({"random": of - 0.1, "fast": of}, 0.5) for name, of in (("ann", first), ("ben", other))}
    evidence = conclude_with_oracles(oracles)
    (contrast,) = evidence.oracle_contrasts
    assert contrast.interval.low < 0 < contrast.interval.high
    assert not contrast.is_shown
    assert write_answer(evidence)[0].startswith(
        "This experiment cannot tell which oracle is the cheapest on one: for accuracy 0."
    )


def test_a_cheapest_oracle_is_shown_against_every_other_one(conclude_with_oracles):
    oracles, _ = steep_and_slow()
    same = SLOW + shift(5)
    oracles["students"] = ({"random": same - 0.1, "fast": same}, 0.1)
    first, second, *_ = write_answer(conclude_with_oracles(oracles))
    assert first.startswith("This experiment cannot tell which oracle is the cheapest on one: ")
    assert "crowd" in first
    assert "students" in first
    assert "expert" not in first
    assert second == "Shown to be dearer than another one: expert."


def test_over_datasets_it_is_the_median_share(conclude_with_oracles):
    by_seed = [steep_and_slow(10 * seed) for seed in range(3)]
    oracles = {
        name: ({f"d{i}": of[name][0] for i, (of, _) in enumerate(by_seed)}, price)
        for name, price in (("expert", 1.0), ("crowd", 0.1))
    }
    evidence = conclude_with_oracles(oracles)
    (contrast,) = evidence.oracle_contrasts
    assert len(contrast.cells) == 3
    assert contrast.saving == pytest.approx(np.median([cell.saving.saving for cell in contrast.cells]))
    assert contrast.interval is None
    assert contrast.is_shown
    assert write_answer(evidence)[0].endswith("% of what expert costs (medians over 3 datasets).")


def test_where_a_dataset_lacks_repeats_no_oracle_is_called_the_cheapest(conclude_with_oracles):
    by_seed = [steep_and_slow(10 * seed)[0] for seed in range(3)]
    by_seed[0]["crowd"][0]["fast"][:4] = by_seed[0]["crowd"][0]["random"][:4] = np.nan
    oracles = {
        name: ({f"d{i}": of[name][0] for i, of in enumerate(by_seed)}, price)
        for name, price in (("expert", 1.0), ("crowd", 0.1))
    }
    (contrast,) = conclude_with_oracles(oracles).oracle_contrasts
    assert [cell.dataset for cell in contrast.cells] == ["d1", "d2"]
    assert not contrast.is_shown


def test_a_level_that_the_seed_set_has_is_no_level_to_pay_for(conclude_with_oracles):
    oracles, _ = steep_and_slow()
    hopeless = np.linspace(0.3, 0.45, 5) + shift(7)
    oracles["crowd"] = ({"random": hopeless - 0.1, "fast": hopeless}, 0.1)
    evidence = conclude_with_oracles(oracles)
    (contrast,) = evidence.oracle_contrasts
    assert contrast.cells[0].saving.undefined == "no_rise"
    assert contrast.saving is None
    assert not contrast.is_shown
    assert "have no level to compare" in write_answer(evidence)[0]


def test_prices_that_differ_between_repeats_are_read_at_common_costs(conclude_with_oracles):
    oracles, _ = steep_and_slow()
    prices = np.where(np.arange(REPEATS) % 2, 0.08, 0.12)
    oracles["crowd"] = (oracles["crowd"][0], prices)
    (contrast,) = conclude_with_oracles(oracles).oracle_contrasts
    # The repeats end at 13.2 and 14.8 of money: at 13.2 the crowd has what it has at 50 and at 36 2/3 labels.
    crowd, expert = oracles["crowd"][0]["fast"], oracles["expert"][0]["fast"]
    at = [
        np.interp(50 if i % 2 else 10 + 3.2 / 0.12, [10, 20, 30, 40, 50], own) for i, own in enumerate(crowd)
    ]
    gap = np.mean(at) - expert[:, 0].mean()
    assert contrast.cells[0].saving.level == pytest.approx(np.mean(at))
    assert 1 - contrast.saving == pytest.approx(13.2 / (10 + gap / 0.01))


def test_below_10_repeats_the_sentence_says_what_an_interval_takes(conclude_with_oracles):
    oracles, _ = steep_and_slow()
    few = {
        name: ({strategy: own[:9] for strategy, own in curves.items()}, price)
        for name, (curves, price) in oracles.items()
    }
    evidence = conclude_with_oracles(few)
    (contrast,) = evidence.oracle_contrasts
    assert contrast.interval is None
    first = write_answer(evidence)[0]
    assert first.startswith(
        "This experiment cannot tell which oracle is the cheapest on one: for accuracy 0."
    )
    saving = contrast.cells[0].saving
    costs = f"{saving.labels_strategy:.3g} where expert costs {saving.labels_random:.3g}"
    share = f"({100 * (1 - contrast.saving):.0f} %)"
    assert first.endswith(f" crowd is estimated to cost {costs} {share}; an interval takes 10 repeats.")


# --- curves along the money ------------------------------------------------------------------------------


def draw(costs, levels):
    """A curve without an interval."""
    unknown = np.full(len(costs), np.nan)
    return Curve(np.array(costs, float), np.array(levels, float), unknown, unknown, 1)


def test_each_oracle_has_the_curve_of_its_best_strategy_along_its_own_money(conclude_with_oracles):
    oracles, _ = steep_and_slow()
    by_name = {of.oracle: of for of in conclude_with_oracles(oracles).oracle_curves}
    assert list(by_name) == ["expert", "crowd"]
    crowd = by_name["crowd"].curves["one"]
    levels = oracles["crowd"][0]["fast"]
    assert by_name["crowd"].strategies == {"one": "fast"}
    assert crowd.n_labels == pytest.approx([10, 11, 12, 13, 14])
    assert crowd.mean == pytest.approx(levels.mean(axis=0))
    ends = stats.ttest_1samp(levels, 0).confidence_interval()
    assert crowd.low == pytest.approx(ends.low)
    assert crowd.high == pytest.approx(ends.high)


def test_over_datasets_the_curve_is_the_mean_at_the_money_that_all_have(conclude_with_oracles):
    by_seed = [steep_and_slow(10 * seed)[0] for seed in range(2)]
    oracles = {
        name: ({f"d{i}": of[name][0] for i, of in enumerate(by_seed)}, price)
        for name, price in (("expert", 1.0), ("crowd", 0.1))
    }
    crowd = next(of for of in conclude_with_oracles(oracles).oracle_curves if of.oracle == "crowd")
    assert crowd.mean.n_labels == pytest.approx([10, 11, 12, 13, 14])
    assert crowd.mean.mean == pytest.approx(np.mean([of.mean for of in crowd.curves.values()], axis=0))


def test_the_level_of_the_picture_is_the_worst_final_one_and_its_money_that_of_the_sentence(
    conclude_with_oracles,
):
    oracles, gaps = steep_and_slow()
    evidence = conclude_with_oracles(oracles)
    (contrast,) = evidence.oracle_contrasts
    (cell,) = contrast.cells
    curves = {of.oracle: of.curves["one"] for of in evidence.oracle_curves}
    needed = find_level_costs(curves, [(contrast.oracle, contrast.other, cell)], greater_is_better=True)
    assert needed.level == pytest.approx(cell.saving.level)
    assert needed.costs == {"crowd": cell.saving.labels_strategy, "expert": cell.saving.labels_random}
    alone = find_level_costs(curves, greater_is_better=True)
    assert alone.costs == pytest.approx({"crowd": 14, "expert": 10 + gaps.mean() / 0.01})


def test_the_money_of_a_level_is_read_between_rounds_where_lower_is_better_too():
    rising = {"llm": draw([1, 2, 3], [0.2, 0.4, 0.6]), "expert": draw([10, 30], [0.5, 0.9])}
    falling = {name: draw(of.n_labels, 1 - of.mean) for name, of in rising.items()}
    for curves, level, better in ((rising, 0.6, True), (falling, 0.4, False)):
        needed = find_level_costs(curves, greater_is_better=better)
        assert needed.level == pytest.approx(level)
        assert needed.costs == pytest.approx({"llm": 3, "expert": 15})


def test_a_level_that_one_oracle_begins_with_costs_nothing_that_could_be_shown():
    curves = {"llm": draw([1, 2], [0.2, 0.4]), "expert": draw([10, 30], [0.5, 0.9])}
    assert find_level_costs(curves, greater_is_better=True) is None
    assert find_level_costs({"llm": curves["llm"]}, greater_is_better=True) is None
