"""What the analysis concludes: numbers, names and reason codes as plain frozen data, without a sentence."""

from __future__ import annotations

from albench.analysis.evidence.cells import (
    Band,
    Cell,
    Curve,
    CurveSet,
    Interval,
    RepeatCurves,
    Saving,
    Slice,
    Undefined,
    Verdict,
)
from albench.analysis.evidence.conclusions import (
    Disagreement,
    Evidence,
    Failure,
    RunFacts,
    SeedSets,
    SliceEvidence,
    Transfer,
)
from albench.analysis.evidence.datasets import (
    Balance,
    DatasetPhases,
    LateRise,
    NormalisedArea,
    Similarity,
    Traits,
    TraitTrend,
    VarianceComponents,
)
from albench.analysis.evidence.details import (
    BudgetRanks,
    CostTrade,
    Details,
    Pairwise,
    Stability,
    StrategyPair,
    VirtualBest,
)
from albench.analysis.evidence.rows import Bayes, Control, Row, Versus

__all__ = [
    "Balance",
    "Band",
    "Bayes",
    "BudgetRanks",
    "Cell",
    "Control",
    "CostTrade",
    "Curve",
    "CurveSet",
    "DatasetPhases",
    "Details",
    "Disagreement",
    "Evidence",
    "Failure",
    "Interval",
    "LateRise",
    "NormalisedArea",
    "Pairwise",
    "RepeatCurves",
    "Row",
    "RunFacts",
    "Saving",
    "SeedSets",
    "Similarity",
    "Slice",
    "SliceEvidence",
    "Stability",
    "StrategyPair",
    "TraitTrend",
    "Traits",
    "Transfer",
    "Undefined",
    "VarianceComponents",
    "Verdict",
    "Versus",
    "VirtualBest",
]
