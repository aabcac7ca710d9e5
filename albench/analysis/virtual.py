"""The best strategy for each dataset against the one that is best for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence import VirtualBest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.blocks import Block
    from albench.contracts import Floats


def virtual_best(found: Sequence[Block], strategies: Sequence[str], sign: int) -> VirtualBest | None:
    """Return what choosing by dataset brings; None without a dataset of two units, or a single strategy.

    Parameters
    ----------
    found : sequence of Block
    strategies : sequence of str
        In the order of the blocks' areas.
    sign : {1, -1}
        -1 if lower is better; areas are given in the metric's own direction.
    """
    able = [block for block in found if block.units.n > 1]
    if not able or len(strategies) < 2:  # noqa: PLR2004 - there must be something to choose
        return None
    halves = [_halves(block.by_unit) for block in able]
    first, second = (np.array([pair[side] for pair in halves]) for side in (0, 1))
    ways = ((first, second), (second, first))
    single = np.mean([scored.mean(axis=0)[chosen.mean(axis=0).argmax()] for chosen, scored in ways])
    virtual = np.mean(
        [np.take_along_axis(scored, chosen.argmax(axis=1)[:, np.newaxis], axis=1) for chosen, scored in ways]
    )
    means = np.array([block.areas.mean(axis=1) for block in able])
    best = means.argmax(axis=1)
    return VirtualBest(
        strategy=strategies[int(means.mean(axis=0).argmax())],
        single=sign * float(single),
        virtual=sign * float(virtual),
        choices={block.dataset: strategies[int(i)] for block, i in zip(able, best, strict=True)},
    )


def _halves(by_unit: Floats) -> tuple[Floats, Floats]:
    return by_unit[:, 0::2].mean(axis=1), by_unit[:, 1::2].mean(axis=1)
