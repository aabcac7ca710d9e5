"""Does every strategy run a whole trial, from the command line, with any batch size and rare classes.

    python benchmarks/every_strategy.py [--only qbc badge]

Each built-in strategy buys 40 labels of digits and of two classes nine to one, in batches of 1 and of 10,
through ``albench run``; those that refit the model for every candidate, and those that look at the truth, do
so with a pool of 300 for 5 rounds. Prints a line a strategy with its CPU seconds, and the failures at the
end; exit code 1 if there are any.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

import albench

SEED, ROUNDS = 20, 5
DATASETS: dict[str, tuple[Any, int]] = {
    "digits": ("digits", 10),
    "nine_to_one": (
        {"imbalanced_blobs": {"weights": [0.9, 0.1], "separation": 2.0}, "label": "nine_to_one"},
        2,
    ),
}
PARAMS: dict[str, dict[str, Any]] = {"albl": {"strategies": ["margin", "random", "k_center"]}}


def entry(name: str, facts: dict[str, Any], n_classes: int) -> Any:
    """Return the entry of a strategy, with what it cannot do without."""
    params = dict(PARAMS.get(name, {}))
    if name == "cost_sensitive":
        params["costs"] = [[2.0 * (i != j) for j in range(n_classes)] for i in range(n_classes)]
    if "strategy" in facts["parameters"]:
        params["strategy"] = "margin"
    return {name: params} if params else name


def experiments(only: list[str]) -> dict[str, dict[str, Any]]:
    """Return the experiments: by data set, by batch size, and by how much is asked of a strategy."""
    from albench.registry import catalogue

    specs = {}
    known = {name: facts for name, facts in catalogue()["strategy"].items() if not only or name in only}
    slow = {
        name for name, facts in known.items() if facts["cost"] == "refits" or facts["family"] == "control"
    }
    for data, (source, n_classes) in DATASETS.items():
        for batch in (1, 10):
            for kind, names in (("slow", slow), ("plain", known.keys() - slow - {"random"})):
                budget = SEED + ROUNDS * batch if kind == "slow" else SEED + 40
                specs[f"{data}_{batch}_{kind}"] = {
                    "datasets": [source],
                    "models": ["logistic_regression"],
                    "strategies": [entry(name, known[name], n_classes) for name in sorted(names)],
                    "seed_sizes": SEED,
                    "batch_sizes": batch,
                    "budgets": budget,
                    "repeats": 1,
                    "split": {"holdout": {"max_pool": 300}} if kind == "slow" else "holdout",
                    "execution": {"n_jobs": 2},
                }
    return {name: spec for name, spec in specs.items() if spec["strategies"]}


def run(name: str, spec: dict[str, Any], scratch: Path) -> pl.DataFrame:
    """Run an experiment as a user does; return its trials with the labels that were asked for."""
    file = scratch / f"{name}.yaml"
    file.write_text(json.dumps(spec), encoding="utf-8")
    command = [sys.executable, "-m", "albench", "run", str(file), "--results", str(scratch)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 3}:
        raise RuntimeError(f"{name}: exit code {done.returncode}\n{done.stderr}")
    trials = albench.open_results(file, results=scratch).trials
    return trials.with_columns(pl.lit(name).alias("experiment"), pl.lit(spec["budgets"]).alias("asked"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--only", nargs="*", default=[], help="names of strategies")
    with tempfile.TemporaryDirectory(prefix="albench-every-") as scratch:
        parts = [
            run(name, spec, Path(scratch)) for name, spec in experiments(parser.parse_args().only).items()
        ]
    trials = pl.concat(parts, how="vertical_relaxed")
    wrong = trials.filter((pl.col("status") != "done") | (pl.col("n_labels") != pl.col("asked")))
    for (name,), own in trials.sort("strategy").group_by("strategy", maintain_order=True):
        print(f"{name:<28} {own.height} trials {own['query_s'].sum():8.2f} s of queries")
    print(f"{trials['strategy'].n_unique()} strategies, {trials.height} trials")
    failures = [
        f"{trial['strategy']}, {trial['experiment']}: {trial['status']}, {trial['reason']}"
        for trial in wrong.iter_rows(named=True)
    ]
    print("failures: " + ("\n  ".join(["", *failures]) if failures else "none"))
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
