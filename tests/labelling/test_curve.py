"""The curve of a project: the metric on rows that no strategy has chosen, beside what was simulated."""

from __future__ import annotations

import numpy as np
import pytest
from partly_labelled import make_plants
from sklearn.linear_model import LogisticRegression

import albench
from albench.analysis.evidence.cells import Curve
from albench.api import load_experiment
from albench.labelling.curve import measure_curve
from albench.labelling.project import open_project
from albench.metrics.classification import Accuracy
from albench.narrative.labelling import write_labelling
from albench.report.labelling import build_labelling_parts


def label_rounds(plants, strategy, n, rounds):
    """Answer rounds from the hidden truth; return the rows that were labelled by then, from the start on."""
    known = [set(range(30))]
    for _ in range(rounds):
        proposal = albench.propose(plants.spec, strategy, n, by="ann")
        text = "".join(f"{row.key},{plants.rows[row.row][-1]}\n" for row in proposal.rows)
        (plants.folder / "a.csv").write_text(f"albench_row,kind\n{text}", encoding="utf-8")
        albench.record_answers(plants.spec, plants.folder / "a.csv", by="ann")
        known.append(known[-1] | {row.row for row in proposal.rows})
    return known


def test_on_a_test_part_it_is_the_metric_of_the_model_of_each_round(tmp_path):
    plants = make_plants(tmp_path, known=range(30))
    known = label_rounds(plants, "margin", 6, 3)
    project = open_project(load_experiment(plants.spec))
    curve = measure_curve(project, Accuracy())
    arrays, labels = project.prepare_arrays(), project.data.whole.labels[:140]
    for rows, point in zip(map(sorted, known), curve.points, strict=True):
        model = LogisticRegression(max_iter=1000).fit(arrays.pool_features[rows], labels[rows])
        assert point.level == model.score(arrays.test_features, arrays.test_labels)
        assert point.low <= point.level <= point.high
        assert point.n_labels == point.n_trained == len(rows)
    assert (curve.is_test_part, curve.n_scored, curve.strategies) == (True, 40, ("margin",))


def test_without_a_test_part_no_row_is_predicted_by_a_model_that_has_learnt_it(tmp_path):
    plants = make_plants(tmp_path, known=range(30), model="{knn: {n_neighbors: 1}}")
    text = plants.spec.read_text(encoding="utf-8").replace(", test_file: test.csv", "")
    plants.spec.write_text(text.replace("split: declared", "split: holdout"), encoding="utf-8")
    # Labels that have nothing to do with the features: who has learnt a row knows it, who has not guesses.
    kinds = np.random.default_rng(3).permutation([row[-1] for row in plants.rows]).tolist()
    plants.rows[:] = [[*row[:-1], kind] for row, kind in zip(plants.rows, kinds, strict=True)]
    plants.label(range(30))
    label_rounds(plants, "random", 20, 2)
    curve = measure_curve(open_project(load_experiment(plants.spec)), Accuracy())
    assert [point.n_labels for point in curve.points] == [30, 50, 70]
    assert [point.n_trained for point in curve.points] == [24, 44, 64]
    assert (curve.is_test_part, curve.n_scored) == (False, 30)
    assert all(point.level < 0.7 for point in curve.points)


def make_simulated(n_labels, levels):
    values = np.array(levels, dtype=float)
    return Curve(np.array(n_labels, dtype=float), values, values - 0.1, values + 0.1, 5)


@pytest.mark.parametrize(
    ("simulated", "words"),
    [
        (make_simulated([10, 50], [0.5, 0.9]), "At 36 labels the simulated margin has 0.760 [0.660, 0.860]."),
        (make_simulated([10, 32], [0.5, 0.9]), "At 30 labels, the most that both have, accuracy was"),
        (
            make_simulated([5, 20], [0.5, 0.9]),
            "The simulated margin ends at 20 labels, before the first of these",
        ),
    ],
)
def test_sentences_compare_at_as_many_labels(tmp_path, simulated, words):
    plants = make_plants(tmp_path, known=range(30))
    label_rounds(plants, "margin", 6, 1)
    curve = measure_curve(open_project(load_experiment(plants.spec)), Accuracy())
    first, rows, comparison = write_labelling(curve, {"margin": simulated})
    assert first.startswith("plants.csv has 36 labels after 1 round by margin: accuracy is ")
    assert "the 40 rows of the declared test part" in rows
    assert words in comparison


def test_the_page_shows_the_real_curve_once_there_is_a_log(tmp_path, monkeypatch):
    plants = make_plants(tmp_path, known=range(30))
    text = plants.spec.read_text(encoding="utf-8").replace("budgets: 89", "budgets: 29")
    spec = text.replace("starts: 1", "starts: 2") + "execution: {n_jobs: 1, backend: inline}\n"
    plants.spec.write_text(spec, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    albench.run(plants.spec)
    results = albench.open_results(plants.spec)
    assert build_labelling_parts(results.experiment, results.evidence.primary) == ()
    label_rounds(plants, "margin", 6, 1)
    page = albench.open_results(plants.spec).report().read_text(encoding="utf-8")
    assert "plants.csv has 36 labels after 1 round by margin" in page
    plants.log.write_text("{}\n", encoding="utf-8")
    (part,) = build_labelling_parts(results.experiment, results.evidence.primary)
    assert part.panels == ()
    assert (
        "The real curve cannot be drawn: plants.csv.labelling.jsonl: line 1 is no event" in part.sentences[0]
    )
