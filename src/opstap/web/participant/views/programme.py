"""The programme's own pages: plan and sessions. Not there for those whom no arm opens them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from opstap.acts import care, doors, plans
from opstap.acts.sight.participant import programme as sight
from opstap.acts.sight.participant.pages import with_page
from opstap.acts.sight.plans import story_of
from opstap.domain.access import Permission
from opstap.domain.journey import NotNow
from opstap.web.participant.frame import mine, page, reader, signed_in
from opstap.web.participant.said import say
from opstap.web.participant.words import MODES, SESSIONS
from opstap.web.shared.hours import Picture, picture


def drawn(plan: sight.PlanPage) -> Picture | None:
    """Draw the current version of a plan."""
    return picture(plan.weeks, plan.current.contract_hours, plan.today) if plan.current else None


@mine
@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """Show the current version: the steps, who agreed, and what the workplace will read."""
    return _plan(request)


def _plan(request: HttpRequest, status: int = 200) -> HttpResponse:
    story = story_of(with_page(signed_in(request), "plan"))
    drawing = picture(story.weeks, story.contract_hours, story.today) if story.newest else None
    return page(request, "plan", status, story=story, current=story.newest, picture=drawing)


@mine
@require_POST
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree with a version of the plan, once."""
    with_page(signed_in(request), "plan")
    version = doors.plan_of(signed_in(request), pk, Permission.AGREE_PLAN)
    address = reader(request).address
    try:
        plans.agree_plan(by=signed_in(request), plan=version)
    except NotNow as refusal:
        if refusal.state == "replaced":
            messages.warning(request, say(address, "There is a newer version of your plan. Look at that one."))
        else:
            messages.info(request, say(address, "You had already agreed with this version."))
        return _plan(request, 409)
    messages.success(request, say(address, "You agreed with version %(number)s.", number=version.version))
    return redirect("participant:plan")


@mine
@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    """Show the talks to come and those that were, with their shared notes."""
    return _sessions(request)


def _sessions(request: HttpRequest, status: int = 200) -> HttpResponse:
    return page(
        request,
        "sessions",
        status,
        talks=sight.talks(signed_in(request)),
        modes=MODES,
        states=SESSIONS,
    )


@mine
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a planned talk, once."""
    with_page(signed_in(request), "sessions")
    session = doors.session_of(signed_in(request), pk, Permission.AGREE_PLAN)
    address = reader(request).address
    try:
        care.confirm_session(by=signed_in(request), session=session)
    except NotNow as refusal:
        if refusal.state == "confirmed":
            messages.info(request, say(address, "You had already confirmed this talk."))
        else:
            messages.warning(request, say(address, "This talk can no longer be confirmed. Look at your talks below."))
        return _sessions(request, 409)
    messages.success(request, say(address, "You confirmed your talk."))
    return redirect("participant:sessions")
