from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from albench.canonical import digest
from albench.coverage import Coverage
from albench.identity import TrialIdentity
from albench.store.folder import ResultsFolder
from albench.store.parts import build_trial_part
from albench.trial.records import TrialRecord

SIZES = {"n_pool": 50, "n_test": 20, "n_features": 4, "n_classes": 2}
METRICS = ("accuracy", "log_loss")
NOTHING = {"name": "nothing", "version": 1}
IDENTITY = TrialIdentity(
    dataset="0" * 64,
    preprocessing=NOTHING,
    split=NOTHING,
    split_index=0,
    validation=0.0,
    start=0,
    seed_size=2,
    seed_set=NOTHING,
    batch_size=1,
    task_model=NOTHING,
    query_model=NOTHING,
    strategy=NOTHING,
    arm=0,
    oracle=NOTHING,
    random_state=0,
)


def key(number):
    return digest(number)


@pytest.fixture
def folder(tmp_path):
    results_folder = ResultsFolder(tmp_path / "results")
    results_folder.create()
    return results_folder


@pytest.fixture
def part():
    """Make the part of a trial up; the same number and seed give the same rounds, whatever their number."""

    def write(
        number, *, rounds=3, metrics=METRICS, status="done", seed=0, audit="picks", minute=0, where="one"
    ):
        rng = np.random.default_rng([seed, number])
        scores = {name: rng.random(50)[:rounds] for name in sorted((*METRICS, "brier"))}
        rows = rng.permutation(50)[: rounds + 1]
        n = np.arange(rounds)
        curve = {
            "round": n,
            "n_labels": n + 2,
            "cost": n + 2.0,
            "n_tied": 0 * n,
            "fit_s": np.random.default_rng().random(rounds),
            "query_s": np.random.default_rng().random(rounds),
            **{name: scores[name] for name in metrics},
        }
        queries = {
            "round": np.r_[0, 0, n[1:]],
            "rank": np.r_[0, 1, 0 * n[1:]],
            "row": rows,
            "utility": rows / 7,
            "tied": rows < 0,
            "label_true": rows % 2,
            "label_given": rows % 2,
            "annotator": 0 * rows,
            "cost": 1.0 + 0 * rows,
        }
        done = status == "done"
        record = TrialRecord(
            key=key(number),
            status=status,
            notes=None if done else "it broke",
            traceback=None,
            facts={**SIZES, "n_labels": rounds + 1, "rounds": rounds, "wall_s": 0.1} if done else {},
            curve=curve if done else {},
            queries=queries if done else {},
            proba=np.full((rounds + 1, 2), 0.5) if audit == "probabilities" else None,
        )
        coverage = Coverage(rounds + 1, frozenset(metrics), frozenset(), audit)
        finished = datetime(2026, 1, 1, 0, minute, tzinfo=UTC)
        return build_trial_part(record, IDENTITY, coverage, environment=where, finished_at=finished)

    return write
