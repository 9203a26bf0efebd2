"""Goals in one's own words, and where one stands: written by the participant or the care team, and it says by whom."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from opstap.acts import goals as acts
from opstap.acts.sight.guidance import goals as sight
from opstap.acts.sight.guidance import stages as stages_sight
from opstap.acts.sight.participant.pages import with_page
from opstap.web.participant.frame import mine, page, reader, signed_in
from opstap.web.participant.said import say
from opstap.web.shared.goal_forms import FORMS, SetGoal, bound, work_on
from opstap.web.shared.readiness import picture
from opstap.web.shared.submitting import submit


@mine
@require_GET
def goals(request: HttpRequest) -> HttpResponse:
    """List one's own goals."""
    seen = sight.goals(signed_in(request))
    return page(request, "goals", goals=seen)


@mine
@require_http_methods(["GET", "POST"])
def set_goal(request: HttpRequest) -> HttpResponse:
    """Set a goal."""
    participant = with_page(signed_in(request), "goals")
    own = reader(request)
    return submit(
        request,
        SetGoal(request.POST or None),
        lambda given: acts.set_goal(by=signed_in(request), participant=participant, **given),
        template="participant/set_goal.html",
        context={"own": own, "address": own.address},
        done=reverse("participant:goals"),
        said=say(own.address, "Your goal is saved."),
    )


@mine
@require_http_methods(["GET", "POST"])
def goal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one goal, with its steps and what stands in the way."""
    with_page(signed_in(request), "goals")
    row, seen, participant = sight.goal(signed_in(request), pk)
    forms = bound(request, FORMS)
    status = 200
    if request.method == "POST":
        if work_on(request, row, forms, {}):
            return redirect("participant:goal", pk=pk)
        status = 400
    may = seen.closed_on is None and participant.enrolment.state == "active"
    own_name = say(reader(request).address, "yourself")
    return page(request, "goal", status, goal=seen, forms=forms, may=may, own_name=own_name)


@mine
@require_GET
def stage(request: HttpRequest) -> HttpResponse:
    """Show where one stands: what the questionnaire points to, and what the professional judged, side by side."""
    seen = stages_sight.stages(signed_in(request))
    return page(request, "stage", stages=seen, picture=picture(seen))
