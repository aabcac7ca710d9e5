"""One trial pick by pick: what was queried, its utility, the probabilities, the nearest labelled row."""

from __future__ import annotations

from albench.trace.pool_projection import PreparedPool, load_pool
from albench.trace.trace import Pick, Round, Story, build_story, iterate_stories
from albench.trace.trace_text import describe_story

__all__ = [
    "Pick",
    "PreparedPool",
    "Round",
    "Story",
    "build_story",
    "describe_story",
    "iterate_stories",
    "load_pool",
]
