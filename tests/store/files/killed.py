"""Write parts and compact them, killed at the n-th call that changes the disk; then go on, undisturbed.

``python killed.py FOLDER PARTS STEP``: FOLDER/N for every STEP-th N until a run ends by itself. PARTS holds one
frame a part. A process is forked for each run, so that nothing of Polars has started before.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
from pathlib import Path

from albench.store import segments
from albench.store.folder import TRIAL, ResultsFolder

segments.MAX_LOOSE_PARTS = 4
CALLS = ("replace", "fsync", "unlink")


def kill_at(n):
    """Die at the n-th call, in turn just before it and just after it."""
    calls = itertools.count()

    def wrapped(call):
        def counted(*args, **kwargs):
            now = next(calls)
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


def write_missing(folder, parts, log):
    """Do what a run does: write what is not there; log a key once it is durable."""
    import polars as pl

    folder.create()
    there = folder.read_stored_trials()
    for file in sorted(parts.iterdir()):
        frame = pl.read_parquet(file)
        key = frame["key"][0]
        if key not in there or there[key].coverage.labels < frame["n_labels"][0]:
            folder.write_part(TRIAL, frame)
            os.write(log, f"{json.dumps([key, frame['n_labels'][0]])}\n".encode())


def forked(task):
    """Run a task in a process of its own; return how it ended."""
    child = os.fork()
    if child == 0:
        task()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main():
    place, parts = Path(sys.argv[1]), Path(sys.argv[2])
    for n in itertools.count(step=int(sys.argv[3])):
        folder = ResultsFolder(place / str(n) / "results")
        folder.path.parent.mkdir()
        logs = [os.open(place / str(n) / name, os.O_CREAT | os.O_WRONLY) for name in ("killed", "resumed")]

        def first(n=n, folder=folder, log=logs[0]):
            kill_at(n)
            write_missing(folder, parts, log)

        ended = forked(first)
        if ended not in (0, -signal.SIGKILL):
            sys.exit(f"{n} ended with {ended}")
        if forked(lambda folder=folder, log=logs[1]: write_missing(folder, parts, log)):
            sys.exit(f"{n} could not be resumed")
        if ended == 0:
            return


if __name__ == "__main__":
    main()
