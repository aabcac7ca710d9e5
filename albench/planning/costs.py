"""How long a job will take, roughly and before anything was measured: only the order matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from albench.datasets.facts import DatasetFacts
    from albench.planning.grid import PlannedReference, PlannedTrial

_CALL = 2_000.0


def trial_work(trial: PlannedTrial, facts: DatasetFacts) -> float:
    """Return rounds x (rows fitted + rows predicted) x features x classes, in arbitrary units."""
    it = trial.identity
    labels = trial.coverage.labels
    rounds = 1 + (labels - it.seed_size) / it.batch_size
    needs = trial.strategy.component.required()
    committee = 5 if "committee" in needs else 1
    fitted = (it.seed_size + labels) / 2 * 20 * committee
    predicted = trial.n_pool * committee if needs else 0
    return rounds * (_CALL + (fitted + predicted) * facts.n_features * facts.n_classes)


def reference_work(reference: PlannedReference, facts: DatasetFacts) -> float:
    """Return rows fitted x features x classes, in the same units."""
    return _CALL + reference.n_pool * 20 * facts.n_features * facts.n_classes
