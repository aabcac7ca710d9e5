"""The grid that a user would write today, beside a plain script of its protocol with scikit-activeml.

    python benchmarks/grid.py FOLDER [--repeats 10]

Five data sets (digits, spambase, phoneme, vehicle, satimage), logistic regression, eight strategies, 20
labels to start from, 20 rounds of 10, 10 repeats; two workers each. The script does what scikit-activeml's
tutorials do: fit, score, query with a classifier, which fits it again. Wall and CPU time of both are printed,
start, references and page included, and the mean accuracy at the end by data set and strategy. Exit code 1 if
albench is less than 2.2 times as fast.

FOLDER holds the data sets as Parquet files, by the names in FILES.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml
from joblib import Parallel, delayed, parallel_config

BAR = 2.2
SEED_SIZE, BATCH, ROUNDS = 20, 10, 20
FILES = {
    "digits": ("tabular/digits8x8.parquet", "target"),
    "spambase": ("tabular/spambase.parquet", "class"),
    "phoneme": ("tabular/phoneme.parquet", "target"),
    "vehicle": ("tabular/vehicle.parquet", "Class"),
    "satimage": ("tabular/satimage.parquet", "target"),
}
STRATEGIES = ("random", "margin", "entropy", "least_confident", "k_center", "badge", "typiclust", "qbc")


def spec(folder: Path, repeats: int) -> str:
    """Return the experiment."""
    return yaml.safe_dump(
        {
            "datasets": [
                {"parquet": {"path": str(folder / file), "target": target}, "label": name}
                for name, (file, target) in FILES.items()
            ],
            "models": "logistic_regression",
            "strategies": list(STRATEGIES),
            "seed_sizes": SEED_SIZE,
            "seed_sets": "stratified",
            "batch_sizes": BATCH,
            "budgets": SEED_SIZE + ROUNDS * BATCH,
            "repeats": repeats,
            "baseline": {"arms": 1},
            "execution": {"n_jobs": 2},
        },
        sort_keys=False,
    )


def peer_trial(X: np.ndarray, y: np.ndarray, strategy: str, repeat: int) -> float:
    """Run one trial as a user of scikit-activeml would write it; return the last accuracy."""
    from skactiveml.classifier import SklearnClassifier
    from skactiveml.utils import MISSING_LABEL
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    warnings.simplefilter("ignore")
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.3, stratify=y, random_state=repeat)
    scaler = StandardScaler().fit(X)
    X, X_test = scaler.transform(X), scaler.transform(X_test)
    classes = np.unique(y)
    seeds, _ = train_test_split(np.arange(len(X)), train_size=SEED_SIZE, stratify=y, random_state=repeat)
    known = np.full(len(X), MISSING_LABEL)
    known[seeds] = y[seeds]
    clf = SklearnClassifier(LogisticRegression(max_iter=1000), classes=classes, random_state=repeat)
    query = peer_query(strategy, clf, classes, repeat)
    for _ in range(ROUNDS):
        clf.fit(X, known)
        clf.score(X_test, y_test)
        rows = np.unique(query(X, known))
        known[rows] = y[rows]
    return float(clf.fit(X, known).score(X_test, y_test))


def peer_query(strategy: str, clf: Any, classes: np.ndarray, seed: int) -> Any:
    from skactiveml import pool
    from skactiveml.classifier import SklearnClassifier
    from sklearn.ensemble import BaggingClassifier
    from sklearn.linear_model import LogisticRegression

    if strategy in {"random", "k_center", "typiclust"}:
        cls = {"random": pool.RandomSampling, "k_center": pool.CoreSet, "typiclust": pool.TypiClust}[strategy]
        peer = cls(random_state=seed)
        return lambda X, y: peer.query(X, y, batch_size=BATCH)
    if strategy == "qbc":
        bagged = BaggingClassifier(LogisticRegression(max_iter=1000), n_estimators=5)
        ensemble = SklearnClassifier(bagged, classes=classes, random_state=seed)
        committee = pool.QueryByCommittee(method="vote_entropy", random_state=seed)
        return lambda X, y: committee.query(X, y, ensemble, batch_size=BATCH)
    if strategy == "badge":
        badge = pool.Badge(random_state=seed)
        return lambda X, y: badge.query(X, y, clf, batch_size=BATCH)
    method = {"margin": "margin_sampling"}.get(strategy, strategy)
    uncertain = pool.UncertaintySampling(method=method, random_state=seed)
    return lambda X, y: uncertain.query(X, y, clf, batch_size=BATCH)


def peer(folder: Path, repeats: int, target: Path) -> None:
    """Run the grid of the peer; write its accuracies."""
    cells, arrays = [], {}
    for name, (file, column) in FILES.items():
        table = pl.read_parquet(folder / file)
        y = np.unique(table[column].to_numpy(), return_inverse=True)[1]
        arrays[name] = table.drop(column).to_numpy().astype(float), y
        cells += [(name, strategy, repeat) for strategy in STRATEGIES for repeat in range(repeats)]
    with parallel_config("loky", n_jobs=2, inner_max_num_threads=1):
        scores = Parallel()(delayed(peer_trial)(*arrays[name], *rest) for name, *rest in cells)
    rows = [[name, strategy, score] for (name, strategy, _), score in zip(cells, scores, strict=True)]
    target.write_text(json.dumps(rows), encoding="utf-8")


def clocked(command: list[str]) -> tuple[float, float]:
    """Run a command; return its wall and CPU seconds, workers included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def accuracies(spec: Path, results: Path) -> dict[tuple[str, str], float]:
    """Return the mean accuracy of the last round by data set and strategy."""
    import albench

    opened = albench.open_results(spec, results=results)
    last = opened.curves.filter(pl.col("n_labels") == SEED_SIZE + ROUNDS * BATCH)
    means = last.join(opened.trials.select("key", "dataset", "strategy"), on="key")
    means = means.group_by("dataset", "strategy").agg(pl.col("accuracy").mean())
    return {(name, strategy): score for name, strategy, score in means.iter_rows()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--peer", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    folder = args.folder.resolve()
    if args.peer:
        peer(folder, args.repeats, args.peer)
        return 0
    with tempfile.TemporaryDirectory(prefix="albench-grid-") as scratch:
        return race(folder, args.repeats, Path(scratch))


def race(folder: Path, repeats: int, scratch: Path) -> int:
    file, theirs_file = scratch / "grid.yaml", scratch / "peer.json"
    file.write_text(spec(folder, repeats), encoding="utf-8")
    ours = clocked([sys.executable, "-m", "albench", "run", str(file), "--results", str(scratch / "results")])
    command = [sys.executable, __file__, str(folder), "--repeats", str(repeats), "--peer", str(theirs_file)]
    theirs = clocked(command)
    show(accuracies(file, scratch / "results"), json.loads(theirs_file.read_text(encoding="utf-8")))
    ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
    print(f"wall {ours[0]:.1f} s, scikit-activeml {theirs[0]:.1f} s: {ratios[0]:.2f}x")
    print(
        f"CPU  {ours[1]:.1f} s, scikit-activeml {theirs[1]:.1f} s: {ratios[1]:.2f}x (bar {BAR}x on wall time)"
    )
    return 0 if ratios[0] >= BAR else 1


def show(ours: dict[tuple[str, str], float], theirs: list[list[Any]]) -> None:
    print(f"{'accuracy, here / there':24}" + "".join(f"{strategy:>17}" for strategy in STRATEGIES))
    for name in FILES:
        cells = []
        for strategy in STRATEGIES:
            there = np.mean([score for data, by, score in theirs if (data, by) == (name, strategy)])
            cells.append(f"{ours[name, strategy]:.3f} / {there:.3f}")
        print(f"{name:24}" + "".join(f"{cell:>17}" for cell in cells))


if __name__ == "__main__":
    sys.exit(main())
