"""Looking for new work of someone one looks after: what they share, and what is written down for them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import applications, clock, goals, placements, words
from opstap.acts import search as acts
from opstap.acts.refusals import NotHere
from opstap.acts.sight import search as sight
from opstap.domain.access import Permission
from opstap.web.coach.views import care_team
from opstap.web.shared import search_forms as forms
from opstap.web.shared.entering import who
from opstap.web.shared.goal_forms import SetGoal
from opstap.web.shared.search_pages import filled, has_numbers, placement_forms, work_on_placement
from opstap.web.shared.submitting import press, submit

FORM = "coach/search_form.html"


def _frame(participant: Any, **more: Any) -> dict[str, Any]:
    name = words.contact_of(participant).name
    return {"pseudonym": participant.pseudonym, "name": name, **more}


def _form(
    request: HttpRequest, participant: Any, form: Any, act: Any, *, heading: Any, button: Any, said: Any,
    done: str = "", **more: Any,
) -> HttpResponse:  # fmt: skip
    home = reverse("coach:search", args=[participant.pseudonym])
    context = _frame(participant, heading=heading, button=button, back=done or home, **more)
    return submit(request, form, act, template=FORM, context=context, done=done or home, said=said)


@require_GET
@care_team
def show(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Show what someone looks for, their goals, what they share of their applications, and their placements."""
    participant = sight.care_opened(who(request), pseudonym)
    seen = sight.search_of(participant, who(request).language, own=False)
    return render(
        request, "coach/search.html", _frame(participant, seen=seen, numbers=has_numbers(seen.wishes))
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@care_team
def begin(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Say for someone that they look for other work, and why; in a trial this opens the page for them."""
    participant = sight.care_opened(who(request), pseudonym, Permission.KEEP_SEARCH)
    return _form(
        request, participant, forms.Begin(request.POST or None, care=True),
        lambda given: acts.start_search(by=who(request), participant=participant, **given),
        heading=_("They look for other work"), button=_("Begin"),
        said=_("Begun. The participant has the page for it, too."),
    )  # fmt: skip


@require_POST
@care_team
def end(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Say for someone that they do not look any more."""
    participant = sight.care_opened(who(request), pseudonym, Permission.KEEP_SEARCH)
    return press(
        request,
        lambda: acts.end_search(by=who(request), participant=participant),
        done=reverse("coach:search", args=[pseudonym]),
        said=_("Ended. All that was written stays."),
    )


@require_http_methods(["GET", "POST"])
@care_team
def wishes(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Write down wishes and possibilities for someone."""
    participant = sight.care_opened(who(request), pseudonym, Permission.KEEP_SEARCH)
    form = forms.WishesForm(request.POST or None, care=True, initial=filled(sight.wishes_now(participant)))
    return _form(
        request, participant, form,
        lambda given: acts.write_wishes(by=who(request), participant=participant, **form.given()),
        heading=_("Wishes and possibilities, in their own words"), button=_("Save"), said=_("The wishes are saved."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@care_team
def set_goal(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Set a goal of looking for work for someone."""
    participant = sight.care_opened(who(request), pseudonym, Permission.KEEP_GOALS)
    return _form(
        request, participant, SetGoal(request.POST or None),
        lambda given: goals.set_goal(by=who(request), participant=participant, about="search", **given),
        heading=_("A goal of looking for work"), button=_("Save this goal"), said=_("The goal has been saved."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@care_team
def add_application(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Write down an application for someone."""
    participant = sight.care_opened(who(request), pseudonym, Permission.KEEP_SEARCH)
    return _form(
        request, participant, forms.AddApplication(request.POST or None, care=True, initial={"on": clock.today()}),
        lambda given: applications.add_application(by=who(request), participant=participant, **given),
        heading=_("An application, written down for them"), button=_("Save this application"),
        said=_("The application is saved. The participant can close it to you."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@care_team
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an application that is shared, and write down what happened."""
    row, seen = sight.care_application(who(request), pk)
    participant = row.enrolment.participant
    first = {"next_step": seen.next_step, "next_on": seen.next_on}
    form = forms.WriteApplication(request.POST or None, moves=seen.moves, now=seen.state, initial=first, care=True)
    context = _frame(participant, seen=seen, may=sight.may_write(participant))
    return submit(
        request, form,
        lambda given: applications.write_application(by=who(request), application=row, **given),
        template="coach/application.html", context=context,
        done=reverse("coach:application", args=[pk]), said=_("Written down."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@care_team
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down for someone that they accepted an offer. Who at work sees along stays theirs to choose."""
    row, seen = sight.care_application(who(request), pk)
    if seen.state != "offer":
        raise NotHere(pk)
    return _form(
        request, row.enrolment.participant, forms.Accept(request.POST or None, care=True),
        lambda given: applications.accept_offer(by=who(request), application=row, **given),
        heading=_("They accept the offer"), button=_("Save"), said=_("Written down. Below you see what can come next."),
        done=reverse("coach:application", args=[pk]),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@care_team
def record_job(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down the hours of the new job."""
    row, seen = sight.care_application(who(request), pk)
    if not seen.can_record:
        raise NotHere(pk)
    return _form(
        request, row.enrolment.participant,
        forms.RecordJob(request.POST or None, initial={"actual_hours": seen.contract_hours}),
        lambda given: applications.record_new_job(by=who(request), application=row, **given),
        heading=_("The hours of the new job"), button=_("Write down these hours"),
        said=_("The hours have been written down."), done=reverse("coach:application", args=[pk]),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@care_team
def add_placement(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Write down a trial placement for someone."""
    participant = sight.care_opened(who(request), pseudonym, Permission.KEEP_SEARCH)
    seen = sight.search_of(participant, who(request).language, own=False)
    language = request.LANGUAGE_CODE
    return _form(
        request, participant, forms.AddPlacement(request.POST or None, kinds=seen.kinds, language=language, care=True),
        lambda given: placements.add_placement(by=who(request), participant=participant, **given),
        heading=_("A trial placement"), button=_("Save this placement"), said=_("The placement has been saved."),
        kinds=seen.kinds,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@care_team
def placement(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one trial placement: its permission, how it went, and whether it counts as work."""
    row, seen = sight.care_placement(who(request), pk)
    made, status, participant = placement_forms(request, seen), 200, row.enrolment.participant
    if request.method == "POST":
        if work_on_placement(request, row, made):
            if request.POST.get("what") == "drop":
                return redirect("coach:search", participant.pseudonym)
            return redirect("coach:placement", pk)
        status = 400
    context = _frame(participant, seen=seen, forms=made, may=sight.may_write(participant))
    return render(request, "coach/placement.html", context, status=status)
