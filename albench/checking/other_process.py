"""The same trial in another process, where strings hash otherwise: its picks must be the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np

from albench.checking.pools import list_suitable_pools
from albench.contracts import Strategy
from albench.errors import StrategyError
from albench.registry.lookup import make_recipe, restore_component
from albench.trial.execute import run_trial

if TYPE_CHECKING:
    from albench.checking.pools import AwkwardPool
    from albench.contracts import Rows


def collect_picks(strategy: Strategy, pool: AwkwardPool, random_state: int) -> Rows | None:
    """Return the queried rows in their order; None if the trial failed."""
    record = run_trial(pool.build_task(strategy, random_state), pool.build_arrays())
    return record.queries["row"][pool.seed_size :] if record.status == "done" else None


def collect_picks_elsewhere(strategy: Strategy) -> Rows:
    """Return the rows that are queried in the first pool by a new process, whose strings hash otherwise."""
    # Another hash seed than this process may have been given itself.
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    process = subprocess.run(  # noqa: S603 - this interpreter and this module
        [sys.executable, "-P", "-m", __name__],
        input=json.dumps(make_recipe(strategy)),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    if process.returncode:
        raise StrategyError((process.stderr.strip() or "it ended without a word").splitlines()[-1])
    return np.array(json.loads(process.stdout.splitlines()[-1]), dtype=np.intp)


def _answer_parent() -> None:
    strategy = restore_component(json.load(sys.stdin))
    assert isinstance(strategy, Strategy)  # noqa: S101 - for the type checker: it was one when it was sent
    rows = collect_picks(strategy, list_suitable_pools(strategy)[0], 0)
    if rows is None:
        sys.exit("the trial failed")
    sys.stdout.write("\n" + json.dumps(rows.tolist()) + "\n")


if __name__ == "__main__":
    _answer_parent()
