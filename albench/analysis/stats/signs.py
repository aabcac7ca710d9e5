"""The sign test of pairs: which of the two is ahead more often than chance would have it."""

from __future__ import annotations

from albench.analysis.evidence import Interval
from albench.analysis.stats.intervals import LEVEL


def compute_sign_p(n_ahead: int, n_behind: int) -> float:
    """Return the two-sided p of the sign test: of so many heads and tails, pairs that are equal left out."""
    from scipy.special import bdtr

    return min(1.0, 2 * float(bdtr(min(n_ahead, n_behind), n_ahead + n_behind, 0.5)))


def estimate_share_ahead(n_ahead: int, n_behind: int, unit_name: str, level: float = LEVEL) -> Interval:
    """Return the exact interval of the probability to be ahead in a pair that is no tie.

    It leaves out a half where the sign test is significant, and there alone.

    References
    ----------
    Clopper and Pearson, 1934, The use of confidence or fiducial limits
    """
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = float(betaincinv(n_ahead, n_behind + 1, tail)) if n_ahead else 0.0
    high = float(betaincinv(n_ahead + 1, n_behind, 1 - tail)) if n_behind else 1.0
    return Interval(low, high, level, f"Clopper and Pearson over {unit_name}")
