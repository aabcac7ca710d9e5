"""What the page of a pilot says first: what labels more are expected to give, or that it cannot be told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pilot_forecasts import make_forecast
from rising_curves import RANDOM

from albench.analysis.evidence.between_slices import Disagreement
from albench.analysis.evidence.labelling import LabellingForecast, PilotAnswer, RandomLabels
from albench.datasets.representativeness import Representativeness
from albench.narrative import write_answer
from albench.narrative.answer import MOST_WORDS, count_words


@pytest.fixture
def evidence(world):
    margin = RANDOM + np.array([[0, 0.05, 0.05, 0.05, 0.02]])
    return world({"mine": {"random": RANDOM, "margin": margin}}, splits=10).conclude()


@pytest.fixture
def answer(evidence):
    def write(pilot):
        answered = PilotAnswer(pilot, (pilot,)) if isinstance(pilot, LabellingForecast) else pilot
        return write_answer(replace(evidence, pilot=answered))

    return write


def test_where_it_pays_off_the_labels_of_random_stand_first_and_then_both_gains(answer):
    sentences = answer(make_forecast())
    assert sentences == (
        (
            "Rows chosen by margin pay off: with 200 labels more accuracy is expected to go from 0.860 to 0.890; "
            "rows drawn at random take 340 [270, 520] for that."
        ),
        (
            "margin is expected +0.012 [0.004, 0.021] above random in accuracy with 200 labels more (90 % interval); "
            "tried on the labelled rows alone, with fewer to choose from, it is +0.020."
        ),
        (
            "Next: label the rows that margin asks for (uncertainty: the two most probable classes are close); "
            "albench next lists them."
        ),
    )
    assert count_words(sentences) <= MOST_WORDS


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ((340, 270, None), "rows drawn at random take 340 [270, more than there are] for that."),
        ((340, 270, 2701), "rows drawn at random take 340 [270, more than there are] for that."),
        ((None, 900, None), "rows drawn at random do not get there with all 2,700 that are left."),
        ((22_494, 820, None), "rows drawn at random do not get there with all 2,700 that are left."),
    ],
)
def test_no_more_labels_are_named_than_there_are_rows(answer, labels, words):
    assert words in answer(make_forecast(labels=labels))[0]


def test_where_nothing_is_gained_the_level_is_that_of_random(answer):
    first, _, last = answer(make_forecast("no_gain", gain=(-0.001, -0.006, 0.003), advised="random"))
    assert first == (
        "With 200 labels more, no strategy is expected to beat rows drawn at random; accuracy is expected to go from "
        "0.860 to 0.878."
    )
    assert last == "Next: label rows drawn at random; albench next lists them, too."


@pytest.mark.parametrize(
    ("needed", "words", "wait"),
    [
        (120, "300 labelled rows are too few to tell whether a strategy beats drawing rows at random; with 120 more it could be told", "; to be sure first, label 120 rows drawn at random and run a new pilot"),
        (None, "300 labelled rows cannot tell whether a strategy beats drawing rows at random, nor could ten times as many: gains differ that much from file to file", ""),
    ],
)  # fmt: skip
def test_what_is_undecided_says_how_many_labels_would_tell(answer, needed, words, wait):
    sentences = answer(make_forecast("undecided", gain=(0.006, -0.002, 0.02), labels_to_tell=needed))
    assert (
        sentences[0]
        == f"{words}; accuracy is expected to go from 0.860 to 0.878 with 200 labels more at random."
    )
    assert sentences[-1].endswith(f"the best guess; albench next lists them{wait}.")
    assert sentences[1].startswith("margin is expected +0.006 [\u22120.002, 0.020] above random")


def test_an_answer_that_is_withheld_names_no_gain(answer):
    sentences = answer(make_forecast("withheld", notes=("Intervals are twice as long.",)))
    assert sentences == (
        (
            "What a strategy gives with 200 labels more is not said: the rows that have a label are not like the "
            "others."
        ),
        (
            "Next: label rows drawn at random, which albench next lists, and run a pilot on a file in which these "
            "alone have their labels."
        ),
    )


def test_labelled_rows_that_are_not_like_the_others_are_told_with_the_column(answer):
    shift = Representativeness(0.956, 0.945, 0.967, "age")
    pilot = make_forecast("withheld")
    sentences = answer(PilotAnswer(pilot, (pilot,), representativeness=shift))
    assert sentences[1] == (
        "A classifier tells the labelled rows from the others, most by 'age', with an AUC of 0.96 [0.94, 0.97]: "
        "0.50 if they were drawn at random."
    )
    assert sentences[-1] == (
        "Next: put 'age' under 'drop' if only labelled rows have it filled in, and run that; else label rows "
        "drawn at random, which albench next lists, and run a pilot on a file in which these alone have their labels."
    )
    alike = Representativeness(0.52, 0.48, 0.56)
    pilot = make_forecast()
    assert not any("AUC" in each for each in answer(PilotAnswer(pilot, (pilot,), representativeness=alike)))


def test_why_there_is_no_forecast_is_said_in_its_place(answer):
    sentences = answer(PilotAnswer(problem="2 repeats have finished, and 3 are needed"))
    assert sentences[0] == (
        "What more labels would give cannot be said: 2 repeats have finished, and 3 are needed."
    )


def test_what_the_labelled_part_alone_would_save_is_no_part_of_the_answer(answer):
    assert not any("saves" in sentence or "Use margin" in sentence for sentence in answer(make_forecast()))


def test_a_model_that_names_one_class_is_said_first_and_what_to_do_about_it(answer):
    forecast = make_forecast()
    first, *_, last = answer(PilotAnswer(forecast, (forecast,), chance=0.855))
    assert first == (
        "With the labels of now the model is hardly better than one that looks at no feature (accuracy "
        "0.860): what a strategy gives with 200 labels more is not said."
    )
    assert last.startswith("Next: take another model under 'models'")
    assert not any(
        "margin" in sentence for sentence in answer(PilotAnswer(forecast, (forecast,), chance=0.855))
    )
    # 300 rows tell levels apart that differ by sqrt(0.83 * 0.17 / 300) = 0.022.
    assert answer(PilotAnswer(forecast, (forecast,), chance=0.83)) == answer(forecast)
    assert PilotAnswer(forecast, (forecast,), chance=0.84).is_at_chance


def test_by_which_metrics_the_strategy_loses_is_said_without_the_code_of_a_check(evidence):
    own = evidence.primary.slice
    other = replace(own, metric="log_loss")
    both = tuple(Disagreement(name, (own,), (other,), (own, other)) for name in ("margin", "badge"))
    forecast = make_forecast()
    sentences = write_answer(replace(evidence, disagreements=both, pilot=PilotAnswer(forecast, (forecast,))))
    assert sentences[1].endswith("it is +0.020, and below random in log_loss.")
    assert not any("ALB014" in sentence or "badge" in sentence for sentence in sentences)


def test_labels_beyond_what_the_study_followed_are_more_than_that(answer):
    margin = make_forecast().find("margin")
    for labels, words in (
        (RandomLabels(340, 270, None, 0.9, 600), "take 340 [270, more than 600] for that."),
        (RandomLabels(None, 270, None, 0.9, 600), "take more than 600 for that."),
        (
            RandomLabels(None, 270, None, 0.9, 3000),
            "rows drawn at random do not get there with all 2,700 that are left.",
        ),
    ):
        assert words in answer(make_forecast(strategies=(replace(margin, random_labels=labels),)))[0]
