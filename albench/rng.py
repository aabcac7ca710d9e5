"""The seed streams: one function a purpose, and what its randomness may depend on.

A stream is a ``numpy.random.SeedSequence`` keyed by its role, the experiment's ``random_state`` and exactly
the fragments in the function's signature. Display names, file names, component versions, budgets, metrics
and stopping rules never enter, so none of them can move a random draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from albench.canonical import Fragment, digest

if TYPE_CHECKING:
    import numpy as np

    SeedSequence = np.random.SeedSequence


def stream(role: str, random_state: int, *fragments: Fragment) -> SeedSequence:
    """Return the seed sequence of a role and its fragments."""
    from numpy.random import SeedSequence

    return SeedSequence(int(digest([role, random_state, *fragments]), 16))


def split_stream(random_state: int, *, dataset: str, split: int) -> SeedSequence:
    """Which rows are pool and which are test."""
    return stream("split", random_state, dataset, split)


def cap_stream(random_state: int, *, dataset: str, split: int) -> SeedSequence:
    """Which rows stay when pool or test are capped."""
    return stream("cap", random_state, dataset, split)


def condition_stream(random_state: int, *, dataset: str, split: int) -> SeedSequence:
    """Which rows of the pool its conditions keep or repeat."""
    return stream("condition", random_state, dataset, split)


def validation_stream(random_state: int, *, dataset: str, split: int) -> SeedSequence:
    """Which rows of the pool are kept apart as the validation part."""
    return stream("validation", random_state, dataset, split)


def preprocessing_seed(random_state: int, *, dataset: str, split: int) -> int:
    """``random_state`` of what is fitted on a pool's features before any model."""
    return int(stream("preprocessing", random_state, dataset, split).generate_state(1)[0] >> 1)


def seed_set_stream(
    random_state: int, *, dataset: str, split: int, start: int, method: Fragment
) -> SeedSequence:
    """Which rows a trial starts from. The seed size does not enter: smaller sets are prefixes."""
    return stream("seed_set", random_state, dataset, split, start, method)


def random_order_stream(random_state: int, *, dataset: str, split: int, start: int, arm: int) -> SeedSequence:
    """The order in which random sampling labels the pool: the same for every model, batch size, oracle."""
    return stream("random_order", random_state, dataset, split, start, arm)


def strategy_stream(
    random_state: int,
    *,
    dataset: str,
    split: int,
    start: int,
    seed_set: Fragment,
    depends_on: Fragment,
) -> SeedSequence:
    """A strategy's own randomness; ``depends_on`` holds batch size, model, oracle where the picks do."""
    return stream("strategy", random_state, dataset, split, start, seed_set, depends_on)


def shared_stream(random_state: int, *, dataset: str, split: int, need: Fragment) -> SeedSequence:
    """What strategies share about a split's features: the same for every trial of the split."""
    return stream("shared", random_state, dataset, split, need)


def task_model_seed(random_state: int, *, dataset: str, split: int, start: int, model: Fragment) -> int:
    """``random_state`` of the fitted model, the same in every round of a trial."""
    return int(stream("model", random_state, dataset, split, start, model).generate_state(1)[0] >> 1)


def reference_seed(random_state: int, *, dataset: str, split: int, model: Fragment) -> int:
    """``random_state`` of the model that is trained on the whole pool."""
    return int(stream("reference", random_state, dataset, split, model).generate_state(1)[0] >> 1)


def oracle_stream(random_state: int, *, dataset: str, split: int, oracle: Fragment) -> SeedSequence:
    """What an imperfect oracle gets wrong: the same rows for every strategy that asks."""
    return stream("oracle", random_state, dataset, split, oracle)


def repeated_oracle_stream(
    random_state: int, *, dataset: str, split: int, oracle: Fragment, attempt: int
) -> SeedSequence:
    """What an oracle answers that was asked ``attempt`` times before, from 1: asking again can differ."""
    return stream("oracle", random_state, dataset, split, oracle, attempt)


def open_oracle_rng(
    random_state: int, attempt: int, *, dataset: str, split: int, oracle: Fragment
) -> np.random.Generator:
    """Return the generator of an oracle's answers to rows that were asked ``attempt`` times before."""
    from numpy.random import default_rng

    key: dict[str, Any] = {"dataset": dataset, "split": split, "oracle": oracle}
    if attempt:
        return default_rng(repeated_oracle_stream(random_state, **key, attempt=attempt))
    return default_rng(oracle_stream(random_state, **key))


def repeated_queries_stream(random_state: int, *, dataset: str, split: int, start: int) -> SeedSequence:
    """In which order labelled rows are asked again: the same for every strategy, model and oracle."""
    return stream("repeated_queries", random_state, dataset, split, start)


def agreement_stream(
    random_state: int, *, dataset: str, split: int, start: int, round_index: int
) -> SeedSequence:
    """Bootstrap of the agreement of answers in a round."""
    return stream("agreement", random_state, dataset, split, start, round_index)


def difficulty_stream(random_state: int, *, dataset: str, split: int) -> SeedSequence:
    """Folds and forests that say how hard the rows of a pool are: the same for every oracle."""
    return stream("difficulty", random_state, dataset, split)


def stop_set_stream(random_state: int, *, dataset: str, split: int) -> SeedSequence:
    """The fixed rows of the pool that stopping signals watch."""
    return stream("stop_set", random_state, dataset, split)


def stream_order_stream(random_state: int, *, dataset: str, repeat: int) -> SeedSequence:
    """In which order the rows of a stream arrive: the same for every strategy, model and budget."""
    return stream("stream_order", random_state, dataset, repeat)


def drift_stream(random_state: int, *, dataset: str, repeat: int, drift: Fragment) -> SeedSequence:
    """Which rows of a stream are of a new concept, or come at any time."""
    return stream("drift", random_state, dataset, repeat, drift)


def stream_holdout_stream(random_state: int, *, dataset: str, repeat: int) -> SeedSequence:
    """Which rows of a stream are kept apart to score by: the same for every strategy, model and budget."""
    return stream("stream_holdout", random_state, dataset, repeat)


def stream_difficulty_stream(random_state: int, *, dataset: str, repeat: int) -> SeedSequence:
    """Folds and forests that say how hard the rows of a stream are: the same for every oracle."""
    return stream("stream_difficulty", random_state, dataset, repeat)


def stream_oracle_stream(random_state: int, *, dataset: str, repeat: int, oracle: Fragment) -> SeedSequence:
    """What an imperfect oracle gets wrong on a stream: the same rows for every strategy that asks."""
    return stream("stream_oracle", random_state, dataset, repeat, oracle)


def stream_model_seed(random_state: int, *, dataset: str, repeat: int, model: Fragment) -> int:
    """``random_state`` of what learns from a stream: the same for every strategy and its control."""
    return int(stream("stream_model", random_state, dataset, repeat, model).generate_state(1)[0] >> 1)


def stream_strategy_stream(
    random_state: int, *, dataset: str, repeat: int, strategy: Fragment
) -> SeedSequence:
    """A stream strategy's own randomness, and its committee's: the same for every budget and manager."""
    return stream("stream_strategy", random_state, dataset, repeat, strategy)


def stream_control_stream(random_state: int, *, dataset: str, repeat: int, n_bought: int) -> SeedSequence:
    """Which rows random sampling buys that is to buy so many: the same for all who bought as many."""
    return stream("stream_control", random_state, dataset, repeat, n_bought)


def analysis_stream(purpose: str, *fragments: Fragment) -> SeedSequence:
    """Bootstrap draws: the same results give the same report."""
    return stream("analysis", 0, purpose, *fragments)
