"""Which differences a planned experiment can show, by the trials that have finished or by a study."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.needed_repeats import PRECISION_SHARE
from albench.analysis.paired_comparison import ROPE
from albench.analysis.stats.intervals import compute_t_quantile
from albench.analysis.stats.looks import compute_levels, list_looks
from albench.analysis.stats.significance import ALPHA
from albench.contracts import Need
from albench.errors import AlbenchError
from albench.power.detectable import find_design, predict_detectable
from albench.power.spread import measure_between, measure_spreads, read_study
from albench.spec.repeats import UntilDecided

if TYPE_CHECKING:
    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.power.detectable import Detectable, Wanted
    from albench.power.spread import Spread
    from albench.spec.experiment import Experiment


class WantedEffectError(AlbenchError):
    """A wanted effect is none."""


@dataclass(frozen=True)
class WantedEffect:
    """A difference in area, or a label saving within 0 and 0.9; one of them is None."""

    difference: float | None
    saving: float | None

    @classmethod
    def parse(cls, text: str) -> WantedEffect:
        """Read ``0.005``, or ``saving 10%``.

        Raises
        ------
        WantedEffectError
            If it is neither.
        """
        if match := re.fullmatch(r"\s*saving\s+(\d+(?:\.\d+)?)\s*%\s*", text):
            saving = float(match[1]) / 100
            if 0 < saving <= 0.9:  # noqa: PLR2004 - beyond it, areas are not known
                return cls(None, saving)
        elif re.fullmatch(r"\s*\d*\.?\d+\s*", text) and float(text) > 0:
            return cls(float(text), None)
        msg = (
            f"'{text}' is no effect: write a difference in area above 0, as 0.005, or 'saving 10%' (up to 90)"
        )
        raise WantedEffectError(msg)


@dataclass(frozen=True)
class PowerForecast:
    """What four of five experiments like the planned one would show.

    Attributes
    ----------
    n_repeats : int
        Independent ones: splits, where a split has several starts.
    n_strategies : int
        That are compared with random.
    source : str
        Where the spread comes from, in words.
    detectable : tuple of Detectable
        On each dataset, and on several together.
    wanted : tuple of Wanted
        What a wanted effect takes; empty if none is.
    """

    metric: str
    n_repeats: int
    n_strategies: int
    source: str
    detectable: tuple[Detectable, ...]
    wanted: tuple[Wanted, ...] = ()


def predict_power(
    experiment: Experiment, evidence: SliceEvidence | None = None, wanted: WantedEffect | None = None
) -> PowerForecast | None:
    """Return what a planned experiment can show; None where the spread of its metric is not known at all.

    Parameters
    ----------
    evidence : SliceEvidence, optional
        Of its primary slice, as far as trials have finished.
    """
    if experiment.is_stream:
        # The spreads that are known are those of pools.
        return None
    spreads, between, source = _find_spreads(experiment, evidence)
    if not spreads:
        return None
    repeats = experiment.repeats
    n_repeats = repeats.splits if repeats.splits > 1 else repeats.total
    n_strategies = max(1, count_rivals(experiment))
    detectable = predict_detectable(spreads, n_repeats, n_strategies, between)
    designs: list[Wanted] = []
    if wanted is not None:
        designs = find_design(
            spreads, n_strategies, between, difference=wanted.difference, saving=wanted.saving
        )
    return PowerForecast(
        experiment.primary_metric, n_repeats, n_strategies, source, tuple(detectable), tuple(designs)
    )


def predict_repeats(experiment: Experiment, evidence: SliceEvidence | None = None) -> int | None:
    """Return after how many splits a typical cell is known to the precision, if nothing ends it before.

    None where the number of repeats is fixed, where they do not suffice for that, or where the spread of the
    metric is not known.

    Parameters
    ----------
    evidence : SliceEvidence, optional
        Of its primary slice, as far as trials have finished.
    """
    repeats, spreads = experiment.repeats, _find_spreads(experiment, evidence)[0]
    if not isinstance(repeats, UntilDecided) or not spreads or experiment.is_stream:
        return None
    metric = next(e.component for e in experiment.metrics if e.label == experiment.primary_metric)
    default = PRECISION_SHARE * ROPE if type(metric).bounds == (0.0, 1.0) else 0.0
    precision = repeats.precision or default
    sd = float(np.median([spread.sd for spread in spreads]))
    looks, error = list_looks(repeats.at_least, repeats.up_to), ALPHA / max(1, count_rivals(experiment))
    levels = dict(zip(looks, compute_levels(looks, error), strict=True))
    halves = {n: compute_t_quantile(n - 1, 1 - level) * sd / n**0.5 for n, level in levels.items()}
    return next((n for n, half in halves.items() if half <= precision), None)


def count_rivals(experiment: Experiment) -> int:
    """Return how many strategies are compared with random."""
    components = [entry.component for entry in experiment.strategies]
    return sum(not of.arms and Need.TRUTH not in of.required() for of in components)


def _find_spreads(
    experiment: Experiment, evidence: SliceEvidence | None
) -> tuple[list[Spread], float | None, str]:
    measured = measure_spreads(evidence) if evidence is not None else {}
    study = read_study(experiment.primary_metric)
    between = measure_between(evidence) if evidence is not None else None
    if between is None and study is not None:
        between = study.between
    labels = [entry.label for entry in experiment.datasets]
    if measured:
        typical = float(np.median([spread.sd for spread in measured.values()]))
        middle = min(measured.values(), key=lambda spread: abs(spread.sd - typical))
        spreads = [measured.get(label) or replace(middle, dataset=label) for label in labels]
        n = sum(label in measured for label in labels)
        return spreads, between, f"finished trials on {n} of {len(labels)} datasets"
    if study is None:
        return [], None, ""
    return [replace(study.typical, dataset=label) for label in labels], between, study.source
