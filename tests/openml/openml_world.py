"""What the server of these tests has: two tables that are one, a sparse one, tasks, a suite."""

from __future__ import annotations

import polars as pl

MIXED = """@RELATION mixed
@ATTRIBUTE num REAL
@ATTRIBUTE cnt INTEGER
@ATTRIBUTE small INTEGER
@ATTRIBUTE cat {b,a}
@ATTRIBUTE flag {TRUE,FALSE}
@ATTRIBUTE txt STRING
@ATTRIBUTE id INTEGER
@ATTRIBUTE y {p,n,unused}
@DATA
1.5,1,1,b,TRUE,'x y',0,p
2,2,2,a,FALSE,'é',1,n
?,3,3,?,TRUE,'it\\'s',2,p
4,300,4,a,FALSE,'a,b',3,n
0.25,5,5,b,TRUE,'?',4,p
6,6,6,a,TRUE,z,5,n
"""
KINDS = {
    "num": "numeric",
    "cnt": "numeric",
    "small": "numeric",
    "cat": "nominal",
    "flag": "nominal",
    "txt": "string",
    "id": "numeric",
    "y": "nominal",
}
SPARSE = """@RELATION sp
@ATTRIBUTE a REAL
@ATTRIBUTE b REAL
@ATTRIBUTE y {0,1}
@DATA
{1 2.0}
{0 1.0,2 1}
{0 -3,1 4,2 1}
{}
"""
SPLITS_HEAD = """@relation splits
@attribute type {TRAIN,TEST}
@attribute rowid numeric
@attribute repeat numeric
@attribute fold numeric
@data
"""


def splits(first_fold: int) -> str:
    """Return two folds by even and odd rows, in descending order."""
    return SPLITS_HEAD + "".join(
        f"{'TEST' if row % 2 == abs(first_fold - fold) else 'TRAIN'},{row},0,{fold}\n"
        for fold in range(2)
        for row in reversed(range(6))
    )


def mixed_frame() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "num": [1.5, 2.0, None, 4.0, 0.25, 6.0],
            "cnt": [1, 2, 3, 300, 5, 6],
            "small": pl.Series([1, 2, 3, 4, 5, 6], dtype=pl.UInt8),
            "cat": pl.Series(["b", "a", None, "a", "b", "a"], dtype=pl.Categorical),
            "flag": [True, False, True, False, True, True],
            "txt": ["x y", "é", "it's", "a,b", "?", "z"],
            "id": [0, 1, 2, 3, 4, 5],
            "y": pl.Series(["p", "n", "p", "n", "p", "n"], dtype=pl.Enum(["p", "n", "unused"])),
        }
    )


def fill(world) -> None:
    apart = {"row_id": "id", "ignore": ("txt",)}
    world.dataset(7, MIXED, **apart)
    world.dataset(8, MIXED, name="both", parquet=mixed_frame(), kinds=KINDS, **apart)
    world.dataset(9, SPARSE, name="sp", sparse=True)
    world.named("mixed", (12, 7))
    for task, dataset, first_fold in ((70, 7, 0), (80, 8, 1)):
        world.task(task, dataset, splits(first_fold), repeats=1, folds=2)
        features = f"/api/v1/xml/data/features/{dataset}"
        world.answers.setdefault(features, world.answers["/api/v1/xml/data/features/8"])
    world.suite(99, "mini-suite", (70, 80))
