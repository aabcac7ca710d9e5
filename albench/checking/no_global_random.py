"""Random numbers from nowhere, made to fail."""

from __future__ import annotations

import random
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.errors import StrategyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PYTHON = ("random", "randint", "randrange", "choice", "choices", "sample", "shuffle", "uniform", "gauss")


def _refuse(name: str) -> Callable[..., Any]:
    def refused(*args: Any, **kwargs: Any) -> Any:
        del args, kwargs
        raise StrategyError(f"{name} is the same for all: draw from pool.rng, or seed with pool.rng.integers")

    return refused


class _Refusing:
    """In the place of numpy's hidden generator, which scikit-learn takes where no seed is given."""

    def __getattr__(self, name: str) -> Any:
        return _refuse(f"numpy.random.{name}")


@contextmanager
def no_global_randomness() -> Iterator[None]:
    """Make numpy's and Python's global generators raise, and generators without a seed, too."""
    legacy = [name for name in dir(np.random.RandomState) if not name.startswith("_")]
    changes: list[tuple[Any, str, Any]] = [
        (np.random, name, _refuse(f"numpy.random.{name}")) for name in legacy if hasattr(np.random, name)
    ]
    changes += [(random, name, _refuse(f"random.{name}")) for name in _PYTHON]
    changes += [(np.random.mtrand, "_rand", _Refusing()), (np.random, "default_rng", _seeded)]
    before = [getattr(owner, name) for owner, name, _ in changes]
    try:
        for owner, name, value in changes:
            setattr(owner, name, value)
        yield
    finally:
        for (owner, name, _), value in zip(changes, before, strict=True):
            setattr(owner, name, value)


def _seeded(seed: Any = None) -> np.random.Generator:
    if seed is None:
        raise StrategyError("default_rng() without a seed: draw from pool.rng")
    if isinstance(seed, np.random.Generator):
        return seed
    if isinstance(seed, np.random.BitGenerator):
        return np.random.Generator(seed)
    return np.random.Generator(np.random.PCG64(seed))
