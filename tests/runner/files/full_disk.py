"""Run albench on a disk that fills up: ``python full_disk.py CALL N ARGUMENTS``.

From its N-th time on within the results folder, the system call (``fsync`` or ``replace``) fails as it does
when the disk is full; with the call ``write`` no file grows beyond N bytes.
"""

from __future__ import annotations

import errno
import itertools
import os
import resource
import signal
import sys

from albench.cli import main


def fails_from(name, n):
    calls, original = itertools.count(1), getattr(os, name)

    def full(*args, **kwargs):
        if next(calls) >= n:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return original(*args, **kwargs)

    setattr(os, name, full)


if __name__ == "__main__":
    call, n, *arguments = sys.argv[1:]
    if call == "write":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(n), int(n)))
    else:
        fails_from(call, int(n))
    sys.argv = ["albench", *arguments]
    main()
