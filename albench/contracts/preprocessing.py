"""What becomes of a dataset's columns before a model sees them, as a spec declares it.

``standard``, ``passthrough``, ``tfidf`` and ``sentences`` for texts, an import path of a scikit-learn
transformer (for all columns together), or a mapping of ``numeric``, ``categorical``, ``text`` and ``then`` to
one of these or to a list of import paths, beside ``drop`` with the kinds of columns that are left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection  # noqa: TC003
from pathlib import Path, PurePath
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema, model_serializer, model_validator

from albench.contracts.entry import is_class_path, split_entry
from albench.lasting_names import find_lasting_path

NAME = "declared"
VERSION = 1
STANDARD = {"name": "standard", "version": 1}
"""Part of a trial's identity where nothing is declared; the version is raised when the arrays change."""
COLUMN_KINDS = ("numeric", "categorical", "text")
KINDS = (*COLUMN_KINDS, "then")
_SHORT = {
    "sentences": "albench.prepared.sentences.SentenceEmbedding",
    "tfidf": "sklearn.feature_extraction.text.TfidfVectorizer",
}
"""Short names of what is done to texts."""
_WHOLE = ("standard", "passthrough")
"""Names of what is done to all columns."""
_CLASS = re.compile(r"[.:]")


class Step(BaseModel):
    """A scikit-learn transformer and its parameters, written ``import.path`` or ``{import.path: {...}}``.

    Attributes
    ----------
    transformer : str
        Import path, or the path of a file with ``:Class``.
    params : dict
        Constructor parameters.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    transformer: str
    params: dict[str, Any] = {}

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        is_step = isinstance(value, dict) and set(value) & set(cls.model_fields)
        if is_step or not isinstance(value, str | dict):
            return value
        entry = split_entry(value)
        if entry is None:
            raise ValueError("a step is an import path or {import path: {parameter: value}}")
        path, params = entry
        path = _SHORT.get(path, path)
        if not is_class_path(path):
            choice = "'standard', 'passthrough', 'tfidf', 'sentences' or the import path of a transformer"
            raise ValueError(f"'{path}' is none of {choice}")
        return {"transformer": path, "params": params or {}}

    @model_serializer
    def _normalise_steps(self) -> dict[str, Any]:
        return {self.transformer: self.params}

    def identity(self) -> dict[str, Any]:
        """Return import path and parameters; of a file, its name alone."""
        return {format_path(self.transformer): self.params}


def _chain(value: Any) -> Any:
    if value in (None, "standard"):
        return None
    if value == "passthrough":
        return ()
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _list_kinds(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value or ()


ColumnKind = Literal["numeric", "categorical", "text"]
Chain = Annotated[tuple[Step, ...] | None, BeforeValidator(_chain)]
"""Steps one after the other; no steps leave the columns as they are, None is the standard treatment."""


class Preprocessing(BaseModel):
    """Steps by kind of column, all fitted on the pool's features alone.

    Attributes
    ----------
    numeric : tuple of Step or None
        None: median and standardise; sparse columns are divided by their largest absolute value instead.
    categorical : tuple of Step or None
        None: most frequent and one-hot. Steps see codes as numbers, not-a-number where one is missing.
    text : tuple of Step or None
        None: TF-IDF. The first step sees texts.
    then : tuple of Step
        What is done to all of that together.
    drop : tuple of {"numeric", "categorical", "text"}
        Kinds of columns that are left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    numeric: Chain = None
    categorical: Chain = None
    text: Chain = None
    then: Annotated[tuple[Step, ...], BeforeValidator(lambda value: _chain(value) or ())] = ()
    drop: Annotated[tuple[ColumnKind, ...], BeforeValidator(_list_kinds)] = ()

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if value is None:
            return {}
        if isinstance(value, dict) and len(value) == 1 and (name := next(iter(value))) in _WHOLE:
            # As resolved specs write it, to give it a label.
            value = name
        if value == "standard":
            return {}
        if value == "passthrough":
            return {"numeric": (), "categorical": ()}
        if isinstance(value, dict) and (not value or set(value) & {*KINDS, "drop"} or len(value) > 1):
            return value
        entry = split_entry(value)
        return {"text" if entry and entry[0] in _SHORT else "then": value}

    @model_validator(mode="after")
    def _check_kinds(self) -> Preprocessing:
        if self.text == ():
            raise ValueError(
                "text cannot pass through: give 'text' a transformer, or leave it out for TF-IDF"
            )
        for kind in self.drop:
            if getattr(self, kind) is not None:
                raise ValueError(f"'{kind}' has steps and is in 'drop', too")
        return self

    @model_serializer(mode="wrap")
    def _leave_out_nothing(self, serialize: Any) -> dict[str, Any]:
        fields: dict[str, Any] = serialize(self)
        return fields if self.drop else {name: value for name, value in fields.items() if name != "drop"}

    @property
    def steps(self) -> tuple[Step, ...]:
        """All declared steps."""
        return tuple(step for kind in KINDS for step in getattr(self, kind) or ())

    def fragment(self) -> dict[str, Any]:
        """Return its part of a trial's identity."""
        standard = Preprocessing()
        if self == standard:
            return dict(STANDARD)
        chains = {
            name: [step.identity() for step in getattr(self, name)]
            for name in KINDS
            if getattr(self, name) != getattr(standard, name)
        }
        if self.drop:
            chains["drop"] = list(self.drop)
        fragment = {"name": NAME, "version": VERSION, "params": chains}
        if ".py:" in str(chains):
            from albench.contracts.source_code import describe_code

            steps = [{step.transformer: step.params} for step in self.steps]
            if code := describe_code(steps):
                fragment["code"] = code
        return fragment

    def located(self, folder: Path) -> Preprocessing:
        """Return the same with the files of ``./file.py:Class`` in full, for another process."""

        def full(step: Step) -> Step:
            file, colon, name = step.transformer.rpartition(":")
            path = f"{(folder / file).resolve()}:{name}" if colon else step.transformer
            return Step(transformer=path, params=step.params)

        def chain(kind: str) -> Any:
            steps = getattr(self, kind)
            return None if steps is None else tuple(map(full, steps))

        return Preprocessing.model_validate({**{kind: chain(kind) for kind in KINDS}, "drop": self.drop})

    def describe(self) -> str:
        """Return what tables call it where the spec gives no label: its steps, by the kind of columns."""
        if self == Preprocessing():
            return "standard"
        if self == Preprocessing.model_validate("passthrough"):
            return "passthrough"
        chains = {kind: _describe_chain(getattr(self, kind)) for kind in KINDS if getattr(self, kind)}
        chains |= {kind: "passthrough" for kind in COLUMN_KINDS if getattr(self, kind) == ()}
        # What is done to texts or to everything goes without saying where it is all that is done.
        if not self.drop and chains.keys() in ({"text"}, {"then"}):
            return next(iter(chains.values()))
        parts = [f"{kind}: {text}" for kind, text in chains.items()]
        return ", ".join([*parts, *(f"no {kind}" for kind in self.drop)])

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of all steps together, by which equal labels are told apart."""
        return {name: value for step in self.steps for name, value in step.params.items()}

    def find_misfit(self, kinds: Collection[str]) -> str:
        """Say why it makes no sense for a dataset with some kinds of columns; empty if it does.

        Parameters
        ----------
        kinds : collection of {"numeric", "categorical", "text"}
        """
        if kinds and not set(kinds) - set(self.drop):
            return "it drops every column"
        named = [kind for kind in COLUMN_KINDS if getattr(self, kind) is not None or kind in self.drop]
        if named and not self.then and not set(kinds) & set(named):
            return f"it is for {' and '.join(named)} columns, and there are none"
        return ""


def _describe_chain(steps: tuple[Step, ...]) -> str:
    short = {path: name for name, path in _SHORT.items()}
    return " + ".join(short.get(step.transformer) or _CLASS.split(step.transformer)[-1] for step in steps)


def format_path(path: str) -> str:
    """Return an import path as identities name it: a file without its folders."""
    file, colon, name = path.rpartition(":")
    return f"{PurePath(file).name}:{name}" if colon else find_lasting_path(path)


_STEP = {
    "anyOf": [
        {"type": "string"},
        {"type": "object", "maxProperties": 1, "description": "{import path: {parameter: value}}"},
    ]
}
_STEPS = {"anyOf": [*_STEP["anyOf"], {"type": "array", "items": _STEP}, {"type": "null"}]}
SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"enum": [*_WHOLE, *_SHORT]},
        {
            "type": "object",
            "properties": {
                "numeric": {**_STEPS, "description": "Numbers (default: median, then standardise)."},
                "categorical": {**_STEPS, "description": "Names (default: most frequent, then one-hot)."},
                "text": {**_STEPS, "description": "Texts (default: tfidf); 'sentences' for an embedding."},
                "then": {**_STEPS, "description": "What is done to all columns together."},
                "drop": {
                    "anyOf": [
                        {"enum": [*COLUMN_KINDS]},
                        {"type": "array", "items": {"enum": [*COLUMN_KINDS]}},
                    ],
                    "description": "Kinds of columns that are left out.",
                },
            },
            "additionalProperties": False,
        },
        *_STEP["anyOf"],
        {"type": "null"},
    ]
}
"""How an editor checks it."""
_LABEL = {"type": "string", "minLength": 1, "description": "What tables and figures call it."}
LABELLED_SCHEMA: dict[str, Any] = {
    "anyOf": [
        SCHEMA["anyOf"][0],
        {**SCHEMA["anyOf"][1], "properties": {**SCHEMA["anyOf"][1]["properties"], "label": _LABEL}},
        {"type": "string"},
        {
            "type": "object",
            "maxProperties": 2,
            "description": "{import path: {parameter: value}, label: ...}",
        },
    ]
}
"""The same as a value of an axis."""

Declared = Annotated[Preprocessing | None, WithJsonSchema(SCHEMA)]
"""A field that holds one, or nothing."""
