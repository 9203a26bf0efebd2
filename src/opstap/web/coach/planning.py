"""The coach's pages of the plan: made on one page, printed on one sheet, put into a calendar, a step back accepted."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import doors, plans, stepping
from opstap.acts.behalf import marks_of
from opstap.acts.doors import Participant
from opstap.acts.refusals import NotHere
from opstap.acts.sight.plans import PlanStory, story_of, weeks_of
from opstap.domain.access import Permission
from opstap.web.coach import plan_form
from opstap.web.coach.views import care_team
from opstap.web.shared.entering import who
from opstap.web.shared.hours import picture
from opstap.web.shared.plan_out import as_calendar, sheet
from opstap.web.shared.submitting import press, submit

TEMPLATE = "coach/offer_plan.html"


@require_http_methods(["GET", "POST"])
@care_team
def offer_plan(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Show the plan with all its versions, and make a new one on a table that is redrawn with every change."""
    participant = doors.record_of(who(request), pseudonym, Permission.OFFER_PLAN, what="plan")
    story = story_of(participant)
    what = request.POST.get("do", "offer")
    if request.method == "POST" and what != "offer":
        form = plan_form.changed(request.POST, what)
        context = {**_context(participant, story, form), "changed": True}
        return render(request, TEMPLATE, {**context, "form": form}, status=400 if form.errors else 200)
    form = plan_form.read(request.POST) if request.method == "POST" else plan_form.begin(story)

    def act(given: dict[str, Any]) -> object:
        chosen = {name: given[name] for name in ("aim", "contract_hours", "goal", "for_workplace", "why")}
        return plans.offer_plan(
            by=who(request), participant=participant, steps=form.steps(), available=form.days(), **chosen
        )

    return submit(
        request,
        form,
        act,
        template=TEMPLATE,
        context=_context(participant, story, form),
        done=reverse("coach:case", args=[pseudonym]),
        said=_("The plan has been offered. The participant decides first."),
    )


def _context(participant: Participant, story: PlanStory, form: plan_form.PlanForm) -> dict[str, Any]:
    steps = form.drawn()
    contract = form["contract_hours"].value()
    try:
        most = float(str(contract).replace(",", "."))
    except ValueError:
        most = story.contract_hours
    drawn = picture(weeks_of(participant, steps), most, story.today, width=1040) if steps else None
    return {
        "pseudonym": participant.pseudonym, "story": story, "picture": drawn, "today": story.today,
        "marks": marks_of(participant),
    }  # fmt: skip


@require_POST
@care_team
def accept_plan(request: HttpRequest, pseudonym: str, pk: int) -> HttpResponse:
    """Agree with a step back that the participant took."""
    plan = doors.plan_of(who(request), pk, Permission.ACCEPT_PLAN)
    if plan.enrolment.participant.pseudonym != pseudonym:
        raise NotHere(pk)
    return press(
        request,
        lambda: stepping.accept_plan(by=who(request), plan=plan),
        done=reverse("coach:offer_plan", args=[pseudonym]),
        said=_("You agreed. This version holds from now on."),
    )


@require_GET
@care_team
def paper(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Show the plan on one sheet of paper."""
    participant = doors.record_of(who(request), pseudonym, Permission.SEE_CASE, what="plan")
    back = {"url": reverse("coach:offer_plan", args=[pseudonym]), "words": _("Back to the plan")}
    return sheet(request, story_of(participant), back=back, work=True)


@require_GET
@care_team
def calendar(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Give the plan as a calendar file."""
    participant = doors.record_of(who(request), pseudonym, Permission.SEE_CASE, what="plan")
    return as_calendar(participant.pseudonym, story_of(participant))
