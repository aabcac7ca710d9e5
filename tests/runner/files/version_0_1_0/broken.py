from __future__ import annotations

from albench import Strategy


class Broken(Strategy):
    """Fails, always."""

    def utilities(self, pool, state):
        raise RuntimeError("on purpose")
