"""The front door: where someone goes after signing in, and the single-use link from a mail."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from opstap.acts import inviting, keys
from opstap.domain.access import Role
from opstap.web.shared.entering import CODE, LINK

#: Where each role begins. Someone with more than one role begins at the first of these.
START = {
    Role.PARTICIPANT: "participant:today",
    Role.COACH: "coach:caseload",
    Role.THERAPIST: "coach:caseload",
    Role.COORDINATOR: "research:progress",
    Role.REFERRER: "research:refer",
    Role.ANALYST: "research:report",
    Role.DATA_MANAGER: "research:queries",
    Role.WORKPLACE: "workplace:home",
    Role.STEWARD: "steward:people",
}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the front page, or take who is signed in to where their role begins."""
    if request.user.is_authenticated:
        for role, name in START.items():
            if role in request.roles:  # type: ignore[attr-defined]
                return redirect(name)
    return render(request, "shared/home.html")


@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Say that the server answers; nothing else."""
    return HttpResponse("ok", content_type="text/plain")


@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Open a mailed link. Looking (GET) uses nothing up, since mail scanners look too; going on (POST) does.

    A spent link can be replaced by a fresh one to the same mailbox; the answer never says whether one was sent.
    """
    if request.method == "GET":
        return render(request, "shared/link.html", {"token": token})
    if "again" in request.POST:
        if not keys.send_new_link(token):
            inviting.invite_again(token)
        return render(request, "shared/link_sent.html")
    try:
        user, measurement = keys.open_link(token)
    except keys.LinkSpent:
        return _decide(request, token)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    request.session[LINK] = measurement.pk
    request.session.pop(CODE, None)
    return redirect(reverse("participant:questionnaire", args=[measurement.pk]))


def _decide(request: HttpRequest, token: str) -> HttpResponse:
    """Let someone in who has decided nothing yet; they choose a code, and then find everything of their own."""
    try:
        user = inviting.open_invitation(token)
    except keys.LinkSpent:
        return render(request, "shared/link_spent.html", {"token": token}, status=410)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    request.session[LINK] = 0
    request.session.pop(CODE, None)
    return redirect("participant:today")
