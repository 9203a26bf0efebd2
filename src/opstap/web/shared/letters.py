"""A letter as PDF, or in plain words why there is none; its page can always be printed from the browser."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from opstap.acts.papers import Content
from opstap.paper.letter import NoPango, Sheet, html, pdf


def as_pdf(request: HttpRequest, content: Content, language: str) -> HttpResponse:
    """Give a letter as PDF; 503 with the mend where this machine cannot draw it."""
    sheet = Sheet(
        language=language, to=content.to, sender=content.sender, date=content.date, subject=content.subject,
        paragraphs=content.paragraphs, signed=content.signed,
    )  # fmt: skip
    try:
        made = pdf(html(sheet))
    except NoPango:
        return render(request, "shared/no_pdf.html", status=503)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{_("letter")}.pdf"'
    return response
