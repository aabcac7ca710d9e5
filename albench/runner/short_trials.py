"""A first price: a few rounds on a part of each dataset, as many of them as a second allows.

Models and preprocessing of scikit-learn and of boosting libraries are tried, and strategies of albench.
Others may download weights or take minutes: ``albench plan --probe`` runs those, when a user asks for it.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from albench.planning.costs import N_MEMBERS, count_batches, estimate_trial_work
from albench.planning.decisions import Decision
from albench.prepared.preprocess import prepare_split
from albench.runner.process_state import isolate_state
from albench.runner.tasks import build_trial_task
from albench.splits.holdout import Holdout
from albench.trial.execute import run_trial
from albench.trial.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from albench.contracts import Strategy, Table
    from albench.contracts.component import Rows
    from albench.planning.plan import Plan, PlannedTrial
    from albench.prepared.split_arrays import SplitArrays
    from albench.store.folder import ResultsFolder
    from albench.trial.records import TrialRecord

    Seconds = dict[str, tuple[float, float]]
    Place = tuple[str, str]

ROUNDS = 3
_ROWS = 2_000
_ROWS_PER_CLASS = 20
_CPU_S = 1.0
_TRIAL_S = 1.5
_KNOWN = {"sklearn", "xgboost", "lightgbm", "catboost", "river"}
_IMPORT_PATH = re.compile(r'"(\w+)[\w.]*\.\w+"')
_GROWTH = {"constant": 0, "linear": 1, "quadratic": 2, "refits": 2}
"""Power of the number of rows by which a query grows."""


@dataclass(frozen=True)
class ShortTrial:
    """A few rounds that were run, in seconds of CPU a round.

    Attributes
    ----------
    trial : PlannedTrial
        As it was run.
    score_s : float
        Of as many test rows as the whole dataset has.
    n_test : float
        That many.
    wall_ratio : float
        Seconds on the clock for one of CPU.
    """

    trial: PlannedTrial
    fit_s: float
    query_s: float
    score_s: float
    n_test: float
    wall_ratio: float


@dataclass
class ShortTrials:
    """What was tried.

    Attributes
    ----------
    of_random : dict of (place, model) to ShortTrial
        A place is a dataset under a preprocessing.
    of_strategies : dict of (place, strategy) to ShortTrial
        With the first model that was tried there.
    slow : dict of str to None
        Models and strategies of which the rounds took longer than was allowed.
    """

    of_random: dict[tuple[Place, str], ShortTrial] = field(default_factory=dict)
    of_strategies: dict[tuple[Place, str], ShortTrial] = field(default_factory=dict)
    slow: dict[str, None] = field(default_factory=dict)


def run_short_trials(plan: Plan, tables: Mapping[str, Table], folder: ResultsFolder) -> ShortTrials:
    """Try random with each model on each dataset, then the other strategies, until the time is used up.

    Parameters
    ----------
    folder : ResultsFolder
        Of the experiment; nothing is read or written there.
    """
    tried = ShortTrials()
    parts: dict[Place, SplitArrays | None] = {}
    begin = time.process_time()
    for trial in _iterate_candidates(plan, tried):
        if tried.of_random and time.process_time() - begin > _CPU_S:
            break
        place = get_place(trial)
        if place not in parts:
            parts[place] = _prepare_part(plan, tables[trial.dataset], trial)
        if (part := parts[place]) is None:
            continue
        short = _shorten_trial(trial, part.pool_labels.size)
        task = build_trial_task(Decision(short, "run", short.coverage), plan.experiment, folder)
        with isolate_state():
            record = run_trial(task, part, limits=Limits(timeout=_TRIAL_S))
        is_random = bool(trial.strategy.component.arms)
        if record.status == "timeout":
            tried.slow[trial.model.label if is_random else trial.strategy.label] = None
        elif record.status != "done":
            continue
        costs = _read_costs(short, record, part, tables[trial.dataset].n_rows)
        if is_random:
            tried.of_random[place, trial.model.label] = costs
        else:
            tried.of_strategies[place, trial.strategy.label] = costs
    return tried


def get_place(trial: PlannedTrial) -> Place:
    """Return the dataset of a trial, and the preprocessing where several are compared."""
    return trial.dataset, trial.preprocessing


def _iterate_candidates(plan: Plan, tried: ShortTrials) -> Iterator[PlannedTrial]:
    """Yield trials of random, each model's quickest first; then one of each strategy, dataset by dataset."""
    first_of_cells: dict[tuple[Place, str, str], PlannedTrial] = {}
    for trial in plan.trials:
        first_of_cells.setdefault((get_place(trial), trial.model.label, trial.strategy.label), trial)
    trials = sorted(first_of_cells.values(), key=lambda trial: _estimate_round_work(plan, trial))
    places: dict[str, int] = {}
    of_random = []
    for trial in trials:
        if trial.strategy.component.arms and _can_be_tried(plan, trial):
            places[trial.model.label] = places.get(trial.model.label, -1) + 1
            of_random.append((places[trial.model.label], trial))
    yield from (trial for _, trial in sorted(of_random, key=lambda item: item[0]))
    others = [trial for trial in trials if _is_known_strategy(trial.strategy.component)]
    for place, model in (pair for pair in list(tried.of_random) if pair[1] not in tried.slow):
        for trial in others:
            is_new = (place, trial.strategy.label) not in tried.of_strategies
            if (get_place(trial), trial.model.label) == (place, model) and is_new:
                yield trial


def _is_known_strategy(strategy: Strategy) -> bool:
    return not strategy.arms and is_known(strategy.identity())


def _can_be_tried(plan: Plan, trial: PlannedTrial) -> bool:
    """Say whether only well-known libraries would be run."""
    models = [
        (role.component.estimator, role.component.params) for role in (trial.model.task, trial.model.query)
    ]
    steps = plan.experiment.get_preprocessing(*get_place(trial)).steps
    return is_known([models, [step.transformer for step in steps]])


def is_known(value: object) -> bool:
    """Say whether plain data name classes of well-known libraries alone."""
    text = json.dumps(value, default=str)
    return ".py:" not in text and set(_IMPORT_PATH.findall(text)) <= _KNOWN


def _prepare_part(plan: Plan, table: Table, trial: PlannedTrial) -> SplitArrays | None:
    """Return the arrays of a part of a dataset; None where it cannot be divided: a run says why."""
    experiment, split = plan.experiment, plan.experiment.split
    if table.n_rows > _ROWS:
        table, split = (
            replace(table.select_rows(_choose_rows(table)), conditions=None),
            Holdout(stratified=bool(table.classes)),
        )
    try:
        with isolate_state():
            return prepare_split(
                table,
                split,
                experiment.get_preprocessing(*get_place(trial)),
                dataset=trial.identity.dataset,
                split=trial.identity.split_index,
                validation=0,
                random_state=experiment.random_state,
            ).arrays
    except Exception:  # noqa: BLE001 - a plan must be there for any data
        return None


def _choose_rows(table: Table) -> Rows:
    """Return evenly spaced rows of each class, as many as its share, and some of the rarest."""
    share = _ROWS / table.n_rows
    chosen = []
    for label in range(max(len(table.classes), 1)):
        rows = np.flatnonzero(table.labels == label)
        n = min(rows.size, max(_ROWS_PER_CLASS, round(share * rows.size)))
        chosen.append(rows[np.linspace(0, rows.size - 1, n).astype(np.intp)])
    return np.sort(np.concatenate(chosen))


def _shorten_trial(trial: PlannedTrial, n_pool: int) -> PlannedTrial:
    """Return a trial of a few rounds halfway to the budget, where a fit takes about its mean time."""
    identity = trial.identity
    batch_size = max(1, min(identity.batch_size, n_pool // (2 * ROUNDS)))
    room = n_pool - (ROUNDS - 1) * batch_size
    seed_size = max(1, min((identity.seed_size + trial.n_labels) // 2, room))
    n_labels = seed_size + (ROUNDS - 1) * batch_size
    return replace(
        trial,
        # Without prices: its rows are few, and not those of a split.
        identity=replace(
            identity, seed_size=seed_size, batch_size=batch_size, growth=None, money=None, prices=None
        ),
        coverage=replace(trial.coverage, labels=n_labels),
        n_pool=n_pool,
        n_labels=n_labels,
    )


def _read_costs(short: PlannedTrial, record: TrialRecord, part: SplitArrays, n_rows: int) -> ShortTrial:
    """Return what a round took; at least, where the rounds were ended because they took too long."""
    n_pool, n_test = part.pool_labels.size, part.test_labels.size
    rows_ratio = n_rows / (n_pool + n_test)
    if record.status == "timeout":
        return ShortTrial(short, _TRIAL_S / ROUNDS, _TRIAL_S / ROUNDS, 0.0, n_test * rows_ratio, 1.0)
    curve, facts = record.curve, record.facts
    cpu_s = facts["fit_s"] + facts["query_s"] + facts["score_s"]
    return ShortTrial(
        trial=short,
        # Not the means: what a first fit or query does once must not count as often as there are rounds.
        fit_s=median(curve["fit_s"].tolist()),
        query_s=min(curve["query_s"].tolist()[1:], default=0.0),
        score_s=facts["score_s"] / ROUNDS * rows_ratio,
        n_test=n_test * rows_ratio,
        wall_ratio=max(1.0, facts["wall_s"] / cpu_s),
    )


def estimate_seconds(plan: Plan, tried: ShortTrials) -> Seconds:
    """Return what a trial of each strategy would take, by key, where its dataset and model were tried."""
    seconds: Seconds = {}
    cells = set()
    for trial in plan.trials:
        cell = get_place(trial), trial.model.label, trial.strategy.label
        if cell[:2] in tried.of_random and cell not in cells:
            cells.add(cell)
            of_random = tried.of_random[cell[:2]]
            cpu_s = _estimate_cpu(plan, trial, of_random, tried)
            seconds[trial.identity.key] = cpu_s, cpu_s * of_random.wall_ratio
    return seconds


def _estimate_cpu(plan: Plan, trial: PlannedTrial, of_random: ShortTrial, tried: ShortTrials) -> float:
    component = trial.strategy.component
    as_random = replace(trial, strategy=of_random.trial.strategy)
    work = _estimate_round_work(plan, as_random) / _estimate_round_work(plan, of_random.trial)
    fit_s, short = of_random.fit_s * work, tried.of_strategies.get((get_place(trial), trial.strategy.label))
    if short is not None:
        query_s = short.query_s * (trial.n_pool / short.trial.n_pool) ** _GROWTH[component.cost]
    else:
        # The pool takes as long to predict, row by row, as the test part.
        predict_s = of_random.score_s * trial.n_pool / of_random.n_test
        needs = component.required()
        query_s = N_MEMBERS * (fit_s + predict_s) if "committee" in needs else predict_s if needs else 0.0
    return _count_rounds(trial) * (fit_s + of_random.score_s + query_s)


def _estimate_round_work(plan: Plan, trial: PlannedTrial) -> float:
    return estimate_trial_work(trial, plan.facts[trial.dataset]) / _count_rounds(trial)


def _count_rounds(trial: PlannedTrial) -> float:
    return 1 + count_batches(trial.identity, trial.n_labels)
