"""A plan on its way out: one sheet of paper, and a file for a calendar program."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from opstap.acts.refusals import NotHere
from opstap.acts.sight.plans import PlanStory, VersionView
from opstap.domain.work.weeks import weeks
from opstap.exchange.plan_calendar import plan_calendar
from opstap.web.shared.hours import picture
from opstap.web.shared.templatetags.opstap import hours

#: So many steps fit on the sheet beside everything else; of more, those that are past are left out first.
MOST_ROWS = 12


def _shown(story: PlanStory) -> VersionView:
    """Choose the version that holds; before one does, the newest; NotHere without a plan."""
    version = story.holding or story.newest
    if version is None:
        raise NotHere("plan")
    return version


def sheet(request: HttpRequest, story: PlanStory, *, back: dict[str, Any], work: bool = False) -> HttpResponse:
    """Draw the plan on one A4: planned hours only, agreements, what to do when it is too much, who agreed."""
    version = _shown(story)
    pairs = [(step.start, step.hours) for step in version.steps]
    drawn = picture(weeks(pairs, [], version.steps[0].start), version.contract_hours, story.today, width=720)
    coming = [step for step in version.steps if version.now is None or step.start >= version.now.start]
    context = {
        "story": story, "version": version, "picture": drawn, "rows": coming[:MOST_ROWS],
        "more": max(0, len(coming) - MOST_ROWS), "back": back, "work": work, "today": story.today,
    }  # fmt: skip
    return render(request, "shared/plan_paper.html", context)


def as_calendar(pseudonym: str, story: PlanStory) -> HttpResponse:
    """Give the steps and working days as iCalendar, in words that name no programme and no health."""
    version = _shown(story)
    content = plan_calendar(
        # A calendar is often shared: what names its entries for good must not name a person.
        hashlib.sha256(pseudonym.encode()).hexdigest()[:16],
        version.steps,
        version=version.number,
        made=version.offered_at,
        name=_("Plan for work"),
        says_step=lambda step: _("Plan: from today %(hours)s a week") % {"hours": hours(step.hours)},
        says_day=lambda length: _("Work: %(hours)s") % {"hours": hours(length)},
    )
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="plan.ics"'},
    )
