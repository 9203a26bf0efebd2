"""What is told: an analysis plan and a dataset become results, tables, figures and a page. No database, no Django."""

from opstap.reports.html import page
from opstap.reports.report import Report, evaluate
from opstap.reports.writing import Unwritable, check, write

__all__ = ["Report", "Unwritable", "check", "evaluate", "page", "write"]
