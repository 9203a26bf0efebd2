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
from opstap.acts.sight.workplace_calendar import Day, work_feed
from opstap.exchange.calendar import Appointment, WholeDay, calendar
from opstap.web.shared.around import PLACES
from opstap.web.shared.errors import not_there
from opstap.web.shared.templatetags.opstap import hours


@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Give what stands behind a private address; whoever has the address reads it, so its words are neutral."""
    try:
        if (at_work := work_feed(token)) is not None:
            return answer(at_work.talks, "work.ics", days=at_work.days, name=_("Plan for work"))
        return answer(sight.feed(token), "talks.ics")
    except NotHere:
        return not_there(request)


def answer(entries: Iterable[sight.Entry], file: str, *, days: Iterable[Day] = (), name: str = "") -> HttpResponse:
    """Give entries, and whole days, as a calendar file."""
    appointments = [
        Appointment(one.uid, one.title, one.start, one.minutes, str(PLACES[one.mode]), one.cancelled) for one in entries
    ]
    whole = [WholeDay(one.uid, _title(one), one.day, one.until) for one in days]
    content = calendar(name or _("Talks"), appointments, now=clock.now(), days=whole)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    response["Cache-Control"] = "no-store"
    return response


def _title(one: Day) -> str:
    """Say what stands on a day, after how the worker is called there: hours and dates, and nothing else."""
    said = {
        "step": _("from today %(hours)s a week") % {"hours": hours(one.hours)},
        "work": hours(one.hours),
        "adjustment": _("arrange what was agreed"),
        "term": one.title,
    }[one.what]
    return f"{one.label}: {said}"


def address_of(token: str) -> str:
    """Give the full address of a feed."""
    return settings.SITE_ADDRESS + reverse("calendar", args=[token])
