"""What a plan says that trials on streams will cost."""

from __future__ import annotations

import pytest
import yaml

import albench

SPEC = {
    "scenario": "stream",
    "datasets": "breast_cancer",
    "models": "gaussian_nb",
    "strategies": ["split", "uncertainty"],
    "budgets": "10%",
    "repeats": 3,
    "execution": {"n_jobs": 1},
}
OWN = """
from pathlib import Path

from albench.stream.baselines import Periodic


class Mine(Periodic):
    name = ""

    def begin(self, facts, rng):
        Path(__file__).with_name("has_begun").touch()
        return super().begin(facts, rng)
"""


def test_the_first_plan_has_a_price_and_leaves_nothing_behind(tmp_path):
    forecast = albench.plan(SPEC, results=tmp_path)
    assert forecast.price.source == "150 rows of 2 cells, run just now: rough, to a factor of 3"
    assert forecast.price.cpu_s > 0
    assert forecast.repeat_s["breast_cancer"] * 3 == pytest.approx(forecast.price.cpu_s)
    assert list(tmp_path.iterdir()) == []


def test_whole_trials_are_run_if_that_is_asked_for(tmp_path):
    price = albench.plan(SPEC, results=tmp_path, probe=True).price
    assert price.source == "1 trial run to measure"
    assert list(tmp_path.iterdir()) == []


def test_a_strategy_of_ones_own_is_not_run_unasked(tmp_path):
    (tmp_path / "mine.py").write_text(OWN, encoding="utf-8")
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(SPEC | {"strategies": "./mine.py:Mine"}), encoding="utf-8")
    price = albench.plan(path, results=tmp_path / "results").price
    assert price.cpu_s is None
    assert "`albench plan --probe`" in price.source
    assert not (tmp_path / "has_begun").exists()


def test_finished_trials_price_the_others(tmp_path):
    albench.run(SPEC | {"repeats": 1, "strategies": "split"}, results=tmp_path)
    price = albench.plan(SPEC, results=tmp_path).price
    assert price.source == "the 1 finished trials here"
    assert price.cpu_s > 0
