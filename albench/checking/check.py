"""All contract tests of one strategy."""

from __future__ import annotations

import re
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from albench.checking.cost import CostCurve, cost_curve
from albench.checking.no_global_random import no_global_randomness
from albench.checking.other_process import picks, picks_elsewhere
from albench.checking.pools import Situation, hindrance, suited
from albench.contracts import Need, Strategy
from albench.errors import StrategyError
from albench.trial.execute import run_trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from albench.trial.records import TrialRecord

    Test = Callable[[Strategy, Situation], tuple[bool, str]]

_RANDOM_STATES = (0, 1)


@dataclass(frozen=True)
class Check:
    """One contract test.

    Attributes
    ----------
    passed : bool
    remark : str
        Why it failed or was not tried; of a passed one, what the strategy warned of.
    tried : bool
        False for a pool that the strategy says it cannot work on; it is not passed then.
    """

    name: str
    passed: bool
    remark: str
    seconds: float
    tried: bool = True


@dataclass(frozen=True)
class Report:
    """What was found out about a strategy."""

    strategy: Strategy
    checks: tuple[Check, ...]
    cost: CostCurve | None

    @property
    def passed(self) -> bool:
        """True if every check passed that was tried, and a trial was."""
        tried = [check for check in self.checks if check.tried]
        # One of them looks at the class alone.
        return len(tried) > 1 and all(check.passed for check in tried)


def check_strategy(strategy: Strategy, *, measure_cost: bool = True) -> Report:
    """Run the contract tests of a strategy, and measure what a query costs.

    Parameters
    ----------
    strategy : Strategy
        With the parameters that are to be tested.
    measure_cost : bool
        False to run the contract tests alone.

    Examples
    --------
    >>> from albench import check_strategy
    >>> from albench.strategies.uncertainty import Margin
    >>> check_strategy(Margin(), measure_cost=False).passed
    True
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        checks = tuple(checks_of(strategy))
        report = Report(strategy, checks, None)
        return replace(report, cost=cost_curve(strategy)) if measure_cost and report.passed else report


def checks_of(strategy: Strategy) -> Iterator[Check]:
    """Run one contract test after another."""
    yield _timed("describes itself", lambda: _description(strategy))
    there = suited(strategy)
    for situation in there:
        yield _tried(situation.name, outcome, strategy, situation)
    for name, test in _OF_ORDINARY.items():
        yield _tried(name, test, strategy, there[0])


def _tried(name: str, test: Test, strategy: Strategy, situation: Situation) -> Check:
    if why := hindrance(strategy, situation):
        return Check(name, passed=False, remark=why, seconds=0.0, tried=False)
    return _timed(name, lambda: test(strategy, situation))


def _timed(name: str, test: Callable[[], tuple[bool, str]]) -> Check:
    started = time.process_time()
    passed, remark = test()
    return Check(name, passed, remark, time.process_time() - started)


def outcome(strategy: Strategy, situation: Situation) -> tuple[bool, str]:
    """Run a trial and say whether the strategy kept its contract; the loop checks each of its batches."""
    record = run_trial(situation.task(strategy), situation.arrays())
    if record.status != "done":
        return False, _failure(strategy, record)
    if "RuntimeWarning" in (record.notes or ""):
        return True, record.notes or ""
    return True, ""


def _failure(strategy: Strategy, record: TrialRecord) -> str:
    """Say why a trial failed, and at which line of the strategy's file."""
    said = record.notes or record.status
    # A class that was made in a notebook has no file.
    file = getattr(sys.modules[type(strategy).__module__], "__file__", None) or ""
    lines = re.findall(rf'File "{re.escape(file)}", line (\d+)', record.traceback or "")
    return f"{said}, at line {lines[-1]} of {Path(file).name}" if lines else said


def _description(strategy: Strategy) -> tuple[bool, str]:
    cls = type(strategy)
    if not (cls.__doc__ or "").strip() or cls.__doc__ == Strategy.__doc__:
        return False, "the class needs a docstring: its first line says what is queried, with the formula"
    unknown = [need for need in cls.needs if not isinstance(need, Need)]
    if unknown:
        return False, f"needs holds members of albench.Need, not {unknown[0]!r}"
    return True, ""


def _repeatable(strategy: Strategy, situation: Situation) -> tuple[bool, str]:
    for random_state in _RANDOM_STATES:
        first, second = (picks(strategy, situation, random_state) for _ in range(2))
        if first is None or second is None:
            return False, "the trial failed"
        if not np.array_equal(first, second):
            round_index = int(np.flatnonzero(first != second)[0]) // situation.batch_size + 1
            return False, f"two runs with one seed differ from round {round_index} on"
    return True, ""


def _anywhere(strategy: Strategy, situation: Situation) -> tuple[bool, str]:
    here = picks(strategy, situation, 0)
    if here is None:
        return False, "the trial failed"
    try:
        there = picks_elsewhere(strategy)
    except StrategyError as error:
        return False, str(error)
    same = np.array_equal(here, there)
    return same, "" if same else "its picks depend on the process: on hash(), or on the order of a set?"


def _prefix(strategy: Strategy, situation: Situation) -> tuple[bool, str]:
    long = picks(strategy, situation, 0)
    short = picks(strategy, Situation(**{**vars(situation), "rounds": situation.rounds - 1}), 0)
    if long is None or short is None:
        return False, "the trial failed"
    same = np.array_equal(long[: short.size], short)
    return same, "" if same else "its picks depend on how long the trial is"


def _unseeded(strategy: Strategy, situation: Situation) -> tuple[bool, str]:
    task, arrays = situation.task(strategy), situation.arrays()
    run_trial(task, arrays)  # what is imported on first use may draw as it likes
    with no_global_randomness():
        record = run_trial(task, situation.arrays())
    return record.status == "done", _failure(strategy, record) if record.status != "done" else ""


_OF_ORDINARY: dict[str, Test] = {
    "same seed, same picks": _repeatable,
    "same picks in another process": _anywhere,
    "a longer trial begins like a shorter one": _prefix,
    "no random numbers but from pool.rng": _unseeded,
}
