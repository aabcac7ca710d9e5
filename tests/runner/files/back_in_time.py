"""Run albench with a clock that has been set back: ``python back_in_time.py ARGUMENTS``."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

from albench.cli import main
from albench.runner import recorder
from albench.store import lock

PAST = datetime(1999, 12, 31, tzinfo=UTC)


class Past(datetime):
    @classmethod
    def now(cls, tz=None):
        return PAST.astimezone(tz)


if __name__ == "__main__":
    recorder.datetime = lock.datetime = Past
    time.time = PAST.timestamp
    time.time_ns = lambda: int(PAST.timestamp() * 10**9)
    sys.argv[0] = "albench"
    main()
