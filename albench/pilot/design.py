"""What a pilot runs: nested pools inside the labelled part, from few labels to most of each pool."""

from __future__ import annotations

from dataclasses import dataclass

TEST_SHARE = 0.3
POOLS = (0.25, 0.5)
_SEEDS = 10
_SMALL, _BATCH, _LARGE_BATCH = 300, 5, 10


@dataclass(frozen=True)
class PilotDesign:
    """What the study of `docs/pilot.md` ran on each data set, and a pilot should.

    Attributes
    ----------
    test_share : float
        Of the labelled rows, for `split: {holdout: {test: ...}}`.
    pools : tuple of float
        Shares of the pool that are run beside all of it.
    budget : str
        Of each pool.
    """

    test_share: float
    pools: tuple[float, ...]
    seed_size: int
    batch_size: int
    budget: str = "80%"
    repeats: int = 10


def design_pilot(n_labelled: int, n_classes: int) -> PilotDesign:
    """Return the pilot for so many labelled rows.

    Parameters
    ----------
    n_classes : int
        Classes among them.
    """
    n_pool = n_labelled - int(TEST_SHARE * n_labelled)
    smallest = int(POOLS[0] * n_pool)
    seed_size = max(min(max(_SEEDS, n_classes), smallest // 2), 1)
    return PilotDesign(TEST_SHARE, POOLS, seed_size, _BATCH if n_labelled < _SMALL else _LARGE_BATCH)
