"""Strategies and models as parameters of a strategy, in the grammar of an entry of a spec."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, cast

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
from albench.errors import ImportPathError
from albench.registry.catalogue import is_import_path
from albench.registry.lookup import RECIPE, builtin, names, recipe, user_class
from albench.spec.messages import did_you_mean, quoted

if TYPE_CHECKING:
    from albench.contracts import PoolView

MAY_NOT_IMPORT = {"import_user_code": False}
"""Validation context in which a user's class is kept by its path, not imported."""


class Unimported(Strategy):
    """A user's strategy inside a wrapper, kept until code may be imported."""

    path: str
    """Import path."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Its parameters, unchecked."""

    def identity(self) -> dict[str, Any]:
        """Return import path and parameters."""
        return {"name": self.path, "params": self.params}


def _split(value: Any, what: str) -> tuple[str, Any]:
    """Return name and parameters of ``name``, ``{name: {parameter: value}}`` or ``{name: scalar}``."""
    if isinstance(value, str):
        return value, None
    if isinstance(value, dict) and len(value) == 1:
        name, given = next(iter(value.items()))
        return str(name), given
    raise ValueError(f"a {what} is a name or {{name: {{parameter: value}}}}")


def _made(cls: type[Component], name: str, given: Any) -> Component:
    if given is not None and not isinstance(given, dict):
        if cls.main is None:
            raise ValueError(f"{quoted(name)} has no main parameter: write {{{name}: {{parameter: value}}}}")
        given = {cls.main: given}
    try:
        return cls.model_validate(given or {})
    except ValidationError as error:
        mistakes = [(".".join(map(str, it["loc"])), it["msg"]) for it in error.errors(include_url=False)]
        told = "; ".join(f"{quoted(name)}: {f'{where}: ' if where else ''}{text}" for where, text in mistakes)
        raise ValueError(told) from error


def _strategy(value: Any, info: ValidationInfo) -> Strategy:
    if isinstance(value, Strategy):
        return value
    name, given = _split(value, "strategy")
    context = info.context or {}
    if not is_import_path(name):
        if name not in names("strategy"):
            hint = did_you_mean(name, names("strategy"), "albench list strategies")
            raise ValueError(f"no strategy {quoted(name)}; {hint}")
        cls = builtin("strategy", name)
    elif context.get("import_user_code", True):
        cls = _user_class(name, context.get("folder", Path()))
    else:
        params = given if isinstance(given, dict) else {} if given is None else {"": given}
        return Unimported(path=name, params=params)
    return cast("Strategy", _made(cls, name, given))


def _user_class(name: str, folder: Path) -> type[Component]:
    try:
        return user_class(Strategy, name, folder)
    except ImportPathError as error:
        raise ValueError(str(error)) from error


def _written(strategy: Strategy, info: SerializationInfo) -> Any:
    """Return the entry from which an equal strategy is made, for a key or for another process."""
    if info.context == RECIPE:
        made = recipe(strategy)
        name, params = made["class"], made["params"]
    else:
        identity = strategy.identity()
        name, params = identity["name"], identity.get("params")
    return {name: params} if params else name


def _scoring(strategy: Strategy) -> Strategy:
    if type(strategy).utilities is Strategy.utilities and not isinstance(strategy, Unimported):
        name = quoted(type(strategy).name or type(strategy).__name__)
        raise ValueError(f"{name} builds batches and gives no utilities, which are needed here")
    return strategy


def _model(value: Any) -> Model:
    from albench.models.names import MODELS

    if isinstance(value, Model):
        return value
    if isinstance(value, dict) and "estimator" in value:
        return Model.model_validate(value)
    name, given = _split(value, "model")
    if given is not None and not isinstance(given, dict):
        raise ValueError(f"write {{{name}: {{parameter: value}}}}")
    if name in MODELS:
        return MODELS[name].model(given or {})
    if not is_import_path(name):
        raise ValueError(f"no model {quoted(name)}; {did_you_mean(name, MODELS, 'albench list models')}")
    return Model(estimator=name, params=given or {})


InnerStrategy = Annotated[
    Strategy,
    PlainValidator(_strategy, json_schema_input_type=str | dict[str, Any]),
    PlainSerializer(_written),
]
"""Any strategy: a name, ``{name: {parameter: value}}``, ``{name: scalar}`` or an instance."""

ScoringStrategy = Annotated[InnerStrategy, AfterValidator(_scoring)]
"""A strategy that gives utilities, rather than batches alone."""

InnerModel = Annotated[
    Model,
    PlainValidator(_model, json_schema_input_type=str | dict[str, Any]),
    PlainSerializer(Component.parameters),
]
"""Any model: a short name, an import path, or ``{name: {parameter: value}}``."""


class Wrapper(Strategy):
    """Base of strategies that change what another strategy does."""

    family: ClassVar[str] = "wrapper"
    main: ClassVar[str | None] = "strategy"

    strategy: InnerStrategy
    """The strategy that is wrapped: a name, or ``{name: {parameter: value}}``."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        """Read ``{wrapper: {qbc: kl}}`` as ``{wrapper: {strategy: {qbc: kl}}}``."""
        if isinstance(data, dict) and len(data) == 1:
            name = str(next(iter(data)))
            known = name not in cls.model_fields and (is_import_path(name) or name in names("strategy"))
            return {"strategy": data} if known else data
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
