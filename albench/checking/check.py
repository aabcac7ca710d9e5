"""All contract tests of one strategy."""

from __future__ import annotations

import re
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from albench.checking.cost import CostCurve, measure_cost_curve
from albench.checking.no_global_random import forbid_global_randomness
from albench.checking.other_process import collect_picks, collect_picks_elsewhere
from albench.checking.pools import AwkwardPool, find_hindrance, list_suitable_pools
from albench.contracts import Need, Strategy
from albench.errors import StrategyError
from albench.trial.execute import run_trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from albench.trial.records import TrialRecord

    Test = Callable[[Strategy, AwkwardPool], tuple[bool, str]]

_RANDOM_STATES = (0, 1)


@dataclass(frozen=True)
class ContractCheck:
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
class CheckReport:
    """The contract tests of a strategy and what a query costs."""

    strategy: Strategy
    checks: tuple[ContractCheck, ...]
    cost: CostCurve | None

    @property
    def passed(self) -> bool:
        """True if every check passed that was tried, and a trial was."""
        tried = [check for check in self.checks if check.tried]
        # One of them looks at the class alone.
        return len(tried) > 1 and all(check.passed for check in tried)


def check_strategy(strategy: Strategy, *, measure_cost: bool = True) -> CheckReport:
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
        checks = tuple(iterate_checks(strategy))
        report = CheckReport(strategy, checks, None)
        if measure_cost and report.passed:
            return replace(report, cost=measure_cost_curve(strategy))
        return report


def iterate_checks(strategy: Strategy) -> Iterator[ContractCheck]:
    """Run one contract test after another."""
    yield _time_test("describes itself", lambda: _check_description(strategy))
    pools = list_suitable_pools(strategy)
    for pool in pools:
        yield _run_test(pool.name, check_trial, strategy, pool)
    for name, test in ORDINARY_TESTS.items():
        yield _run_test(name, test, strategy, pools[0])


def _run_test(name: str, test: Test, strategy: Strategy, pool: AwkwardPool) -> ContractCheck:
    if hindrance := find_hindrance(strategy, pool):
        return ContractCheck(name, passed=False, remark=hindrance, seconds=0.0, tried=False)
    return _time_test(name, lambda: test(strategy, pool))


def _time_test(name: str, test: Callable[[], tuple[bool, str]]) -> ContractCheck:
    start = time.process_time()
    passed, remark = test()
    return ContractCheck(name, passed, remark, time.process_time() - start)


def check_trial(strategy: Strategy, pool: AwkwardPool) -> tuple[bool, str]:
    """Run a trial and say whether the strategy kept its contract; the loop checks each of its batches."""
    record = run_trial(pool.build_task(strategy), pool.build_arrays())
    if record.status != "done":
        return False, _describe_failure(strategy, record)
    if "RuntimeWarning" in (record.notes or ""):
        return True, record.notes or ""
    return True, ""


def _describe_failure(strategy: Strategy, record: TrialRecord) -> str:
    """Say why a trial failed, and at which line of the strategy's file."""
    reason = record.notes or record.status
    # A class that was made in a notebook has no file.
    file = getattr(sys.modules[type(strategy).__module__], "__file__", None) or ""
    lines = re.findall(rf'File "{re.escape(file)}", line (\d+)', record.traceback or "")
    return f"{reason}, at line {lines[-1]} of {Path(file).name}" if lines else reason


def _check_description(strategy: Strategy) -> tuple[bool, str]:
    cls = type(strategy)
    if not (cls.__doc__ or "").strip() or cls.__doc__ == Strategy.__doc__:
        return False, "the class needs a docstring: its first line says what is queried, with the formula"
    wrong = [need for need in cls.needs if not isinstance(need, Need)]
    if wrong:
        return False, f"needs holds members of albench.Need, not {wrong[0]!r}"
    return True, ""


def _check_repeatability(strategy: Strategy, pool: AwkwardPool) -> tuple[bool, str]:
    for random_state in _RANDOM_STATES:
        first, second = (collect_picks(strategy, pool, random_state) for _ in range(2))
        if first is None or second is None:
            return False, "the trial failed"
        if not np.array_equal(first, second):
            round_index = int(np.flatnonzero(first != second)[0]) // pool.batch_size + 1
            return False, f"two runs with one seed differ from round {round_index} on"
    return True, ""


def _check_other_process(strategy: Strategy, pool: AwkwardPool) -> tuple[bool, str]:
    picks = collect_picks(strategy, pool, 0)
    if picks is None:
        return False, "the trial failed"
    try:
        picks_elsewhere = collect_picks_elsewhere(strategy)
    except StrategyError as error:
        return False, str(error)
    same = np.array_equal(picks, picks_elsewhere)
    return same, "" if same else "its picks depend on the process: on hash(), or on the order of a set?"


def _check_prefix(strategy: Strategy, pool: AwkwardPool) -> tuple[bool, str]:
    long = collect_picks(strategy, pool, 0)
    short = collect_picks(strategy, AwkwardPool(**{**vars(pool), "rounds": pool.rounds - 1}), 0)
    if long is None or short is None:
        return False, "the trial failed"
    same = np.array_equal(long[: short.size], short)
    return same, "" if same else "its picks depend on how long the trial is"


def _check_random_numbers(strategy: Strategy, pool: AwkwardPool) -> tuple[bool, str]:
    task, arrays = pool.build_task(strategy), pool.build_arrays()
    run_trial(task, arrays)  # what is imported on first use may draw as it likes
    with forbid_global_randomness():
        record = run_trial(task, pool.build_arrays())
    return record.status == "done", _describe_failure(strategy, record) if record.status != "done" else ""


ORDINARY_TESTS: dict[str, Test] = {
    "same seed, same picks": _check_repeatability,
    "same picks in another process": _check_other_process,
    "a longer trial begins like a shorter one": _check_prefix,
    "no random numbers but from pool.rng": _check_random_numbers,
}
