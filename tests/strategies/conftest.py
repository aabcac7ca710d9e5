"""A round of a trial from arrays: what a strategy sees, without the loop around it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from albench.checking.pools import AwkwardPool
from albench.contracts import Model
from albench.models.fitting import fit_model
from albench.models.names import MODELS
from albench.strategies.random import Random
from albench.trial.pool_view import RoundView
from albench.trial.random_streams import TrialStreams

# Test modules share what stands beside them.
sys.path.insert(0, str(Path(__file__).parent))


def make_round(
    X, labelled, labels, n_classes, *, strategy=None, model="logistic_regression", batch_size=5, random_state=0,
    **params,
):  # fmt: skip
    """Return the view of a round in which these rows are labelled and all others are candidates."""
    order = np.argsort(labelled)
    labelled, labels = np.asarray(labelled, np.intp)[order], np.asarray(labels, np.intp)[order]
    query_model = (
        MODELS[model].make_model(params) if model in MODELS else Model(estimator=model, params=params)
    )
    task = AwkwardPool("a round", X, labels, n_classes, batch_size=batch_size).build_task(
        strategy or Random(), random_state
    )
    streams = TrialStreams.from_identity(task.identity, strategy or Random())
    seed = streams.derive_query_model_seed()
    return RoundView(
        features=X,
        labelled=labelled,
        labels=labels,
        candidates=np.setdiff1d(np.arange(X.shape[0]), labelled),
        n_classes=n_classes,
        round_index=0,
        batch_size=batch_size,
        fitted=fit_model(query_model, X[labelled], labels, n_classes=n_classes, seed=seed),
        query_model=query_model,
        streams=streams,
    )


@pytest.fixture(scope="session")
def round_of():
    return make_round


@pytest.fixture(scope="session")
def golden():
    """Numbers of the reference libraries, by file."""
    folder = Path(__file__).with_name("golden")
    return lambda name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
