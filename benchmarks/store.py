"""What 100,000 finished trials of 40 rounds cost to look at, also after a kill.

The trials are made up and written through the store's own functions. Measured in processes of their own, wall
and CPU seconds and peak memory: ``albench status``, all curves as a Polars frame, deciding what is missing.
The folder is that of a killed run: 98 % in segments, the rest loose. Then what it costs to write a part, to
gather 2,000 parts into a segment, and to merge two folders. Exit code 1 if something misses its bar.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

import albench
from albench.datasets.of_experiment import load_tables, read_known_facts
from albench.planning.grid import make_plan
from albench.store.folder import TRIAL, ResultsFolder
from albench.store.parts import build_trial_part
from albench.store.segments import MAX_LOOSE_PARTS
from albench.trial.records import TrialRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from albench.planning.plan import PlannedTrial

SPEC = """
datasets: [breast_cancer, digits]
models: logistic_regression
strategies: [random, margin, entropy, least_confident, qbc, k_center, typiclust, badge, falcun]
seed_sizes: 10
batch_sizes: 5
budgets: 210
repeats: {repeats}
baseline: {{arms: 2}}
"""
ROUNDS, SEED, BATCH = 40, 10, 5
METRICS = ("accuracy", "balanced_accuracy", "f1_macro", "log_loss", "brier", "ece")
BARS = {"status": 3.0, "curves": 5.0, "missing": 5.0}
MEMORY_GB = 2.0
CODE = {
    "status": "from albench.cli import main; main()",
    "curves": (
        "import albench, time; found = albench.open_results(SPEC, results=RESULTS);"
        "begun = time.perf_counter(); began = time.process_time(); n = found.curves.height;"
        "print(n, time.process_time() - began, time.perf_counter() - begun)"
    ),
    "missing": (
        "from pathlib import Path; from albench.planning.decisions import decide; import albench;"
        "from albench.store.folder import ResultsFolder;"
        "from albench.datasets.of_experiment import load_tables, read_known_facts;"
        "from albench.planning.grid import make_plan; import time;"
        "it = albench.load_experiment(SPEC); facts = read_known_facts(it, load_tables(it));"
        "begun = time.perf_counter(); began = time.process_time();"
        "stored = ResultsFolder(Path(RESULTS) / it.name).read_stored_trials();"
        "found = decide(make_plan(it, facts).trials, stored);"
        "n = sum(d.runs for d in found);"
        "print(n, time.process_time() - began, time.perf_counter() - begun)"
    ),
}


def record(key: str, rng: np.random.Generator) -> TrialRecord:
    """Make up what a trial leaves."""
    rounds = np.arange(ROUNDS + 1)
    n = SEED + ROUNDS * BATCH
    batch = np.r_[np.zeros(SEED, int), np.repeat(rounds[1:], BATCH)]
    labels = rng.integers(0, 2, n)
    curve = {
        "round": rounds,
        "n_labels": SEED + BATCH * rounds,
        "cost": (SEED + BATCH * rounds).astype(float),
        "n_tied": np.zeros(ROUNDS + 1, int),
        **{name: rng.random(ROUNDS + 1) for name in ("fit_s", "query_s", *METRICS)},
    }
    queries = {
        "round": batch,
        "rank": np.r_[np.arange(SEED), np.tile(np.arange(BATCH), ROUNDS)],
        "row": rng.permutation(350)[:n],
        "utility": rng.random(n),
        "tied": np.zeros(n, bool),
        "label_true": labels,
        "label_given": labels,
        "annotator": np.zeros(n, int),
        "cost": np.ones(n),
    }
    facts = {"n_pool": 398, "n_test": 171, "n_features": 30, "n_classes": 2, "n_labels": n}
    seconds = {"rounds": ROUNDS + 1, "fit_s": 0.3, "query_s": 0.1, "score_s": 0.1, "wall_s": 0.5}
    return TrialRecord(key, "done", None, None, {**facts, **seconds, "peak_mib": 200.0}, curve, queries, None)


def filled(spec: Path, results: Path) -> tuple[ResultsFolder, int]:
    """Write all trials of a spec but for ten; return their folder and how many are there."""
    experiment = albench.load_experiment(spec)
    plan = make_plan(experiment, read_known_facts(experiment, load_tables(experiment)))
    folder = ResultsFolder(results / experiment.name)
    folder.create()
    folder.write_text("experiment.yaml", experiment.text)
    folder.write_plan(
        pl.DataFrame([trial.to_row() for trial in plan.trials], infer_schema_length=None),
        pl.DataFrame([reference.to_row() for reference in plan.references], infer_schema_length=None),
    )
    tables = made_up(plan.trials[0])
    there = plan.trials[:-10]
    n_loose = min(MAX_LOOSE_PARTS - 1, len(there) // 2)
    for first in range(0, len(there) - n_loose, MAX_LOOSE_PARTS):
        last = min(first + MAX_LOOSE_PARTS, len(there) - n_loose)
        folder.add_rows(
            TRIAL,
            renamed(pl.concat([tables[i % len(tables)] for i in range(first, last)]), there[first:last]),
        )
    for i, trial in enumerate(there[len(there) - n_loose :]):
        folder.write_part(TRIAL, renamed(tables[i % len(tables)], [trial]))
    return folder, len(there)


def made_up(trial: PlannedTrial) -> list[pl.DataFrame]:
    """Return parts of fifty trials."""
    rng = np.random.default_rng(0)
    coverage = replace(trial.coverage, labels=SEED + ROUNDS * BATCH)
    now = datetime.now(UTC)
    return [
        build_trial_part(record("", rng), trial.identity, coverage, environment="0" * 12, finished_at=now)
        for _ in range(50)
    ]


def renamed(rows: pl.DataFrame, trials: Sequence[PlannedTrial]) -> pl.DataFrame:
    """Return rows as those of other trials."""
    identities = [json.dumps(trial.identity.to_dict(), sort_keys=True) for trial in trials]
    return rows.with_columns(
        pl.Series("key", [trial.identity.key for trial in trials]), pl.Series("identity", identities)
    )


def measured(what: str, spec: Path, results: Path) -> dict[str, float | str]:
    """Run one question in a process of its own."""
    code = CODE[what].replace("SPEC", repr(str(spec))).replace("RESULTS", repr(str(results)))
    command = [sys.executable, "-c", code]
    if what == "status":
        command = [sys.executable, "-m", "albench", "status", str(spec), "--results", str(results)]
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read().strip() if process.stdout else ""
    _, code_, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(code_)
    wall = time.perf_counter() - begun
    if process.returncode:
        raise RuntimeError(f"{what} ended with {process.returncode}")
    cpu = used.ru_utime + used.ru_stime
    return {"wall_s": wall, "cpu_s": cpu, "peak_gb": used.ru_maxrss / 1e6, "output": output}


def upkeep(spec: Path, scratch: Path) -> None:
    """Measure writing, gathering and merging."""
    experiment = albench.load_experiment(spec)
    plan = make_plan(experiment, read_known_facts(experiment, load_tables(experiment)))
    tables, trials = made_up(plan.trials[0]), plan.trials[: MAX_LOOSE_PARTS + 3000]
    folder, other = ResultsFolder(scratch / "one"), ResultsFolder(scratch / "other")
    for each in (folder, other):
        each.create()
        each.write_text("experiment.yaml", experiment.text)
        each.write_text("resolved.yaml", experiment.text)
        each.write_plan(pl.DataFrame([trial.to_row() for trial in trials]), pl.DataFrame({"key": ["none"]}))
    parts = [renamed(tables[i % len(tables)], [trial]) for i, trial in enumerate(trials[:MAX_LOOSE_PARTS])]
    timed(
        f"{MAX_LOOSE_PARTS - 1:,} parts written",
        lambda: [folder.write_part(TRIAL, part) for part in parts[:-1]],
    )
    timed(f"{MAX_LOOSE_PARTS:,} parts gathered", lambda: folder.write_part(TRIAL, parts[-1]))
    more = trials[MAX_LOOSE_PARTS // 2 :]
    other.add_rows(
        TRIAL,
        renamed(pl.concat([tables[i % len(tables)] for i in range(MAX_LOOSE_PARTS // 2, len(trials))]), more),
    )
    what = f"{len(trials):,} trials merged, {MAX_LOOSE_PARTS // 2:,} of them in both folders"
    timed(what, lambda: albench.merge([folder.path, other.path], into=scratch / "both"))


def timed(what: str, work: Callable[[], object]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    print(f"{what}: {time.perf_counter() - wall:.2f} s, CPU {time.process_time() - cpu:.2f} s", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--trials", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="where the folder is made, or is already")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="albench-store-") as scratch:
        return report(args.keep or Path(scratch), args.trials)


def report(place: Path, n: int) -> int:
    place.mkdir(exist_ok=True)
    spec, results = place / "store.yaml", place / "results"
    if not spec.is_file():
        spec.write_text(SPEC.format(repeats=n // 20), encoding="utf-8")
        folder, there = filled(spec, results)
        loose, segments = len(list(folder.parts.iterdir())), len(list(folder.segments.iterdir()))
        print(json.dumps({"trials": there, "loose": loose, "segments": segments}))
    missed = False
    for what, bar in BARS.items():
        used = measured(what, spec, results)
        seconds = used["wall_s"] if what == "status" else float(str(used["output"]).split()[-1])
        missed |= float(seconds) > bar or float(used["peak_gb"]) > MEMORY_GB
        process = f"process {used['wall_s']:.2f} s, CPU {used['cpu_s']:.2f} s, {used['peak_gb']:.2f} GB"
        print(f"{what}: {seconds:.2f} s (bars {bar:g} s, {MEMORY_GB:g} GB); {process}; {used['output']}")
    with tempfile.TemporaryDirectory(prefix="albench-store-") as scratch:
        upkeep(spec, Path(scratch))
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
