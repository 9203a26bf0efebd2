"""The week of someone one looks after, on one sheet of paper."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opstap.acts.sight.week import case_week
from opstap.web.coach.views import care_team
from opstap.web.shared.entering import who
from opstap.web.shared.week_paper import draw


@require_GET
@care_team
def paper(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Show the week on one A4, to be printed."""
    seen = case_week(who(request), pseudonym)
    back = {"url": reverse("coach:case", args=[pseudonym]), "words": _("Back to the case")}
    return draw(request, seen, back=back, work=True)
