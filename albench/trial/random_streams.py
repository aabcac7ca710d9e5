"""The generators of one trial, from the seed streams of ``albench.rng``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from albench import rng
from albench.contracts import MODEL_NEEDS, Need

if TYPE_CHECKING:
    from albench.contracts import Floats, Strategy
    from albench.identity import TrialIdentity

_TIES, _OWN, _COMMITTEE = range(3)


def _unversioned(fragment: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fragment.items() if name != "version"}


@dataclass(frozen=True)
class Streams:
    """What is random in a trial, by purpose."""

    identity: TrialIdentity
    strategy_sequence: np.random.SeedSequence

    @classmethod
    def of(cls, identity: TrialIdentity, strategy: Strategy) -> Streams:
        """Key the strategy's stream by the arm, or by whatever its picks depend on."""
        if strategy.arms:
            sequence = rng.random_order_stream(
                identity.random_state,
                dataset=identity.dataset,
                split=identity.split_index,
                start=identity.start,
                arm=identity.arm,
            )
        else:
            sequence = rng.strategy_stream(
                identity.random_state,
                dataset=identity.dataset,
                split=identity.split_index,
                start=identity.start,
                seed_set=[_unversioned(identity.seed_set), identity.seed_size],
                depends_on=_depends_on(identity, strategy),
            )
        return cls(identity, sequence)

    def seed_set(self) -> np.random.Generator:
        """Return the generator of the seed set."""
        it = self.identity
        sequence = rng.seed_set_stream(
            it.random_state,
            dataset=it.dataset,
            split=it.split_index,
            start=it.start,
            method=_unversioned(it.seed_set),
        )
        return np.random.default_rng(sequence)

    def oracle(self) -> np.random.Generator:
        """Return the generator of the oracle's mistakes."""
        it = self.identity
        sequence = rng.oracle_stream(
            it.random_state, dataset=it.dataset, split=it.split_index, oracle=_unversioned(it.oracle)
        )
        return np.random.default_rng(sequence)

    def stop_set(self) -> np.random.Generator:
        """Return the generator of the stop set."""
        it = self.identity
        sequence = rng.stop_set_stream(it.random_state, dataset=it.dataset, split=it.split_index)
        return np.random.default_rng(sequence)

    def model_seed(self, model: dict[str, Any]) -> int:
        """Return ``random_state`` of a model, the same in every round."""
        return model_seed(self.identity, model)

    def query_model_seed(self) -> int:
        """Return ``random_state`` of the query model."""
        return self.model_seed(self.identity.query_model)

    def tie_keys(self, round_index: int, n_candidates: int) -> Floats:
        """Draw one uniform key per candidate; with ``ties: first`` keys rise in pool order."""
        if self.identity.ties == "first":
            return np.arange(n_candidates) / max(n_candidates, 1)
        return self._generator(round_index, _TIES).random(n_candidates)

    def own(self, round_index: int) -> np.random.Generator:
        """Return the strategy's generator of a round."""
        return self._generator(round_index, _OWN)

    def committee(self, round_index: int) -> np.random.SeedSequence:
        """Return the seed sequence of a round's committee."""
        return self._child(round_index, _COMMITTEE)

    def _child(self, round_index: int, purpose: int) -> np.random.SeedSequence:
        return np.random.SeedSequence(self.strategy_sequence.entropy, spawn_key=(round_index, purpose))

    def _generator(self, round_index: int, purpose: int) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64(self._child(round_index, purpose)))


def model_seed(identity: TrialIdentity, model: dict[str, Any]) -> int:
    """Return ``random_state`` of a model in a trial."""
    return rng.task_model_seed(
        identity.random_state,
        dataset=identity.dataset,
        split=identity.split_index,
        start=identity.start,
        model=_unversioned(model),
    )


def _depends_on(identity: TrialIdentity, strategy: Strategy) -> dict[str, Any]:
    needs = strategy.required()
    depends: dict[str, Any] = {"batch_size": identity.batch_size}
    if needs & MODEL_NEEDS:
        depends["model"] = _unversioned(identity.query_model)
    if needs & (MODEL_NEEDS | {Need.LABELS}):
        depends["oracle"] = _unversioned(identity.oracle)
    return depends
