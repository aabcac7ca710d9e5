"""What becomes of a dataset's columns before a model sees them, as a spec declares it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

NAME = "declared"
VERSION = 1
STANDARD = {"name": "standard", "version": 1}
"""Part of a trial's identity where nothing is declared; the version is raised when the arrays change."""


@dataclass(frozen=True)
class Step:
    """A scikit-learn transformer and its parameters.

    Attributes
    ----------
    transformer : str
        Import path, or the path of a file with ``:Class``.
    params : dict
        Constructor parameters.
    """

    transformer: str
    params: dict[str, Any] = field(default_factory=dict)

    def identity(self) -> dict[str, Any]:
        """Return import path and parameters; of a file, its name alone."""
        return {shown_path(self.transformer): self.params}


Chain = tuple[Step, ...] | None
"""Steps one after the other; no steps leave the columns as they are, None is the standard treatment."""


@dataclass(frozen=True)
class Preprocessing:
    """Steps by kind of column, all fitted on the pool's features alone.

    Attributes
    ----------
    numeric : tuple of Step or None
        None: median and standardise; sparse columns are divided by their largest absolute value instead.
    categorical : tuple of Step or None
        None: most frequent and one-hot. Steps see codes as numbers, not-a-number where one is missing.
    text : tuple of Step or None
        None: TF-IDF. The first step sees texts.
    then : tuple of Step
        What is done to all of that together.
    """

    numeric: Chain = None
    categorical: Chain = None
    text: Chain = None
    then: tuple[Step, ...] = ()

    def fragment(self) -> dict[str, Any]:
        """Return its part of a trial's identity."""
        if self == Preprocessing():
            return dict(STANDARD)
        chains = {
            name: [step.identity() for step in chain]
            for name in ("numeric", "categorical", "text", "then")
            if (chain := getattr(self, name)) is not None and chain != getattr(Preprocessing, name, None)
        }
        return {"name": NAME, "version": VERSION, "params": chains}


def shown_path(path: str) -> str:
    """Return an import path as identities name it: a file without its folders."""
    file, colon, name = path.rpartition(":")
    return f"{PurePath(file).name}:{name}" if colon else path
