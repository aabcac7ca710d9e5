from __future__ import annotations

from hypothesis import settings

# Machines are noisy: a slow example is no failure. Examples are the same in every run.
settings.register_profile("albench", deadline=None, derandomize=True)
settings.load_profile("albench")
