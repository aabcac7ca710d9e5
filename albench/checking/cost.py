"""What a query costs as the pool grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.checking.pools import AwkwardPool, list_suitable_pools, make_blobs, name_classes
from albench.trial.execute import run_trial

if TYPE_CHECKING:
    from albench.contracts import Strategy

SIZES = (500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000)
FEATURES, CLASSES, BATCH, ROUNDS = 20, 5, 10, 3
# Below this a query is mostly overhead that does not grow.
_SHORT = 0.02


@dataclass(frozen=True)
class CostCurve:
    """Measured CPU seconds of one query, predictions included, by the size of the pool.

    Attributes
    ----------
    note : str
        Why it ends, if not at the largest size.
    classes : int
        Of the pools.
    """

    sizes: tuple[int, ...]
    seconds: tuple[float, ...]
    note: str = ""
    classes: int = CLASSES

    @property
    def growth(self) -> float | None:
        """Slope of log seconds over log size, where a query takes over 20 ms; None of fewer than two."""
        points = [(n, s) for n, s in zip(self.sizes, self.seconds, strict=True) if s > _SHORT]
        if len(points) < 2:  # noqa: PLR2004
            return None
        n, seconds = np.log(points).T
        return float(np.polyfit(n, seconds, 1)[0])


def measure_cost_curve(strategy: Strategy, seconds: float = 10.0) -> CostCurve:
    """Measure queries of ever larger pools, until the next one is expected to take over ``seconds``."""
    classes = (
        list_suitable_pools(strategy)[0].n_classes
        if strategy.find_misfit(name_classes(strategy, CLASSES))
        else CLASSES
    )
    # What is imported or compiled on first use is not the strategy's.
    _measure_query(strategy, SIZES[0], classes)
    sizes: list[int] = []
    measured: list[float] = []
    note = ""
    for n in SIZES:
        # Sizes double: a quadratic strategy takes four times as long.
        if measured and 4 * ROUNDS * measured[-1] > seconds:
            note = f"{n:,} rows would take over {seconds:g} s"
            break
        seconds_or_reason = _measure_query(strategy, n, classes)
        if isinstance(seconds_or_reason, str):
            note = f"{n:,} rows: {seconds_or_reason}"
            break
        sizes.append(n)
        measured.append(seconds_or_reason)
    return CostCurve(tuple(sizes), tuple(measured), note, classes)


def _measure_query(strategy: Strategy, n: int, classes: int) -> float | str:
    """Return CPU seconds of a query, the mean over rounds, or why there is none."""
    X, y = make_blobs(n, FEATURES, classes)
    pool = AwkwardPool(f"{n} rows", X, y, classes, seed_size=5 * BATCH, batch_size=BATCH, rounds=ROUNDS)
    record = run_trial(pool.build_task(strategy), pool.build_arrays())
    if record.status != "done":
        return record.notes or record.status
    # The first query of a trial pays for what is computed once.
    return float(np.mean(record.curve["query_s"][1:]))
