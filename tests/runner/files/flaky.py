"""A strategy that fails so many times and then does what it should, as a busy machine makes it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from albench import Strategy


class Flaky(Strategy):
    """Takes candidates in their order; where there are thirteen features, it fails at first."""

    folder: str
    times: int
    how: Literal["os", "memory", "value", "exit"] = "os"

    def identity(self):
        return {"name": "flaky"}

    def utilities(self, pool, state):
        marks = Path(self.folder)
        if pool.features.shape[1] == 13 and pool.round == 1 and len(list(marks.iterdir())) < self.times:
            (marks / f"{len(list(marks.iterdir()))}").touch()
            self.fail()
        return -pool.candidates.astype(float)

    def fail(self):
        if self.how == "exit":
            os._exit(9)
        raise {"os": OSError("stale file handle"), "memory": MemoryError(), "value": ValueError("wrong")}[
            self.how
        ]
