"""From a table to the arrays of one of its splits: what a worker trains on and what the page draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.prepared.preprocess import preprocess
from albench.rng import preprocessing_seed
from albench.splits.division import divide

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.contracts import Split, Table
    from albench.contracts.preprocessing import Preprocessing
    from albench.prepared.matrices import Matrix
    from albench.prepared.preprocess import PreprocessedSplit


def prepare_split(
    table: Table,
    component: Split,
    preprocessing: Preprocessing,
    *,
    dataset: str,
    split: int,
    validation: float,
    random_state: int,
    embeddings: Mapping[str, Matrix] | None = None,
) -> PreprocessedSplit:
    """Divide a dataset and fit the preprocessing on the pool; the same arguments give the same arrays.

    Parameters
    ----------
    dataset : str
        Content hash.
    split : int
        Which of the repeated splits.
    validation : float
        Share of all rows; 0 for none.
    embeddings : mapping of str to matrix, optional
        What the first step makes of the whole of a text column, where that was computed before.

    Raises
    ------
    DatasetError
        If there are too few rows, or a column cannot be treated as declared.
    ModelError
        If a declared step cannot be made or fitted.
    """
    division = divide(
        component,
        table,
        dataset=dataset,
        split=split,
        validation=validation,
        random_state=random_state,
    )
    seed = preprocessing_seed(random_state, dataset=dataset, split=split)
    return preprocess(table, division, preprocessing, seed=seed, embeddings=embeddings)
