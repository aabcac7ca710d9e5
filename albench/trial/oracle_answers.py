"""What the oracle of a trial, or of a reference, would answer for each row of the pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from albench.contracts.returned import check_answers
from albench.prepared.difficulty import compute_difficulty, load_difficulty
from albench.prepared.matrices import freeze

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from albench.contracts import Oracle, Rows
    from albench.prepared.split_arrays import SplitArrays


def ask_oracle(
    oracle: Oracle,
    arrays: SplitArrays,
    classes: tuple[str, ...],
    *,
    rng: np.random.Generator,
    split: dict[str, Any],
    folder: Path | None,
) -> Rows:
    """Return the answers for the whole pool: who queries a row, and when, must not change its answer.

    Parameters
    ----------
    oracle : Oracle
    arrays : SplitArrays
    classes : tuple of str
    rng : Generator
        Of the oracle's mistakes.
    split : dict
        ``random_state``, ``dataset`` and ``split``, which key the stream of the rows' difficulty.
    folder : Path, optional
        Where the difficulty was written, if it was prepared.
    """
    labels, extra = freeze(arrays.pool_labels), {}
    if oracle.needs_difficulty():
        saved = load_difficulty(folder)
        difficulty = compute_difficulty(arrays, len(classes), **split) if saved is None else saved
        extra["difficulty"] = freeze(difficulty)
    return check_answers(oracle.answers(labels, classes, rng=rng, **extra), oracle, labels.size, len(classes))
