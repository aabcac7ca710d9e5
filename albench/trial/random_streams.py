"""The generators of one trial, from the seed streams of ``albench.rng``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from albench import rng
from albench.contracts import MODEL_NEEDS, Need
from albench.identity import drop_parameters, drop_version

if TYPE_CHECKING:
    from albench.contracts import Floats, Oracle, Strategy
    from albench.identity import TrialIdentity

_TIES, _STRATEGY, _COMMITTEE = range(3)
_PERFECT = {"name": "perfect"}


@dataclass(frozen=True)
class TrialStreams:
    """Random generators and seeds of a trial, by purpose."""

    identity: TrialIdentity
    strategy_sequence: np.random.SeedSequence
    combining: tuple[str, ...] = ()

    @classmethod
    def from_identity(
        cls, identity: TrialIdentity, strategy: Strategy, oracle: Oracle | None = None
    ) -> TrialStreams:
        """Key the strategy's stream by the arm, or by whatever its picks depend on.

        ``oracle`` is that of the identity, the perfect one if not given.
        """
        if strategy.arms:
            sequence = rng.random_order_stream(**identify_repeat(identity), arm=identity.arm)
        else:
            sequence = rng.strategy_stream(
                **identify_repeat(identity),
                seed_set=[drop_version(identity.seed_set), identity.seed_size],
                depends_on=_collect_dependencies(identity, strategy, oracle),
            )
        return cls(identity, sequence, type(oracle).combining if oracle else ())

    def open_seed_set_rng(self) -> np.random.Generator:
        """Return the generator of the seed set."""
        method = drop_version(self.identity.seed_set)
        return np.random.default_rng(rng.seed_set_stream(**identify_repeat(self.identity), method=method))

    def open_oracle_rng(self, attempt: int = 0) -> np.random.Generator:
        """Return the generator of the oracle's answers to rows that were asked ``attempt`` times before."""
        oracle = drop_parameters(drop_version(self.identity.oracle), self.combining)
        return rng.open_oracle_rng(attempt=attempt, **identify_split(self.identity), oracle=oracle)

    def open_repeated_queries_rng(self) -> np.random.Generator:
        """Return the generator of the order in which labelled rows are asked again."""
        return np.random.default_rng(rng.repeated_queries_stream(**identify_repeat(self.identity)))

    def open_agreement_rng(self, round_index: int) -> np.random.Generator:
        """Return the generator of a round's bootstrap of agreement."""
        sequence = rng.agreement_stream(**identify_repeat(self.identity), round_index=round_index)
        return np.random.default_rng(sequence)

    def open_stop_set_rng(self) -> np.random.Generator:
        """Return the generator of the stop set."""
        return np.random.default_rng(rng.stop_set_stream(**identify_split(self.identity)))

    def derive_model_seed(self, model: dict[str, Any]) -> int:
        """Return ``random_state`` of a model, the same in every round."""
        return derive_random_state(self.identity, model)

    def derive_query_model_seed(self) -> int:
        """Return ``random_state`` of the query model."""
        return self.derive_model_seed(self.identity.query_model)

    def draw_tie_keys(self, round_index: int, n_candidates: int) -> Floats:
        """Draw one uniform key per candidate; with ``ties: first`` keys rise in pool order."""
        if self.identity.ties == "first":
            return np.arange(n_candidates) / max(n_candidates, 1)
        return self._open_rng(round_index, _TIES).random(n_candidates)

    def open_strategy_rng(self, round_index: int) -> np.random.Generator:
        """Return the strategy's generator of a round."""
        return self._open_rng(round_index, _STRATEGY)

    def derive_committee_seeds(self, round_index: int) -> np.random.SeedSequence:
        """Return the seed sequence of a round's committee."""
        return self._derive_sequence(round_index, _COMMITTEE)

    def _derive_sequence(self, round_index: int, purpose: int) -> np.random.SeedSequence:
        # Not by spawn(), which counts its calls: a round has the same child whatever was drawn before.
        return np.random.SeedSequence(self.strategy_sequence.entropy, spawn_key=(round_index, purpose))

    def _open_rng(self, round_index: int, purpose: int) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64(self._derive_sequence(round_index, purpose)))


def derive_random_state(identity: TrialIdentity, model: dict[str, Any]) -> int:
    """Return ``random_state`` of a model in a trial."""
    return rng.task_model_seed(**identify_repeat(identity), model=drop_version(model))


def identify_split(identity: TrialIdentity) -> dict[str, Any]:
    """Return what the streams of a split are keyed by: the same for every trial on it."""
    return {
        "random_state": identity.random_state,
        "dataset": identity.dataset,
        "split": identity.split_index,
    }


def identify_repeat(identity: TrialIdentity) -> dict[str, Any]:
    """Return what the streams of a split and start are keyed by."""
    return {**identify_split(identity), "start": identity.start}


def _collect_dependencies(
    identity: TrialIdentity, strategy: Strategy, oracle: Oracle | None
) -> dict[str, Any]:
    needs = strategy.required()
    dependencies: dict[str, Any] = {"batch_size": identity.batch_size}
    if identity.growth is not None:
        dependencies["growth"] = identity.growth
    if needs & MODEL_NEEDS:
        dependencies["model"] = drop_version(identity.query_model)
    if needs & (MODEL_NEEDS | {Need.LABELS}):
        is_paired = oracle is not None and oracle.paired
        dependencies["oracle"] = drop_version(_PERFECT if is_paired else identity.oracle)
    return dependencies
