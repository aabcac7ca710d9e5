"""How the time and the memory of a batch grow with the pool; each strategy in a process of its own."""

from __future__ import annotations

import ctypes
import time
import warnings
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from strategy_rounds import Data, Trial

from albench.errors import StrategyError
from albench.registry.lookup import get_builtin, load_catalogue

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from strategy_rounds import GivenRound

SIZES = (10_000, 50_000, 200_000)
SLOPE = 1.15
FROM_S = 0.02
MOST_MIB = 1024
REPEATS = 5
SLOW_S = 5.0
PARAMS: dict[str, dict[str, Any]] = {
    "albl": {"strategies": ["margin", "random", "k_center"]},
    "cost_sensitive": {"costs": (2 * (1 - np.eye(5))).tolist()},
}
INNER = "margin"


def build_strategy(name: str) -> Any:
    cls = get_builtin("strategy", name)
    params = dict(PARAMS.get(name, {}))
    if "strategy" in cls.model_fields:
        params.setdefault("strategy", INNER)
    return cls(**params)


def rounds(n: int) -> list[GivenRound]:
    """Return first rounds of as many trials on one pool; what models say is at hand."""
    data = Data.draw(n)
    return [Trial(data, seed).round(committee=True) for seed in range(REPEATS)]


def point(name: str, views: list[GivenRound]) -> dict[str, Any]:
    """Return the seconds of the first batch of a trial, preparation counted, and MiB above the inputs.

    The smallest of five trials.
    """
    strategy, times = build_strategy(name), []
    forget_peak()
    before = mib("VmRSS")
    for view in views:
        started = time.process_time()
        try:
            strategy.select(view, strategy.start(view), 10)
        except StrategyError as error:
            return {"refused": str(error), "mib": mib("VmHWM") - before}
        times.append(time.process_time() - started)
        if times[0] > SLOW_S:
            break
    return {"s": min(times), "mib": mib("VmHWM") - before}


def mib(field: str) -> float:
    """Return resident memory of this process: now (VmRSS), or its peak (VmHWM)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith(field))


def forget_peak() -> None:
    """Let the peak of resident memory start from here; Linux and its C library only."""
    # What the heap keeps for later is not the strategy's to use unseen.
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def measured(name: str, views: list[GivenRound]) -> dict[str, Any]:
    """Measure in a fork, which starts with the inputs and leaves nothing behind."""
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=send_point, args=(sender, name, views))
    process.start()
    sender.close()
    try:
        measurement: dict[str, Any] = receiver.recv()
    except EOFError:
        measurement = {"failed": "it died"}
    process.join()
    return measurement


def send_point(sender: Connection, name: str, views: list[GivenRound]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            sender.send(point(name, views))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a line of the table
            sender.send({"failed": f"{type(error).__name__}: {error}"})


def growth(only: list[str]) -> bool:
    """Print the table of growth; return True if every bar is kept."""
    costs = {
        name: facts["cost"]
        for name, facts in load_catalogue()["strategy"].items()
        if facts["cost"] != "refits" and (not only or name in only)
    }
    points: dict[str, list[dict[str, Any]]] = {name: [] for name in costs}
    for n in SIZES:
        views = rounds(n)
        for name, cost in costs.items():
            # What grows with the square of the pool has a bar for memory at 50,000 rows, and none beyond.
            if cost != "quadratic" or n < SIZES[-1]:
                points[name].append(measured(name, views))
    print(f"{'strategy':28} {'cost':10} " + " ".join(f"{f'n={n:,}':>22}" for n in SIZES) + f" {'slope':>7}")
    kept = [report(name, cost, points[name]) for name, cost in costs.items()]
    return all(kept)


def report(name: str, cost: str, points: list[dict[str, Any]]) -> bool:
    """Print the line of a strategy; return True if its bars are kept."""
    slope = slope_of(points)
    good = all(point.get("mib", np.inf) <= MOST_MIB and "failed" not in point for point in points)
    good &= cost == "quadratic" or slope is None or slope <= SLOPE
    cells = " ".join(f"{shown(point):>22}" for point in points + [{}] * (len(SIZES) - len(points)))
    slope_said = "" if slope is None else f"{slope:.2f}"
    print(f"{name:28} {cost:10} {cells} {slope_said:>7}{'' if good else '  MISSED'}")
    for text in {point[why] for point in points for why in ("refused", "failed") if why in point}:
        print(f"    {text}")
    return good


def slope_of(points: list[dict[str, Any]]) -> float | None:
    """Return the slope of log time over log n over the points that take long enough to be measured."""
    timed = [(n, point["s"]) for n, point in zip(SIZES, points, strict=False) if point.get("s", 0) > FROM_S]
    if len(timed) < 2:
        return None
    n, seconds = np.log(np.array(timed)).T
    return float(np.polyfit(n, seconds, 1)[0])


def shown(point: dict[str, Any]) -> str:
    if "s" in point:
        return f"{1e3 * point['s']:.1f} ms {point['mib']:.0f} MiB"
    return "failed" if "failed" in point else f"refused {point['mib']:.0f} MiB" if "refused" in point else ""
