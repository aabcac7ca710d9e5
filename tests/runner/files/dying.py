"""A preprocessing step whose process dies so many times, as a machine short of memory makes it."""

from __future__ import annotations

import os
from pathlib import Path

from sklearn.preprocessing import StandardScaler


class Dying(StandardScaler):
    """Scales; where there are thirteen columns, it dies at first."""

    def __init__(self, folder="", times=0):
        super().__init__()
        self.folder, self.times = folder, times

    def fit(self, X, y=None):
        marks = Path(self.folder)
        if X.shape[1] == 13 and len(list(marks.iterdir())) < self.times:
            (marks / f"{len(list(marks.iterdir()))}").touch()
            os._exit(9)
        return super().fit(X, y)
