"""Write the tables of the gallery into ``experiments/data``: ``python experiments/make_data.py``.

``customers.csv`` is drawn at random, with what real tables have: names, missing cells, numbers that are
names, a column that gives the class away. ``texts.csv`` holds what functions of numpy, scipy and polars say
that they do. ``areas.csv`` holds some of these with the area of mathematics that they are from, and beside it
what somebody answers who goes by a word of the text, which stands in for the answers of a language model.
"""

from __future__ import annotations

import importlib
import inspect
import re
import warnings
from pathlib import Path

import numpy as np
import polars as pl

FOLDER = Path(__file__).with_name("data")
TOPIC = "scipy.optimize"
MODULES = (
    *("numpy", "numpy.fft", "numpy.linalg", "numpy.ma", "numpy.random", "polars", "scipy.cluster.hierarchy"),
    *("scipy.fft", "scipy.integrate", "scipy.interpolate", "scipy.linalg", "scipy.ndimage", "scipy.signal"),
    *("scipy.sparse", "scipy.spatial", "scipy.special", "scipy.stats", TOPIC),
)
AREAS = {
    "linear algebra": ("numpy.linalg", "scipy.linalg", "scipy.sparse"),
    "optimization": (TOPIC,),
    "signals": ("numpy.fft", "scipy.fft", "scipy.ndimage", "scipy.signal"),
    "statistics": ("numpy.random", "scipy.stats"),
}
WORDS = {
    "linear algebra": ("matrix", "matrices", "eigen", "decomposition", "norm", "solve"),
    "optimization": ("minimi", "optimi", "root", "constraint", "objective", "linear program"),
    "signals": ("filter", "fourier", "frequen", "transform", "signal", "image", "window"),
    "statistics": ("distribution", "random", "sample", "test", "statistic", "variance", "probability"),
}


def make_customers(n: int = 1500, seed: int = 0) -> pl.DataFrame:
    """Return customers of a telephone company, of whom a fifth leave."""
    rng = np.random.default_rng(seed)
    plan = rng.choice(["basic", "plus", "pro"], n, p=[0.5, 0.3, 0.2])
    region = rng.choice([10115, 20095, 50667, 80331], n)
    months = rng.gamma(2, 12, n).round()
    spend = (15 + 12 * (plan == "plus") + 30 * (plan == "pro") + rng.normal(0, 5, n)).round(2)
    calls = rng.poisson(1 + 2 * (region == 50667))
    odds = -1.7 + 0.9 * calls - 0.06 * months + 0.8 * (plan == "basic") - 0.5 * (plan == "pro")
    leaves = rng.random(n) < 1 / (1 + np.exp(-odds))
    known = rng.random(n) < 0.9
    return pl.DataFrame(
        {
            "customer": np.arange(1000, 1000 + n),
            "plan": plan,
            "region": region,
            "months": [value if there else None for value, there in zip(months, known, strict=True)],
            "monthly_spend": spend,
            "support_calls": calls,
            "closed_by": [
                by if gone else None for by, gone in zip(rng.choice(["web", "phone"], n), leaves, strict=True)
            ],
            "leaves": np.where(leaves, "yes", "no"),
        }
    )


def make_texts() -> pl.DataFrame:
    """Return one text a function or class; few of them are about optimization."""
    topics: dict[str, str] = {}
    for name in MODULES:
        module = importlib.import_module(name)
        for member, value in inspect.getmembers(module, callable):
            text = "" if member.startswith("_") else _shorten(inspect.getdoc(value) or "")
            if len(text) > 40:
                topics.setdefault(text, "optimization" if name == TOPIC else "other")
    return pl.DataFrame({"text": list(topics), "topic": list(topics.values())})


def make_areas(seed: int = 0) -> pl.DataFrame:
    """Return texts with their area, and the area that a word of the text suggests, where one does."""
    rng = np.random.default_rng(seed)
    rows: dict[str, str] = {}
    for area, modules in AREAS.items():
        for name in modules:
            for member, value in inspect.getmembers(importlib.import_module(name), callable):
                text = "" if member.startswith("_") else _shorten(inspect.getdoc(value) or "")
                if len(text) > 40:
                    rows.setdefault(text, area)
    order = rng.permutation(len(rows))
    texts, areas = (np.array(list(values))[order] for values in (rows.keys(), rows.values()))
    return pl.DataFrame({"text": texts, "area": areas, "llm": [_guess_area(text) for text in texts.tolist()]})


def _guess_area(text: str) -> str | None:
    """Return the area whose word comes first."""
    places = {
        area: min((place for word in words if (place := text.lower().find(word)) >= 0), default=None)
        for area, words in WORDS.items()
    }
    there = {area: place for area, place in places.items() if place is not None}
    return min(there, key=lambda area: there[area]) if there else None


def _shorten(text: str) -> str:
    """Return the beginning of a docstring, before its sections, without the signature."""
    text = re.split(r"\n(?:Parameters|Returns|Notes|See Also|Examples)\n-", text)[0]
    return re.sub(r"^\w+\([^)]*\)( -> .*?)? ", "", " ".join(text.split()))[:300]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    FOLDER.mkdir(exist_ok=True)
    make_customers().write_csv(FOLDER / "customers.csv")
    make_texts().write_csv(FOLDER / "texts.csv")
    make_areas().write_csv(FOLDER / "areas.csv")
