"""Curves, label efficiency, statistics, verdicts: from tables to evidence."""

from __future__ import annotations

from albench.analysis.conclude import conclude
from albench.analysis.leaderboard import leaderboard

__all__ = ["conclude", "leaderboard"]
