"""The report: one HTML file that needs no network, and its tables as CSV."""

from __future__ import annotations

from albench.report.page import Page
from albench.report.render import render, write_report

__all__ = ["Page", "render", "write_report"]
