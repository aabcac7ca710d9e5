"""Run an experiment, killed at the n-th call that changes its results folder; then go on, undisturbed.

``python killed.py SPEC FOLDER STEP``: results in FOLDER/N for every STEP-th N until a run ends by itself. A
process is forked for each run, so that nothing of Polars has started before.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import sys
from pathlib import Path

import sklearn.naive_bayes  # noqa: F401 - imported once, not by every process

import albench.api
import albench.runner.driver

CALLS = ("replace", "fsync", "unlink", "mkdir")


def kill_at(n, folder):
    """Die at the n-th call within a folder, in turn just before it and just after it."""
    calls = itertools.count()

    def inside(what):
        path = Path(f"/proc/self/fd/{what}").readlink() if isinstance(what, int) else Path(what)
        return path.is_relative_to(folder)

    def wrapped(call):
        def counted(*args, **kwargs):
            now = next(calls) if inside(args[0]) else -1
            if now == n // 2 and n % 2 == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            try:
                return call(*args, **kwargs)
            finally:
                if now == n // 2:
                    os.kill(os.getpid(), signal.SIGKILL)

        return counted

    for name in CALLS:
        setattr(os, name, wrapped(getattr(os, name)))


def forked(task):
    """Run a task in a process of its own; return how it ended."""
    child = os.fork()
    if child == 0:
        try:
            task()
        except BaseException:  # noqa: BLE001 - told, and the process ends here
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main():
    spec, place = sys.argv[1], Path(sys.argv[2])
    for n in itertools.count(step=int(sys.argv[3])):
        folder = place / str(n)

        def first(n=n, folder=folder):
            kill_at(n, folder)
            albench.api.run(spec, results=folder)

        ended = forked(first)
        if ended not in (0, -signal.SIGKILL):
            sys.exit(f"{n} ended with {ended}")
        if folder.is_dir():
            shutil.copytree(folder, place / f"{n}-killed")
        if forked(lambda folder=folder: albench.api.run(spec, results=folder)):
            sys.exit(f"{n} could not be resumed")
        if ended == 0:
            return


if __name__ == "__main__":
    main()
