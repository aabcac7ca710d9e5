"""One contract test of a component, and the report of all of them."""

from __future__ import annotations

import re
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from albench.checking.no_global_random import forbid_global_randomness
from albench.errors import describe_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from albench.checking.cost import CostCurve
    from albench.contracts import Component, Floats, Rows


@dataclass(frozen=True)
class ContractCheck:
    """One contract test.

    Attributes
    ----------
    remark : str
        Why it failed or was not tried; of a passed one, what the component warned of.
    tried : bool
        False where the component says that it cannot be asked for that; it is not passed then.
    """

    name: str
    passed: bool
    remark: str
    seconds: float
    tried: bool = True


@dataclass(frozen=True)
class CheckReport:
    """The contract tests of a component and, of a strategy, what a query costs."""

    component: Component
    checks: tuple[ContractCheck, ...]
    cost: CostCurve | None = None

    @property
    def passed(self) -> bool:
        """True if every check passed that was tried, and one that runs the component was."""
        tried = [check for check in self.checks if check.tried]
        # One of them looks at the class alone.
        return len(tried) > 1 and all(check.passed for check in tried)


def time_test(name: str, test: Callable[[], tuple[bool, str]]) -> ContractCheck:
    """Run a test that says itself what is wrong."""
    start = time.process_time()
    passed, remark = test()
    return ContractCheck(name, passed, remark, time.process_time() - start)


def run_test(name: str, test: Callable[[], str | None], cls: type) -> ContractCheck:
    """Run a test of a component of class ``cls``; what is wrong is what it returns or raises."""

    def run() -> tuple[bool, str]:
        try:
            # What is imported on first use may draw as it likes; a test is cheap.
            test()
            with forbid_global_randomness():
                remark = test()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever the code of others raises is its failure
            return False, locate(describe_error(error), cls, "".join(traceback.format_exception(error)))
        return not remark, remark or ""

    return time_test(name, run)


def locate(reason: str, cls: type, traceback_text: str) -> str:
    """Add to a reason the last line of the class's file that a traceback names."""
    # A class that was made in a notebook has no file.
    file = getattr(sys.modules[cls.__module__], "__file__", None) or ""
    lines = re.findall(rf'File "{re.escape(file)}", line (\d+)', traceback_text)
    return f"{reason}, at line {lines[-1]} of {Path(file).name}" if lines else reason


def check_docstring(cls: type, base: type, advice: str) -> str | None:
    """Say that a class has no docstring of its own; None if it has one."""
    text = (cls.__doc__ or "").strip()
    return None if text and cls.__doc__ != base.__doc__ else f"the class needs a docstring: {advice}"


def soften(labels: Rows, n_classes: int) -> Floats:
    """Return nine tenths of each row's class, and one tenth of all classes alike."""
    return np.asarray(0.9 * np.eye(n_classes)[labels] + 0.1 / n_classes)


def make_read_only(array: np.ndarray) -> np.ndarray:
    """Return a copy that cannot be written to, as a trial hands it out."""
    copy = np.array(array)
    copy.flags.writeable = False
    return copy
