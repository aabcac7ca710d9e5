"""A dataset as read, and its division into pool, test and validation part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from albench.contracts.component import Floats, Rows, Task
    from albench.contracts.conditions import PoolConditions


@dataclass(frozen=True, eq=False)
class Table:
    """A dataset as read: features and labels, before any preprocessing.

    Attributes
    ----------
    numeric : ndarray of shape (n, n_numeric), float
        Numeric columns; not-a-number where a value is missing. Double precision, or single where the
        dataset is declared so: its features then stay in single precision.
    categorical : ndarray of shape (n, n_categorical), int32
        Codes into ``categories``; -1 where a value is missing.
    numeric_names, categorical_names : tuple of str
    categories : tuple of tuple of str
        The sorted categories of each categorical column.
    labels : ndarray of shape (n,), int
        Codes into ``classes``; all 0 for regression.
    classes : tuple of str
        The sorted class names; none for regression.
    warnings : tuple of str
        What a user should know about these data, one sentence each.
    sparse : csr_matrix of shape (n, n_sparse) or None
        Numeric columns most of whose cells are 0; none of them is missing.
    sparse_names : tuple of str
    text : tuple of tuple of str
        Text columns, n texts each; the empty text where one is missing.
    text_names : tuple of str
    targets : ndarray of shape (n,), float, or None
        What a regression predicts; None for classification.
    divisions : tuple of (pool, test)
        Rows of pool and test of each split that the dataset itself declares; none for most.
    conditions : PoolConditions or None
        What is done to the pool of every split.
    answers : ndarray of shape (n, n_columns), int32, or None
        Recorded answers of annotators, as codes into ``classes``; -1 where there is none.
    answer_names : tuple of str
        Their columns.
    prices : ndarray of shape (n, n_columns), float, or None
        What labels cost by row, in columns that are no features; not-a-number where there is no value.
    price_names : tuple of str
        Their columns.
    target_name : str
        The column that held the class; empty where it has no name.
    file_rows : ndarray of shape (n,), int, or None
        Row of the file of each row, counted from 0 below the header, blank lines left out; those of a test
        file go on after those of the file. None where they are 0, 1, 2, ...
    times : ndarray of shape (n,), int, or None
        At which place of time each row arrives; rows of one time have one place.
    marks : tuple of int
        Of rows that stand in the order in which they arrive: the first row of each change of the concept.
    unlabelled : Table or None
        Rows without a target value, which are none of the n rows: the same columns, ``labels`` all -1 (not a
        number for regression). Their ``categories`` begin with those of the labelled rows, and go on with
        those that labelled rows lack.
    unlabelled_uses : tuple of str
        What the features of unlabelled rows take part in: ``preprocessing``, ``density``; nothing if it is
        empty.
    distribution : ndarray of shape (n, n_classes), float, or None
        How probable each class of a row is, where that is the target: rows sum to 1, and the label of a row
        is its most probable class. None where every row has one class.
    """

    numeric: Floats
    categorical: NDArray[np.int32]
    numeric_names: tuple[str, ...]
    categorical_names: tuple[str, ...]
    categories: tuple[tuple[str, ...], ...]
    labels: Rows
    classes: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    sparse: csr_matrix | None = None
    sparse_names: tuple[str, ...] = ()
    text: tuple[tuple[str, ...], ...] = ()
    text_names: tuple[str, ...] = ()
    targets: Floats | None = None
    divisions: tuple[tuple[Rows, Rows], ...] = ()
    conditions: PoolConditions | None = None
    answers: NDArray[np.int32] | None = None
    answer_names: tuple[str, ...] = ()
    prices: Floats | None = None
    price_names: tuple[str, ...] = ()
    target_name: str = ""
    file_rows: Rows | None = None
    times: Rows | None = None
    marks: tuple[int, ...] = ()
    unlabelled: Table | None = None
    unlabelled_uses: tuple[str, ...] = ()
    distribution: Floats | None = None

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.labels.shape[0])

    @property
    def n_unlabelled(self) -> int:
        """Number of rows without a target value, beside the others."""
        return 0 if self.unlabelled is None else self.unlabelled.n_rows

    @property
    def n_features(self) -> int:
        """Number of feature columns, before one-hot encoding and before text becomes numbers."""
        names = (self.numeric_names, self.categorical_names, self.sparse_names, self.text_names)
        return sum(map(len, names))

    @property
    def task(self) -> Task:
        """What is predicted: a class, or a number."""
        return "classification" if self.targets is None else "regression"

    def select_rows(self, rows: Rows) -> Table:
        """Return some of the rows, without the divisions and marks of all of them."""
        return replace(
            self,
            numeric=self.numeric[rows],
            categorical=self.categorical[rows],
            labels=self.labels[rows],
            sparse=None if self.sparse is None else self.sparse[rows],
            text=tuple(tuple(column[row] for row in rows.tolist()) for column in self.text),
            targets=None if self.targets is None else self.targets[rows],
            divisions=(),
            answers=None if self.answers is None else self.answers[rows],
            prices=None if self.prices is None else self.prices[rows],
            distribution=None if self.distribution is None else self.distribution[rows],
            file_rows=rows if self.file_rows is None else self.file_rows[rows],
            times=None if self.times is None else self.times[rows],
            marks=(),
        )


class Division(Protocol):
    """Rows of a dataset by what they are for; the order of ``pool`` is the order of the pool."""

    @property
    def pool(self) -> Rows:
        """Rows to label."""
        ...

    @property
    def test(self) -> Rows:
        """Rows that only score."""
        ...

    @property
    def validation(self) -> Rows:
        """Rows kept apart from both; often none."""
        ...
