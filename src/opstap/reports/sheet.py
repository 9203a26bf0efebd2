"""A report as tagged PDF (PDF/UA-1): the page as it is printed, with running head, page numbers and its own figures."""

from __future__ import annotations

from opstap.paper.letter import pdf
from opstap.reports.blocks import Figure
from opstap.reports.html import paper_page
from opstap.reports.look import drawing_rules, paper_fonts, standalone
from opstap.reports.report import Report


def sheet(report: Report) -> bytes:
    """Draw a report as PDF; NoPango where the library is missing. The same report gives the same bytes."""
    given = dict(paper_fonts())

    def drawn(figure: Figure) -> str:
        given[f"{figure.name}.svg"] = standalone(figure.wide, drawing_rules()).encode()
        return f"given:{figure.name}.svg"

    return pdf(paper_page(report, drawn), given)
