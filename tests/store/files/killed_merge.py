"""Merge two folders into a new one, killed at the n-th call that changes the disk; then merge again.

``python killed_merge.py FOLDER ONE OTHER STEP``: FOLDER/N for every STEP-th N until a merge ends by itself.
"""

from __future__ import annotations

import itertools
import signal
import sys
from pathlib import Path

from killed import forked, kill_at


def merge(sources, target):
    import albench

    albench.merge(sources, into=target)


def main():
    place, sources = Path(sys.argv[1]), sys.argv[2:4]
    for n in itertools.count(step=int(sys.argv[4])):
        target = place / str(n)

        def first(n=n, target=target):
            kill_at(n)
            merge(sources, target)

        ended = forked(first)
        if ended not in (0, -signal.SIGKILL):
            sys.exit(f"{n} ended with {ended}")
        if forked(lambda target=target: merge(sources, target)):
            sys.exit(f"{n} could not be repeated")
        if ended == 0:
            return


if __name__ == "__main__":
    main()
