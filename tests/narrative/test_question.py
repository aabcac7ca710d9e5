"""The first sentence answers the question of the page."""

from __future__ import annotations

import numpy as np
import pytest
from rising_curves import MARGIN, RANDOM

from albench.narrative import question, write_answer
from albench.narrative.answer import MOST_WORDS, count_words


def ask(monkeypatch, *writers):
    monkeypatch.setattr(question, "QUESTIONS", writers)


def silent(evidence, primary):
    yield from ()


def start(evidence, primary):
    yield f"Start at random: {primary.metric}."
    yield "It hardly matters."


def test_without_another_question_an_answer_is_that_on_label_saving(monkeypatch, world):
    evidence = world({"digits": {"random": RANDOM, "margin": MARGIN}}, splits=10).conclude()
    before = write_answer(evidence)
    ask(monkeypatch, silent, silent)
    assert write_answer(evidence) == before
    assert before[0].startswith("Use margin")


def test_the_first_question_that_is_asked_is_answered_first_and_label_saving_follows(monkeypatch, world):
    evidence = world({"digits": {"random": RANDOM, "margin": MARGIN}}, splits=10).conclude()
    ask(monkeypatch, silent, start, lambda *_: iter(["Never."]))
    answer = write_answer(evidence)
    assert answer[:2] == ("Start at random: accuracy.", "It hardly matters.")
    assert answer[2].startswith("Use margin")
    assert "Never." not in answer


def test_how_many_rare_rows_were_found_is_said_beside_when_to_stop(monkeypatch, world):
    evidence = world({"digits": {"random": RANDOM, "margin": MARGIN}}, splits=10).conclude()
    monkeypatch.setattr(question, "write_rare_rows", lambda *_: iter(["With 50 labels margin has found 9."]))
    ask(monkeypatch, start)
    assert write_answer(evidence)[:2] == ("With 50 labels margin has found 9.", "Start at random: accuracy.")


@pytest.mark.parametrize("n_words", [60, 85, 90])
def test_an_answer_to_another_question_keeps_to_the_words_of_an_answer(monkeypatch, world, n_words):
    evidence = world({"digits": {"random": RANDOM, "margin": MARGIN}}, splits=10).conclude()
    ask(monkeypatch, lambda *_: iter([" ".join(["word"] * n_words)]))
    assert n_words <= count_words(write_answer(evidence)) <= MOST_WORDS


def test_withheld_verdicts_are_never_left_out(monkeypatch, world):
    apart = np.stack([RANDOM, RANDOM + np.array([0, 0.1, 0.1, 0.1, 0.05])])
    curves = {f"d{i}": {"random": apart, "margin": MARGIN} for i in range(8)}
    evidence = world(curves, splits=10).conclude()
    assert evidence.primary.control.fired
    ask(monkeypatch, lambda *_: iter(["Stop at 30."]))
    answer = write_answer(evidence)
    assert answer[0] == "Stop at 30."
    assert any(sentence.startswith("Verdicts are withheld") for sentence in answer)
