"""Evidence of streams in sentences: the answer, what could be wrong, what to keep in mind."""

from __future__ import annotations

from albench.narrative.streams.answer import write_stream_answer
from albench.narrative.streams.notes import list_stream_notes, write_stream_tests

__all__ = ["list_stream_notes", "write_stream_answer", "write_stream_tests"]
