"""The first sentence says whether a strategy of the user's own is better than those that are built in."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from albench.narrative import write_answer
from albench.spec.highlight import list_own_strategies
from albench.spec.read import load_experiment

SPREAD = np.linspace(-0.01, 0.01, 10)[:, np.newaxis]
RANDOM = np.array([[0.5, 0.6, 0.7, 0.8, 0.9]]) + SPREAD
MARGIN = np.array([[0.5, 0.7, 0.9, 0.95, 0.96]]) + SPREAD
MARGIN_AND_NOISE = MARGIN + 0.01 * np.sin(np.arange(50)).reshape(10, 5)


@pytest.mark.parametrize(
    ("own", "other", "sentence"),
    [
        (
            RANDOM - 0.1 * np.array([0, 1, 1, 1, 1]),
            MARGIN,
            "mine is worse than margin, the first of 2 strategies on digits: averaged over the labels",
        ),
        (MARGIN, RANDOM, "mine is better than the other strategy and random on digits."),
        (MARGIN_AND_NOISE, MARGIN, "not told apart from"),
    ],
)
def test_a_strategy_of_ones_own_is_compared_with_the_others_first(own, other, sentence, world):
    world = world({"digits": {"random": RANDOM, "margin": other, "mine": own}}, splits=10)
    evidence = replace(world.conclude(), own_strategies=("mine",))
    answer = write_answer(evidence)
    assert sentence in answer[0]
    assert answer[1].startswith("Use ")


def test_both_gains_over_random_are_said(world):
    # The mean over the labels of what margin is above random: (0.1 + 0.2 + 0.15 + 0.06 / 2) / 4; of mine 0.01.
    noise = 0.02 * np.sin(np.arange(10))[:, np.newaxis]
    curves = {"random": RANDOM, "margin": MARGIN + noise, "mine": RANDOM + 0.01 - noise}
    evidence = world({"digits": curves}, splits=10).conclude()
    sentence = write_answer(replace(evidence, own_strategies=("mine",)))[0]
    spread = 2.262 * noise.std(ddof=1) / np.sqrt(10)
    (mine,) = re.findall(r"it has \+0\.(\d+) \[", sentence)
    assert float(f"0.{mine}") == pytest.approx(0.01 - noise.mean(), abs=6e-4)
    gains = [float(number) for number in re.findall(r"margin \+(\S+) \[(\S+), (\S+)\]", sentence)[0]]
    mean = 0.12 + noise.mean()
    assert gains == pytest.approx([mean, mean - spread, mean + spread], abs=6e-4)


def answer_of(world, own, splits=10):
    curves = {"random": RANDOM, "margin": MARGIN, "mine": own}
    evidence = world({"digits": curves}, splits=splits).conclude()
    return evidence.primary.recommendation, write_answer(replace(evidence, own_strategies=("mine",)))[0]


def test_what_is_not_told_apart_has_its_lead_and_the_repeats_that_would_show_it(world):
    # Areas differ by what is added in each round: five times 0.03, five times -0.02.
    lead = np.tile([[0.03], [-0.02]], (5, 1))
    recommendation, sentence = answer_of(world, MARGIN + lead)
    # t(0.975, 9) = 2.2622; the standard deviation is 0.025 * sqrt(10 / 9), its error 0.00833.
    assert recommendation.leads[0].interval.low == pytest.approx(0.005 - 2.2622 * 0.025 / 3, abs=1e-5)
    # About (1.96 + 0.84)^2 * 0.02635^2 / 0.005^2 = 218, and a few for Student's t.
    assert recommendation.leads[0].repeats_needed == pytest.approx(219, abs=3)
    assert sentence == (
        "mine comes first on digits, but is not told apart from margin: its lead is +0.005 [\u22120.014, 0.024] in "
        "accuracy, which about 220 repeats would show."
    )


def test_a_lead_that_hardly_matters_needs_no_repeats(world):
    _, sentence = answer_of(world, MARGIN + np.tile([[0.003], [-0.002]], (5, 1)))
    assert sentence.endswith(
        "margin: its lead is +0.0005 [\u22120.001, 0.002] in accuracy, less than the 0.005 that matter."
    )


def test_of_several_the_best_is_compared(world):
    curves = {"random": RANDOM, "margin": MARGIN, "mine": RANDOM, "mine squared": RANDOM + 0.01}
    evidence = world({"digits": curves}, splits=10).conclude()
    answer = write_answer(replace(evidence, own_strategies=("mine", "mine squared")))
    assert answer[0].startswith("mine squared, the best of 2 that are not built in, is worse than margin")
    assert write_answer(evidence)[0].startswith("Use margin")


def test_a_class_in_a_file_beside_the_spec_is_ones_own_and_a_highlighted_one_is_not(tmp_path: Path):
    (tmp_path / "my.py").write_text(
        "import numpy as np\nfrom albench import Strategy\n\n\nclass Mine(Strategy):\n"
        "    def utilities(self, pool, state):\n        return np.zeros(pool.candidates.size)\n",
        encoding="utf-8",
    )
    spec = "datasets: iris\nmodels: logistic_regression\nstrategies: [random, margin, ./my.py:Mine]\n"
    (tmp_path / "my.yaml").write_text(
        f"{spec}seed_sizes: 6\nbudgets: 20\nhighlight: [margin]\n", encoding="utf-8"
    )
    assert list_own_strategies(load_experiment(tmp_path / "my.yaml", import_user_code=True)) == ("Mine",)
