"""The pages of a therapist or coach: the caseload, one case, and the few forms that keep it up to date."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import care, clock, doors, incidents, work
from opstap.acts.sight import caseload as caseloads
from opstap.acts.sight import coach as sight
from opstap.domain.access import Permission, Role
from opstap.domain.work.spells import Kind
from opstap.web.coach import forms
from opstap.web.shared import readiness
from opstap.web.shared.beads import beads
from opstap.web.shared.entering import needs, who
from opstap.web.shared.hours import picture
from opstap.web.shared.submitting import press, submit

FORM = "coach/form.html"
care_team = needs(Role.THERAPIST, Role.COACH)


@require_http_methods(["GET", "POST"])
@care_team
def caseload(request: HttpRequest) -> HttpResponse:
    """Show everyone one looks after, by urgency. A name is searched for by POST: it has no place in an address."""
    seen = caseloads.caseload(who(request))
    wanted = request.POST.get("q", "").strip().casefold()
    groups = [
        (urgency, [row for row in seen.of(urgency) if wanted in row.name.casefold()]) for urgency in caseloads.Urgency
    ]
    return render(request, "coach/caseload.html", {"seen": seen, "groups": groups, "q": wanted, "today": clock.today()})


@require_GET
@care_team
def case(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Show the whole story of one person."""
    seen, guidance = sight.case_with_guidance(who(request), pseudonym)
    context = {
        "search": guidance.search,
        "case": seen,
        "picture": picture(seen.weeks, seen.contract_hours, clock.today()),
        "today": clock.today(),
        "guidance": guidance,
        "beads": beads(guidance.diary.days, "card") if guidance.diary else None,
        "readiness": readiness.picture(guidance.stages, "card") if guidance.stages else None,
    }
    return render(request, "coach/case.html", context)


@require_http_methods(["GET", "POST"])
@care_team
def plan_session(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Plan a session."""
    participant = doors.record_of(who(request), pseudonym, Permission.DELIVER, what="session")
    seen = sight.case(who(request), pseudonym)
    start = (clock.now() + timedelta(days=7)).replace(minute=0)
    initial = {"planned_for": start, "kind": seen.next_kind}
    form = forms.PlanSession(request.POST or None, kinds=seen.kinds, initial=initial)
    return submit(
        request,
        form,
        lambda given: care.plan_session(by=who(request), participant=participant, **given),
        template=FORM,
        context={"case": seen, "heading": _("Plan a session"), "button": _("Plan this session")},
        done=lambda made: (
            reverse("coach:session", args=[made.pk])
            if made and made.planned_for < clock.now()
            else reverse("coach:case", args=[pseudonym])
        ),
        said=lambda made: (
            _("Now write down what took place.")
            if made.planned_for < clock.now()
            else _("The session has been planned.")
        ),
    )


@require_http_methods(["GET", "POST"])
@care_team
def write_up(request: HttpRequest, session: int) -> HttpResponse:
    """Write down what took place in a session."""
    found, seen = sight.session_to_write_up(who(request), session)
    form = forms.WriteUp(
        request.POST or None,
        modules=seen.modules,
        stages=seen.stages_of_change,
        initial={
            "on": min(found.planned_for.date(), clock.today()),
            "minutes": 60,
            "with_workplace": found.with_workplace,
            "modules": seen.planned_modules[found.kind],
        },
    )
    return submit(
        request,
        form,
        lambda given: care.hold_session(by=who(request), session=found, **given),
        template="coach/write_up.html",
        context={"case": seen, "session": next(one for one in seen.sessions if one.id == found.pk)},
        done=reverse("coach:case", args=[seen.pseudonym]),
        said=_("The session has been written down."),
    )


@require_POST
@care_team
def change_session(request: HttpRequest, session: int, what: str) -> HttpResponse:
    """Confirm, move, miss or cancel a session."""
    found = doors.session_of(who(request), session, Permission.DELIVER)
    done = reverse("coach:case", args=[found.enrolment.participant.pseudonym])
    if what == "move":
        form = forms.MoveSession(request.POST)
        if not form.is_valid():
            return render(request, "400.html", {"message": _("Fill in a day and a time.")}, status=400)
        moment = form.cleaned_data["planned_for"]
        return press(
            request,
            lambda: care.move_session(by=who(request), session=found, planned_for=moment),
            done=done,
            said=_("The session has been moved."),
        )
    changes: dict[str, tuple[Any, Any]] = {
        "confirm": (care.confirm_session, _("The session has been confirmed.")),
        "miss": (care.miss_session, _("Written down: the session did not take place.")),
        "cancel": (care.cancel_session, _("The session has been called off.")),
    }
    if what not in changes:
        raise Http404
    act, said = changes[what]
    return press(request, lambda: act(by=who(request), session=found), done=done, said=said)


@require_http_methods(["GET", "POST"])
@care_team
def record_work(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Write down from which day new hours hold."""
    participant = doors.record_of(who(request), pseudonym, Permission.RECORD_WORK, what="hours")
    seen = sight.case(who(request), pseudonym)
    form = forms.RecordWork(
        request.POST or None, initial={"start": clock.today(), "contract_hours": seen.contract_hours or None}
    )
    return submit(
        request,
        form,
        lambda given: work.record_work(
            by=who(request),
            participant=participant,
            **{**given, "kind": Kind(given["kind"])},
        ),
        template=FORM,
        context={"case": seen, "heading": _("Hours really worked"), "button": _("Write down these hours")},
        done=reverse("coach:case", args=[pseudonym]),
        said=_("The hours have been written down."),
    )


@require_POST
@care_team
def advance(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Go on to a later phase."""
    participant = doors.record_of(who(request), pseudonym, Permission.DELIVER, what="case")
    phase = request.POST.get("phase", "")
    return press(
        request,
        lambda: care.advance_phase(by=who(request), participant=participant, phase=phase),
        done=reverse("coach:case", args=[pseudonym]),
        said=_("The next phase has begun."),
    )


@require_POST
@care_team
def complete(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Close the programme."""
    participant = doors.record_of(who(request), pseudonym, Permission.DELIVER, what="case")
    return press(
        request,
        lambda: care.complete_programme(by=who(request), participant=participant),
        done=reverse("coach:case", args=[pseudonym]),
        said=_("The programme has been closed."),
    )


@require_http_methods(["GET", "POST"])
@care_team
def adverse_event(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Write down an adverse event."""
    participant = doors.record_of(who(request), pseudonym, Permission.REPORT_INCIDENT, what="case")
    seen = sight.case(who(request), pseudonym)
    return submit(
        request,
        forms.AdverseEvent(request.POST or None, initial={"on": clock.today()}),
        lambda given: incidents.report_event(by=who(request), participant=participant, **given),
        template=FORM,
        context={
            "case": seen,
            "heading": _("Something bad happened to someone's health"),
            "button": _("Write this down"),
        },
        done=reverse("coach:case", args=[pseudonym]),
        said=_("It has been written down. The coordinator looks at it."),
    )


@require_http_methods(["GET", "POST"])
@care_team
def life_event(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Write down what changes the meaning of an outcome."""
    participant = doors.record_of(who(request), pseudonym, Permission.RECORD_LIFE_EVENT, what="case")
    seen = sight.case(who(request), pseudonym)
    return submit(
        request,
        forms.LifeEvent(request.POST or None, initial={"on": clock.today()}),
        lambda given: care.record_life_event(by=who(request), participant=participant, **given),
        template=FORM,
        context={"case": seen, "heading": _("Something important happened"), "button": _("Write this down")},
        done=reverse("coach:case", args=[pseudonym]),
        said=_("It has been written down."),
    )
