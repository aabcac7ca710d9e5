"""How the time and the memory of a batch grow with the pool; each point in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from albench.errors import StrategyError
from albench.registry import builtin, catalogue

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
OF_COMMITTEE = frozenset({"qbc", "bald", "power_bald", "batch_bald", "epig"})


def made(name: str) -> Any:
    cls = builtin("strategy", name)
    params = dict(PARAMS.get(name, {}))
    if "strategy" in cls.model_fields:
        params.setdefault("strategy", INNER)
    return cls(**params)


def point(name: str, n: int) -> dict[str, Any]:
    """Return the seconds of the first batch of a trial, preparation counted, and MiB above the inputs.

    The smallest of five trials.
    """
    from strategy_rounds import Data, Trial

    data = Data.made(n)
    views = [Trial(data, seed).round(committee=name in OF_COMMITTEE) for seed in range(REPEATS)]
    strategy, times = made(name), []
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
    """Let the peak of resident memory start from here; Linux only."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def measured(name: str, n: int) -> dict[str, Any]:
    found = subprocess.run(
        [sys.executable, __file__, name, str(n)], capture_output=True, text=True, check=False
    )
    if found.returncode:
        return {"failed": found.stderr.strip().rsplit("\n", 1)[-1]}
    return json.loads(found.stdout)


def growth(only: list[str]) -> bool:
    """Print the table of growth; return True if every bar is kept."""
    print(f"{'strategy':28} {'cost':10} " + " ".join(f"{f'n={n:,}':>22}" for n in SIZES) + f" {'slope':>7}")
    kept = True
    for name, facts in catalogue()["strategy"].items():
        if (only and name not in only) or facts["cost"] == "refits":
            continue
        linear = facts["cost"] in {"linear", "constant"}
        # What grows with the square of the pool has a bar for memory at 50,000 rows, and none beyond.
        points = [measured(name, n) for n in (SIZES if linear else SIZES[:2])]
        slope = slope_of(points)
        good = all(it.get("mib", np.inf) <= MOST_MIB for it in points) and not any(
            "failed" in it for it in points
        )
        good &= not linear or slope is None or slope <= SLOPE
        kept &= good
        said = " ".join(f"{shown(it):>22}" for it in points + [{}] * (len(SIZES) - len(points)))
        print(
            f"{name:28} {facts['cost']:10} {said} {'' if slope is None else f'{slope:.2f}':>7}"
            f"{'' if good else '  MISSED'}",
            flush=True,
        )
    return kept


def slope_of(points: list[dict[str, Any]]) -> float | None:
    """Return the slope of log time over log n over the points that take long enough to be measured."""
    timed = [(n, it["s"]) for n, it in zip(SIZES, points, strict=False) if it.get("s", 0) > FROM_S]
    if len(timed) < 2:
        return None
    n, seconds = np.log(np.array(timed)).T
    return float(np.polyfit(n, seconds, 1)[0])


def shown(it: dict[str, Any]) -> str:
    if "s" in it:
        return f"{1e3 * it['s']:.1f} ms {it['mib']:.0f} MiB"
    return "failed" if "failed" in it else f"refused {it['mib']:.0f} MiB" if "refused" in it else ""


if __name__ == "__main__":
    with warnings.catch_warnings(), threadpool_limits(limits=1):
        warnings.simplefilter("ignore")
        print(json.dumps(point(sys.argv[1], int(sys.argv[2]))))
