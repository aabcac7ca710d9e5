"""How well the two-sample test sees a labelled part that is not like the rest: `benchmarks/pilot_study.py`.

    python benchmarks/pilot_shift.py FOLDER STUDY [--variants random feature margin] [--only NAME ...]

One file is written, `STUDY/shift.csv`: the AUC of labelled against unlabelled rows, with its interval.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pilot_study import NAMES, draw_rows

from albench.api import load_experiment
from albench.datasets.of_experiment import load_tables
from albench.datasets.representativeness import Representativeness, compare_with_unlabelled

if TYPE_CHECKING:
    import pandas as pd


def measure_shift(frame: pd.DataFrame, n_labelled: int) -> Representativeness | None:
    """Return what the test says of a table whose first rows are labelled."""
    hidden = frame.assign(target=frame["target"].where(frame.index < n_labelled))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        hidden.to_parquet(path)
        spec = {
            "datasets": [{"parquet": {"path": str(path), "target": "target", "unlabelled": "keep"}}],
            "models": ["logistic_regression"],
            "strategies": ["random"],
            "seed_sizes": 10,
            "batch_sizes": 10,
            "budgets": 50,
        }
        (table,) = load_tables(load_experiment(spec)).values()
    return compare_with_unlabelled(table)


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("study", type=Path)
    parser.add_argument("--variants", nargs="+", default=["random", "feature", "margin"])
    parser.add_argument("--only", nargs="+", default=NAMES)
    options = parser.parse_args()
    out = options.study / "shift.csv"
    known = set()
    if out.exists():
        known = {(row["set"], row["variant"]) for row in csv.DictReader(out.open())}
    with out.open("a", newline="") as file:
        writer = csv.writer(file)
        if not known:
            writer.writerow(["set", "variant", "auc", "low", "high", "column"])
        for variant in options.variants:
            for name in options.only:
                if (name, variant) not in known:
                    shift = measure_shift(*draw_rows(options.folder, name, variant))
                    if shift is not None:
                        writer.writerow([name, variant, shift.auc, shift.low, shift.high, shift.column])
                        file.flush()


if __name__ == "__main__":
    main()
