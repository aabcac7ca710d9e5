"""What a page of streams says first, sentence by sentence, from tables of known numbers."""

import re
from dataclasses import replace
from statistics import mean, median

import pytest
from stream_world import World, fail, make_design

from albench.narrative.checks.streams import run_stream_checks
from albench.narrative.streams.answer import write_stream_answer
from albench.narrative.streams.notes import list_stream_notes, write_stream_tests

GAINS = {"variable_uncertainty": 0.03, "split": 0.002, "uncertainty": -0.02}
ONE = make_design(datasets=("sea",), pairs=(("split", "fixed"),))


def answer(world):
    return write_stream_answer(world.conclude())


def check(world, code):
    return next(check for check in run_stream_checks(world.conclude()) if check.code == code)


def average(world, column, strategy="variable_uncertainty"):
    rows = [row for row in world.trials.iter_rows(named=True) if row["strategy"] == strategy]
    by_dataset = {}
    for row in rows:
        by_dataset.setdefault(row["dataset"], []).append(row[column])
    return mean(map(mean, by_dataset.values()))


def test_a_win_names_level_gain_and_recovery_of_strategy_and_random():
    world = World(gains=GAINS)
    first, second, *_ = answer(world)
    level = average(world, "accuracy")
    gain = level - average(world, "random_accuracy")
    pattern = (
        r"Use variable_uncertainty: at 10 % of the labels it reaches prequential accuracy (.*) on 3 streams with"
        r" sgd, (.*) \[(.*), (.*)\] more than random at the same spending; after the drift it regains its level"
        r" in (.*) rows, random in (.*) \(sooner in (.*) of (.*) repeats, p = (.*)\)\."
    )
    numbers = [float(text) for text in re.fullmatch(pattern, first).groups()]
    assert numbers[:2] == [round(level, 3), round(gain, 3)]
    assert numbers[2] < gain < numbers[3]
    for number, column in zip(numbers[4:6], ("recovery", "random_recovery"), strict=True):
        rows = [r for r in world.trials.iter_rows(named=True) if r["strategy"] == "variable_uncertainty"]
        medians = [
            median([r[column] for r in rows if r["dataset"] == name]) for name in ("sea", "led", "wind")
        ]
        assert number == pytest.approx(median(medians), abs=0.51)
    recovery = world.conclude().primary.find_row("variable_uncertainty").recovery
    assert numbers[6:] == [recovery.n_sooner, recovery.n_sooner + recovery.n_later, round(recovery.p_holm, 3)]
    assert second == "That is over 10 repeats, p < 0.001 corrected for 3 strategies."


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        (
            ("variable_uncertainty",),
            (
                r"variable_uncertainty is better than the 2 other strategies and random at the same spending "
                r"on 3 streams with sgd\."
            ),
        ),
        (
            ("split", "uncertainty"),
            (
                r"split, the best of 2 that are not built in, is worse than variable_uncertainty, the first of "
                r"3 strategies on 3 streams with sgd: it has ([+−]0\.\d+) .*against random at the same spending "
                r"in prequential accuracy, variable_uncertainty (\+0\.\d+) .*"
            ),
        ),
    ],
)
def test_strategies_of_ones_own_are_compared_with_the_others_first(own, sentence):
    world = World(gains=GAINS)
    evidence = replace(world.conclude(), own_strategies=own)
    first, *rest = write_stream_answer(evidence)
    match = re.fullmatch(sentence, first)
    assert match
    gains = [
        average(world, "accuracy", name) - average(world, "random_accuracy", name)
        for name in ("split", "variable_uncertainty")
    ]
    for text, gain in zip(match.groups(), gains, strict=False):
        assert float(text.replace("−", "-")) == pytest.approx(gain, abs=6e-4)
    assert not rest or rest[0].startswith("Use variable_uncertainty")
    everything = replace(evidence, own_strategies=tuple(GAINS))
    assert write_stream_answer(everything) == answer(world)


def test_where_nothing_gains_that_is_said():
    first, closest, limit, *_ = answer(World(make_design(drifts=("",)), noise=0.001))
    assert first == (
        "Nothing here beats random at the same spending on 3 streams with sgd at 10 % of the labels; do not bother."
    )
    assert re.match(
        r"Closest comes \w+ with .* in prequential accuracy \(0\.80\d against random's 0\.80\d\), p = .*\.$",
        closest,
    )
    assert limit == "By its 95 % interval no strategy gains more than 0.005."


def test_what_cannot_be_told_says_how_many_repeats_would():
    first, closest, *_ = answer(World(make_design(datasets=("sea",)), gains={"split": 0.01}, noise=0.02))
    assert re.fullmatch(
        r"This experiment cannot tell whether a strategy beats random at the same spending on sea with sgd at 10 %"
        r" of the labels; about \d+ more repeats would\.",
        first,
    )
    assert closest.startswith("Closest comes ")


def test_an_interval_above_0_that_decides_nothing_stands_beside_the_p_of_all_strategies():
    world = World(make_design(n_repeats=4), gains={"split": 0.02, "uncertainty": 0.01}, noise=0.02)
    first, closest, *_ = answer(world)
    assert first.startswith("This experiment cannot tell")
    name, low, p = re.match(
        r"Closest comes (\w+) with .* \[(.*), .*\] .* p = (.*) corrected for 3 str", closest
    ).groups()
    row = world.conclude().primary.find_row(name).row
    assert float(low) > 0
    assert float(p) == round(row.p_these, 3) > 0.05


def test_one_repeat_has_no_interval_and_asks_for_more():
    first, closest, *_ = answer(World(make_design(n_repeats=1), gains=GAINS))
    assert "there are too few repeats for an interval, and 9 more repeats would help" in first
    assert "[" not in closest.split(" in prequential")[0]


def test_failed_and_missing_trials_are_in_the_answer_and_what_is_left_out_in_the_notes():
    def spoil(row):
        if row["repeat"] == 9:
            return None
        return fail(row) if (row["strategy"], row["dataset"]) == ("variable_uncertainty", "sea") else row

    world = World(gains=GAINS, edit=spoil)
    sentences = answer(world)
    assert "on 2 of 3 streams" in sentences[0]
    assert sentences[-1] == (
        "Of the trials 9 failed (variable_uncertainty 9) and 9 are missing: all of this is provisional."
    )
    assert list_stream_notes(world.conclude())[0] == (
        "Left out, with fewer than 80 % of the repeats: variable_uncertainty on sea (0 of 10 repeats, 9 failed, "
        "1 missing). Means over the streams are without them."
    )


def test_without_a_finished_trial_there_is_nothing_to_say():
    sentences = answer(World(edit=fail))
    assert sentences[0] == "No trial has finished yet: there is nothing to say."
    assert sentences[1].startswith("Of the trials 90 failed")


def test_where_a_level_does_not_come_back_in_half_of_the_trials_it_is_counted_and_not_left_out():
    lost = {"recovery": None, "n_recovered": 0}
    random_lost = {"random_recovery": None, "random_n_recovered": 0}

    def tell(edit):
        return answer(World(ONE, {"split": 0.05}, edit=edit))[0]

    assert "; of 10 drifts it recovers from 0, random from 10 (sooner in 0 of 10 " in tell(
        lambda row: row | lost
    )
    assert "; of 10 drifts it recovers from 10, random from 0 (sooner in 10 of 10 " in tell(
        lambda row: row | random_lost
    )
    neither = tell(lambda row: row | lost | random_lost)
    assert neither.endswith("; of 10 drifts it recovers from 0, random from 0.")
    half = tell(lambda row: row | (lost if row["repeat"] < 5 else {}))
    assert "; of 10 drifts it recovers from 5, random from 10 (" in half
    fewer = tell(lambda row: row | (lost if row["repeat"] < 4 else {}))
    assert "after the drift it regains its level in" in fewer


def test_the_notes_say_how_many_repeats_it_takes_to_show_who_recovers_sooner():
    few, enough = (
        list_stream_notes(World(make_design(datasets=("sea",), n_repeats=n)).conclude()) for n in (6, 10)
    )
    assert (
        "Who is back sooner cannot be shown: one of the two is in 6 repeats at most; below 7 the sign test "
        "cannot get below 0.05."
    ) in few
    assert not any(note.startswith("Who is back sooner") for note in enough)


def test_a_stream_without_drift_says_nothing_of_recovery():
    assert "drift" not in " ".join(answer(World(make_design(drifts=("",)), gains=GAINS)))


def test_another_spending_than_the_budget_is_said():
    over = World(ONE, {"split": 0.05}, edit=lambda row: row | {"n_bought": 280, "excess": 80})
    first, *_, last = answer(over)
    assert first.startswith("Use split: with 14 % of the labels (10 % allowed) it reaches")
    assert last == "Over budget at some row: split (10 of 10 trials, by up to 80 labels)."
    assert check(over, "ALB102").status == "tip"
    under = World(ONE, {"split": 0.05}, edit=lambda row: row | {"n_bought": 100})
    assert "with 5 % of the labels (10 % allowed)" in answer(under)[0]
    assert check(under, "ALB103").sentence.startswith(
        "Less than 80 % of the budget is bought by split (5 % of 10 %)"
    )


def test_strategies_that_are_not_told_apart_are_named():
    sentences = answer(World(make_design(drifts=("",)), gains=dict.fromkeys(GAINS, 0.03)))
    assert any(sentence.startswith("Not told apart from it: ") for sentence in sentences)


def test_an_answer_has_at_most_90_words_but_for_its_verdict_and_reservations():
    for world in (World(gains=GAINS), World(), World(make_design(n_repeats=1))):
        assert len(" ".join(answer(world)).split()) <= 90


def test_over_enough_streams_the_signed_rank_test_is_told():
    world = World(make_design(datasets=tuple("abcdefgh"), n_repeats=3), gains=GAINS)
    *_, verdict, chances = write_stream_tests(world.conclude().primary)
    assert re.match(
        r"Across 8 streams, .*variable_uncertainty is better than random \(p = 0\.0\d\d\)", verdict
    )
    assert "or worse on another stream like these are 0." in chances
    assert "with Holm's correction for 3 strategies" in verdict
    assert "On another stream like these variable_uncertainty is better with probability" in answer(world)[-1]


def test_checks_pass_on_a_sound_experiment_but_for_the_number_of_streams():
    world = World(make_design(datasets=tuple("abcdefgh")), gains=GAINS)
    assert {check.status for check in run_stream_checks(world.conclude())} == {"passed"}


def test_few_repeats_and_a_learner_that_only_repeats_are_pointed_out():
    assert check(World(make_design(n_repeats=2)), "ALB101").status == "issue"
    assert check(World(make_design(n_repeats=5)), "ALB101").status == "tip"
    low = {"kappa_temporal": -0.1, "random_kappa_temporal": -0.2}
    assert check(World(edit=lambda row: row | low), "ALB104").sentence.startswith(
        "On sea, led, wind some learner"
    )


def test_repeats_of_one_order_say_of_what_their_intervals_speak():
    notes = [
        list_stream_notes(World(make_design(is_shuffled=shuffled)).conclude()) for shuffled in (True, False)
    ]
    assert [any("in the same order in every repeat" in note for note in each) for each in notes] == [
        False,
        True,
    ]
