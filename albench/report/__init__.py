"""The report: one HTML file that needs no network, and its tables as CSV."""

from __future__ import annotations

from albench.report.page import Page, page_of
from albench.report.render import render, write_report

__all__ = ["Page", "page_of", "render", "write_report"]
