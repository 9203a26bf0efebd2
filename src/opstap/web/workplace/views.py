"""The pages of a supervisor or HR adviser: who shares what with them, and one worker's hours and agreements."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from opstap.acts import clock, plans
from opstap.acts.sight import workplace as sight
from opstap.domain.access import Role
from opstap.web.shared.entering import needs, who
from opstap.web.shared.hours import picture
from opstap.web.shared.submitting import press


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
