"""Import paths of albench that keys, seeds and specs hold for good, and where the modules are now."""

from __future__ import annotations

HOMES = {
    "albench.models.torch_mlp": "albench.models.torch_mlp",
    "albench.prepared.sentences": "albench.prepared.sentence_embedding",
    "albench.strategies.skactiveml_adapter": "albench.strategies.skactiveml.adapter",
}
"""Modules by the names that keys, seeds and specs have for them, for good, and where they are now."""


def lasting_path(path: str) -> str:
    """Return an import path as keys and seeds hold it, wherever a module of albench is now."""
    module, _, name = path.rpartition(".")
    return next((f"{known}.{name}" for known, home in HOMES.items() if home == module), path)
