"""What a notebook shows of the objects that it is handed: a line or sentences, not all that they hold."""

from __future__ import annotations

import pytest

import albench

SPEC = """\
datasets: {two_moons: {n_rows: 60}}
models: gaussian_nb
strategies: margin
seed_sizes: 4
batch_sizes: 2
budgets: 8
repeats: 2
execution: {n_jobs: 1, backend: inline}
"""


@pytest.fixture(scope="module")
def spec(tmp_path_factory):
    path = tmp_path_factory.mktemp("notebook") / "moons.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def results(spec):
    return albench.run(spec, results=spec.parent / "results")


def test_results_are_a_line_and_print_their_answer(results, spec):
    assert repr(results) == f"Results of 'moons' in '{spec.parent / 'results' / 'moons'}'"
    assert str(results).splitlines() == list(results.answer)
    assert "margin" in str(results)


def test_a_plan_does_not_show_every_trial(spec):
    shown = repr(albench.plan(spec, results=spec.parent / "elsewhere"))
    assert "n_trials=6" in shown
    assert "PlannedTrial" not in shown
    assert len(shown) < 1000


def test_a_story_prints_pick_by_pick(results):
    key = results.trials["key"][0]
    lines = str(results.story(key)).splitlines()
    assert lines[0] == f"trial {key}"
    assert [line.split(":")[0] for line in lines if line.startswith("round")] == ["round 1", "round 2"]
