"""A user's strategy that shares something, and notes each time that it is computed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

import numpy as np

from albench.contracts import Shared, Strategy


class Lengths(Shared):
    folder: str

    def compute(self, features, *, n_classes, rng):
        mark = f"{features[0, 0]!r}-{os.getpid()}-{len(list(Path(self.folder).iterdir()))}"
        Path(self.folder, mark).touch()
        return {"lengths": np.linalg.norm(features, axis=1), "drawn": rng.random(features.shape[0])}


class Longest(Strategy):
    """The rows of largest norm, and chance that the trials of a split share."""

    family: ClassVar[str] = "diversity"

    folder: str
    weight: float = 1.0

    def shares(self):
        return (Lengths(folder=self.folder),)

    def utilities(self, pool, state):
        arrays = pool.shared[Lengths(folder=self.folder)]
        return (arrays["lengths"] + arrays["drawn"] * self.weight)[pool.candidates]


class Fails(Shared):
    def compute(self, features, *, n_classes, rng):
        raise ValueError("no such thing in this pool")


class Failing(Strategy):
    """What it shares cannot be computed."""

    family: ClassVar[str] = "diversity"

    def shares(self):
        return (Fails(),)

    def utilities(self, pool, state):
        return pool.shared[Fails()]["nothing"]
