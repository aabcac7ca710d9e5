"""Packages that are no dependencies of albench: which extra installs each."""

from __future__ import annotations

from typing import NamedTuple


class Extra(NamedTuple):
    """An extra of albench.

    Attributes
    ----------
    package : str
        What must be importable.
    prefix : str
        Module that the import paths of its estimators start with.
    """

    package: str
    prefix: str


EXTRAS = {
    "lightgbm": Extra("lightgbm", "lightgbm"),
    "xgboost": Extra("xgboost", "xgboost"),
    "catboost": Extra("catboost", "catboost"),
    "tabpfn": Extra("tabpfn", "tabpfn"),
    "torch": Extra("torch", "albench.models.torch_mlp"),
    "sentence-transformers": Extra("sentence_transformers", "albench.prepared.sentences"),
}
