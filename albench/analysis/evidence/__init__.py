"""What the analysis concludes: numbers, names and reason codes as plain frozen data, without a sentence."""

from __future__ import annotations

from albench.analysis.evidence.cells import (
    Band,
    Cell,
    Curve,
    Interval,
    RepeatCurves,
    Saving,
    Slice,
    Undefined,
    Verdict,
)
from albench.analysis.evidence.datasets import (
    Balance,
    Components,
    LateRise,
    Normalised,
    OnDataset,
    Similarity,
    Traits,
    TraitTrend,
)
from albench.analysis.evidence.details import Details, Pair, Pairwise, RankAt, Stability, Trade, VirtualBest
from albench.analysis.evidence.rows import Bayes, Control, Row, Versus
from albench.analysis.evidence.whole import (
    Disagreement,
    Evidence,
    Failure,
    RunFacts,
    SeedSets,
    SliceEvidence,
    Transfer,
)

__all__ = [
    "Balance",
    "Band",
    "Bayes",
    "Cell",
    "Components",
    "Control",
    "Curve",
    "Details",
    "Disagreement",
    "Evidence",
    "Failure",
    "Interval",
    "LateRise",
    "Normalised",
    "OnDataset",
    "Pair",
    "Pairwise",
    "RankAt",
    "RepeatCurves",
    "Row",
    "RunFacts",
    "Saving",
    "SeedSets",
    "Similarity",
    "Slice",
    "SliceEvidence",
    "Stability",
    "Trade",
    "TraitTrend",
    "Traits",
    "Transfer",
    "Undefined",
    "Verdict",
    "Versus",
    "VirtualBest",
]
