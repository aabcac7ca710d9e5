"""One trial told pick by pick: what was bought, why, what the model thought of it, what it knew nearby."""

from __future__ import annotations

from albench.trace.pool_projection import Space, space_of
from albench.trace.trace import Pick, Round, Story, stories, story
from albench.trace.trace_text import told

__all__ = ["Pick", "Round", "Space", "Story", "space_of", "stories", "story", "told"]
