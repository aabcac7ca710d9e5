"""What a strategy is shown: the pool, what models say of it, and, for controls alone, the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from albench.contracts.annotations import BoughtAnswers
    from albench.contracts.component import CommitteeMethod, Floats, Rows
    from albench.contracts.model import Model
    from albench.contracts.shared import Shared


class PoolView(Protocol):
    """Everything that a strategy may look at in one round. Its arrays are read-only.

    Rows of ``features`` are pool positions; ``labelled`` and ``candidates`` hold pool positions in
    ascending order; what speaks of candidates (``proba``, ``tie_keys``, utilities) is in their order.
    """

    @property
    def features(self) -> Floats:
        """Preprocessed features of the whole pool, shape (n_pool, n_features).

        A ``csr_matrix`` where they are sparse and the strategy declares ``accepts_sparse``; else sparse ones
        are made dense when this is asked for: ``n_rows`` and ``n_features`` say how many there are.
        """
        ...

    @property
    def seen_features(self) -> Floats | None:
        """``features``, but None where sparse ones would be made dense for this, and were not yet."""
        ...

    @property
    def n_rows(self) -> int:
        """Number of rows of the whole pool."""
        ...

    @property
    def n_features(self) -> int:
        """Number of preprocessed features."""
        ...

    @property
    def labelled(self) -> Rows:
        """Pool positions that are labelled."""
        ...

    @property
    def labels(self) -> Rows:
        """Given class codes of the labelled rows."""
        ...

    @property
    def candidates(self) -> Rows:
        """Pool positions that can be queried.

        The unlabelled ones, but for strategies that declare ``asks_again``: for these all of the pool.
        """
        ...

    @property
    def n_classes(self) -> int:
        """Number of classes of the dataset."""
        ...

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes of the dataset; a class code is a place in them."""
        ...

    @property
    def round(self) -> int:
        """Index of the round; 0 is the seed set alone."""
        ...

    @property
    def batch_size(self) -> int:
        """Declared batch size; the last batch may be smaller."""
        ...

    @property
    def repeat(self) -> tuple[int, int]:
        """Numbers of split and start, for strategies whose seeds a published protocol prescribes."""
        ...

    @property
    def rng(self) -> np.random.Generator:
        """The strategy's generator for this round."""
        ...

    @property
    def tie_keys(self) -> Floats:
        """One uniform key per candidate: smaller comes first among ties."""
        ...

    @property
    def model(self) -> Any:
        """The fitted query model; None while nothing is labelled."""
        ...

    @property
    def answers(self) -> Answers:
        """The fitted query model over all classes of the dataset, for rows that are not the pool's, too."""
        ...

    @property
    def proba(self) -> Floats:
        """Class probabilities of the candidates, shape (n_candidates, n_classes)."""
        ...

    @property
    def decision(self) -> Floats:
        """Decision values of the candidates, shape (n_candidates, n_classes), or one column if binary."""
        ...

    @property
    def embedding(self) -> Floats:
        """The query model's representation of the pool, shape (n_pool, n_dimensions)."""
        ...

    def committee(
        self, members: int = 5, *, method: CommitteeMethod = "bagging", models: tuple[Model, ...] = ()
    ) -> Committee:
        """Return a committee, fitted once a round, whoever asks.

        Parameters
        ----------
        members : int
            Copies of the query model.
        method : {"bagging", "random_subspace", "mc_dropout"}
            Each copy sees a bootstrap of the labelled rows, or a random half of the features; or each is the
            fitted query model, a neural network, under a dropout mask of its own.
        models : tuple of Model
            Different models instead, one member each, fitted on all labelled rows.
        """
        ...

    def proba_of(self, rows: Rows) -> Floats:
        """Return the query model's class probabilities of pool rows, labelled or not."""
        ...

    def refit(self, rows: Rows, labels: Rows) -> Answers:
        """Fit the query model on pool rows as if they had these labels, with its seed of this trial."""
        ...

    def among(self, keep: Rows) -> PoolView:
        """Return the same round with fewer candidates: those at positions ``keep``, in ascending order."""
        ...

    @property
    def truth(self) -> Truth:
        """Hidden labels, for strategies that declare ``Need.TRUTH``; there is none for any other."""
        ...

    @property
    def prices(self) -> Floats:
        """What the label of each candidate costs, for strategies that declare ``Need.PRICES`` alone.

        As far as it is known before asking: the price of any label and that of the row, not of its class.
        """
        ...

    @property
    def bought(self) -> BoughtAnswers:
        """Every answer so far, in the order of the purchases, for strategies that ask rows again alone."""
        ...

    @property
    def shared(self) -> Mapping[Shared, Mapping[str, NDArray[Any]]]:
        """What is computed once for this split: the arrays of each thing that the strategy shares."""
        ...


class Answers(Protocol):
    """A fitted model over all classes of the dataset."""

    @property
    def is_plain(self) -> bool:
        """Whether it was fitted on labelled rows as they are: neither resampled nor weighted."""
        ...

    def predict(self, X: Floats) -> Rows:
        """Return class codes of shape (n,)."""
        ...

    def proba(self, X: Floats) -> Floats:
        """Return class probabilities of shape (n, n_classes)."""
        ...


class Truth(Protocol):
    """What no strategy may know: for upper bounds and controls."""

    @property
    def labels(self) -> Rows:
        """True class codes of the whole pool."""
        ...

    @property
    def given(self) -> Rows:
        """Class codes that the oracle would give to each row of the pool."""
        ...

    def score(self, model: Answers, metric: str) -> float:
        """Return a built-in metric of a model on the test part, negated where lower is better."""
        ...


class Committee(Protocol):
    """Several models and what they say about the candidates, computed when first asked for."""

    @property
    def members(self) -> tuple[Answers, ...]:
        """The fitted models."""
        ...

    @property
    def votes(self) -> Rows:
        """Predicted class codes, shape (n_members, n_candidates)."""
        ...

    @property
    def proba(self) -> Floats:
        """Class probabilities, shape (n_members, n_candidates, n_classes)."""
        ...
