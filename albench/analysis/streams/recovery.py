"""How soon the level from before a drift is back, and whether a strategy is back sooner than its random."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.stats.intervals import average_looks
from albench.analysis.stats.sign_test import compute_sign_p, estimate_share_ahead
from albench.analysis.stats.significance import holm
from albench.analysis.streams.evidence.cells import Recovery

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl

    from albench.contracts import Floats

_UNITS = "the repeats in which one is back sooner"


def measure_recovery(
    done: pl.DataFrame, window: int, *, is_covered: bool, looks: tuple[int, ...] = ()
) -> Recovery | None:
    """Return how soon the old level came back after a drift; None where no drift has a level before it.

    Parameters
    ----------
    done : DataFrame
        Rows of ``stream_trials`` that have finished.
    window : int
        Rows of a level: before the first change there must be as many, or there is none to come back to.
    is_covered : bool
        Whether they are enough of the repeats to be tested.
    looks : tuple of int
        At which the repeats could have ended; empty if their number was fixed.
    """
    import polars as pl

    drifted = done.filter(pl.col("marks").list.first() >= window)
    if not drifted.height:
        return None
    own, random = (_rank_rows(drifted, prefix) for prefix in ("", "random_"))
    return _test_recovery(
        Recovery(
            n_trials=drifted.height,
            n_changes=int(drifted["marks"].list.len().sum()),
            n_recovered=int(drifted["n_recovered"].sum()),
            n_recovered_random=int(drifted["random_n_recovered"].sum()),
            median=_find_median(drifted["recovery"]),
            median_random=_find_median(drifted["random_recovery"]),
            n_sooner=int((own < random).sum()),
            n_later=int((own > random).sum()),
            looks=looks,
        ),
        is_covered=is_covered,
    )


def _rank_rows(drifted: pl.DataFrame, prefix: str) -> Floats:
    """Return rows to order trials by: a change without recovery counts as more than any with it."""
    n_lost = drifted["marks"].list.len() - drifted[f"{prefix}n_recovered"]
    rows = drifted[f"{prefix}recovery"].fill_null(0) + n_lost * drifted["n_rows"]
    return np.asarray(rows.to_numpy(), dtype=np.float64)


def _find_median(rows: Iterable[float | None]) -> float | None:
    """Return the median of rows, None where a level never came back, which is more than any number."""
    median = float(np.median([np.inf if n is None else n for n in rows]))
    return median if np.isfinite(median) else None


def pool_recoveries(recoveries: Iterable[Recovery | None], *, is_covered: bool) -> Recovery | None:
    """Return counts over several streams, and the medians of their medians; None where none has a drift."""
    known = [recovery for recovery in recoveries if recovery is not None]
    if not known:
        return None
    return _test_recovery(
        Recovery(
            n_trials=sum(each.n_trials for each in known),
            n_changes=sum(each.n_changes for each in known),
            n_recovered=sum(each.n_recovered for each in known),
            n_recovered_random=sum(each.n_recovered_random for each in known),
            median=_find_median(each.median for each in known),
            median_random=_find_median(each.median_random for each in known),
            n_sooner=sum(each.n_sooner for each in known),
            n_later=sum(each.n_later for each in known),
            looks=average_looks([each.looks for each in known]),
        ),
        is_covered=is_covered,
    )


def _test_recovery(recovery: Recovery, *, is_covered: bool) -> Recovery:
    """Fill in the share of the repeats in which the strategy is back sooner, and its test."""
    sooner, later = recovery.n_sooner, recovery.n_later
    if not is_covered or not sooner + later:
        return replace(recovery, untested="no_difference" if is_covered else "few_repeats")
    return replace(
        recovery,
        share_sooner=sooner / (sooner + later),
        interval=estimate_share_ahead(sooner, later, _UNITS, looks=recovery.looks),
        p=compute_sign_p(sooner, later, recovery.looks),
    )


def correct_recoveries(recoveries: Sequence[Recovery | None]) -> list[Recovery | None]:
    """Fill in the tests of the strategies of a slice, corrected for their number."""
    ps = [recovery.p for recovery in recoveries if recovery is not None and recovery.p is not None]
    corrected = iter(holm(ps))
    return [
        recovery if recovery is None or recovery.p is None else replace(recovery, p_holm=next(corrected))
        for recovery in recoveries
    ]
