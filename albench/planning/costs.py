"""How long a job will take, roughly and before anything was measured: only the order matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from albench.identity import StreamIdentity

if TYPE_CHECKING:
    from albench.datasets.facts import DatasetFacts
    from albench.identity import TrialIdentity
    from albench.planning.plan import PlannedReference, PlannedTrial
    from albench.planning.stream_grid import PlannedStreamTrial

N_MEMBERS = 5
"""Of a committee."""
# What a call of fit or predict costs beside its arithmetic, which decides where datasets are tiny.
_CALL_WORK = 2_000.0
# A row costs more to fit, by an iterative solver, than to predict.
_FIT_FACTOR = 20


def estimate_trial_work(trial: PlannedTrial, facts: DatasetFacts) -> float:
    """Return rounds x (rows fitted + rows predicted) x features x classes, in arbitrary units."""
    if isinstance(trial.identity, StreamIdentity):
        return _estimate_stream_work(cast("PlannedStreamTrial", trial), facts)
    identity = trial.identity
    n_labels = trial.n_labels
    rounds = 1 + count_batches(identity, n_labels)
    needs = trial.strategy.component.required()
    n_models = N_MEMBERS if "committee" in needs else 1
    fit_work = (identity.seed_size + n_labels) / 2 * _FIT_FACTOR * n_models
    predict_work = trial.n_pool * n_models if needs else 0
    return rounds * (_CALL_WORK + (fit_work + predict_work) * facts.n_features * facts.n_classes)


def _estimate_stream_work(trial: PlannedStreamTrial, facts: DatasetFacts) -> float:
    """Return the work of two passes: predictions row by row, and labels learnt one by one, or fits."""
    n_rows, n_labels, learner = trial.n_pool, trial.n_pool * trial.identity.share, trial.learner
    n_models = 1 + trial.strategy.component.count_members()
    width = facts.n_features * facts.n_classes
    work = n_rows * (_CALL_WORK + width) + n_labels * _CALL_WORK
    if learner.refit_every is not None:
        fitted = min(n_labels / 2, learner.window or n_labels)
        work += n_rows / learner.refit_every * (_CALL_WORK + fitted * _FIT_FACTOR * width)
    return work * (1 + n_models)


def count_batches(identity: TrialIdentity, n_labels: int) -> float:
    """Return about how many batches there are up to a number of labels."""
    n_bought = n_labels - identity.seed_size
    if identity.growth is None:
        return n_bought / identity.batch_size
    return len(identity.batches.list_totals(n_bought))


def estimate_reference_work(reference: PlannedReference, facts: DatasetFacts) -> float:
    """Return rows fitted x features x classes, in the same units."""
    return _CALL_WORK + reference.n_pool * _FIT_FACTOR * facts.n_features * facts.n_classes
