"""The page of an experiment on streams, in the look of that of pools."""

from __future__ import annotations

from albench.report.streams.render import render_streams, write_stream_report

__all__ = ["render_streams", "write_stream_report"]
