"""Units of time and memory, in the words of a spec."""

from __future__ import annotations

TIME: dict[str, float] = {"s": 1, "m": 60, "h": 3600, "d": 86400}
MEMORY: dict[str, float] = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
