"""A large file: how much memory a run takes for every byte of its features, and how long a round is.

1,000,000 x 50 in single precision (Parquet), logistic regression by SGD, margin against random, 5 rounds, two
workers. Memory is the largest sum over all processes of their proportional set sizes, minus that of the same
command on 1,000 rows. Exit code 1 if it is more than 3 times the bytes of the features. Linux only.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import polars as pl
import psutil
from sklearn.linear_model import SGDClassifier

BAR = 3.0
D = 50
EVERY_S = 0.05
SPEC = """
datasets: {{parquet: {{path: {file}, target: y, precision: single}}}}
models: {{sgd: {{loss: log_loss}}}}
strategies: margin
seed_sizes: 100
batch_sizes: 100
budgets: 500
repeats: 1
execution: {{n_jobs: 2}}
"""


def write(file: Path, n: int) -> None:
    """Write a table of two overlapping classes."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, n)
    columns = {f"x{i}": (rng.normal(size=n) + 0.2 * y).astype(np.float32) for i in range(D)}
    pl.DataFrame({**columns, "y": y}).write_parquet(file)


def pss(process: psutil.Process) -> int:
    """Return the summed proportional set size of a process and its children, in bytes."""
    total = 0
    for each in [process, *process.children(recursive=True)]:
        try:
            text = Path(f"/proc/{each.pid}/smaps_rollup").read_text(encoding="utf-8")
        except OSError:
            continue
        total += next(
            (int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:")), 0
        )
    return total


def peak_of(folder: Path, n: int) -> tuple[int, float]:
    """Run the command on ``n`` rows; return the peak in bytes and the seconds it took."""
    (folder / f"{n}.yaml").write_text(SPEC.format(file=f"{n}.parquet"), encoding="utf-8")
    command = [sys.executable, "-m", "albench", "run", f"{n}.yaml", "--quiet"]
    started = time.perf_counter()
    peaks, done = [0], threading.Event()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as child:
        process = psutil.Process(child.pid)

        def watch() -> None:
            while not done.wait(EVERY_S):
                peaks[0] = max(peaks[0], pss(process))

        watcher = threading.Thread(target=watch)
        watcher.start()
        code = child.wait()
        done.set()
        watcher.join()
    if code:
        raise SystemExit(f"the run on {n} rows ended with {code}")
    return peaks[0], time.perf_counter() - started


def bare_predict(n: int) -> float:
    """Return the CPU seconds in which the estimator answers a pool and a test part of this size."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, D)).astype(np.float32)
    y = rng.integers(0, 2, 500)
    model = SGDClassifier(loss="log_loss").fit(X[:500], y)
    started = time.process_time()
    model.predict_proba(X)
    return time.process_time() - started


def round_s(folder: Path, n: int) -> float:
    """Return the mean CPU seconds of a round of margin, the scores of the test part included."""
    tables = folder / "results" / str(n) / "tables"
    trials = pl.read_parquet(tables / "trials.parquet").filter(pl.col("strategy") == "margin")
    return float((trials["fit_s"] + trials["query_s"] + trials["score_s"]).sum() / trials["rounds"].sum())


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for n in (1_000, rows):
            write(folder / f"{n}.parquet", n)
        small, _ = peak_of(folder, 1_000)
        large, seconds = peak_of(folder, rows)
        features = rows * D * 4
        ratio = (large - small) / features
        peaks = f"peak {large / 2**20:.0f} MiB, {small / 2**20:.0f} on 1,000 rows"
        print(f"features {features / 2**20:.0f} MiB; {peaks}")
        print(f"a round {round_s(folder, rows):.3f} s; a bare predict_proba {bare_predict(rows):.3f} s")
        print(f"the command {seconds:.0f} s")
        print(f"memory for every byte of the features: {ratio:.2f} (bar {BAR:.0f})")
    return int(ratio > BAR)


if __name__ == "__main__":
    raise SystemExit(main())
