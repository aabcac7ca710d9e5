"""Strategies that misbehave, each in its own way, on the wine data; on others they take the first rows."""

from __future__ import annotations

import ctypes
import os
import random
import signal
import sys
import threading
import time

import numpy as np

from albench import Strategy


class Bad(Strategy):
    """Takes candidates in their order, and misbehaves where there are thirteen features."""

    def utilities(self, pool, state):
        if pool.features.shape[1] == 13 and pool.round == 1:
            self.misbehave()
        return -pool.candidates.astype(float)

    def misbehave(self):
        raise NotImplementedError


class LoopsForEver(Bad):
    """An endless loop in Python."""

    def misbehave(self):
        while True:
            time.sleep(0.01)


class IgnoresTheAlarm(Bad):
    """An endless loop that no alarm reaches."""

    def misbehave(self):
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        while True:
            time.sleep(0.01)


class Allocates(Bad):
    """Takes memory without end."""

    def misbehave(self):
        kept = []
        while True:
            kept.append(np.ones(10_000_000))


class Exits(Bad):
    """Ends its process."""

    def misbehave(self):
        os._exit(7)


class CallsSysExit(Bad):
    """Ends the program, as if all were well."""

    def misbehave(self):
        sys.exit(0)


class InterruptsItself(Bad):
    """Raises what Ctrl-C raises."""

    def misbehave(self):
        raise KeyboardInterrupt


class ClosesItsFiles(Bad):
    """Closes the pipe through which its record would go."""

    def misbehave(self):
        os.closerange(3, 200)


class HoldsTheInterpreter(Bad):
    """Sleeps for long in C, where no thread of its process gets a turn."""

    def misbehave(self):
        ctypes.PyDLL(None).sleep(3600)


class Segfaults(Bad):
    """Reads address 0."""

    def misbehave(self):
        ctypes.string_at(0)


class RaisesWhatCannotBePickled(Bad):
    """Raises an exception that holds an open file."""

    def misbehave(self):
        class LocalError(Exception):
            pass

        raise LocalError(lambda: sys.stdin)


class Prints(Bad):
    """Prints a megabyte, then goes on."""

    def misbehave(self):
        sys.stdout.write("x" * 2**20)
        sys.stderr.write("y" * 2**20)


class ChangesTheWorld(Bad):
    """Changes the working directory and every global random state, then goes on."""

    def misbehave(self):
        os.chdir("/")
        np.random.seed(1)  # noqa: NPY002 - what must not be done
        random.seed(1)


class LeavesAThread(Bad):
    """Leaves a thread behind that a process waits for at its end, then goes on."""

    def misbehave(self):
        threading.Thread(target=time.sleep, args=(3600,)).start()


class Forks(Bad):
    """Leaves a child behind, then goes on."""

    def misbehave(self):
        if os.fork() == 0:
            os._exit(0)
