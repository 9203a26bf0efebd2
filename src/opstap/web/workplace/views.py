"""The pages of a supervisor or HR adviser: who shares what with them, and one worker's hours and agreements."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as notes
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import clock, feeds, plans, workplace
from opstap.acts import messages as threads
from opstap.acts.sight import workplace as sight
from opstap.acts.sight import workplace_calendar as calendar_sight
from opstap.domain.access import Role
from opstap.web.shared import calendars
from opstap.web.shared.entering import needs, who
from opstap.web.shared.hours import picture
from opstap.web.shared.submitting import press, submit
from opstap.web.shared.writing import MessageForm


@require_GET
@needs(Role.WORKPLACE)
def home(request: HttpRequest) -> HttpResponse:
    """Show who shares hours and agreements; with one person, go straight to their page."""
    workers = sight.workers(who(request))
    if len(workers) == 1:
        return redirect("workplace:worker", workers[0].pseudonym)
    return render(request, "workplace/home.html", {"workers": workers})


@require_GET
@needs(Role.WORKPLACE)
def worker(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Show one worker's hours and agreements."""
    page = sight.page(who(request), pseudonym)
    drawn = picture(page.weeks, page.contract_hours, clock.today())
    return render(request, "workplace/worker.html", {"page": page, "picture": drawn, "today": clock.today()})


@require_POST
@needs(Role.WORKPLACE)
def confirm(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Agree with the plan that waits."""
    plan = sight.plan_to_confirm(who(request), pseudonym)
    return press(
        request,
        lambda: plans.confirm_plan(by=who(request), plan=plan),
        done=reverse("workplace:worker", args=[pseudonym]),
        said=_("Thank you. The plan is agreed."),
    )


@require_POST
@needs(Role.WORKPLACE)
def change(request: HttpRequest, pseudonym: str, pk: int, what: str) -> HttpResponse:
    """Agree with an adjustment, or say that it has been arranged."""
    changes: dict[str, tuple[Any, Any]] = {
        "agree": (workplace.confirm_adjustment, _("Thank you. The adjustment is agreed.")),
        "arranged": (workplace.arrange_adjustment, _("Thank you. It is written down as arranged.")),
    }
    if what not in changes:
        raise Http404
    act, said = changes[what]
    found = sight.change(who(request), pseudonym, pk)
    done = reverse("workplace:worker", args=[pseudonym])
    return press(request, lambda: act(by=who(request), adjustment=found), done=done, said=said)


@require_GET
@needs(Role.WORKPLACE)
def prepare(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Show how to prepare the first talk and the first day, and what not to ask."""
    return render(request, "workplace/prepare.html", {"page": sight.page(who(request), pseudonym)})


@require_http_methods(["GET", "POST"])
@needs(Role.WORKPLACE)
def messages(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Read and write messages with who guides the worker; the worker can read them."""
    participant, link, seen = sight.thread(who(request), pseudonym)
    return submit(
        request,
        MessageForm(request.POST or None),
        lambda given: threads.write_message(by=who(request), participant=participant, link=link, **given),
        template="workplace/messages.html",
        context={"thread": seen, "pseudonym": pseudonym},
        done=request.path,
        said=_("Your message has been sent."),
    )


@require_GET
@needs(Role.WORKPLACE)
def calendar_file(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Give what one worker shares as a calendar file."""
    shared = calendar_sight.of_worker(who(request), pseudonym)
    return calendars.answer(shared.talks, "work.ics", days=shared.days, name=str(_("Plan for work")))


@require_http_methods(["GET", "POST"])
@needs(Role.WORKPLACE)
def calendar(request: HttpRequest) -> HttpResponse:
    """Keep a private address for one's calendar program: made, seen once, ended."""
    token = ""
    if request.method == "POST" and request.POST.get("what") == "end":
        feeds.end_feed(by=who(request))
        notes.success(request, _("Ended. The address gives nothing any more."))
        return redirect("workplace:calendar")
    if request.method == "POST":
        token = feeds.make_feed(by=who(request))
    address = calendars.address_of(token) if token else ""
    return render(request, "workplace/calendar.html", {"feed": address, "has": feeds.has_feed(who(request))})
