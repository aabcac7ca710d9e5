"""Curves, label efficiency, statistics, verdicts: from tables to evidence, by ``conclude``."""
