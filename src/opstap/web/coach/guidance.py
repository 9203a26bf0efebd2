"""Stages, goals and energy of someone one looks after: the pages and the few forms that go with a talk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import clock, doors, energy, goals, stages, words
from opstap.acts.behalf import marks_of
from opstap.acts.refusals import NotHere
from opstap.acts.sight.guidance import energy as energy_sight
from opstap.acts.sight.guidance import goals as goals_sight
from opstap.acts.sight.guidance import opened
from opstap.acts.sight.guidance import stages as stages_sight
from opstap.domain.access import Permission
from opstap.domain.instruments.scoring import STAGES, rrtw
from opstap.web.coach import guidance_forms as forms
from opstap.web.coach.views import care_team
from opstap.web.shared.beads import beads
from opstap.web.shared.closing import heard
from opstap.web.shared.entering import who
from opstap.web.shared.goal_forms import FORMS, SetGoal, bound, work_on
from opstap.web.shared.readiness import picture
from opstap.web.shared.submitting import press, submit

FORM = "coach/guidance_form.html"


def _frame(participant: Any, **more: Any) -> dict[str, Any]:
    contact = words.contact_of(participant)
    return {
        "pseudonym": participant.pseudonym,
        "name": contact.name,
        "own_name": contact.first_name,
        "marks": marks_of(participant),
        "no_screen": participant.no_screen,
        **more,
    }


@require_GET
@care_team
def show_stages(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Show the profiles and the judgements side by side, with the support that fits."""
    participant = opened(who(request), pseudonym, "goals")
    seen = stages_sight.stages_of(participant, who(request).language)
    if seen is None:
        raise NotHere("stages")
    return render(request, "coach/stages.html", _frame(participant, stages=seen, picture=picture(seen)))


@require_http_methods(["GET", "POST"])
@care_team
def readiness(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Write down a readiness form: six means, or with the institution's key the answers."""
    participant = opened(who(request), pseudonym, "goals", Permission.DELIVER)
    if stages_sight.stages_of(participant, who(request).language) is None:
        raise NotHere("stages")
    key = stages.institution_key()
    form = forms.ReadinessForm(request.POST or None, by_key=key is not None, initial={"on": clock.today()})

    def act(given: dict[str, Any]) -> object:
        if key is None:
            means = form.means()
        else:
            scores = rrtw({**given, "working": int(given["working"])}, key)
            means = [scores[f"rrtw_{stage}"] for stage in STAGES]
        return stages.record_readiness(
            by=who(request), participant=participant, on=given["on"], working=given["working"], means=means,
            by_key=key is not None,
        )  # fmt: skip

    done = reverse("coach:stages", args=[pseudonym])
    context = _frame(participant, heading=_("A readiness form"), button=_("Save this form"), back=done)
    return submit(
        request, form, act, template=FORM, context=context, done=done, said=_("The form has been saved."),
        fields={"means": "i1" if key else "mean_1"},
    )  # fmt: skip


@require_GET
@care_team
def show_goals(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """List someone's goals."""
    participant = opened(who(request), pseudonym, "goals")
    seen = goals_sight.goals_of(participant, who(request).language)
    return render(request, "coach/goals.html", _frame(participant, goals=seen))


@require_http_methods(["GET", "POST"])
@care_team
def set_goal(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Set a goal in someone's own words; it shows who wrote it."""
    participant = opened(who(request), pseudonym, "goals", Permission.KEEP_GOALS)
    done = reverse("coach:goals", args=[pseudonym])
    return submit(
        request,
        heard(SetGoal, participant)(request.POST or None),
        lambda given: goals.set_goal(by=who(request), participant=participant, **given),
        template=FORM,
        context=_frame(participant, heading=_("Set a goal"), button=_("Save this goal"), back=done),
        done=done,
        said=_("The goal has been saved."),
    )


@require_http_methods(["GET", "POST"])
@care_team
def goal(request: HttpRequest, goal: int) -> HttpResponse:
    """Show one goal; review it together."""
    row, seen, participant = goals_sight.goal(who(request), goal)
    sessions = [
        (pk, f"{title}, {formats.date_format(on, 'j F Y')}")
        for pk, title, on in goals_sight.held_sessions(participant, who(request).language)
    ]
    now = {"importance": seen.importance, "confidence": seen.confidence}
    kinds = {name: form if name == "tried" else heard(form, participant) for name, form in FORMS.items()}
    drawn = bound(request, {**kinds, "review": forms.ReviewGoal}, review={"sessions": sessions, "initial": now})
    status = 200
    if request.method == "POST":
        more = {"review": lambda given: goals.review_goal(by=who(request), goal=row, **given)}
        if work_on(request, row, drawn, more):
            return redirect("coach:goal", goal)
        status = 400
    may = seen.closed_on is None and participant.enrolment.state == "active"
    return render(request, "coach/goal.html", _frame(participant, goal=seen, forms=drawn, may=may), status=status)


@require_GET
@care_team
def show_energy(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Show the diary as far as it is shared, with budget and practice."""
    participant = opened(who(request), pseudonym, "energy")
    seen = energy_sight.diary_of(participant, who(request))
    return render(request, "coach/energy.html", _frame(participant, diary=seen, beads=beads(seen.days)))


@require_http_methods(["GET", "POST"])
@care_team
def note_for(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Note something in the diary for someone who uses paper or the telephone."""
    return _keep(
        request, pseudonym, Permission.KEEP_DIARY, forms.NoteFor(request.POST or None, initial={"on": clock.today()}),
        energy.note_energy, _("A note from paper or telephone"), _("Save this note"), _("The note has been saved."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@care_team
def budget(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Agree on how much a week may cost."""
    return _keep(
        request, pseudonym, Permission.DELIVER, forms.Budget(request.POST or None), energy.set_energy_budget,
        _("A budget for the week"), _("Agree on this"), _("The budget has been saved."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@care_team
def practice(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Give someone something to practise."""
    return _keep(
        request, pseudonym, Permission.DELIVER, forms.SetPractice(request.POST or None), energy.set_practice,
        _("Something to practise"), _("Give this to practise"), _("It stands on the participant's page."),
    )  # fmt: skip


def _keep(
    request: HttpRequest,
    pseudonym: str,
    permission: Permission,
    form: Any,
    act: Any,
    heading: Any,
    button: Any,
    said: Any,
) -> HttpResponse:
    participant = opened(who(request), pseudonym, "energy", permission)
    done = reverse("coach:energy", args=[pseudonym])
    return submit(
        request,
        form,
        lambda given: act(by=who(request), participant=participant, **given),
        template=FORM,
        context=_frame(participant, heading=heading, button=button, back=done),
        done=done,
        said=said,
    )


@require_POST
@care_team
def end_practice(request: HttpRequest, practice: int) -> HttpResponse:
    """End something that was practised."""
    found = doors.practice_of(who(request), practice, Permission.DELIVER)
    return press(
        request,
        lambda: energy.end_practice(by=who(request), practice=found),
        done=reverse("coach:energy", args=[found.enrolment.participant.pseudonym]),
        said=_("It is not practised any more."),
    )


@require_POST
@care_team
def take_back(request: HttpRequest, note: int) -> HttpResponse:
    """Take back a note that one wrote for someone."""
    found = doors.energy_note_of(who(request), note, Permission.KEEP_DIARY)
    return press(
        request,
        lambda: energy.take_back_energy(by=who(request), note=found),
        done=reverse("coach:energy", args=[found.enrolment.participant.pseudonym]),
        said=_("The note has been taken back."),
    )
