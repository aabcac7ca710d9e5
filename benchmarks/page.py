"""How large a page is, how long it takes to make and how soon a reader sees it.

20 datasets x 20 strategies x 20 repeats x 40 rounds of drawn learning curves, two arms of random, six
metrics. Prints seconds of the analysis and of the page, peak memory, size, and milliseconds until Chromium
has painted the first screen and drawn the first figure that is scrolled to. The last line holds the numbers
that have bars; exit code 1 if one is missed.

With --commands: the quickstart, and 10 datasets x 8 strategies x 10 repeats, are run, then CPU seconds of
`albench run` that finds nothing to do and of `albench report`, the least of three processes each.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

import albench
from albench.analysis.conclude import conclude
from albench.canonical import digest
from albench.report import write_report
from albench.spec.resolved import render_resolved
from albench.store.folder import ResultsFolder
from albench.tables import build_schema

BARS = {"MB": 6.0, "seconds": 60.0, "GiB": 2.0, "first screen, s": 2.0}
BATCH, SEED = 5, 10
QUICKSTART = Path(__file__).parents[1] / "experiments" / "quickstart.yaml"
WIDE = """
datasets: [breast_cancer, wine, digits, iris, banana, checkerboard, two_moons, twonorm, ringnorm, xor]
models: [logistic_regression]
strategies: [random, margin, least_confident, entropy, qbc, k_center, badge, typiclust]
seed_sizes: 10
batch_sizes: 5
budgets: 100
repeats: 10
"""
SPEC = """
title: The largest page
datasets: [{datasets}]
models: [logistic_regression]
strategies: [random, {strategies}]
seed_sizes: {seed}
seed_sets: random
batch_sizes: {batch}
budgets: {budget}
repeats: {repeats}
"""


@dataclass(frozen=True)
class Grid:
    """How much of everything."""

    datasets: int = 20
    strategies: int = 20
    repeats: int = 20
    rounds: int = 40

    def spec(self) -> str:
        datasets = ", ".join(f"{{xor: {{seed: {n}}}, label: dataset_{n:02d}}}" for n in range(self.datasets))
        names = ", ".join(
            f"{{qbc: {{members: {n + 2}}}, label: strategy_{n:02d}}}" for n in range(1, self.strategies)
        )
        budget = SEED + BATCH * (self.rounds - 1)
        return SPEC.format(
            datasets=datasets, strategies=names, seed=SEED, batch=BATCH, budget=budget, repeats=self.repeats
        )


@dataclass(frozen=True)
class Drawn:
    """A run whose curves are drawn from a formula."""

    experiment: albench.Experiment
    folder: ResultsFolder
    grid: Grid
    notes: tuple[str, ...] = ()

    @cached_property
    def trials(self) -> pl.DataFrame:
        rows = [
            {
                "key": digest([dataset.label, strategy.label, arm, repeat]),
                "dataset": dataset.label,
                "model": "logistic_regression",
                "query_model": "logistic_regression",
                "strategy": strategy.label,
                "arm": arm,
                "seed_size": SEED,
                "seed_set": "random",
                "batch_size": BATCH,
                "oracle": "perfect",
                "split": repeat,
                "start": 0,
                "status": "done",
                "n_pool": 1000,
                "n_test": 400,
                "n_features": 10,
                "n_classes": 3,
                "n_labels": SEED + BATCH * (self.grid.rounds - 1),
                "rounds": self.grid.rounds,
                "fit_s": 0.5,
                "query_s": 0.01,
                "environment": "here",
            }
            for dataset in self.experiment.datasets
            for strategy in self.experiment.strategies
            for arm in range(2 if strategy.label == "random" else 1)
            for repeat in range(self.grid.repeats)
        ]
        return pl.DataFrame(rows, schema=build_schema("trials"), infer_schema_length=None)

    @cached_property
    def curves(self) -> pl.DataFrame:
        rng = np.random.default_rng(1)
        n, rounds = self.trials.height, self.grid.rounds
        speed = 1 + 0.4 * rng.random(n)[:, None]
        mean = 0.9 - 0.4 * np.exp(-3 * speed * np.linspace(0, 1, rounds))
        metrics = [entry.component.name for entry in self.experiment.metrics]
        level = {name: np.clip(mean + rng.normal(0, 0.01, (n, rounds)), 0, 1).ravel() for name in metrics}
        columns = {
            "key": np.repeat(self.trials["key"].to_numpy(), rounds),
            "round": np.tile(np.arange(rounds), n),
            "n_labels": np.tile(SEED + BATCH * np.arange(rounds), n),
            "cost": np.tile(SEED + BATCH * np.arange(rounds, dtype=float), n),
            "n_tied": np.zeros(n * rounds, dtype=int),
            "fit_s": np.full(n * rounds, 0.01),
            "query_s": np.full(n * rounds, 0.001),
        }
        return pl.DataFrame(columns | level, schema=build_schema("curves", metrics))

    @cached_property
    def references(self) -> pl.DataFrame:
        metrics = [entry.component.name for entry in self.experiment.metrics]
        rows = [
            {"key": f"{entry.label}-{split}", "dataset": entry.label, "model": "logistic_regression"}
            | {"split": split, "labels": "true", "status": "done", "n_train": 1000, "fit_s": 0.1}
            | dict.fromkeys(metrics, 0.91)
            for entry in self.experiment.datasets
            for split in range(self.grid.repeats)
        ]
        return pl.DataFrame(rows, schema=build_schema("references", metrics), infer_schema_length=None)

    @cached_property
    def queries(self) -> pl.DataFrame:
        rng = np.random.default_rng(2)
        n, bought = self.trials.height, SEED + BATCH * (self.grid.rounds - 1)
        rows = np.argsort(rng.random((n, 700)), axis=1)[:, :bought]
        rounds = np.concatenate([np.zeros(SEED, int), np.repeat(np.arange(1, self.grid.rounds), BATCH)])
        ranks = np.concatenate([np.arange(SEED), np.tile(np.arange(BATCH), self.grid.rounds - 1)])
        labels = rng.integers(0, 2, n * bought)
        columns = {
            "key": np.repeat(self.trials["key"].to_numpy(), bought),
            "round": np.tile(rounds, n),
            "rank": np.tile(ranks, n),
            "row": rows.ravel(),
            "utility": rng.random(n * bought),
            "tied": np.zeros(n * bought, bool),
            "label_true": labels,
            "label_given": labels,
            "annotator": np.zeros(n * bought, int),
            "cost": np.ones(n * bought),
            "proba": pl.Series([None] * (n * bought), dtype=pl.List(pl.Float64)),
        }
        return pl.DataFrame(columns, schema=build_schema("queries"))

    @cached_property
    def evidence(self) -> albench.analysis.evidence.Evidence:
        tables = self.trials, self.curves, self.references
        return conclude(self.experiment, *tables, queries=self.queries)


def drawn(scratch: Path, grid: Grid) -> Drawn:
    spec = scratch / "largest.yaml"
    spec.write_text(grid.spec(), encoding="utf-8")
    experiment = albench.load_experiment(spec)
    folder = ResultsFolder(scratch / "results")
    folder.create()
    folder.write_text("resolved.yaml", render_resolved(experiment))
    return Drawn(experiment, folder, grid)


def first_screen(page: Path) -> dict[str, float] | None:
    """Milliseconds until the first screen is painted, and until the first figure scrolled to is drawn."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True).new_page()
        tab.goto(page.resolve().as_uri())
        paint = tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        ready = tab.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
        started = time.perf_counter()
        tab.locator(".plot").first.scroll_into_view_if_needed()
        tab.locator('.plot[data-state="drawn"]').first.wait_for(timeout=60_000)
        figure = 1000 * (time.perf_counter() - started)
        browser.close()
    return {"painted": paint, "usable": ready, "figure": figure}


def call(folder: Path, *words: str) -> float:
    """Run a command of albench; return its CPU seconds, of its workers too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "albench", *words]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure_commands() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "quickstart.yaml").write_text(QUICKSTART.read_text(encoding="utf-8"), encoding="utf-8")
        (folder / "wide.yaml").write_text(WIDE, encoding="utf-8")
        for spec in ("quickstart.yaml", "wide.yaml"):
            whole = call(folder, "run", spec)
            seconds = {name: min(call(folder, name, spec) for _ in range(3)) for name in ("run", "report")}
            print(
                f"{spec}: run of all {whole:.1f} s, with nothing to do {seconds['run']:.2f} s, "
                f"report {seconds['report']:.2f} s of CPU"
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="write the page here")
    parser.add_argument("--commands", action="store_true", help="measure the commands that write a page")
    arguments = parser.parse_args()
    if arguments.commands:
        measure_commands()
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        run = drawn(Path(scratch), Grid())
        tables = run.trials, run.curves, run.queries
        print(*(f"{table.height:,}" for table in tables), "rows of trials, curves and queries")
        started = time.perf_counter()
        _ = run.evidence
        analysed = time.perf_counter()
        page = write_report(run, arguments.keep or Path(scratch) / "report.html")
        rendered = time.perf_counter()
        size = page.stat().st_size / 1e6
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        spent = f"analysis {analysed - started:.1f} s, page {rendered - analysed:.1f} s"
        print(f"{spent}, {peak:.2f} GiB, {size:.2f} MB")
        seen = first_screen(page)
    measured = {"MB": size, "seconds": rendered - analysed, "GiB": peak}
    if seen is None:
        print("no Chromium on this machine: the first screen is not measured")
    else:
        print(", ".join(f"{name} {ms:.0f} ms" for name, ms in seen.items()))
        measured["first screen, s"] = max(seen["painted"], seen["usable"]) / 1000
    print("; ".join(f"{name} {value:.2f} (at most {BARS[name]:g})" for name, value in measured.items()))
    return int(any(value > BARS[name] for name, value in measured.items()))


if __name__ == "__main__":
    sys.exit(main())
