"""What becomes of a dataset's columns before a model sees them, as a spec declares it.

``standard``, ``passthrough``, an import path of a scikit-learn transformer (for all columns together), or a
mapping of ``numeric``, ``categorical``, ``text`` and ``then`` to one of these or to a list of import paths.
"""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema, model_serializer, model_validator

from albench.contracts.entry import is_class_path, split_entry
from albench.lasting_names import find_lasting_path

NAME = "declared"
VERSION = 1
STANDARD = {"name": "standard", "version": 1}
"""Part of a trial's identity where nothing is declared; the version is raised when the arrays change."""
KINDS = ("numeric", "categorical", "text", "then")
_SHORT = {"sentences": "albench.prepared.sentences.SentenceEmbedding"}


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
            choice = "'standard', 'passthrough', 'sentences' (for text) or the import path of a transformer"
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
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    numeric: Chain = None
    categorical: Chain = None
    text: Chain = None
    then: Annotated[tuple[Step, ...], BeforeValidator(lambda value: _chain(value) or ())] = ()

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if value in (None, "standard"):
            return {}
        if value == "passthrough":
            return {"numeric": (), "categorical": ()}
        if isinstance(value, dict) and (not value or set(value) & set(KINDS) or len(value) > 1):
            return value
        return {"then": value}

    @model_validator(mode="after")
    def _text_becomes_numbers(self) -> Preprocessing:
        if self.text == ():
            raise ValueError(
                "text cannot pass through: give 'text' a transformer, or leave it out for TF-IDF"
            )
        return self

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

        return Preprocessing.model_validate({kind: chain(kind) for kind in KINDS})


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
        {"enum": ["standard", "passthrough"]},
        {
            "type": "object",
            "properties": {
                "numeric": {**_STEPS, "description": "Numbers (default: median, then standardise)."},
                "categorical": {**_STEPS, "description": "Names (default: most frequent, then one-hot)."},
                "text": {**_STEPS, "description": "Texts (default: TF-IDF); 'sentences' for an embedding."},
                "then": {**_STEPS, "description": "What is done to all columns together."},
            },
            "additionalProperties": False,
        },
        *_STEP["anyOf"],
        {"type": "null"},
    ]
}
"""How an editor checks it."""

Declared = Annotated[Preprocessing | None, WithJsonSchema(SCHEMA)]
"""A field that holds one, or nothing."""
