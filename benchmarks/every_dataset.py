"""Every dataset of a folder by spec: is it read as its manifest says, and does a trial run on it.

    python benchmarks/every_dataset.py DATA_FOLDER

The folder has a ``manifest.csv`` with the columns name, task, n, d, classes, minority_share, target, format
and file. Of every classification set, margin and random sampling label 50 rows of a pool of at most 2,000;
regression sets are read. Prints a line a dataset and the failures at the end; exit code 1 if there are any.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import albench
from albench.datasets.loading import load_table

CLASSIFICATION = {
    "models": ["logistic_regression"],
    "strategies": ["margin"],
    "seed_sizes": 10,
    "batch_sizes": 10,
    "budgets": 50,
    "repeats": 1,
    "baseline": {"arms": 1},
    "split": {"holdout": {"max_pool": 2000, "max_test": 1000}},
    "execution": {"n_jobs": 1, "backend": "inline"},
}


def source(row, folder):
    """Return the entry of a spec for a row of the manifest."""
    settings = {"path": str((folder / row["file"]).resolve()), "task": row["task"]}
    if row["format"] == "libsvm.gz":
        return {"libsvm": settings}
    if row["format"].startswith("npz"):
        scaled = {"features": "X_int8", "scale": "scale"} if "scale" in row["format"] else {}
        return {"npz": {**settings, **scaled}}
    settings["target"] = row["target"]
    if row["format"] != "parquet":
        settings["text"] = ["text" if "text" in row["format"] else "smiles"]
    if row["name"] in {"sst2", "trec6"}:
        settings["drop"] = ["split"]
    return {"parquet": settings}


def check(row, folder):
    """Return what is wrong with a dataset; the number of trials and seconds if nothing is."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        spec = Path(scratch) / "one.yaml"
        spec.write_text(json.dumps({"datasets": [source(row, folder)], **CLASSIFICATION}), encoding="utf-8")
        try:
            experiment = albench.load_experiment(spec)
            wrong = differences(row, load_table(experiment.datasets[0].component, experiment.folder))
            n_trials = 0
            if row["task"] == "classification" and not wrong:
                results = albench.run(experiment, results=scratch)
                wrong, n_trials = list(results.problems), results.trials.height
                wrong += [] if set(results.trials["status"]) == {"done"} else ["not every trial is done"]
        except Exception as error:  # noqa: BLE001 - any failure is a line of the list
            wrong, n_trials = [f"{type(error).__name__}: {error}"], 0
    return row["name"], wrong, n_trials, time.perf_counter() - start


def differences(row, table):
    """Return in which numbers a table and its manifest differ."""
    counts = [int((table.labels == code).sum()) for code in range(len(table.classes))]
    facts = {"n": table.n_rows, "d": table.n_features, "classes": len(table.classes) or None}
    listed = {name: int(row[name]) if row[name] else None for name in facts}
    wrong = [f"{name} is {facts[name]}, not {listed[name]}" for name in facts if facts[name] != listed[name]]
    if row["minority_share"] and abs(min(counts) / table.n_rows - float(row["minority_share"])) > 1e-4:
        wrong.append(f"the smallest class has {min(counts) / table.n_rows:.4f}, not {row['minority_share']}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data_folder", type=Path)
    parser.add_argument("-j", "--jobs", type=int, default=2)
    given = parser.parse_args()
    with (given.data_folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    start = time.perf_counter()
    failures, total = [], 0
    with ProcessPoolExecutor(given.jobs) as pool:
        for name, wrong, n_trials, seconds in pool.map(check, rows, [given.data_folder] * len(rows)):
            total += n_trials
            failures += [f"{name}: {text}" for text in wrong]
            print(
                f"{name:<28} {'failed' if wrong else 'ok':<7} {n_trials} trials {seconds:6.1f} s", flush=True
            )
    spent = time.perf_counter() - start
    print(f"{len(rows)} datasets, {total} trials, {spent / 60:.1f} minutes with {given.jobs} processes")
    print("failures: " + ("\n  ".join(["", *failures]) if failures else "none"))
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
