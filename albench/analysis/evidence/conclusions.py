"""A slice, and everything that is concluded from the tables of an experiment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from albench.analysis.evidence.choose_slice import choose_slice
from albench.analysis.evidence.rows import order_rows
from albench.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence.between_slices import (
        Disagreement,
        PreprocessingContrast,
        Starting,
        Transfer,
    )
    from albench.analysis.evidence.cells import Cell, Curve, CurveSet, RepeatCurves, Slice, WorkSaved
    from albench.analysis.evidence.details import Details
    from albench.analysis.evidence.labelling import PilotAnswer
    from albench.analysis.evidence.oracles import (
        GainChange,
        OracleContrast,
        OracleCost,
        OracleCurves,
        OracleOutcome,
    )
    from albench.analysis.evidence.rows import Control, Recommendation, Row, Versus
    from albench.analysis.evidence.stopping import StoppingEvidence
    from albench.analysis.needed_repeats import CellRepeats


@dataclass(frozen=True)
class SliceEvidence:
    """Everything that is concluded within one slice.

    Attributes
    ----------
    strategies : tuple of str
        In the order of the experiment, the baseline among them.
    references : dict
        Dataset -> mean over its splits of the metric of the model trained on the whole pool.
    headroom : dict
        Dataset -> reference less mean seed level, positive if there is any; datasets without either left out.
    friedman_p : float or None
        Omnibus test over ``complete``, from 6 datasets and 3 strategies on.
    smallest_p : float or None
        Smallest p that the Wilcoxon test can reach with the datasets at hand, before correction.
    area : str
        Which definition of the area the numbers use.
    complete : tuple of str
        Datasets on which every ranked strategy is complete: those that ranks are over.
    second : Versus or None
        Comparisons with the second baseline, if the experiment names one.
    details : Details or None
        In the primary slice only.
    mean_levels, mean_differences : CurveSet or None
        Mean over the datasets of the cells' curves; None unless random has a curve on several of them.
    repeat_curves : dict
        Dataset -> the curves of single trials; in the primary slice only.
    recommendation : Recommendation or None
        In the primary slice only; None where nothing is compared with random, or verdicts are withheld.
    cost_axis : CostAxis or None
        The same along what labels and training cost; in the primary slice only, where that is not 1 a label.
    work_saved : tuple of WorkSaved
        By dataset and strategy, where the metric is ``found``; in the primary slice only.
    is_along_costs : bool
        Whether curves and savings have costs in the place of numbers of labels.
    """

    slice: Slice
    primary: bool
    greater_is_better: bool
    datasets: tuple[str, ...]
    strategies: tuple[str, ...]
    references: dict[str, float]
    cells: tuple[Cell, ...]
    rows: tuple[Row, ...]
    friedman_p: float | None
    control: Control
    smallest_p: float | None
    area: str = "trapezoid"
    complete: tuple[str, ...] = ()
    second: Versus | None = None
    details: Details | None = None
    headroom: dict[str, float] = field(default_factory=dict)
    mean_levels: CurveSet | None = None
    mean_differences: CurveSet | None = None
    repeat_curves: dict[str, RepeatCurves] = field(default_factory=dict)
    recommendation: Recommendation | None = None
    cost_axis: CostAxis | None = None
    work_saved: tuple[WorkSaved, ...] = ()
    is_along_costs: bool = False

    @property
    def sign(self) -> int:
        """-1 if lower is better."""
        return 1 if self.greater_is_better else -1

    @property
    def baseline(self) -> str:
        """The strategy that the others are compared with."""
        return self.rows[0].strategy

    @property
    def contenders(self) -> tuple[str, ...]:
        """The others, the best first."""
        return tuple(row.strategy for row in order_rows(self.rows))

    @property
    def random_curves(self) -> dict[str, Curve]:
        """Dataset -> the curve of random; datasets without one left out."""
        own = [cell for cell in self.cells if cell.strategy == self.baseline]
        return {cell.dataset: cell.curve for cell in own if cell.curve is not None}

    def find_row(self, strategy: str) -> Row | None:
        """Return the row of a strategy."""
        return next((row for row in self.rows if row.strategy == strategy), None)

    def find_cell(self, dataset: str, strategy: str) -> Cell | None:
        """Return the cell of a dataset and a strategy."""
        return next((c for c in self.cells if (c.dataset, c.strategy) == (dataset, strategy)), None)


@dataclass(frozen=True)
class CostAxis:
    """The primary slice along what labels and training cost.

    Attributes
    ----------
    evidence : SliceEvidence
        With costs where others have numbers of labels, in curves and savings, too.
    ranges : dict
        Dataset -> first and last cost that all trials have; without those where no two are common to all.
    n_labels : dict
        (Dataset, strategy) -> labels that it has at the last of these costs, mean over its trials.
    is_budget : bool
        Whether the budget is money.
    """

    evidence: SliceEvidence
    ranges: dict[str, tuple[float, float]]
    n_labels: dict[tuple[str, str], float]
    is_budget: bool = False


@dataclass(frozen=True)
class Failure:
    """A trial that is not done."""

    key: str
    dataset: str
    model: str
    strategy: str
    split: int
    start: int
    status: str
    reason: str


@dataclass(frozen=True)
class SeedSets:
    """Seed sets of finished trials, and how many of them lack a class of their dataset.

    Attributes
    ----------
    lacking : tuple of str
        Datasets of the ``n_lacking`` ones.
    """

    n: int
    n_lacking: int
    lacking: tuple[str, ...]


@dataclass(frozen=True)
class RunFacts:
    """How the trials of all slices were seeded, timed and tied, and where they ran.

    Attributes
    ----------
    seed_sets : SeedSets or None
        None without the table of queries.
    wall_ratio : float or None
        Wall time as a multiple of CPU time, median over the finished trials that are long enough to be timed.
    tied : dict
        Strategy -> share of its rounds whose cut falls within a tie.
    began_at_random : tuple of str
        Strategies whose trials without a seed set queried their first batch at random.
    """

    seed_sets: SeedSets | None
    wall_ratio: float | None
    tied: dict[str, float]
    n_environments: int
    began_at_random: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """What the analysis concludes from the tables of an experiment.

    Attributes
    ----------
    n_done, n_failed, n_missing : int
        Trials; missing are those that the experiment asks for and the folder does not hold.
    disagreements : tuple of Disagreement
        Between slices whose control did not fire.
    transfers : tuple of Transfer
        Of slices that differ from the primary one in their models alone.
    skipped : mapping of str to int
        Why trials are not run that the grid would have, and how many.
    preprocessings : tuple of PreprocessingContrast
        In slices that differ from the primary one in their preprocessing alone.
    starting : Starting or None
        None with a single seed set and a single start a split.
    stopping : StoppingEvidence or None
        None unless the experiment has stopping rules.
    oracles : tuple of OracleOutcome
        In slices that differ from the primary one in their oracle alone.
    oracle_costs : tuple of OracleCost
        What the same level costs under each of them, where anything costs something else than 1 a label.
    oracle_contrasts : tuple of OracleContrast
        Likewise, two by two.
    oracle_curves : tuple of OracleCurves
        Along the money, of each oracle that is compared so.
    repeats : tuple of CellRepeats
        How many repeats each cell needs, where they go on until it is decided; empty where all have as many.
    pilot : PilotAnswer or None
        What labels more are expected to give; None unless the experiment is a pilot.
    own_strategies : tuple of str
        Those whose classes are not albench's.
    """

    slices: tuple[SliceEvidence, ...]
    failures: tuple[Failure, ...]
    n_done: int
    n_failed: int
    n_missing: int
    n_repeats: int
    run: RunFacts
    disagreements: tuple[Disagreement, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)
    preprocessings: tuple[PreprocessingContrast, ...] = ()
    starting: Starting | None = None
    stopping: StoppingEvidence | None = None
    oracles: tuple[OracleOutcome, ...] = ()
    oracle_costs: tuple[OracleCost, ...] = ()
    oracle_contrasts: tuple[OracleContrast, ...] = ()
    oracle_curves: tuple[OracleCurves, ...] = ()
    gain_changes: tuple[GainChange, ...] = ()
    repeats: tuple[CellRepeats, ...] = ()
    pilot: PilotAnswer | None = None
    own_strategies: tuple[str, ...] = ()

    @property
    def has_answers(self) -> bool:
        """Whether anything is known of what oracles answered."""
        return any(outcome.given or outcome.annotators for outcome in self.oracles)

    @property
    def has_money_budget(self) -> bool:
        """Whether money ended the trials."""
        axis = self.primary.cost_axis
        return axis is not None and axis.is_budget

    @property
    def primary(self) -> SliceEvidence:
        """The slice that the verdicts are made in.

        Raises
        ------
        ResultsError
            If there is none.
        """
        for evidence in self.slices:
            if evidence.primary:
                return evidence
        raise ResultsError("no slice is the primary one: nothing is finished yet that could be judged")

    def find_slice(self, axes: Mapping[str, object]) -> SliceEvidence:
        """Return the slice that has some values, and else those of the primary one as far as there is such.

        Parameters
        ----------
        axes : mapping of str to object
            Fields of a slice, as ``{"model": "svm_rbf", "batch_size": 10}``; without a ``query_model``, the
            slice in which a model chooses its own labels comes first.

        Raises
        ------
        UnknownSliceError
            If no slice has them.
        """

        def has_own_queries(evidence: SliceEvidence) -> bool:
            return "model" in axes and evidence.slice.query_model == evidence.slice.model

        return choose_slice(self.slices, self.primary.slice, axes, has_own_queries)
