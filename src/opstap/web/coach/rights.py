"""The coach's pages of the statutory clock: every term of one person's sick leave, its facts, and what was done."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import doors, words
from opstap.acts.behalf import marks_of
from opstap.acts.sight.statute import clock_of
from opstap.domain.access import Permission
from opstap.web.coach.views import FORM, care_team
from opstap.web.shared.closing import heard
from opstap.web.shared.entering import who
from opstap.web.shared.rights import FactsForm, facts_from, mark
from opstap.web.shared.submitting import submit
from opstap.web.shared.two_years import two_years


@require_GET
@care_team
def clock(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Show every term of the law for one person."""
    participant = doors.record_of(who(request), pseudonym, Permission.SEE_CASE, what="clock")
    seen = clock_of(participant)
    context = {
        "case": {"name": words.contact_of(participant).name, "pseudonym": pseudonym},
        "seen": seen,
        "line": two_years(seen.picture, seen.timeline),
        "mark_url": "coach:mark_deadline",
        "facts_url": reverse("coach:clock_facts", args=[pseudonym]),
        "marks": marks_of(participant),
    }
    return render(request, "coach/clock.html", context)


@require_http_methods(["GET", "POST"])
@care_team
def facts(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Fill in what the clock needs to know."""
    participant = doors.record_of(who(request), pseudonym, Permission.KEEP_CLOCK, what="clock")
    name = words.contact_of(participant).name
    return submit(
        request,
        heard(FactsForm, participant)(request.POST or None, initial=facts_from(participant)),
        lambda given: FactsForm.keep(who(request), participant, given),
        template=FORM,
        context={
            "case": {"name": name, "pseudonym": pseudonym},
            "heading": _("What the clock needs to know"),
            "button": _("Keep this"),
        },
        done=reverse("coach:clock", args=[pseudonym]),
        said=_("Kept. The dates have been counted again."),
    )


@require_POST
@care_team
def mark_deadline(request: HttpRequest, pseudonym: str, rule: str) -> HttpResponse:
    """Write down that something was done, or that it was not after all."""
    participant = doors.record_of(who(request), pseudonym, Permission.KEEP_CLOCK, what="clock")
    return mark(request, participant, rule, done=reverse("coach:clock", args=[pseudonym]))
