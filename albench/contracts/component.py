"""What every component is: a small frozen class with a name, a version and parameters."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from albench.contracts.preprocessing import format_path
from albench.lasting_names import find_lasting_path

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Rows = NDArray[np.intp]

RECIPE = {"for": "recipe"}
"""Serialisation context: import paths lead to files wherever they are, as another process needs them."""

Kind = Literal[
    "dataset",
    "model",
    "strategy",
    "seed_set",
    "oracle",
    "split",
    "metric",
    "signal",
    "stopping_rule",
    "stream_strategy",
    "budget_manager",
    "drift",
]

CostClass = Literal["constant", "linear", "quadratic", "refits"]

CommitteeMethod = Literal["bagging", "random_subspace", "mc_dropout"]

Task = Literal["classification", "regression"]


class Need(StrEnum):
    """What a strategy asks of the trial; it is computed only when asked for."""

    PROBA = "proba"
    """Class probabilities of the candidates by the query model."""
    DECISION = "decision"
    """Decision values of the candidates by the query model."""
    MODEL = "model"
    """The fitted query model itself."""
    EMBEDDING = "embedding"
    """The query model's representation of the pool; the features where it has none."""
    COMMITTEE = "committee"
    """Class probabilities of the candidates by several models."""
    DROPOUT = "dropout"
    """The query model under random dropout masks."""
    LABELS = "labels"
    """The labels given so far."""
    PRICES = "prices"
    """What the label of each candidate costs, as far as that is known before it is asked for."""
    TRUTH = "truth"
    """Hidden labels. For upper bounds and controls, which are shown apart and never ranked."""


MODEL_NEEDS = frozenset({Need.PROBA, Need.DECISION, Need.MODEL, Need.EMBEDDING, Need.COMMITTEE, Need.DROPOUT})


class Component(BaseModel):
    """Base of everything that a spec can name.

    Attributes
    ----------
    kind : str
        Which axis or setting it belongs to.
    name : str
        What the spec calls it; empty for base classes and for components from a user's own module.
    identity_name : str
        What identities call a class of albench that has no name, for good: it may move to another module.
    version : int
        Raised by hand when the component's output changes; part of a trial's identity.
    main : str or None
        The parameter that ``{name: scalar}`` sets.
    reference : str
        Author, year, title of the method, or empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    kind: ClassVar[Kind]
    name: ClassVar[str] = ""
    identity_name: ClassVar[str] = ""
    version: ClassVar[int] = 1
    main: ClassVar[str | None] = None
    reference: ClassVar[str] = ""

    def parameters(self) -> dict[str, Any]:
        """Parameters that differ from their defaults, as JSON values."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def identity(self) -> dict[str, Any]:
        """What this component is, without its version: name (or class path) and parameters."""
        return {"name": type(self).name or class_path(type(self)), **_format_items(params=self.parameters())}

    def fragment(self) -> dict[str, Any]:
        """The component's part of a trial's key: identity, version, and the code of what is in users' files.

        A class whose body gives its ``version`` has no other mark of its code.
        """
        return {
            **self.identity(),
            "version": type(self).version,
            **_format_items(code=self.describe_code()),
        }

    def describe_code(self) -> dict[str, str]:
        """Return what users' classes that it is made of hold, by ``file.py:Class``; of ours, nothing."""
        cls = type(self)
        code: dict[str, str] = {}
        file = getattr(sys.modules.get(cls.__module__), "ALBENCH_FILE", None)
        params = self.model_dump(mode="json", exclude_defaults=True, context=RECIPE)
        if file is None and ".py:" not in str(params):
            return code
        from albench.contracts.source_code import describe_class, describe_code, has_own_version

        if not has_own_version(cls):
            code |= describe_class(cls)
        return code | describe_code(params)


def class_path(cls: type) -> str:
    """Return the class's own ``identity_name``, or else where it stands.

    That is ``package.module.Class``, or ``file.py:Class`` for a class from a file beside the spec.
    """
    # Not an inherited one: a user's subclass computes something else.
    if name := vars(cls).get("identity_name"):
        return str(name)
    file = getattr(sys.modules[cls.__module__], "ALBENCH_FILE", None)
    if file is None:
        return f"{cls.__module__}.{cls.__qualname__}"
    return f"{PurePath(file).name}:{cls.__qualname__}"


def _format_value(params: Any) -> Any:
    """Return parameters with nested classes from files named without the folders of these."""
    if isinstance(params, dict):
        return {
            format_path(key) if ".py:" in key else find_lasting_path(key): _format_value(value)
            for key, value in params.items()
        }
    return [_format_value(value) for value in params] if isinstance(params, list) else params


def _format_items(**items: Any) -> dict[str, Any]:
    return {key: value for key, value in items.items() if value}
