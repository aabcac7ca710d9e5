"""Strategies and models as parameters of a strategy, in the grammar of an entry of a spec."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import (
    AfterValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    SerializationInfo,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from albench.contracts import Component, Model, Need, Shared, Strategy
from albench.contracts.component import RECIPE
from albench.contracts.entry import join_entry, split_entry
from albench.errors import ImportPathError
from albench.registry.aliases import suggest_entry
from albench.registry.catalogue import is_import_path
from albench.registry.imports import locate_file
from albench.registry.lookup import get_builtin, import_user_class, list_names, make_recipe
from albench.spec.validation import describe_mistakes
from albench.text import quote

if TYPE_CHECKING:
    from albench.contracts import PoolView, Rows
    from albench.ordering import Picks


class UnimportedStrategy(Strategy):
    """A user's strategy inside a wrapper, kept until code may be imported."""

    path: str
    """Import path."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Its parameters, unchecked."""

    def identity(self) -> dict[str, Any]:
        """Return import path and parameters."""
        return {"name": self.path, "params": self.params}


def _split_entry(value: Any, what: str) -> tuple[str, Any]:
    entry = split_entry(value)
    if entry is None:
        raise ValueError(f"a {what} is a name or {{name: {{parameter: value}}}}")
    return entry


def make_component(cls: type[Component], name: str, params: Any) -> Component:
    """Return a component with the parameters of an entry; a value alone is that of the main parameter."""
    if params is not None and not isinstance(params, dict):
        if cls.main is None:
            raise ValueError(f"{quote(name)} has no main parameter: write {{{name}: {{parameter: value}}}}")
        params = {cls.main: params}
    try:
        return cls.model_validate(params or {})
    except ValidationError as error:
        raise ValueError(describe_mistakes(error, cls, name, params or {})) from error


def _validate_strategy(value: Any, info: ValidationInfo) -> Strategy:
    if isinstance(value, Strategy):
        return value
    name, params = _split_entry(value, "strategy")
    context = info.context or {}
    if not is_import_path(name):
        if name not in list_names("strategy"):
            hint = suggest_entry("strategy", name, "albench list strategies")
            raise ValueError(f"no strategy {quote(name)}; {hint}")
        cls = get_builtin("strategy", name)
    else:
        try:
            if not context.get("import_user_code", True):
                return _keep_unimported(name, params, context)
            cls = import_user_class(Strategy, name, context.get("folder", Path()))
        except ImportPathError as error:
            raise ValueError(str(error)) from error
    return cast("Strategy", make_component(cls, name, params))


def _keep_unimported(name: str, params: Any, context: dict[str, Any]) -> UnimportedStrategy:
    if (file := name.rpartition(":")[0]) and "folder" in context:
        locate_file(file, context["folder"])
    # Which parameter is the main one, the class alone can say.
    named_params = params if isinstance(params, dict) else {} if params is None else {"": params}
    return UnimportedStrategy(path=name, params=named_params)


def _serialise_strategy(strategy: Strategy, info: SerializationInfo) -> Any:
    """Return the entry from which an equal strategy is made, for a key or for another process."""
    if info.context == RECIPE:
        entry = make_recipe(strategy)
        name, params = entry["class"], entry["params"]
    else:
        identity = strategy.identity()
        name, params = identity["name"], identity.get("params")
    return join_entry(name, params)


def _require_utilities(strategy: Strategy) -> Strategy:
    # Of a class that is not imported yet, it is not known.
    if type(strategy).utilities is Strategy.utilities and not isinstance(strategy, UnimportedStrategy):
        name = quote(type(strategy).name or type(strategy).__name__)
        raise ValueError(f"{name} builds batches and gives no utilities, which are needed here")
    return strategy


def _validate_model(value: Any) -> Model:
    from albench.models.names import MODELS

    if isinstance(value, Model):
        return value
    if isinstance(value, dict) and "estimator" in value:
        return Model.model_validate(value)
    name, params = _split_entry(value, "model")
    if params is not None and not isinstance(params, dict):
        raise ValueError(f"write {{{name}: {{parameter: value}}}}")
    if name in MODELS:
        return MODELS[name].make_model(params or {})
    if not is_import_path(name):
        raise ValueError(f"no model {quote(name)}; {suggest_entry('model', name, 'albench list models')}")
    return Model(estimator=name, params=params or {})


InnerStrategy = Annotated[
    Strategy,
    PlainValidator(_validate_strategy, json_schema_input_type=str | dict[str, Any]),
    PlainSerializer(_serialise_strategy),
]
"""Any strategy: a name, ``{name: {parameter: value}}``, ``{name: scalar}`` or an instance."""

ScoringStrategy = Annotated[InnerStrategy, AfterValidator(_require_utilities)]
"""A strategy that gives utilities, rather than batches alone."""

InnerModel = Annotated[
    Model,
    PlainValidator(_validate_model, json_schema_input_type=str | dict[str, Any]),
    PlainSerializer(Component.parameters),
]
"""Any model: a short name, an import path, or ``{name: {parameter: value}}``."""


class Wrapper(Strategy):
    """Base of strategies that change what another strategy does."""

    family = "wrapper"
    main = "strategy"

    strategy: InnerStrategy
    """The strategy that is wrapped: a name, or ``{name: {parameter: value}}``."""

    @model_validator(mode="before")
    @classmethod
    def _expand_short_form(cls, data: Any) -> Any:
        """Read ``{wrapper: {qbc: kl}}`` as ``{wrapper: {strategy: {qbc: kl}}}``."""
        if isinstance(data, dict) and len(data) == 1:
            name = str(next(iter(data)))
            is_strategy = is_import_path(name) or name in list_names("strategy")
            # A parameter of the wrapper comes first: it may be called like a strategy.
            return {"strategy": data} if is_strategy and name not in cls.model_fields else data
        return data

    def inner(self) -> tuple[Strategy, ...]:
        """Return what it wraps."""
        return (self.strategy,)

    def required(self) -> frozenset[Need]:
        """Return its own needs and those of what it wraps."""
        return type(self).needs | self.strategy.required()

    def shares(self) -> tuple[Shared, ...]:
        """Return what the wrapped strategy shares."""
        return self.strategy.shares()

    def fragment(self) -> dict[str, Any]:
        """Return its identity and version, and those of what it wraps."""
        return {**super().fragment(), "inner": self.strategy.fragment()}

    def start(self, pool: PoolView) -> Any:
        """Return the memory of the wrapped strategy."""
        return self.strategy.start(pool)


class Subsampling(Wrapper):
    """Base of wrappers that show the wrapped strategy a part of the candidates."""

    def select_among(self, pool: PoolView, state: Any, keep: Rows, n: int) -> Picks:
        """Let the wrapped strategy choose among the candidates at positions ``keep``, ascending."""
        picks = self.strategy.select(pool.among(keep), state, n)
        return picks._replace(candidates=keep[picks.candidates])
