"""Twenty rounds of labels from the hidden truth, as `albench next` asks for them, are a simulated trial."""

from __future__ import annotations

import pytest
from partly_labelled import make_plants, simulate

from albench.api import load_experiment
from albench.labelling.project import open_project

QUICK, OTHERS = ("random", "margin", "typiclust"), ("information_density", "qbc", "albl")


@pytest.mark.parametrize(
    "strategy", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)]
)
def test_twenty_rounds_pick_the_rows_of_the_simulated_trial(tmp_path, albench_in, strategy):
    plants = make_plants(tmp_path, known=range(140))
    project = open_project(load_experiment(plants.spec)).progress.project
    simulated = simulate(plants, strategy, project)
    assert len(simulated) == 21
    plants.label(set(simulated[0]))
    answers = []
    for number, batch in enumerate(simulated[1:], 1):
        file = f"batch{number}.csv"
        arguments = ("--strategy", strategy, "-n", 4, "-o", file, *answers)
        done = albench_in(tmp_path, "next", "my.yaml", *arguments)
        assert done.returncode == 0, done.stderr
        assert plants.fill(tmp_path / file) == batch
        answers = ["--answers", file]
    assert sum(kind != "" for kind in plants.read_kinds()) == 85
