"""Strategies that leave something behind in their process, on the wine data; each takes the first rows."""

from __future__ import annotations

import os
import resource
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn import set_config

from albench import Strategy

KEPT = []


class Leaky(Strategy):
    """Takes candidates in their order, and leaves something behind where there are thirteen features."""

    def utilities(self, pool, state):
        if pool.n_features == 13 and pool.round == 1:
            self.leave_behind()
        return -pool.candidates.astype(float)

    def leave_behind(self):
        raise NotImplementedError


class RaisesOnErrors(Leaky):
    """Lets numpy raise, and Python take warnings for errors."""

    def leave_behind(self):
        np.seterr(all="raise")
        warnings.simplefilter("error")
        set_config(transform_output="pandas")


class LowersLimits(Leaky):
    """Allows this process few open files, and no files to write."""

    def leave_behind(self):
        for limit, soft in ((resource.RLIMIT_NOFILE, 3), (resource.RLIMIT_FSIZE, 0)):
            resource.setrlimit(limit, (soft, resource.getrlimit(limit)[1]))


class LeavesAProcess(Leaky):
    """Leaves a process behind that is nobody's child, and in no group or session of others."""

    def leave_behind(self):
        if os.fork():
            os.wait()
            return
        os.setsid()
        if process := os.fork():
            Path("orphans").mkdir(exist_ok=True)
            (Path("orphans") / str(process)).touch()
            os._exit(0)
        time.sleep(600)
        os._exit(0)


class KeepsMemory(Leaky):
    """Keeps 500 MB in its module."""

    def leave_behind(self):
        KEPT.append(np.ones(62_500_000))


class KeepsFiles(Leaky):
    """Keeps files open until no more can be opened."""

    def leave_behind(self):
        try:
            while True:
                KEPT.append(os.open(os.devnull, os.O_RDONLY))
        except OSError:
            return
