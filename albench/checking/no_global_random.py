"""A context in which drawing from global random state fails."""

from __future__ import annotations

import random
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.errors import StrategyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PYTHON = ("random", "randint", "randrange", "choice", "choices", "sample", "shuffle", "uniform", "gauss")


def _make_refusal(name: str) -> Callable[..., Any]:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        del args, kwargs
        raise StrategyError(f"{name} is the same for all: draw from pool.rng, or seed with pool.rng.integers")

    return refuse


class RefusingGenerator:
    """Stands in for numpy's hidden generator, which scikit-learn takes where no seed is given."""

    def __getattr__(self, name: str) -> Any:
        return _make_refusal(f"numpy.random.{name}")


@contextmanager
def forbid_global_randomness() -> Iterator[None]:
    """Make numpy's and Python's global generators raise, and generators without a seed, too."""
    legacy = [name for name in dir(np.random.RandomState) if not name.startswith("_")]
    changes: list[tuple[Any, str, Any]] = [
        (np.random, name, _make_refusal(f"numpy.random.{name}"))
        for name in legacy
        if hasattr(np.random, name)
    ]
    changes += [(random, name, _make_refusal(f"random.{name}")) for name in _PYTHON]
    changes += [
        (np.random.mtrand, "_rand", RefusingGenerator()),
        (np.random, "default_rng", _make_seeded_generator),
    ]
    before = [getattr(owner, name) for owner, name, _ in changes]
    try:
        for owner, name, value in changes:
            setattr(owner, name, value)
        yield
    finally:
        for (owner, name, _), value in zip(changes, before, strict=True):
            setattr(owner, name, value)


def _make_seeded_generator(seed: Any = None) -> np.random.Generator:
    # The constructor of numpy is replaced meanwhile, so its generators are made here.
    if seed is None:
        raise StrategyError("default_rng() without a seed: draw from pool.rng")
    if isinstance(seed, np.random.Generator):
        return seed
    if isinstance(seed, np.random.BitGenerator):
        return np.random.Generator(seed)
    return np.random.Generator(np.random.PCG64(seed))
