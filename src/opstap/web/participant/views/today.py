"""The first page: today."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opstap.acts.sight.participant import today as sight
from opstap.acts.sight.week import own_week
from opstap.web.participant.frame import mine, page, reader, signed_in
from opstap.web.participant.leads import asked, greeting, lead
from opstap.web.participant.views.programme import drawn
from opstap.web.shared.beads import beads
from opstap.web.shared.week_paper import draw


@mine
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """Show one sentence that stands alone, at most three things that are asked, and who is around."""
    own, seen = reader(request), sight.today(signed_in(request))
    return page(
        request,
        "today",
        today=seen,
        day=timezone.localdate(seen.now),
        greeting=greeting(own, seen),
        lead=lead(own.address, seen),
        asks=[asked(own.address, ask) for ask in seen.asks],
        later=[asked(own.address, ask) for ask in seen.later],
        beads=beads(seen.home.energy.days) if seen.home.energy else None,
        picture=drawn(seen.plan) if seen.plan else None,
    )


@mine
@require_GET
def week(request: HttpRequest) -> HttpResponse:
    """Show one's own week on one A4, to be printed."""
    back = {"url": reverse("participant:today"), "words": _("To today")}
    return draw(request, own_week(signed_in(request)), back=back)
