"""Contract tests of a query strategy, in awkward pools."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from albench.checking.contract_check import ContractCheck, check_docstring, locate, time_test
from albench.checking.no_global_random import forbid_global_randomness
from albench.checking.other_process import collect_picks, collect_picks_elsewhere
from albench.checking.pools import AwkwardPool, find_hindrance, list_suitable_pools
from albench.contracts import Need, Strategy
from albench.errors import StrategyError
from albench.trial.execute import run_trial
from albench.trial.loop import Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from albench.contracts import Rows
    from albench.models.fitted import FittedModel
    from albench.prepared.split_arrays import SplitArrays
    from albench.trial.pool_view import RoundView
    from albench.trial.records import TrialRecord, TrialTask

    Test = Callable[[Strategy, AwkwardPool], tuple[bool, str]]

_RANDOM_STATES = (0, 1)


def iterate_checks(strategy: Strategy) -> Iterator[ContractCheck]:
    """Run one contract test after another."""
    yield time_test("describes itself", lambda: _check_description(strategy))
    pools = list_suitable_pools(strategy)
    for pool in pools:
        yield _run_test(pool.name, check_trial, strategy, pool)
    for name, test in ORDINARY_TESTS.items():
        yield _run_test(name, test, strategy, pools[0])


def _run_test(name: str, test: Test, strategy: Strategy, pool: AwkwardPool) -> ContractCheck:
    if hindrance := find_hindrance(strategy, pool):
        return ContractCheck(name, passed=False, remark=hindrance, seconds=0.0, tried=False)
    return time_test(name, lambda: test(strategy, pool))


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
    return locate(record.notes or record.status, type(strategy), record.traceback or "")


def _check_description(strategy: Strategy) -> tuple[bool, str]:
    cls = type(strategy)
    if remark := check_docstring(cls, Strategy, "its first line says what is queried, with the formula"):
        return False, remark
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


class _ObservedTrial(Trial):
    """A trial that keeps what the strategy was shown."""

    def __init__(self, task: TrialTask, arrays: SplitArrays) -> None:
        super().__init__(task, arrays)
        self.views: list[RoundView] = []

    def _build_view(self, rows: Rows, fitted: FittedModel | None) -> RoundView:
        self.views.append(super()._build_view(rows, fitted))
        return self.views[-1]


def _check_model(strategy: Strategy, pool: AwkwardPool) -> tuple[bool, str]:
    task = pool.build_task(strategy)
    # A model that is not fitted in every round: a strategy is shown a copy of it.
    kept = task.query_model.model_copy(update={"refit_every": 2})
    trial = _ObservedTrial(replace(task, task_model=kept, query_model=kept), pool.build_arrays())
    try:
        trial.run()
    except Exception:  # noqa: BLE001 - the tests before this one have said why
        return False, "the trial failed"
    for i, view in enumerate(trial.views):
        if view.has_changed_model():
            return False, f"it changes pool.model, in round {i}: work on a copy.deepcopy of it"
    return True, ""


ORDINARY_TESTS: dict[str, Test] = {
    "same seed, same picks": _check_repeatability,
    "same picks in another process": _check_other_process,
    "a longer trial begins like a shorter one": _check_prefix,
    "no random numbers but from pool.rng": _check_random_numbers,
    "leaves the model as it is": _check_model,
}
