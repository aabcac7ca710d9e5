"""How fast every strategy is beside scikit-activeml, how far approximations are off, and how all grow.

Speed: in one process, in turn, on the same inputs, one thread, CPU time: the mean over 20 successive batches
of one trial with preparation counted, median of 11 trials (fewer where the peer is slow, which is then asked
in some of the rounds only). The answers of models are given to both. Where both must pick the same rows, that
is checked. Data: 50 features, 5 classes, 20 labels to start from, batches of 10.

Approximations: picks and utilities beside those of the exact strategy, over 5 rounds of one trial.

Growth: one batch at n = 10,000, 50,000 and 200,000, each in a process of its own, the smallest of 5 times;
the slope of log time over log n where it takes more than 20 ms, and memory above that of the data.

Exit code 1 if a bar is missed. Needs scikit-activeml for the first part.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from dataclasses import dataclass
from statistics import mean, median
from typing import TYPE_CHECKING

import numpy as np
from strategy_approximations import approximations
from strategy_growth import growth
from strategy_rounds import Data, Trial
from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from strategy_peers import Contest

REPEATS = 11


@dataclass(frozen=True)
class Result:
    """Seconds of a batch, medians over trials."""

    ours: float
    theirs: float
    ratio: float
    agreed: float | None


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def one_trial(contest: Contest, data: Data, seed: int) -> tuple[float, float, float]:
    """Return seconds of ours and theirs, and the share of picks that agree."""
    trial = Trial(data, seed, batch=contest.batch)
    strategy, peer, state = contest.ours(), contest.peer(data), None
    rounds_of_peer = range(contest.rounds) if contest.theirs_in is None else contest.theirs_in
    ours, theirs, same = [], [], []
    for index in range(contest.rounds):
        view = trial.round(committee=contest.committee)
        y = np.full(data.y.size, np.nan)
        y[view.labelled] = view.labels

        def mine(view: Any = view, index: int = index) -> Any:
            nonlocal state
            state = strategy.start(view) if index == 0 else state
            return strategy.select(view, state, contest.batch)

        work: list[Callable[[], Any]] = [mine]
        if index in rounds_of_peer:
            work.insert(index % 2, lambda view=view, y=y: peer(view, y))
        timings = {job is mine: timed(job) for job in work}
        rows = view.candidates[timings[True][1].candidates]
        ours.append(timings[True][0])
        if index in rounds_of_peer:
            theirs.append(timings[False][0])
            same.append(np.isin(np.asarray(timings[False][1]).ravel(), rows).mean())
        trial.label(rows)
    return mean(ours), mean(theirs), mean(same)


def compared(contest: Contest, repeats: int) -> Result:
    data = Data.draw(contest.n, n_classes=5)
    trials = [one_trial(contest, data, seed) for seed in range(min(repeats, contest.repeats or repeats))]
    ours, theirs, same = zip(*trials, strict=True)
    ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
    return Result(median(ours), median(theirs), median(ratios), min(same) if contest.agree else None)


def speed(only: list[str], repeats: int) -> bool:
    """Print the table of speeds; return True if every bar is kept."""
    from strategy_peers import CONTESTS

    print(f"{'strategy':42} {'peer':20} {'n':>7} {'ours':>10} {'theirs':>10} {'ratio':>9} {'bar':>7}  picks")
    kept = True
    for contest in CONTESTS:
        if only and contest.strategy not in only:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            comparison = compared(contest, repeats)
        picks = "" if comparison.agreed is None else f"{comparison.agreed:.0%} the same"
        good = comparison.ratio >= contest.bar and (comparison.agreed is None or comparison.agreed > 0.99)
        kept &= good
        print(
            f"{contest.name:42} {contest.peer_name:20} {contest.n:>7,} {1e3 * comparison.ours:>7.2f} ms"
            f" {1e3 * comparison.theirs:>7.1f} ms {comparison.ratio:>8.1f}x {contest.bar:>6.1f}x  {picks}"
            f"{'' if good else '  MISSED'}",
            flush=True,
        )
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--part", choices=["speed", "approximations", "growth", "all"], default="all")
    parser.add_argument("--only", nargs="*", default=[], help="names of strategies")
    parser.add_argument("--repeats", type=int, default=REPEATS, help="trials that the median is over")
    args = parser.parse_args()
    with threadpool_limits(limits=1):
        kept = args.part not in {"speed", "all"} or speed(args.only, args.repeats)
        if args.part in {"approximations", "all"}:
            approximations(args.only)
        kept &= args.part not in {"growth", "all"} or growth(args.only)
    print("all bars are kept" if kept else "a bar is missed")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
