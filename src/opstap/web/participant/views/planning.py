"""What a participant does with their plan: one step back, words for when it is too much, on paper, in a calendar."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from opstap.acts import stepping
from opstap.acts.refusals import NotHere
from opstap.acts.sight.participant.pages import with_page
from opstap.acts.sight.plans import back_of, story_of, weeks_of
from opstap.web.participant.frame import mine, reader, signed_in
from opstap.web.participant.said import say
from opstap.web.shared.hours import picture
from opstap.web.shared.plan_out import as_calendar, sheet
from opstap.web.shared.submitting import submit


class Back(forms.Form):
    """For how long; a reason is asked by nobody."""

    weeks = forms.TypedChoiceField(
        label=_("For how long"),
        choices=[(1, _("1 week")), (2, _("2 weeks")), (3, _("3 weeks")), (4, _("4 weeks"))],
        coerce=int,
        initial=2,
        widget=forms.RadioSelect,
    )


class TooMuch(forms.Form):
    """What someone does when it is too much, in their own words."""

    text = forms.CharField(
        label=_("In my own words"), widget=forms.Textarea(attrs={"rows": 6}), required=False, max_length=2000
    )


@mine
@require_http_methods(["GET", "POST"])
def step_back(request: HttpRequest) -> HttpResponse:
    """Show what one step back makes of the plan, and take it."""
    participant = with_page(signed_in(request), "plan")
    story = story_of(participant)
    if story.holding is None:
        raise NotHere("plan")
    if story.newest is not None and story.newest.state == "proposed" and request.method == "GET":
        # The step back was taken already, and is on the page of the plan.
        return redirect("participant:plan")
    form = Back(request.POST or None)
    chosen = request.POST.get("weeks", "") or request.GET.get("weeks", "")
    weeks = int(chosen) if chosen in ("1", "2", "3", "4") else 2
    form.initial["weeks"] = weeks
    steps = back_of(participant, weeks)
    drawn = picture(weeks_of(participant, steps), story.holding.contract_hours, story.today)
    address = reader(request).address
    return submit(
        request,
        form,
        lambda given: stepping.step_back(by=signed_in(request), participant=participant, weeks=given["weeks"]),
        template="participant/step_back.html",
        context={
            "own": reader(request), "address": address, "picture": drawn, "story": story,
            "rows": [step for step in steps if step.start > story.today],
        },
        done=reverse("participant:plan"),
        said=say(address, "You go one step back. Your coach sees it and looks at it with you."),
    )  # fmt: skip


@mine
@require_http_methods(["GET", "POST"])
def relapse(request: HttpRequest) -> HttpResponse:
    """Write down what one does when it is too much."""
    participant = with_page(signed_in(request), "plan")
    story = story_of(participant)
    if story.newest is None:
        raise NotHere("plan")
    address = reader(request).address
    return submit(
        request,
        TooMuch(request.POST or None, initial={"text": story.newest.relapse}),
        lambda given: stepping.write_relapse_plan(by=signed_in(request), participant=participant, text=given["text"]),
        template="participant/too_much.html",
        context={"own": reader(request), "address": address},
        done=reverse("participant:plan"),
        said=say(address, "Your words have been kept. Your work does not see them."),
    )


@mine
@require_GET
def paper(request: HttpRequest) -> HttpResponse:
    """Show the plan on one sheet of paper."""
    story = story_of(with_page(signed_in(request), "plan"))
    return sheet(request, story, back={"url": reverse("participant:plan"), "words": _("Back to my plan")})


@mine
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Give the plan as a calendar file."""
    participant = with_page(signed_in(request), "plan")
    return as_calendar(participant.pseudonym, story_of(participant))
