"""Looking for new work: why, wishes, goals, applications that are one's own, trial placements, and a new job."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import applications, clock, goals, placements
from opstap.acts import search as acts
from opstap.acts.refusals import NotHere
from opstap.acts.sight import search as sight
from opstap.acts.sight.participant.pages import with_page
from opstap.web.participant.frame import mine, page, reader, signed_in
from opstap.web.participant.said import say
from opstap.web.shared import search_forms as forms
from opstap.web.shared.goal_forms import SetGoal
from opstap.web.shared.search_pages import filled, has_numbers, placement_forms, work_on_placement
from opstap.web.shared.submitting import press, submit

#: The forms of these pages: one at a time, with a sentence above it.
FORM = "participant/search_form.html"


def _form(
    request: HttpRequest, form: django_forms.Form, act: Any, *, heading: str, lead: str, button: Any, said: str,
    done: Any = None, back: str = "", **more: Any,
) -> HttpResponse:  # fmt: skip
    own, home = reader(request), reverse("participant:search")
    context = {"own": own, "address": own.address, "heading": heading, "lead": lead, "button": button}
    return submit(
        request, form, act, template=FORM, context={**context, "back": back or home, **more}, done=done or home,
        said=said,
    )  # fmt: skip


@mine
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Show everything about looking for new work on one page."""
    seen = sight.own_search(signed_in(request))
    return page(request, "search", seen=seen, numbers=has_numbers(seen.wishes))


@mine
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Say that one looks for other work, and why."""
    participant, address = with_page(signed_in(request), "search"), reader(request).address
    return _form(
        request, forms.Begin(request.POST or None),
        lambda given: acts.start_search(by=signed_in(request), participant=participant, **given),
        heading=say(address, "Are you looking for other work?"),
        lead=say(address, "Choose what fits. You can end it at any moment, without saying why."),
        button=_("Begin"), said=say(address, "You can write down here what you look for."),
    )  # fmt: skip


@mine
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Say that one does not look any more."""
    participant = with_page(signed_in(request), "search")
    return press(
        request,
        lambda: acts.end_search(by=signed_in(request), participant=participant),
        done=reverse("participant:search"),
        said=say(reader(request).address, "Ended. What you wrote stays yours."),
    )


@mine
@require_http_methods(["GET", "POST"])
def wishes(request: HttpRequest) -> HttpResponse:
    """Write down wishes and possibilities."""
    participant, address = with_page(signed_in(request), "search"), reader(request).address
    form = forms.WishesForm(request.POST or None, initial=filled(sight.wishes_now(participant)))
    return _form(
        request, form,
        lambda given: acts.write_wishes(by=signed_in(request), participant=participant, **form.given()),
        heading=say(address, "What do you want, and what can you do?"),
        lead=say(address, "Nothing has to be filled in. A few words are enough; you can change them later."),
        button=_("Save"), said=say(address, "Your wishes are saved."),
    )  # fmt: skip


@mine
@require_http_methods(["GET", "POST"])
def set_goal(request: HttpRequest) -> HttpResponse:
    """Set a goal of looking for work."""
    participant, address = with_page(signed_in(request), "search"), reader(request).address
    return _form(
        request, SetGoal(request.POST or None),
        lambda given: goals.set_goal(by=signed_in(request), participant=participant, about="search", **given),
        heading=say(address, "What do you want to reach?"),
        lead=say(address, "A small step is a good goal: talk with someone who does this work."),
        button=_("Save this goal"), said=say(address, "Your goal is saved."),
    )  # fmt: skip


@mine
@require_http_methods(["GET", "POST"])
def add_application(request: HttpRequest) -> HttpResponse:
    """Write down an application."""
    participant, address = with_page(signed_in(request), "search"), reader(request).address
    return _form(
        request, forms.AddApplication(request.POST or None, initial={"on": clock.today()}),
        lambda given: applications.add_application(by=signed_in(request), participant=participant, **given),
        heading=say(address, "An application"),
        lead=say(address, "Only you see this, unless you share it with your coach."),
        button=_("Save this application"), said=say(address, "Your application is saved."),
    )  # fmt: skip


@mine
@require_http_methods(["GET", "POST"])
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one application with its history, and write down what happened."""
    row, seen = sight.own_application(signed_in(request), pk)
    own, participant = reader(request), row.enrolment.participant
    first = {"next_step": seen.next_step, "next_on": seen.next_on}
    form = forms.WriteApplication(request.POST or None, moves=seen.moves, now=seen.state, initial=first)
    context = {"own": own, "address": own.address, "seen": seen, "may": sight.may_write(participant)}
    if seen.state == "accepted":
        context["links"] = sight.old_workplaces(participant)
    return submit(
        request, form,
        lambda given: applications.write_application(by=signed_in(request), application=row, **given),
        template="participant/application.html", context=context,
        done=reverse("participant:application", args=[pk]), said=say(own.address, "Written down."),
    )  # fmt: skip


@mine
@require_POST
def share_application(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the care team read one application, or close it to them."""
    row, _seen = sight.own_application(signed_in(request), pk)
    address, shares = reader(request).address, request.POST.get("share") == "yes"
    act = applications.share_application if shares else applications.close_application
    seen_by = say(address, "Your coach can see this application now.")
    closed = say(address, "Only you see this application now.")
    return press(
        request, lambda: act(by=signed_in(request), application=row),
        done=reverse("participant:application", args=[pk]), said=seen_by if shares else closed,
    )  # fmt: skip


@mine
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept an offer, with what goes along: the hours, and who of the old work sees along."""
    row, seen = sight.own_application(signed_in(request), pk)
    if seen.state != "offer":
        messages.info(request, say(reader(request).address, "There is no offer here to accept."))
        return redirect("participant:application", pk)
    address, participant = reader(request).address, row.enrolment.participant
    form = forms.Accept(request.POST or None, links=sight.old_workplaces(participant))

    def act(given: dict[str, Any]) -> object:
        return applications.begin_new_job(
            by=signed_in(request), application=row, starts_on=given["starts_on"],
            contract_hours=given["contract_hours"], write_hours=given["hours"] != "no",
            instead=given["hours"] == "instead", ended=form.ended(),
        )  # fmt: skip

    return _form(
        request, form, act,
        heading=say(address, "You accept the offer"),
        lead=say(address, "Nothing happens by itself. You choose what goes with it."),
        button=_("Accept"), said=say(address, "Written down. Below you see what can come next."),
        done=reverse("participant:application", args=[pk]), back=reverse("participant:application", args=[pk]),
    )  # fmt: skip


@mine
@require_http_methods(["GET", "POST"])
def record_job(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down the hours of the new job."""
    row, seen = sight.own_application(signed_in(request), pk)
    if not seen.can_record:
        raise NotHere(pk)
    address, there = reader(request).address, reverse("participant:application", args=[pk])
    return _form(
        request, forms.RecordJob(request.POST or None, initial={"actual_hours": seen.contract_hours}),
        lambda given: applications.record_new_job(by=signed_in(request), application=row, **given),
        heading=say(address, "The hours of your new job"),
        lead=say(address, "Your coach sees your hours as well. Nobody at your work does, unless you share them."),
        button=_("Write down these hours"), said=say(address, "Your hours are written down."), done=there, back=there,
    )  # fmt: skip


@mine
@require_http_methods(["GET", "POST"])
def add_placement(request: HttpRequest) -> HttpResponse:
    """Write down a trial placement."""
    participant, own = with_page(signed_in(request), "search"), reader(request)
    seen = sight.own_search(signed_in(request))
    return _form(
        request, forms.AddPlacement(request.POST or None, kinds=seen.kinds, language=request.LANGUAGE_CODE),
        lambda given: placements.add_placement(by=signed_in(request), participant=participant, **given),
        heading=say(own.address, "Trying work out"),
        lead=say(own.address, "Talk with your coach first: some kinds need a permission before you begin."),
        button=_("Save this placement"), said=say(own.address, "Your placement is saved."), kinds=seen.kinds,
    )  # fmt: skip


@mine
@require_http_methods(["GET", "POST"])
def placement(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one trial placement: its permission, how it went, and whether it counts as work."""
    row, seen = sight.own_placement(signed_in(request), pk)
    made, status = placement_forms(request, seen), 200
    if request.method == "POST":
        if work_on_placement(request, row, made):
            gone = request.POST.get("what") == "drop"
            return redirect("participant:search") if gone else redirect("participant:placement", pk)
        status = 400
    may = sight.may_write(row.enrolment.participant)
    return page(request, "placement", status, seen=seen, forms=made, may=may)
