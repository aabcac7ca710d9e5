"""What a trial is: the KEY of its trajectory. What is recorded of it is its coverage (``coverage.py``).

KEY is SHA-256 over the canonical JSON of what determines which rows are labelled and what is fitted on them.
Labels, file names, the order of axes, metrics, budgets (but for strategies that look at theirs), the machine
and the number of workers are not part of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from albench.batches import BatchSize
from albench.canonical import encode_canonical

if TYPE_CHECKING:
    from collections.abc import Collection

KEY_VERSION = 1

Fragment = dict[str, Any]

COMPONENTS: tuple[str, ...] = (
    *("preprocessing", "split", "seed_set"),
    *("task_model", "query_model", "strategy", "oracle"),
)
"""Fields of a trial's identity that are fragments of components."""
CODE, INNER = "code", "inner"


def drop_version(fragment: Fragment) -> Fragment:
    """Return what seeds hold of a component.

    Versions and code are part of keys, not of seeds: a trial runs again with the same random numbers.
    """
    return {name: value for name, value in fragment.items() if name not in ("version", CODE)}


def drop_parameters(fragment: Fragment, names: Collection[str]) -> Fragment:
    """Return a fragment without some of its parameters."""
    params = {name: value for name, value in fragment.get("params", {}).items() if name not in names}
    return {**fragment, "params": params} if names and "params" in fragment else fragment


def strip_code(fragment: Fragment) -> Fragment:
    """Return a fragment, and those of components within it, without the code of users' classes."""
    rest = {name: value for name, value in fragment.items() if name != CODE}
    if INNER in rest:
        inner = rest[INNER]
        rest[INNER] = list(map(strip_code, inner)) if isinstance(inner, list) else strip_code(inner)
    return rest


def collect_code(fragment: Fragment) -> dict[str, str]:
    """Return the code of a component and of those within it, by class."""
    code, inner = dict(fragment.get(CODE, {})), fragment.get(INNER, [])
    for part in inner if isinstance(inner, list) else [inner]:
        code |= collect_code(part)
    return code


class SharedFragment(Fragment):
    """A fragment that many identities have; its canonical text is encoded once."""

    @cached_property
    def text(self) -> str:
        """The canonical text."""
        return encode_canonical(self)


@dataclass(frozen=True)
class TrialIdentity:
    """Everything that determines a trial's trajectory.

    Attributes
    ----------
    dataset : str
        Content hash.
    preprocessing, split, seed_set, task_model, query_model, strategy, oracle : dict
        Fragments of the components: name, parameters, version.
    arm : int
        Which random order; 0 for strategies without arms.
    rules : tuple of dict
        Enforced stopping rules.
    budget : int or None
        Only for strategies that look at it.
    ties : {"random", "first"}
        How equal utilities are ordered; part of the key only where it is not ``random``.
    money : float or None
        What labels and training may cost; part of the key only where that ends the trial.
    prices : dict or None
        What things cost; part of the key only where money ends the trial, or the strategy sees prices.
    growth : float or None
        Of batches that grow, of which ``batch_size`` is the first; part of the key only there.
    repeated_share : float or None
        Share of the labels that are bought for rows which are labelled already; part of the key only if set.
    """

    # Without an annotation, which would make it a field, and a part of the key.
    components = COMPONENTS

    dataset: str
    preprocessing: Fragment
    split: Fragment
    split_index: int
    validation: float
    start: int
    seed_size: int
    seed_set: Fragment
    batch_size: int
    task_model: Fragment
    query_model: Fragment
    strategy: Fragment
    arm: int
    oracle: Fragment
    random_state: int
    rules: tuple[Fragment, ...] = ()
    budget: int | None = None
    ties: str = "random"
    money: float | None = None
    prices: Fragment | None = None
    growth: float | None = None
    repeated_share: float | None = None

    @property
    def batches(self) -> BatchSize:
        """How many labels each round buys."""
        return BatchSize(self.batch_size, self.growth or 1.0)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON value whose canonical text is hashed."""
        values = {**_get_fields(self), "rules": list(self.rules), "key_version": KEY_VERSION, "job": "trial"}
        if self.ties == "random":
            del values["ties"]
        for name in ("money", "prices", "growth", "repeated_share"):
            if values[name] is None:
                del values[name]
        return values

    @cached_property
    def key(self) -> str:
        """SHA-256 as 64 hexadecimal digits."""
        return _hash_values(self.to_dict())

    def strip_code(self) -> TrialIdentity | None:
        """Return the same without the code of users' classes; None if it has none."""
        stripped = {name: strip_code(getattr(self, name)) for name in self.components}
        changed: dict[str, Any] = {
            name: value for name, value in stripped.items() if value != getattr(self, name)
        }
        return replace(self, **changed) if changed else None

    def list_classes_of_users(self) -> list[str]:
        """Name the users' classes whose code is part of it."""
        return sorted({name for part in self.components for name in collect_code(getattr(self, part))})


STREAM = "stream"
"""The job of a trial on a stream."""
STREAM_FIELDS = (
    *("dataset", "strategy", "manager", "oracle", "drift", "task_model", "share", "order", "delay"),
    *("n_start", "scale", "learning", "window", "score_every", "random_state"),
)
"""What determines it, beside its repeat."""
HOLDOUT = "holdout"
"""What determines it, too, where rows are kept apart."""


@dataclass(frozen=True, kw_only=True)
class StreamIdentity(TrialIdentity):
    """Everything that determines a trial on a stream; what only pools have is nothing here.

    Attributes
    ----------
    manager, drift : dict
        Fragments of the budget manager and the drift.
    share : float
        The budget, of the rows.
    learning : dict
        How the model learns: nothing label by label, else ``refit_every`` and ``window``.
    window, score_every : int
        Of the metrics.
    holdout : float
        Share of the rows that is kept apart.
    """

    components = ("strategy", "manager", "oracle", "drift", "task_model")

    preprocessing: Fragment = field(default_factory=dict)
    split: Fragment = field(default_factory=dict)
    validation: float = 0.0
    start: int = 0
    seed_size: int = 0
    seed_set: Fragment = field(default_factory=dict)
    batch_size: int = 0
    arm: int = 0
    manager: Fragment
    drift: Fragment
    share: float
    order: str
    delay: int
    n_start: int
    scale: bool
    learning: Fragment
    window: int
    score_every: int
    holdout: float = 0.0

    @property
    def repeat(self) -> int:
        """Which repeat."""
        return self.split_index

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON value whose canonical text is hashed."""
        values = {name: getattr(self, name) for name in STREAM_FIELDS}
        values |= {HOLDOUT: self.holdout} if self.holdout else {}
        return {**values, "repeat": self.repeat, "key_version": KEY_VERSION, "job": STREAM}


@dataclass(frozen=True)
class ReferenceIdentity:
    """Everything that determines a reference: the task model trained on the whole pool.

    ``oracle`` is None for true labels.
    """

    dataset: str
    preprocessing: Fragment
    split: Fragment
    split_index: int
    validation: float
    task_model: Fragment
    oracle: Fragment | None
    random_state: int

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON value whose canonical text is hashed."""
        return {**_get_fields(self), "key_version": KEY_VERSION, "job": "reference"}

    @cached_property
    def key(self) -> str:
        """SHA-256 as 64 hexadecimal digits."""
        return _hash_values(self.to_dict())


def _get_fields(identity: TrialIdentity | ReferenceIdentity) -> dict[str, Any]:
    # Without the copies of dataclasses.asdict: a hundred thousand trials have their keys in seconds.
    return {name: getattr(identity, name) for name in type(identity).__dataclass_fields__}


def _hash_values(values: dict[str, Any]) -> str:
    """Return ``digest(values)``, from the texts that fragments have."""
    import hashlib

    text = ",".join([f'"{name}":{_encode_value(values[name])}' for name in sorted(values)])
    return hashlib.sha256(f"{{{text}}}".encode()).hexdigest()


def _encode_value(value: Any) -> str:
    if type(value) is SharedFragment:
        return value.text
    return str(value) if type(value) is int else encode_canonical(value)
