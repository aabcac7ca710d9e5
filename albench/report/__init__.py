"""The report: one HTML file that needs no network, and its tables as CSV."""

from __future__ import annotations

from albench.report.page import Page, build_page
from albench.report.render import render, write_report

__all__ = ["Page", "build_page", "render", "write_report"]
