"""A neural network in PyTorch behind scikit-learn's interface, from the extra ``albench[torch]``."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from albench.contracts import Floats, Rows

_ROWS = 4096


class TorchMLP(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Layers of rectified units with dropout, trained by Adam on the cross-entropy; single precision.

    Parameters
    ----------
    hidden : sequence of int
        Units of each hidden layer; the last is the embedding.
    dropout : float
        Share of the units of each hidden layer that is dropped in training and in dropout samples.
    epochs : int
        Passes over the labelled rows.
    batch_size : int
        Rows a step.
    learning_rate, weight_decay : float
        Of Adam; the weight decay is decoupled.
    random_state : int or None
        Decides the first weights, the order of the rows and the units dropped; None draws it anew.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    network_ : torch.nn.Sequential
        A linear layer, rectifier and dropout a hidden layer; a linear layer to the classes.

    Reference
    ---------
    Gal, Ghahramani, 2016, Dropout as a Bayesian approximation.
    """

    def __init__(
        self,
        hidden: Sequence[int] = (128,),
        *,
        dropout: float = 0.2,
        epochs: int = 50,
        batch_size: int = 32,
        learning_rate: float = 1e-3,
        weight_decay: float = 1e-4,
        random_state: int | None = None,
    ) -> None:
        self.hidden = hidden
        self.dropout = dropout
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.random_state = random_state

    def fit(self, X: Floats, y: Rows) -> TorchMLP:
        """Train from the start."""
        if not self.hidden or not 0 <= self.dropout < 1:
            raise ValueError("'hidden' needs a layer, and 'dropout' must be at least 0 and below 1")
        self.classes_ = np.unique(y)
        targets = torch.from_numpy(np.searchsorted(self.classes_, y))
        # Torch's own stream is given back as it was.
        with torch.random.fork_rng(devices=[]):
            seed = self.random_state
            torch.manual_seed(int(np.random.default_rng().integers(2**31)) if seed is None else seed)
            self.network_ = self._build_network(X.shape[1])
            self._train(_convert_to_tensor(X), targets)
        self.network_.eval()
        return self

    def _build_network(self, n_features: int) -> nn.Sequential:
        widths = [n_features, *self.hidden]
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Linear(before, after), nn.ReLU(), nn.Dropout(self.dropout)]
        return nn.Sequential(*layers, nn.Linear(widths[-1], len(self.classes_)))

    def _train(self, X: torch.Tensor, targets: torch.Tensor) -> None:
        optimizer = torch.optim.AdamW(
            self.network_.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay
        )
        loss = nn.CrossEntropyLoss()
        self.network_.train()
        for _ in range(self.epochs):
            for rows in torch.randperm(len(X)).split(self.batch_size):
                optimizer.zero_grad()
                loss(self.network_(X[rows]), targets[rows]).backward()
                optimizer.step()

    def predict(self, X: Floats) -> Rows:
        """Return the most probable class of each row."""
        predictions: Rows = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return predictions

    def predict_proba(self, X: Floats) -> Floats:
        """Return class probabilities of shape (n, n_classes), without dropout."""
        return _apply_in_blocks(lambda block: _softmax(self.network_(block)), X)

    def embed(self, X: Floats) -> Floats:
        """Return the outputs of the last hidden layer, shape (n, hidden[-1]), without dropout."""
        return _apply_in_blocks(self.network_[:-1], X)

    def dropout_sample(self, seed: int) -> DropoutSample:
        """Return the trained network with the units of one dropout mask, the same for every row."""
        generator = torch.Generator().manual_seed(seed)
        masks = [torch.rand(width, generator=generator) >= self.dropout for width in self.hidden]
        return DropoutSample(self, [mask / (1 - self.dropout) for mask in masks])


class DropoutSample:
    """A trained network some of whose units are dropped."""

    def __init__(self, trained: TorchMLP, masks: list[torch.Tensor]) -> None:
        self._trained = trained
        self._masks = masks

    def predict(self, X: Floats) -> Rows:
        """Return the most probable class of each row."""
        predictions: Rows = self._trained.classes_[self.predict_proba(X).argmax(axis=1)]
        return predictions

    def predict_proba(self, X: Floats) -> Floats:
        """Return class probabilities of shape (n, n_classes)."""
        return _apply_in_blocks(self._answer, X)

    def _answer(self, block: torch.Tensor) -> torch.Tensor:
        linear = [layer for layer in self._trained.network_ if isinstance(layer, nn.Linear)]
        for layer, mask in zip(linear, self._masks, strict=False):
            block = torch.relu(layer(block)) * mask
        return _softmax(linear[-1](block))


def _softmax(logits: torch.Tensor) -> torch.Tensor:
    return torch.softmax(logits.double(), dim=1)


def _apply_in_blocks(answer: Callable[[torch.Tensor], torch.Tensor], X: Floats) -> Floats:
    with torch.no_grad():
        firsts = range(0, max(X.shape[0], 1), _ROWS)
        blocks = [answer(_convert_to_tensor(X[first : first + _ROWS])).numpy() for first in firsts]
    return np.asarray(np.concatenate(blocks), dtype=np.float64)


def _convert_to_tensor(X: Any) -> torch.Tensor:
    dense = X if isinstance(X, np.ndarray) else X.toarray()
    # A copy: mapped arrays are read-only, which torch does not know.
    return torch.from_numpy(np.array(dense, dtype=np.float32))
