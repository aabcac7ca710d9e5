"""Import paths of albench that stand in keys, seeds and specs for good, and the current modules."""

from __future__ import annotations

CURRENT_MODULES = {
    "albench.models.torch_mlp": "albench.models.torch_mlp",
    "albench.prepared.sentences": "albench.prepared.sentence_embedding",
    "albench.strategies.skactiveml_adapter": "albench.strategies.skactiveml.adapter",
}
"""Current modules by the names that keys, seeds and specs have for them, for good."""


def find_lasting_path(path: str) -> str:
    """Return an import path as keys and seeds hold it, wherever a module of albench is now."""
    module, _, name = path.rpartition(".")
    return next(
        (f"{lasting}.{name}" for lasting, current in CURRENT_MODULES.items() if current == module), path
    )
