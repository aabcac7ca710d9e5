"""After how many repeats cells are looked at, and the level of the test at each look.

Neither depends on how many repeats there may be at most, so that more of them continue the same sequence.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from albench.contracts import Floats

_PER_DECADE = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80)
_SCALE = 18
_NODES = 96
_MOST_ERRORS = 40  # standard errors beyond which no bound is sought
_ERRORS = (1e-9, 0.9, 40)


def list_looks(at_least: int, up_to: int) -> tuple[int, ...]:
    """Return after how many repeats cells are looked at: at the fewest, then at round numbers.

    Each is about a quarter more than the one before it. Repeats beyond the last one would decide nothing.

    Parameters
    ----------
    at_least, up_to : int
        Fewest and most repeats; ``up_to`` is itself a look where it is a round number, as 20, 50 and 100 are.
    """
    decades = range(len(str(up_to)) + 1)
    round_numbers = {number * 10**decade // 10 for decade in decades for number in _PER_DECADE}
    return (at_least, *sorted(n for n in round_numbers if at_least < n <= up_to))


def compute_spent_share(n_repeats: int) -> float:
    """Return which share of the error may be spent by the look after so many repeats.

    Little of it is spent on few repeats, where Student's t is not to be trusted at small levels: 5 % by 10
    repeats, 40 % by 50, 61 % by 100; what is left is for those who widen a run.
    """
    return (n_repeats / (n_repeats + _SCALE)) ** 3


@lru_cache(maxsize=256)
def compute_levels(looks: tuple[int, ...], error: float) -> tuple[float, ...]:
    """Return the level of the two-sided test at each look, so that all looks together err with ``error``.

    Sums of the first n values are at the looks what a Brownian motion is; the levels are those at which it
    first leaves the bounds with the probability that is spent. They are applied to Student's t.

    References
    ----------
    Armitage, McPherson and Rowe, 1969, Repeated significance tests on accumulating data
    Lan and DeMets, 1983, Discrete sequential boundaries for clinical trials
    Jennison and Turnbull, 2000, Group Sequential Methods (sections 3.8 and 7.2)
    """
    from scipy.optimize import brentq
    from scipy.special import ndtr, roots_legendre

    nodes, weights = roots_legendre(_NODES)
    places, masses = np.zeros(1), np.ones(1)
    before, spent = 0, 0.0
    levels = []
    for look in looks:
        step = (look - before) ** 0.5
        to_spend = error * compute_spent_share(look) - spent
        find_excess = partial(_compute_excess, places=places, masses=masses, step=step, to_spend=to_spend)
        bound = brentq(find_excess, 0, _MOST_ERRORS * look**0.5, xtol=1e-9)
        levels.append(float(2 * ndtr(-bound / look**0.5)))
        distances = (bound * nodes[:, np.newaxis] - places) / step
        density = np.exp(-np.square(distances) / 2) @ masses / (step * (2 * np.pi) ** 0.5)
        places, masses = bound * nodes, bound * weights * density
        before, spent = look, spent + to_spend
    return tuple(levels)


def _compute_excess(bound: float, places: Floats, masses: Floats, step: float, to_spend: float) -> float:
    """Return how much more probable it is to leave the bound in this step than may be spent."""
    from scipy.special import ndtr

    leaving = ndtr((places - bound) / step) + ndtr((-places - bound) / step)
    return float(masses @ leaving) - to_spend


def correct_p(p: float, looks: tuple[int, ...]) -> float:
    """Return the p of a test at the last of some looks, corrected for those that there were or may be.

    It is the error at which all looks of ``list_looks`` together would just reach this p there.
    """
    errors, levels = _tabulate_levels(looks[0], 10 ** len(str(looks[-1])))
    at_look = levels[:, len(looks) - 1]
    if p <= at_look[0]:
        return float(p * errors[0] / at_look[0])
    return float(min(1.0, np.exp(np.interp(np.log(p), np.log(at_look), np.log(errors), right=0.0))))


@lru_cache(maxsize=8)
def _tabulate_levels(at_least: int, up_to: int) -> tuple[Floats, Floats]:
    """Return errors, and the levels of all looks for each of them, shape (n_errors, n_looks)."""
    errors = np.geomspace(*_ERRORS)
    return errors, np.array([compute_levels(list_looks(at_least, up_to), float(error)) for error in errors])
