"""What a transformer that learns nothing makes of texts: computed once a dataset, for all its splits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.prepared import matrices
from albench.prepared.transformers import is_stateless, transformed

if TYPE_CHECKING:
    from pathlib import Path

    from albench.contracts import Table
    from albench.contracts.preprocessing import Preprocessing
    from albench.prepared.matrices import Matrix


def embed(table: Table, how: Preprocessing, folder: Path) -> None:
    """Write the first step of every text column, if that step learns nothing; else write nothing.

    Raises
    ------
    ModelError
        If the step cannot be made or applied.
    """
    if not how.text or not is_stateless(how.text[0]):
        return
    folder.mkdir(parents=True, exist_ok=True)
    for position, texts in enumerate(table.text):
        (found,) = transformed([texts], how.text[:1], seed=0, dtype=table.numeric.dtype)
        matrices.save(found, folder / str(position))


def embedded(table: Table, folder: Path) -> dict[str, Matrix]:
    """Map what :func:`embed` wrote, by column; nothing if it wrote nothing."""
    if not folder.is_dir():
        return {}
    return {name: matrices.load(folder / str(position)) for position, name in enumerate(table.text_names)}
