"""Texts under a transformer that learns nothing: computed once a dataset, for all its splits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.prepared import matrices
from albench.prepared.transformers import apply_steps, is_stateless
from albench.prepared.unlabelled_rows import append_unlabelled

if TYPE_CHECKING:
    from pathlib import Path

    from albench.contracts import Table
    from albench.contracts.preprocessing import Preprocessing
    from albench.prepared.matrices import Matrix


def write_embeddings(table: Table, preprocessing: Preprocessing, folder: Path) -> None:
    """Write the first step of every text column, if that step learns nothing; else write nothing."""
    if not preprocessing.text or not is_stateless(preprocessing.text[0]):
        return
    folder.mkdir(parents=True, exist_ok=True)
    for position, texts in enumerate(append_unlabelled(table).text):
        (embedding,) = apply_steps([texts], preprocessing.text[:1], seed=0, dtype=table.numeric.dtype)
        matrices.save_matrix(embedding, folder / str(position))


def load_embeddings(table: Table, folder: Path) -> dict[str, Matrix]:
    """Map what :func:`write_embeddings` wrote, by column; nothing if it wrote nothing."""
    if not folder.is_dir():
        return {}
    return {
        name: matrices.load_matrix(folder / str(position)) for position, name in enumerate(table.text_names)
    }
