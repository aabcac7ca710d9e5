"""How many repeats each cell needs where they go on until it is decided: by the results that are there."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.paired_comparison import ROPE, ROPE_SHARE, subtract_areas
from albench.analysis.panel import build_panel, read_curves
from albench.analysis.scores import score_panel
from albench.analysis.selection import (
    count_arms,
    find_budget,
    find_primary_slice,
    find_random_label,
    iterate_groups,
    select_trials,
)
from albench.analysis.sequential import CellDecision, DecisionRule, Reason, decide_cells
from albench.analysis.stats.looks import list_looks
from albench.contracts import Need
from albench.spec.repeats import UntilDecided
from albench.tables import SKIPPED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    import polars as pl
    from numpy.typing import NDArray

    from albench.analysis.panel import CurveArrays
    from albench.analysis.scores import Scores
    from albench.analysis.selection import TrialGroup
    from albench.analysis.streams.evidence.design import StreamSlice
    from albench.contracts import Floats, Metric
    from albench.spec.experiment import Experiment, Size

    _TrialPlace = tuple[str, int, int, int]
    """Strategy, arm, split, start."""

PRECISION_SHARE = 0.8
"""In shares of the ROPE: with it 95 % of the verdicts are those of all repeats, with all of the ROPE 93."""


@dataclass(frozen=True)
class CellRepeats:
    """How many repeats a cell needs, and why no more.

    Attributes
    ----------
    group : TrialGroup or StreamSlice
        One value of every other axis; of a stream the slice in the metric that decides.
    n_splits : int
        Splits that it needs by now: those that closed it, or those of the next look.
    n_most : int
        Splits that it may come to need: those of the last look, while it is open.
    first_look, last_look : int
        Splits before anything is decided, and those at which it ends in any case.
    reason : {"better", "worse", "equivalent", "precise", "futile", "exhausted", "failed", None}
        Why it needs no more; None while it is open. Failed: none of the first repeats has a difference.
    decision : CellDecision or None
        None for random, which goes on as long as any strategy does.
    """

    group: TrialGroup | StreamSlice
    dataset: str
    strategy: str
    n_splits: int
    n_most: int
    first_look: int
    last_look: int
    reason: Reason | None
    decision: CellDecision | None

    @property
    def is_open(self) -> bool:
        """True if it is looked at again."""
        return self.decision is not None and self.reason is None

    @property
    def looks(self) -> tuple[int, ...]:
        """After how many splits it was looked at until now, and at the first look in any case."""
        n_blocks = self.decision.n_blocks if self.decision else 0
        return list_looks(self.first_look, max(n_blocks, self.first_look))


def find_needed_repeats(
    experiment: Experiment, trials: pl.DataFrame, curves: pl.DataFrame, pools: Sequence[tuple[int, int]]
) -> tuple[CellRepeats, ...]:
    """Replay the looks on the results that are there; nothing where the number of repeats is fixed.

    Parameters
    ----------
    trials, curves : DataFrame
        As ``albench.tables`` defines them; what is there beyond the repeats that are needed changes nothing.
    pools : sequence of (int, int)
        Rows and classes of the pools of the experiment, which say which budget is the largest.
    """
    if not isinstance(experiment.repeats, UntilDecided):
        return ()
    metric = experiment.primary_metric
    arrays = read_curves(curves.select("key", "n_labels", metric), [metric])
    budget = find_budget(experiment, find_primary_slice(experiment, pools))
    looks = _Looks(experiment, experiment.repeats, budget)
    cells: list[CellRepeats] = []
    for group in iterate_groups(experiment):
        rows = select_trials(trials, group)
        by_dataset = rows.partition_by("dataset", as_dict=True)
        for entry in experiment.datasets:
            cells += looks.decide(group, entry.label, by_dataset.get((entry.label,), rows.clear()), arrays)
    return tuple(cells)


@dataclass(frozen=True)
class _Looks:
    """The looks at the cells of an experiment, dataset by dataset."""

    experiment: Experiment
    repeats: UntilDecided
    budget: Size

    def decide(
        self, group: TrialGroup, dataset: str, trials: pl.DataFrame, curves: CurveArrays
    ) -> Iterator[CellRepeats]:
        """Yield the cells of one dataset in one group."""
        random, arms = find_random_label(self.experiment), count_arms(self.experiment)
        skipped = set(trials.filter(trials["status"] == SKIPPED)["strategy"])
        run = trials.filter(trials["status"] != SKIPPED)
        panel = build_panel(run, curves, group=group, budget=self.budget, dataset=dataset, arms=arms)
        metric = next(m for m in self.experiment.metrics if m.label == self.experiment.primary_metric)
        sign = 1 if type(metric.component).greater_is_better else -1
        scores = score_panel(panel, 0, sign=sign, random=random, n_repeats=self.repeats.total)
        rule = self._make_rule(type(metric.component), scores.areas[random], panel.splits)
        places = set(run.select("strategy", "arm", "split", "start").iter_rows())
        rivals = [e for e in self.experiment.strategies if e.label != random and e.label not in skipped]
        cells: list[CellRepeats] = []
        # What sees hidden labels is no rival of the others: it takes no part in the correction for them.
        for sees_labels in (False, True):
            names = [e.label for e in rivals if (Need.TRUTH in e.component.required()) is sees_labels]
            n_blocks = {name: self._count_blocks(places, (name, random), arms) for name in names}
            differences = {name: self._spread_differences(scores, name) for name in names}
            cells += decide_repeats(group, dataset, differences, n_blocks, rule, self.repeats.starts)
        n_random = max((cell.n_splits for cell in cells), default=rule.at_least)
        most = max((cell.n_most for cell in cells), default=rule.at_least)
        last = list_looks(rule.at_least, rule.up_to)[-1]
        yield CellRepeats(group, dataset, random, n_random, most, rule.at_least, last, None, None)
        yield from cells

    def _make_rule(self, metric: type[Metric], random: Floats, splits: NDArray[np.int64]) -> DecisionRule:
        """Return the rule for a dataset, which must not change with what is run on others, or later."""
        rope = ROPE
        if metric.bounds != (0.0, 1.0):
            first = random[(splits < self.repeats.at_least) & np.isfinite(random)]
            rope = ROPE_SHARE * abs(float(first.mean())) if first.size else 0.0
        return make_rule(self.repeats, rope)

    def _count_blocks(
        self, places: AbstractSet[_TrialPlace], strategies: Sequence[str], arms: Mapping[str, int]
    ) -> int:
        """Return how many of the first splits have all trials of some strategies, done or failed."""
        starts = range(self.repeats.starts)
        trials = [(name, arm) for name in strategies for arm in range(arms[name])]
        is_complete = (
            all((*trial, split, start) in places for trial in trials for start in starts)
            for split in range(self.repeats.up_to)
        )
        return sum(takewhile(bool, is_complete))

    def _spread_differences(self, scores: Scores, strategy: str) -> Floats:
        """Return the differences of all repeats; not-a-number where there is none."""
        values = np.full((self.repeats.up_to, self.repeats.starts), np.nan)
        differences = subtract_areas(scores, strategy, scores.random)
        within = (scores.panel.splits < self.repeats.up_to) & (scores.panel.starts < self.repeats.starts)
        values[scores.panel.splits[within], scores.panel.starts[within]] = differences[within]
        return values.ravel()


def make_rule(repeats: UntilDecided, rope: float) -> DecisionRule:
    """Return when a cell needs no more repeats; precise enough is a share of the ROPE unless given."""
    precision = PRECISION_SHARE * rope if repeats.precision is None else repeats.precision
    return DecisionRule(repeats.at_least, repeats.up_to, rope, precision)


def decide_repeats(
    group: TrialGroup | StreamSlice,
    dataset: str,
    differences: Mapping[str, Floats],
    n_blocks: Mapping[str, int],
    rule: DecisionRule,
    starts: int = 1,
) -> Iterator[CellRepeats]:
    """Yield the cells of the strategies of a dataset that share the error; parameters as ``decide_cells``.

    Parameters
    ----------
    starts : int
        Repeats of each block.
    """
    splits = np.repeat(np.arange(rule.up_to), starts)
    first = splits < rule.at_least
    failed = {
        name
        for name, values in differences.items()
        if n_blocks[name] >= rule.at_least and not np.isfinite(values[first]).any()
    }
    # Nobody waits for what fails, which still has its part of the correction.
    waiting = {name: rule.up_to if name in failed else n for name, n in n_blocks.items()}
    decisions = decide_cells(differences, splits, waiting, rule)
    decisions |= {name: CellDecision("failed", rule.at_least, None) for name in failed}
    last = list_looks(rule.at_least, rule.up_to)[-1]
    for name, decision in decisions.items():
        n = decision.n_blocks if decision.next_look is None else decision.next_look
        most = n if decision.next_look is None else last
        yield CellRepeats(group, dataset, name, n, most, rule.at_least, last, decision.reason, decision)
