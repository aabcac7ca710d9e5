"""One trial told pick by pick: what was bought, why, what the model thought of it, what it knew nearby."""

from __future__ import annotations

from albench.report.picks.space import Space, space_of
from albench.report.picks.story import Pick, Round, Story, stories, story
from albench.report.picks.telling import told

__all__ = ["Pick", "Round", "Space", "Story", "space_of", "stories", "story", "told"]
