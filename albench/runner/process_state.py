"""What a job may change of its process, put back when it is over: the next one must not depend on it."""

from __future__ import annotations

import gc
import os
import sys
import warnings
from contextlib import ExitStack, chdir, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEFAULT_ERRORS: dict[str, Any] = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}


@contextmanager
def isolate_state() -> Iterator[None]:
    """Run a job with numpy's default handling of errors, and undo what it changes of the process.

    That is: error handling of numpy and scipy, warning filters, scikit-learn's configuration, the working
    directory, variables of the environment, limits of the system, of recursion and of garbage collection.
    """
    import numpy as np
    from scipy import special
    from sklearn import config_context

    with ExitStack() as stack:
        stack.enter_context(chdir(Path.cwd()))
        stack.enter_context(np.errstate(**_DEFAULT_ERRORS))
        stack.enter_context(special.errstate())
        stack.enter_context(warnings.catch_warnings())
        stack.enter_context(config_context())
        stack.callback(_restore_environment, dict(os.environ))
        stack.callback(_restore_limits, _read_limits())
        stack.callback(sys.setrecursionlimit, sys.getrecursionlimit())
        stack.callback(gc.enable if gc.isenabled() else gc.disable)
        yield


def _restore_environment(variables: dict[str, str]) -> None:
    if os.environ != variables:
        os.environ.clear()
        os.environ.update(variables)


def _read_limits() -> dict[int, tuple[int, int]]:
    """Return the soft and the hard limits of this process; none where the system has none."""
    if sys.platform == "win32":
        return {}
    import resource

    return {number: resource.getrlimit(number) for number in _list_limits()}


@cache
def _list_limits() -> tuple[int, ...]:
    import resource

    return tuple({number for name, number in vars(resource).items() if name.startswith("RLIMIT_")})


def _restore_limits(limits: dict[int, tuple[int, int]]) -> None:
    now = _read_limits()
    for number, limit in limits.items():
        if now[number] != limit:
            _restore_limit(number, *limit)


def _restore_limit(number: int, soft: int, hard: int) -> None:
    import resource

    try:
        resource.setrlimit(number, (soft, hard))
    except (ValueError, OSError):
        # A hard limit that was lowered stays so, but for the administrator: the soft one goes up to it.
        highest = resource.getrlimit(number)[1]
        resource.setrlimit(number, (highest, highest))
