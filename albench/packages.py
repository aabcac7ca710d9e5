"""Versions of installed packages, looked up by the name under which their classes are imported."""

from __future__ import annotations

from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def find_version(package: str) -> str:
    """Return the version of what is installed or imported as ``package``; ``unknown`` if nothing is."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        # What is imported may be called otherwise than what is installed: sklearn, imblearn, cv2.
        distributions = sorted(set(find_distributions().get(package, ())))
        return ", ".join(f"{name} {metadata.version(name)}" for name in distributions) or "unknown"


@cache
def find_distributions() -> Mapping[str, list[str]]:
    """Return what is installed for each name that can be imported; only now, since it reads all there is."""
    return metadata.packages_distributions()
