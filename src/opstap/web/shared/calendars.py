"""Calendars: one talk as a file, and a private feed that a calendar program reads without signing in."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opstap.acts import clock
from opstap.acts.refusals import NotHere
from opstap.acts.sight import calendar as sight
from opstap.exchange.calendar import Appointment, calendar
from opstap.web.shared.around import PLACES
from opstap.web.shared.errors import not_there


@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Give the talks behind a private address; whoever has the address reads it, so its words are neutral."""
    try:
        return answer(sight.feed(token), "talks.ics")
    except NotHere:
        return not_there(request)


def answer(entries: Iterable[sight.Entry], name: str) -> HttpResponse:
    """Give entries as a calendar file."""
    appointments = [
        Appointment(one.uid, one.title, one.start, one.minutes, str(PLACES[one.mode]), one.cancelled) for one in entries
    ]
    content = calendar(_("Talks"), appointments, now=clock.now())
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def address_of(token: str) -> str:
    """Give the full address of a feed."""
    return settings.SITE_ADDRESS + reverse("calendar", args=[token])
