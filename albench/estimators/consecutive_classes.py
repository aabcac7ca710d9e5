"""Classifiers that take no classes but 0, 1, ... made to take any: one may not be labelled yet."""

from __future__ import annotations

from functools import cache, wraps
from typing import Any

import numpy as np

_CLASSES = "_albench_classes"


@cache
def make_label_encoding(cls: type) -> type:
    """Return a subclass that fits on the places of classes and answers with the classes themselves.

    It is for estimators within others, which hand on the labels of some rows.
    """
    base: Any = cls

    class Encoding(base):  # type: ignore[misc]
        # With its signature: others look there for sample weights.
        @wraps(base.fit)
        def fit(self, X: Any, y: Any, **options: Any) -> Any:
            self.__dict__.pop(_CLASSES, None)
            classes, places = np.unique(y, return_inverse=True)
            super().fit(X, places, **options)
            self.__dict__[_CLASSES] = classes
            return self

        def predict(self, X: Any, **options: Any) -> Any:
            return self.classes_[super().predict(X, **options)]

        @property
        def classes_(self) -> Any:
            # While it is fitted it looks at its own.
            return self.__dict__.get(_CLASSES, super().classes_)

    # What it is called in messages and in parameters.
    Encoding.__name__, Encoding.__qualname__, Encoding.__doc__ = cls.__name__, cls.__qualname__, cls.__doc__
    return Encoding
