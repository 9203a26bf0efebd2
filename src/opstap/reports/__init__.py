"""What is told: an analysis plan and a dataset become results, tables, figures and a page. No database, no Django."""

from opstap.reports.html import page, summary_page
from opstap.reports.plan import Deviation, FixedPlan, Plan, deviations, plan_of
from opstap.reports.report import Report, evaluate
from opstap.reports.sheet import sheet
from opstap.reports.writing import Unwritable, check, missing, write

__all__ = [
    "Deviation",
    "FixedPlan",
    "Plan",
    "Report",
    "Unwritable",
    "check",
    "deviations",
    "evaluate",
    "missing",
    "page",
    "plan_of",
    "sheet",
    "summary_page",
    "write",
]
