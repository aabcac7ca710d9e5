"""A partly labelled file with its experiment, and who answers from the hidden truth."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

SPEC = """
datasets: {{csv: {{path: plants.csv, target: kind, unlabelled: keep, test_file: test.csv}}}}
models: [{model}]
strategies: [random, margin, information_density, typiclust, qbc, {{albl: {{strategies: [margin, k_center]}}}}]
split: declared
repeats: {{splits: 1, starts: 1}}
seed_sizes: 9
batch_sizes: 4
budgets: 89
"""
COLUMNS = ("place", "length", "width", "note", "kind")
KINDS = ("iris", "lily", "rose")


def make_rows(n, seed):
    """Three classes in a numeric and a categorical plane; notes that need quotes."""
    rng = np.random.default_rng(seed)
    kinds = rng.integers(3, size=n)
    rows = []
    for kind in kinds.tolist():
        length, width = (np.array([[0, 0], [2, 1], [1, 2]])[kind] + rng.normal(size=2)).round(3).tolist()
        place = "nsw"[kind] if rng.random() < 0.6 else "e"
        note = ("plain", 'a "quoted" word', "a, comma", "two\nlines")[int(rng.integers(4))]
        rows.append([place, length, width, note, KINDS[kind]])
    return rows


def write_rows(file, rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([COLUMNS, *rows])
    file.write_bytes(text.getvalue().encode())


@dataclass(frozen=True)
class Plants:
    """A folder with ``plants.csv``, ``test.csv`` and ``my.yaml``; the true kinds of all rows."""

    folder: Path
    rows: list

    @property
    def spec(self):
        return self.folder / "my.yaml"

    @property
    def data(self):
        return self.folder / "plants.csv"

    @property
    def log(self):
        return self.folder / "plants.csv.labelling.jsonl"

    def label(self, known):
        """Write the file anew: rows at these places have labels."""
        rows = [[*row[:-1], row[-1] if i in known else ""] for i, row in enumerate(self.rows)]
        write_rows(self.data, rows)

    def fill(self, batch, *, leave=0):
        """Fill in the true kinds in a file of proposed rows, but for the last ones; return all rows there."""
        records = list(csv.DictReader(io.StringIO(batch.read_text(encoding="utf-8"), newline="")))
        for record in records[: len(records) - leave]:
            record["kind"] = self.rows[int(record["albench_row"]) - 1][-1]
        with batch.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(records[0]))
            writer.writeheader()
            writer.writerows(records)
        return [int(record["albench_row"]) - 1 for record in records]

    def read_kinds(self):
        text = self.data.read_bytes().decode()
        return [record["kind"] for record in csv.DictReader(io.StringIO(text, newline=""))]


def make_plants(folder, *, n=140, model="logistic_regression", known=range(12)):
    """Write the files; rows at the places ``known`` are labelled."""
    plants = Plants(folder, make_rows(n, 0))
    plants.label(set(known))
    write_rows(folder / "test.csv", make_rows(40, 1))
    plants.spec.write_text(SPEC.format(model=model), encoding="utf-8")
    return plants


def simulate(plants, strategy, project):
    """Run the planned trial of a strategy on the complete file, under the streams of a labelling project."""
    from albench.api import load_experiment
    from albench.datasets.of_experiment import load_tables, read_known_facts
    from albench.planning.decisions import Decision
    from albench.planning.grid import make_plan
    from albench.prepared.preprocess import prepare_split
    from albench.runner.tasks import build_trial_task
    from albench.store.folder import ResultsFolder
    from albench.trial.execute import run_trial

    experiment = load_experiment(plants.spec)
    tables = load_tables(experiment)
    (label,) = tables
    trials = make_plan(experiment, read_known_facts(experiment, tables)).trials
    planned = next(t for t in trials if t.strategy.label == strategy and t.identity.arm == 0)
    decision = Decision(planned, "run", planned.coverage)
    task = build_trial_task(decision, experiment, ResultsFolder(plants.folder))
    arrays = prepare_split(
        tables[label],
        experiment.split,
        experiment.get_preprocessing(label),
        dataset=project,
        split=0,
        validation=0.0,
        random_state=0,
    ).arrays
    record = run_trial(replace(task, identity=replace(task.identity, dataset=project)), arrays)
    assert record.status == "done", record.notes
    rounds, rows = record.queries["round"], record.queries["row"]
    return [rows[rounds == i].tolist() for i in range(int(rounds.max()) + 1)]
