"""How differences between strategies and random vary: the study that `albench plan --power` falls back on.

    python benchmarks/spreads.py FOLDER RESULTS [--repeats 12] > albench/power/study.json

Eighteen tables, logistic regression, five strategies beside random, 20 labels to start from, batches of 5 up
to 120 labels. Printed are, by metric, the median and the 90th percentile over cells of dataset and strategy
of the standard deviation of the paired difference in area of one repeat, the area that label savings are
worth along random's curves (median over datasets), and the standard deviation of true gains over datasets.

FOLDER holds the data sets as Parquet files; RESULTS takes the results folder, which a second call reads.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import yaml

import albench
from albench.power.spread import SHARES, measure_between, measure_cell_spreads, measure_spreads

FILES = {
    "banknote-authentication": "class",
    "credit-g": "class",
    "diabetes": "class",
    "balance-scale": "class",
    "car": "class",
    "blood-transfusion-service-center": "class",
    "ionosphere": "class",
    "vowel": "Class",
    "wine": "target",
    "iris": "class",
    "heart-statlog": "class",
    "glass": "Type",
    "ecoli": "class",
    "sonar": "Class",
    "vehicle": "Class",
    "tic-tac-toe": "Class",
    "ilpd": "Selector",
    "qsar-biodeg": "41",
}
STRATEGIES = ["random", "margin", "entropy", "qbc", "k_center", "information_density"]
METRICS = ["accuracy", "balanced_accuracy"]


def make_spec(folder: Path, repeats: int) -> dict[str, object]:
    """Return the experiment."""
    return {
        "name": "spreads",
        "datasets": [
            {
                "parquet": {"path": str(folder / "tabular" / f"{name}.parquet"), "target": target},
                "label": name,
            }
            for name, target in FILES.items()
        ],
        "models": ["logistic_regression"],
        "strategies": STRATEGIES,
        "seed_sizes": 20,
        "batch_sizes": 5,
        "budgets": 120,
        "repeats": repeats,
        "metrics": METRICS,
        "primary_metric": METRICS[0],
    }


def summarise(results: albench.Results, metric: str) -> dict[str, object]:
    """Return what the study says of a metric."""
    evidence = results.evidence.find_slice({"metric": metric})
    sds = measure_cell_spreads(evidence)
    areas = np.median([spread.area_by_saving for spread in measure_spreads(evidence).values()], axis=0)
    return {
        "sd_median": round(float(np.median(sds)), 5),
        "sd_90": round(float(np.quantile(sds, 0.9)), 5),
        "area_by_saving": [round(float(area), 5) for area in areas],
        "between": round(measure_between(evidence) or 0.0, 5),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--repeats", type=int, default=12)
    wanted = parser.parse_args()
    results = albench.run(yaml.safe_dump(make_spec(wanted.folder, wanted.repeats)), results=wanted.results)
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scikit-learn"))
    study = {
        "source": f"a study of {len(FILES)} tables ({datetime.now(UTC):%Y-%m-%d})",
        "design": f"logistic regression, 20 to 120 labels by 5, {wanted.repeats} repeats; {packages}",
        "datasets": list(FILES),
        "strategies": STRATEGIES,
        "shares": SHARES,
        "metrics": {metric: summarise(results, metric) for metric in METRICS},
    }
    json.dump(study, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
