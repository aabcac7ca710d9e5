"""Sentence embeddings, from the extra ``albench[sentence-transformers]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from albench.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class SentenceEmbedding(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Texts as vectors of a pretrained sentence transformer; nothing is learned from the pool.

    Parameters
    ----------
    model : str
        Name of a model that is in the cache of sentence-transformers, or its folder.
    batch_size : int
        Texts that are embedded at a time.
    normalize : bool
        Whether vectors have length 1.

    Reference
    ---------
    Reimers, Gurevych, 2019, Sentence-BERT: sentence embeddings using siamese BERT-networks.
    """

    def __init__(
        self, model: str = "all-MiniLM-L6-v2", *, batch_size: int = 64, normalize: bool = True
    ) -> None:
        self.model = model
        self.batch_size = batch_size
        self.normalize = normalize

    def fit(self, X: Sequence[str], y: None = None) -> SentenceEmbedding:
        """Learn nothing."""
        del X, y
        return self

    def transform(self, X: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector a text."""
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            hint = "install it with: pip install 'albench[sentence-transformers]'"
            raise ModelError(f"'sentences' needs the package sentence-transformers; {hint}") from error
        vectors = SentenceTransformer(self.model, device="cpu").encode(
            list(X), batch_size=self.batch_size, normalize_embeddings=self.normalize, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.string = True
        return tags
