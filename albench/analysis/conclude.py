"""From tables to evidence: the only door of the analysis."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from albench.analysis.between_slices import (
    ScoredSlice,
    compare_preprocessings,
    compare_transfers,
    find_disagreements,
)
from albench.analysis.cost_axis import compare_along_costs, have_prices
from albench.analysis.details.pick_similarity import read_picks
from albench.analysis.details.traits import read_facts
from albench.analysis.evidence.conclusions import Evidence, Failure
from albench.analysis.needed_repeats import find_needed_repeats
from albench.analysis.oracle_answers import describe_annotators, describe_repeated_answers
from albench.analysis.oracle_contrasts import OracleComparison, compare_oracles
from albench.analysis.oracle_costs import compare_oracle_costs
from albench.analysis.oracle_outcomes import compare_gains, describe_oracles
from albench.analysis.panel import read_curves
from albench.analysis.run_facts import collect_run_facts
from albench.analysis.score_slices import list_pools, score_slices
from albench.analysis.seed_set_comparison import compare_seed_sets
from albench.analysis.selection import (
    count_missing,
    count_skipped,
    find_budget,
    find_primary_slice,
    list_failures,
)
from albench.analysis.slice_evidence import analyse_slice
from albench.analysis.stop_regret import compare_rules
from albench.spec.highlight import list_own_strategies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

    from albench.analysis.details.pick_similarity import PickArrays
    from albench.analysis.evidence.cells import Slice
    from albench.analysis.evidence.oracles import OracleOutcome
    from albench.analysis.judged_trials import JudgedTrial
    from albench.analysis.needed_repeats import CellRepeats
    from albench.analysis.panel import CurveArrays
    from albench.analysis.stats.area import Variant
    from albench.spec.experiment import Experiment


_MODELS, _PREPROCESSING = ("model", "query_model"), ("preprocessing",)
_ORACLE, _SEED_SET = ("oracle",), ("seed_set",)
_COMPARED = (_MODELS, _PREPROCESSING, _ORACLE, _SEED_SET)


def conclude(
    experiment: Experiment,
    trials: pl.DataFrame,
    curves: pl.DataFrame,
    references: pl.DataFrame,
    *,
    queries: pl.DataFrame | None = None,
    annotations: pl.DataFrame | None = None,
    classes: Mapping[str, Sequence[str]] | None = None,
    area: Variant = "trapezoid",
    judged: Sequence[JudgedTrial] = (),
    needed: Sequence[CellRepeats] | None = None,
) -> Evidence:
    """Draw every conclusion that the tables of an experiment allow.

    A slice in whose metric no trial has a number is left out, unless it is the primary one.

    Parameters
    ----------
    trials, curves, references : DataFrame
        As ``albench.tables`` defines them; curves and references with a column for each metric. The order of
        their rows does not matter.
    queries : DataFrame, optional
        Likewise; without it nothing is concluded about the queries.
    annotations : DataFrame, optional
        Likewise; without it nothing is said about who answered.
    classes : mapping of str to sequence of str, optional
        Dataset -> names of its classes, in the order of their codes.
    area : {"trapezoid", "lu2023", "zhan2021", "mean"}
        Definition of the area under a curve.
    judged : sequence of JudgedTrial
        Where stopping rules stop; without it nothing is concluded about them.
    needed : sequence of CellRepeats, optional
        How many repeats cells need, if that is known already.
    """
    from threadpoolctl import threadpool_limits

    if needed is None:
        needed = find_needed_repeats(experiment, trials, curves, list_pools(trials))
    arrays = read_curves(curves, [metric.label for metric in experiment.metrics])
    picks = None if queries is None else read_picks(queries)
    # Its matrices are small: more threads take twice the processor time, and round sums in another order.
    with threadpool_limits(limits=1):
        scored_slices = tuple(
            _analyse_slices(experiment, trials, arrays, references, picks, classes or {}, area, needed)
        )
    slices = tuple(scored.evidence for scored in scored_slices)
    failures, skipped = list_failures(trials, Failure), count_skipped(trials)
    most = max((cell.n_splits for cell in needed), default=experiment.repeats.splits)
    select = partial(_select_scored, scored_slices)
    by_oracle, is_priced = select(_ORACLE), have_prices(arrays)
    compared = OracleComparison((), ())
    # Where everything costs 1 a label, one level costs the labels that it takes.
    if is_priced and len(by_oracle) > 1:
        compared = compare_oracles(by_oracle, arrays, find_budget(experiment, by_oracle[0].evidence.slice))
    outcomes = _describe_oracles(experiment, by_oracle, trials, curves, queries, annotations, picks)
    return Evidence(
        slices=slices,
        failures=failures,
        n_done=trials.height - len(failures) - sum(skipped.values()),
        n_failed=len(failures),
        n_missing=count_missing(experiment, trials, needed),
        skipped=skipped,
        n_repeats=most * experiment.repeats.starts,
        run=collect_run_facts(trials, curves, queries),
        disagreements=find_disagreements(slices),
        transfers=compare_transfers(select(_MODELS)),
        preprocessings=compare_preprocessings(select(_PREPROCESSING)),
        oracles=outcomes,
        oracle_costs=compare_oracle_costs(by_oracle, arrays) if is_priced else (),
        oracle_contrasts=compared.contrasts,
        oracle_curves=compared.curves,
        gain_changes=compare_gains(by_oracle, outcomes),
        starting=compare_seed_sets(select(_SEED_SET)),
        stopping=compare_rules(experiment, trials, slices, judged),
        repeats=tuple(needed),
        own_strategies=list_own_strategies(experiment),
    )


def _describe_oracles(
    experiment: Experiment,
    by_oracle: Sequence[ScoredSlice],
    trials: pl.DataFrame,
    curves: pl.DataFrame,
    queries: pl.DataFrame | None,
    annotations: pl.DataFrame | None,
    picks: PickArrays | None,
) -> tuple[OracleOutcome, ...]:
    """Return what each oracle did, with who answered and how answers agree where that is known."""
    components = {entry.label: entry.component for entry in experiment.oracles}
    outcomes = describe_oracles(by_oracle, components, picks)
    if queries is None or annotations is None:
        return outcomes
    records = describe_annotators(experiment, trials, queries, annotations)
    repeated = describe_repeated_answers(experiment, trials, curves, annotations)
    return tuple(
        replace(each, annotators=records.get(each.oracle, ()), repeated=repeated.get(each.oracle, ()))
        for each in outcomes
    )


def _analyse_slices(
    experiment: Experiment,
    trials: pl.DataFrame,
    curves: CurveArrays,
    references: pl.DataFrame,
    picks: PickArrays | None,
    classes: Mapping[str, Sequence[str]],
    variant: Variant,
    needed: Sequence[CellRepeats],
) -> Iterator[ScoredSlice]:
    facts = read_facts(trials)
    primary = find_primary_slice(experiment, list_pools(trials))
    for slice_scores in score_slices(experiment, trials, curves, references, variant, needed=needed):
        settings = replace(slice_scores.settings, facts=facts, picks=picks, classes=classes)
        scored = replace(slice_scores, settings=settings)
        # Scores of a whole grid would fill the memory: only few slices are compared by repeat.
        is_compared = any(_is_same_but(fields, settings.slice, primary) for fields in _COMPARED)
        kept = scored.all_scores if is_compared else ()
        evidence = analyse_slice(scored)
        if settings.primary and have_prices(curves):
            cost_axis = compare_along_costs(scored, curves, find_budget(experiment, settings.slice))
            evidence = replace(evidence, cost_axis=cost_axis)
        yield ScoredSlice(evidence, kept)


def _select_scored(slices: Sequence[ScoredSlice], fields: Sequence[str]) -> list[ScoredSlice]:
    """Return the slices with scores that differ from the primary one in some fields alone."""
    primary = next((scored.evidence.slice for scored in slices if scored.evidence.primary), None)
    with_scores = [scored for scored in slices if scored.scores]
    return [s for s in with_scores if primary and _is_same_but(fields, s.evidence.slice, primary)]


def _is_same_but(fields: Sequence[str], other: Slice, primary: Slice) -> bool:
    return replace(other, **{name: getattr(primary, name) for name in fields}) == primary
