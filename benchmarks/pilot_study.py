"""How far a pilot inside a labelled part tells what more labels give: the study of `docs/pilot.md`.

    python benchmarks/pilot_study.py run FOLDER STUDY [--variants random ...] [--only NAME ...]

FOLDER holds the data sets with their `manifest.csv`. Of each, at most 4,000 rows are taken. A tenth of them,
at least 150, is the labelled part: drawn at random; or by one feature; or, beside 50 random rows, where a
model of those is least sure. A pilot divides it into pool and test part and runs the strategies on nested
pools of 25, 50 and 100 % of that pool. The truth starts from the labelled part, buys as many labels again in
the hidden rest, and is scored on other rows of the rest. STUDY takes the raw curves, one file a data set and
variant: a second call runs what is missing. Trials are those of `albench.run`.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

import albench

STRATEGIES = ["random", "margin", "entropy", "badge", "k_center", "typiclust"]
EXTRA = ["random", "qbc", "balanced_margin"]
VARIANTS = ["random", "long", "extra", "feature", "margin", "second"]
MAX_ROWS = 4000
FEWEST_LABELLED = 150
REPEATS = 10
ROWS = Path(__file__).with_name("pilot_rows.py")
# In the order in which they are run; of data sets that come twice in the collection, one.
NAMES = """
    pc3 zhan_checkerboard car cardio-anomaly steel-plates-fault mfeat-morphological digits8x8 kc1
    creditcard-fraud-sample mfeat-zernike led24 sick wine-quality-white banana phoneme page-blocks
    churn waveform-5000 wall-robot-navigation ann-thyroid zhan_spambase splice satimage mushroom
    zhan_twonorm zhan_ringnorm zhan_phishing eeg-eye-state magic-telescope electricity adult bank-
    marketing nursery online-shoppers credit-card-default jm1 zhan_d31 ozone-level-8hr texture
    optdigits shuttle letter krkopt semeion dna mfeat-fourier coil2000 sms-spam-minilm trec6-minilm
""".split()  # noqa: SIM905 - a name a line would hide the order


def draw_rows(folder: Path, name: str, variant: str) -> tuple[pd.DataFrame, int]:
    """Return a table whose first rows are the labelled part, and their number; `target` is the target."""
    sys.path.insert(0, str(folder))
    from load import load

    manifest = pd.read_csv(folder / "manifest.csv").set_index("name", drop=False)
    X, y = load(manifest.loc[name])
    frame = pd.DataFrame(X if isinstance(X, pd.DataFrame) else np.asarray(X))
    frame.columns = [f"x{i}" for i in range(frame.shape[1])]
    frame["target"] = [f"c{value}" for value in y]
    # A second labelled part is drawn from the same rows in another order.
    rng = np.random.default_rng([20261130, NAMES.index(name), *([1] if variant == "second" else [])])
    frame = frame.iloc[rng.permutation(len(frame))[:MAX_ROWS]].reset_index(drop=True)
    n_labelled = max(FEWEST_LABELLED, len(frame) // 10)
    choose = {"feature": _order_by_feature, "margin": _order_by_margin}.get(variant, _keep_order)
    order = choose(frame, n_labelled, rng)
    return frame.iloc[order].reset_index(drop=True), n_labelled


def _keep_order(frame: pd.DataFrame, n_labelled: int, rng: np.random.Generator) -> np.ndarray:
    del n_labelled, rng
    return np.arange(len(frame))


def _order_by_feature(frame: pd.DataFrame, n_labelled: int, rng: np.random.Generator) -> np.ndarray:
    """Draw with the weight exp(3 rank) of the number with most values, as `covariate_shift` does."""
    numeric = frame.drop(columns="target").select_dtypes("number")
    column = numeric.nunique().idxmax() if numeric.shape[1] else frame.columns[0]
    ranks = frame[column].rank(method="first").to_numpy() / len(frame)
    keys = np.log(rng.standard_exponential(len(frame))) - 3 * ranks
    chosen = np.argsort(keys)[:n_labelled]
    return np.concatenate([chosen, np.setdiff1d(np.arange(len(frame)), chosen)])


def _order_by_margin(frame: pd.DataFrame, n_labelled: int, rng: np.random.Generator) -> np.ndarray:
    """Take 50 rows as they come, and the smallest margins of a model of them."""
    del rng, n_labelled
    first, rest = np.arange(50), np.arange(50, len(frame))
    features = pd.get_dummies(frame.drop(columns="target"), dtype=float).fillna(0)
    X = StandardScaler().fit_transform(features)
    y = frame["target"].to_numpy()
    if np.unique(y[first]).size < 2:
        return np.arange(len(frame))
    proba = np.sort(LogisticRegression(max_iter=200).fit(X[first], y[first]).predict_proba(X[rest]), axis=1)
    ranked = rest[np.argsort(proba[:, -1] - proba[:, -2], kind="stable")]
    return np.concatenate([first, ranked])


def make_pilot_spec(path: Path, name: str, n_labelled: int, n_classes: int) -> dict[str, Any]:
    """Return the pilot: nested pools of the labelled part."""
    n_pool = n_labelled - int(0.3 * n_labelled)
    seed = max(10, n_classes)
    entry = {"path": str(path), "target": "target"}
    caps = {"25": max(n_pool // 4, seed + 10), "50": max(n_pool // 2, seed + 15), "100": n_pool}
    return {
        "name": f"{name}-pilot",
        "datasets": [
            {"parquet": {**entry, "pool": {"max_pool": cap}}, "label": size} for size, cap in caps.items()
        ],
        "models": ["logistic_regression"],
        "strategies": STRATEGIES,
        "seed_sizes": seed,
        "batch_sizes": 5 if n_labelled < 300 else 10,
        "budgets": "80%",
        "repeats": REPEATS,
    }


def make_truth_spec(path: Path, name: str, n_labelled: int) -> dict[str, Any]:
    """Return the truth: from the labelled part to twice as many labels, in the hidden rest."""
    return {
        "name": f"{name}-truth",
        "datasets": [{"parquet": {"path": str(path), "target": "target"}, "label": "rest"}],
        "models": ["logistic_regression"],
        "strategies": STRATEGIES,
        "split": {f"{ROWS}:HiddenRest": {"n_labelled": n_labelled}},
        "seed_sets": [f"{ROWS}:LabelledPart"],
        "seed_sizes": n_labelled,
        "batch_sizes": 10,
        "budgets": 2 * n_labelled,
        "repeats": REPEATS,
    }


def make_long_spec(path: Path, name: str, n_labelled: int) -> dict[str, Any]:
    """Return the truth up to four times the labels, in coarser steps: what random needs for a level."""
    return {
        **make_truth_spec(path, name, n_labelled),
        "name": f"{name}-long",
        "strategies": ["random", "margin"],
        "batch_sizes": 20,
        "budgets": 4 * n_labelled,
        "repeats": REPEATS // 2,
    }


def collect(spec: dict[str, Any], results: Path) -> pl.DataFrame:
    """Run an experiment and return its curves with what they are of."""
    ran = albench.run(spec, results=results, backend="inline", n_jobs=1)
    columns = ["key", "dataset", "strategy", "arm", "split", "n_pool", "n_test", "n_classes", "status"]
    scores = ["n_labels", "accuracy", "balanced_accuracy", "f1_macro"]
    curves = ran.curves.select("key", *scores).join(ran.trials.select(columns), on="key").drop("key")
    references = ran.references.filter(pl.col("labels") == "true")
    whole = references.select(
        "dataset",
        "split",
        pl.col("n_train").cast(pl.Int64).alias("n_labels"),
        "accuracy",
        "balanced_accuracy",
        "f1_macro",
        pl.lit("reference").alias("strategy"),
    )
    return pl.concat([curves, whole], how="diagonal_relaxed")


def run_dataset(folder: Path, study: Path, name: str, variant: str) -> None:
    """Write the raw curves of one data set, unless they are there."""
    out = study / "raw" / f"{name}.{variant}.parquet"
    if out.exists():
        return
    start = time.process_time()
    frame, n_labelled = draw_rows(folder, name, variant)
    data = study / "data"
    data.mkdir(parents=True, exist_ok=True)
    out.parent.mkdir(exist_ok=True)
    whole, part = data / f"{name}.{variant}.parquet", data / f"{name}.{variant}.part.parquet"
    frame.to_parquet(whole)
    frame.iloc[:n_labelled].to_parquet(part)
    n_classes = frame["target"].iloc[:n_labelled].nunique()
    # Other strategies on the same rows stand in the same folder, whose trials of random are used again.
    title = f"{name}-{'random' if variant == 'extra' else variant}".replace("_", "-")
    specs = [make_pilot_spec(part, title, n_labelled, n_classes), make_truth_spec(whole, title, n_labelled)]
    if variant == "long":
        specs = [make_long_spec(whole, title, n_labelled)]
    if variant == "extra":
        specs = [{**spec, "strategies": EXTRA} for spec in specs]
    parts = [collect(spec, study / "results") for spec in specs]
    curves = pl.concat(parts, how="diagonal_relaxed").with_columns(
        pl.lit(name).alias("set"),
        pl.lit(variant).alias("variant"),
        pl.lit(n_labelled).alias("n_labelled"),
        pl.lit(len(frame)).alias("n_rows"),
    )
    curves.write_parquet(out)
    print(f"{name} {variant}: {n_labelled} labelled, {time.process_time() - start:.0f} s", flush=True)


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["run"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("study", type=Path)
    parser.add_argument("--variants", nargs="+", default=VARIANTS)
    parser.add_argument("--only", nargs="+", default=NAMES)
    options = parser.parse_args()
    for variant in options.variants:
        for name in options.only:
            try:
                run_dataset(options.folder, options.study, name, variant)
            except albench.AlbenchError as error:
                print(f"{name} {variant}: {error}", flush=True)


if __name__ == "__main__":
    main()
