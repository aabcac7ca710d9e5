"""The files that the grids of same_numbers.py read: tables in every format, and strategies of their own."""

from __future__ import annotations

import random
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from pathlib import Path

OWN = '''\
"""Strategies that store what they are given: the random numbers, the tie keys; and one that fails."""

import os
from pathlib import Path

import numpy as np

import albench


class Draws(albench.Strategy):
    """The random numbers of a round."""

    def start(self, pool):
        """Refuse to run under another albench than the one that is compared."""
        home = Path(albench.__file__).resolve().parents[1]
        if str(home) != os.environ["SAME_NUMBERS_HOME"]:
            raise RuntimeError(f"albench was imported from {home}")

    def utilities(self, pool, state):
        return pool.rng.random(len(pool.candidates))


class Keys(albench.Strategy):
    """The tie keys of a round."""

    def utilities(self, pool, state):
        return np.asarray(pool.tie_keys, dtype=float)


class Level(albench.Strategy):
    """All equal: ties alone decide."""

    def utilities(self, pool, state):
        return np.zeros(len(pool.candidates))


class Broken(albench.Strategy):
    """Fails once something was bought."""

    def utilities(self, pool, state):
        if len(pool.labelled) > 10:
            raise ValueError("broken on purpose")
        return np.zeros(len(pool.candidates))
'''


def write_files(folder: Path) -> None:
    """Write own.py and the tables into a new folder."""
    (folder / "data").mkdir(parents=True)
    (folder / "own.py").write_text(OWN, encoding="utf-8")
    write_tables(folder / "data")


def write_tables(folder: Path) -> None:
    """Write one small table in every format, each with rows of its own, cells missing."""
    draw_table(1).write_csv(folder / "mixed.csv", separator=";", decimal_comma=True)
    draw_table(2).write_csv(folder / "mixed.tsv", separator="\t")
    draw_table(3).write_parquet(folder / "mixed.parquet")
    arff = draw_table(4).drop("body").with_columns(pl.col("size").cast(pl.String).fill_null("?"))
    head = (
        "@relation mixed\n@attribute size numeric\n@attribute code numeric\n@attribute colour {red,green}\n"
    )
    rows = [",".join("?" if cell is None else str(cell) for cell in row) for row in arff.rows()]
    (folder / "mixed.arff").write_text(
        head + "@attribute kind {a,b,c}\n@data\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    parts = [part for part, _ in zip(cycle(["train", "train", "test"]), range(240), strict=False)]
    draw_table(5).with_columns(part=pl.Series(parts)).write_csv(folder / "parts.csv")
    rng = np.random.default_rng(6)
    y = rng.integers(3, size=240)
    X = rng.poisson(0.4 + 0.8 * np.eye(3, 30)[y])
    lines = [
        f"{label} " + " ".join(f"{column + 1}:{row[column]}" for column in np.flatnonzero(row))
        for label, row in zip(y, X, strict=True)
    ]
    (folder / "sparse.libsvm").write_text("\n".join(lines) + "\n", encoding="utf-8")
    np.savez(folder / "arrays.npz", X=rng.normal(size=(240, 6)) + 2 * np.eye(3, 6)[y], y=y)


def draw_table(seed: int) -> pl.DataFrame:
    """Return 240 rows of numbers, names and texts that say something about their class."""
    draws = random.Random(seed)  # noqa: S311 - nothing secret
    kinds = [draws.choice("aabbc") for _ in range(240)]
    words = {kind: [f"{kind}{place}" for place in range(12)] for kind in "abc"}
    shared = [f"w{place}" for place in range(30)]
    return pl.DataFrame(
        {
            "size": [None if draws.random() < 0.05 else round(draws.gauss(ord(k), 1.0), 3) for k in kinds],
            "code": [draws.randrange(4) for _ in kinds],
            "colour": [draws.choice(["red", "green", None] if k == "a" else ["red", "green"]) for k in kinds],
            "body": [" ".join(draws.choices(words[k], k=2) + draws.choices(shared, k=6)) for k in kinds],
            "kind": kinds,
        }
    )
