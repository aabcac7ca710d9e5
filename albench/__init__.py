"""Benchmarks of active learning: which query strategy saves labels, by how many, and how sure is that."""

from __future__ import annotations

__version__ = "0.1.0"
