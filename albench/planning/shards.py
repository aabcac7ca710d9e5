"""Shards of a plan, for machines that do not know of each other: divided by cost, always in the same way."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from heapq import heapify, heapreplace
from typing import TYPE_CHECKING

from albench.errors import SpecError
from albench.planning.costs import estimate_reference_work, estimate_trial_work
from albench.spec.repeats import UntilDecided

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator
    from pathlib import Path

    from albench.planning.plan import Plan, PlannedReference, PlannedTrial

# A piece is at most this part of what one shard has to do, so that no shard has much more than another.
_PIECES_PER_SHARD = 8


@dataclass(frozen=True)
class Shard:
    """One of several parts of a plan; ``3/40`` is the third of forty."""

    number: int
    n_shards: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``3/40``."""
        match = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise SpecError(f"no shard '{text}': the third of forty is '3/40', the last one '40/40'")
        return cls(int(match[1]), int(match[2]))

    def get_folder(self, whole: Path) -> Path:
        """Return the results folder of this shard beside that of the whole experiment."""
        width = len(str(self.n_shards))
        return whole.with_name(f"{whole.name}.shards") / f"{self.number:0{width}d}-of-{self.n_shards}"


def select_shard(plan: Plan, shard: Shard) -> Plan:
    """Return the part of a plan that one shard runs.

    Every trial and every reference is in exactly one shard. What is on one split of one dataset stays
    together, so that few shards prepare it, unless it would be much for one shard. Where repeats go on until
    cells are decided, all of a model on a dataset stays together: a shard then decides by its own results.
    """
    shards = _assign_shards(plan, shard.n_shards)
    keys = {key for key, number in shards.items() if number == shard.number}
    return replace(
        plan,
        trials=tuple(trial for trial in plan.trials if trial.identity.key in keys),
        references=tuple(ref for ref in plan.references if ref.identity.key in keys),
        # Rows without work: one shard has them all, so that the merged folder has each once.
        skipped=plan.skipped if shard.number == 1 else (),
    )


def _assign_shards(plan: Plan, n_shards: int) -> dict[str, int]:
    """Return the shard of every key, by number: the largest piece goes to the shard with the least work."""
    if isinstance(plan.experiment.repeats, UntilDecided):
        pieces = _group_jobs(plan, lambda job: (job.dataset, job.preprocessing, job.model.task.label))
    else:
        blocks = _group_jobs(plan, lambda job: (job.dataset, job.identity.split_index))
        total = sum(work for block in blocks for _, work in block)
        largest = total / n_shards / _PIECES_PER_SHARD
        pieces = [piece for block in blocks for piece in _cut_block(block, largest)]
    # Ties are broken by the keys: every machine must divide a plan in the same way.
    pieces.sort(key=lambda piece: (-sum(work for _, work in piece), piece[0][0]))
    loads = [(0.0, number) for number in range(1, n_shards + 1)]
    heapify(loads)
    shards: dict[str, int] = {}
    for piece in pieces:
        load, number = loads[0]
        heapreplace(loads, (load + sum(work for _, work in piece), number))
        shards |= {key: number for key, _ in piece}
    return shards


def _group_jobs(
    plan: Plan, get_place: Callable[[PlannedTrial | PlannedReference], Hashable]
) -> list[list[tuple[str, float]]]:
    """Return the keys and the work of the jobs at each place, in order of the plan."""
    blocks: dict[Hashable, list[tuple[str, float]]] = defaultdict(list)
    for ref in plan.references:
        work = estimate_reference_work(ref, plan.facts[ref.dataset])
        blocks[get_place(ref)].append((ref.identity.key, work))
    for trial in plan.trials:
        work = estimate_trial_work(trial, plan.facts[trial.dataset])
        blocks[get_place(trial)].append((trial.identity.key, work))
    return list(blocks.values())


def _cut_block(block: Iterable[tuple[str, float]], max_work: float) -> Iterator[list[tuple[str, float]]]:
    """Cut a block into pieces of at most ``max_work``; a job that is more by itself is a piece alone."""
    piece: list[tuple[str, float]] = []
    piece_work = 0.0
    for key, work in block:
        if piece and piece_work + work > max_work:
            yield piece
            piece, piece_work = [], 0.0
        piece.append((key, work))
        piece_work += work
    yield piece
