"""What the page of a pilot says first: what labels more are expected to give, or that it cannot be told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pilot_forecasts import make_forecast

from albench.analysis.evidence import LabellingForecast, PilotAnswer, RandomLabels
from albench.datasets.representativeness import Representativeness
from albench.narrative import write_answer
from albench.narrative.answer import MOST_WORDS, count_words

SPREAD = np.linspace(-0.01, 0.01, 10)[:, np.newaxis]
RANDOM = np.array([[0.5, 0.6, 0.7, 0.8, 0.9]]) + SPREAD


@pytest.fixture
def answer(world):
    def write(pilot):
        margin = RANDOM + np.array([[0, 0.05, 0.05, 0.05, 0.02]])
        evidence = world({"mine": {"random": RANDOM, "margin": margin}}, splits=10).conclude()
        answered = PilotAnswer(pilot, (pilot,)) if isinstance(pilot, LabellingForecast) else pilot
        return write_answer(replace(evidence, pilot=answered))

    return write


def test_where_it_pays_off_the_labels_of_random_stand_first_and_then_both_gains(answer):
    sentences = answer(make_forecast())
    assert sentences == (
        (
            "With 200 labels more, margin is expected to reach what random needs 340 for [270, 520]; accuracy 0.860 "
            "-> 0.890."
        ),
        (
            "margin is expected +0.012 [0.004, 0.021] above random with 200 labels more (90 % interval); within the "
            "labelled part alone, a smaller pool, it is +0.020."
        ),
    )
    assert count_words(sentences) <= MOST_WORDS


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ((340, 270, None), "what random needs 340 for [270, more than there are]; "),
        ((340, 270, 2701), "what random needs 340 for [270, more than there are]; "),
        ((None, 900, None), "what random does not reach with all 2,700 rows that are left; "),
        ((22_494, 820, None), "what random does not reach with all 2,700 rows that are left; "),
    ],
)
def test_no_more_labels_are_named_than_there_are_rows(answer, labels, words):
    assert words in answer(make_forecast(labels=labels))[0]


def test_where_nothing_is_gained_the_level_is_that_of_random(answer):
    first = answer(make_forecast("no_gain", gain=(-0.001, -0.006, 0.003), advised="random"))[0]
    assert first == "No strategy is expected to beat random with 200 labels more; accuracy 0.860 -> 0.878."


@pytest.mark.parametrize(
    ("needed", "words"),
    [
        (120, "The labelled part is too small to tell whether a strategy beats random; with 120 labels more it could be told."),
        (None, "The labelled part cannot tell whether a strategy beats random with 200 labels more: on data sets whose pilots look like this one, gains differ by more."),
    ],
)  # fmt: skip
def test_what_is_undecided_says_how_many_labels_would_tell(answer, needed, words):
    sentences = answer(make_forecast("undecided", gain=(0.006, -0.002, 0.02), labels_to_tell=needed))
    assert sentences[0] == words
    assert sentences[1].startswith("margin is expected +0.006 [\u22120.002, 0.020] above random")


def test_an_answer_that_is_withheld_names_no_gain(answer):
    note = "Intervals are twice as long."
    assert answer(make_forecast("withheld", notes=(note,))) == (
        "What a strategy gives with 200 labels more is not said: the labelled rows are not like the others.",
        note,
    )


def test_labelled_rows_that_are_not_like_the_others_are_told_with_the_column(answer):
    shift = Representativeness(0.956, 0.945, 0.967, "age")
    pilot = make_forecast("withheld")
    sentences = answer(PilotAnswer(pilot, (pilot,), representativeness=shift))
    assert sentences[1] == (
        "A classifier tells the labelled rows from the others with an AUC of 0.96 [0.94, 0.97], most by 'age': "
        "labels of rows that are drawn at random make a pilot of all rows."
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


def test_labels_beyond_what_the_study_followed_are_more_than_that(answer):
    margin = make_forecast().find("margin")
    for labels, words in (
        (RandomLabels(340, 270, None, 0.9, 600), "what random needs 340 for [270, more than 600]; "),
        (RandomLabels(None, 270, None, 0.9, 600), "what random needs more than 600 for; "),
        (
            RandomLabels(None, 270, None, 0.9, 3000),
            "what random does not reach with all 2,700 rows that are left; ",
        ),
    ):
        assert words in answer(make_forecast(strategies=(replace(margin, random_labels=labels),)))[0]
