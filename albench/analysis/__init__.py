"""Curves, label efficiency, statistics, verdicts: from tables to evidence."""

from __future__ import annotations

from albench.analysis.conclude import conclude

__all__ = ["conclude"]
