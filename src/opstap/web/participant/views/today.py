"""The first page: today."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from opstap.acts.sight.participant import today as sight
from opstap.web.participant.frame import mine, page, reader, signed_in
from opstap.web.participant.leads import asked, greeting, lead
from opstap.web.participant.views.programme import drawn


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
        picture=drawn(seen.plan) if seen.plan else None,
    )
