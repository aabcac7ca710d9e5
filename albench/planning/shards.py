"""A plan divided among machines that do not know of each other: by cost, always in the same way."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from heapq import heapify, heapreplace
from typing import TYPE_CHECKING

from albench.errors import SpecError
from albench.planning.costs import reference_work, trial_work

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from albench.planning.grid import Plan

# A piece is at most this part of what one shard has to do, so that no shard has much more than another.
_PIECES = 8


@dataclass(frozen=True)
class Shard:
    """One of several parts of a plan; ``3/40`` is the third of forty.

    Attributes
    ----------
    number : int
        From 1.
    of : int
    """

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``3/40``.

        Raises
        ------
        SpecError
            If it is no such thing.
        """
        found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
        if found is None or not 1 <= int(found[1]) <= int(found[2]):
            raise SpecError(f"no shard '{text}': the third of forty is '3/40', the last one '40/40'")
        return cls(int(found[1]), int(found[2]))

    def folder(self, whole: Path) -> Path:
        """Return the results folder of this shard beside that of the whole experiment."""
        width = len(str(self.of))
        return whole.with_name(f"{whole.name}.shards") / f"{self.number:0{width}d}-of-{self.of}"


def of_shard(plan: Plan, shard: Shard) -> Plan:
    """Return the part of a plan that is a shard's.

    Every trial and every reference is in exactly one shard. What is on one split of one dataset stays
    together, so that few shards prepare it, unless it would be much for one shard.

    Parameters
    ----------
    plan : Plan
        Of the whole experiment.
    shard : Shard
    """
    shards = _dealt(plan, shard.of)
    mine = {key for key, number in shards.items() if number == shard.number}
    return replace(
        plan,
        trials=tuple(trial for trial in plan.trials if trial.identity.key in mine),
        references=tuple(ref for ref in plan.references if ref.identity.key in mine),
    )


def _dealt(plan: Plan, n_shards: int) -> dict[str, int]:
    """Return the number of the shard of every key: the largest piece goes to who has least."""
    blocks = _blocks(plan)
    total = sum(work for block in blocks for _, work in block)
    pieces = [piece for block in blocks for piece in _cut(block, total / n_shards / _PIECES)]
    pieces.sort(key=lambda piece: (-sum(work for _, work in piece), piece[0][0]))
    loads = [(0.0, number) for number in range(1, n_shards + 1)]
    heapify(loads)
    found: dict[str, int] = {}
    for piece in pieces:
        load, number = loads[0]
        heapreplace(loads, (load + sum(work for _, work in piece), number))
        found |= {key: number for key, _ in piece}
    return found


def _blocks(plan: Plan) -> list[list[tuple[str, float]]]:
    """Return keys and work of what is on one split of one dataset, in order of the plan."""
    blocks: dict[tuple[str, int], list[tuple[str, float]]] = defaultdict(list)
    for ref in plan.references:
        work = reference_work(ref, plan.facts[ref.dataset])
        blocks[ref.dataset, ref.identity.split_index].append((ref.identity.key, work))
    for trial in plan.trials:
        work = trial_work(trial, plan.facts[trial.dataset])
        blocks[trial.dataset, trial.identity.split_index].append((trial.identity.key, work))
    return list(blocks.values())


def _cut(block: Iterable[tuple[str, float]], most: float) -> Iterator[list[tuple[str, float]]]:
    """Cut a block where it would be more work than ``most``; what is more by itself stands alone."""
    piece: list[tuple[str, float]] = []
    sum_of_piece = 0.0
    for key, work in block:
        if piece and sum_of_piece + work > most:
            yield piece
            piece, sum_of_piece = [], 0.0
        piece.append((key, work))
        sum_of_piece += work
    yield piece
