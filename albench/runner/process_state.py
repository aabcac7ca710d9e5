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

_ROOM_FOR_FILES = 0.5
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
        stack.callback(_restore_environment, _copy_environment())
        stack.callback(_restore_limits, _read_limits())
        stack.callback(sys.setrecursionlimit, sys.getrecursionlimit())
        stack.callback(gc.enable if gc.isenabled() else gc.disable)
        yield


def _has_few_files_left() -> bool:
    """Say whether half of the files that this process may have open are open."""
    if sys.platform != "linux":
        return False
    import resource

    try:
        n_open = sum(1 for _ in os.scandir("/proc/self/fd"))
    except OSError:
        # To look takes a file, too.
        return True
    return n_open > _ROOM_FOR_FILES * resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def make_room_for_files() -> bool:
    """Let this process open more files, as far as it may, if a job has left many open; say if so."""
    has_few = _has_few_files_left()
    if has_few:
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        # It is the soft limit that is reached: 1,024 on most systems, far below the hard one.
        resource.setrlimit(resource.RLIMIT_NOFILE, (2 * soft if hard < 0 else min(2 * soft, hard), hard))
    return has_few


def _copy_environment() -> dict[bytes, bytes] | dict[str, str]:
    """Return the variables of the environment as the system has them."""
    # Through its interface each name and value is decoded anew: half of what isolation would cost a job.
    variables: dict[bytes, bytes] = vars(os.environ)["_data"]
    return variables.copy()


def _restore_environment(variables: dict[bytes, bytes] | dict[str, str]) -> None:
    if _copy_environment() != variables:
        os.environ.clear()
        os.environ.update({os.fsdecode(name): os.fsdecode(value) for name, value in variables.items()})


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
