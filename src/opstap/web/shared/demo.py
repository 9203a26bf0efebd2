"""The demonstration: who one can be, the mail that was sent, and time that passes. Everyone in it is invented."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.contrib.auth import login
from django.core import mail
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from opstap.acts import clock
from opstap.acts.doors import SYSTEM, entering
from opstap.acts.due import queue_due, send_waiting
from opstap.acts.find import user_numbered
from opstap.acts.mailing import by_day
from opstap.acts.sight import demo as sight
from opstap.domain.access import Role
from opstap.domain.protocol import load
from opstap.web.shared.entering import CODE, LINK
from opstap.web.shared.menu import title_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

#: The cookie that says how many days ahead of today a visitor of the demonstration lives.
AHEAD = "opstap_days"
#: The steps in which time passes, in days, and how far ahead one can go: two years and a bit.
STEPS = (1, 7, 30, 91)
FARTHEST = 800

PURPOSES: dict[Role, Any] = {
    Role.PARTICIPANT: _("Answers questions, looks at the plan and the talks, sees who looked."),
    Role.THERAPIST: _("Plans and holds talks, and works on energy and late effects."),
    Role.COACH: _("Makes the plan for work, and follows hours and agreements."),
    Role.WORKPLACE: _("Sees hours and agreements, and nothing about health."),
    Role.REFERRER: _("Refers someone in under a minute."),
    Role.COORDINATOR: _("Screens, records consent, draws the lot and follows who is late."),
    Role.ANALYST: _("Reads the evaluation, without names."),
    Role.DATA_MANAGER: _("Looks answers over by pseudonym, asks the site and closes what was answered."),
    Role.STEWARD: _("Gives people their roles and checks the audit trail."),
}


@dataclass(frozen=True)
class Way:
    """One person to be: in which role, for what, and what to type when signing in by hand."""

    key: str
    name: str
    role: Any
    purpose: Any
    email: str
    code: str


@dataclass(frozen=True)
class Programme:
    """The people of one programme; without a title those of the whole house."""

    title: str
    ways: list[Way] = field(default_factory=list)


def _kept() -> dict[str, Any]:
    """Read what the filling wrote down; an empty, incomplete demonstration while there is nothing yet."""
    path = Path(settings.HOME) / "demo.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {"complete": False, "password": "", "code": "", "ways": []}


def one_time_code(secret: str) -> str:
    """Give the code that an app would show now for this secret."""
    counters = list(yield_hotp_counters_from_time())  # the present one in the middle of those that are tolerated
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))


def _programmes(kept: dict[str, Any], language: str) -> list[Programme]:
    groups: dict[str, Programme] = {}
    order = list(Role)
    for way in sorted(kept["ways"], key=lambda way: order.index(Role(way["role"]))):
        slug, role = way["study"], Role(way["role"])
        if slug not in groups:
            groups[slug] = Programme(load(slug).title(language) if slug else "")
        code = one_time_code(way["secret"]) if way["secret"] else ""
        groups[slug].ways.append(Way(way["key"], way["name"], title_of(role), PURPOSES[role], way["email"], code))
    return sorted(groups.values(), key=lambda group: not group.title)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show everyone one can be; while the filling is under way, say so."""
    kept = _kept()
    return render(
        request,
        "demo/index.html",
        {
            "programmes": _programmes(kept, getattr(request, "LANGUAGE_CODE", "")),
            "complete": kept["complete"],
            "password": kept["password"],
            "personal_code": kept["code"],
            "steps": STEPS,
            "now": clock.now(),
            "ahead": ahead(request),
        },
    )


@require_POST
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """Sign in as one of them, without password or code."""
    way = next((way for way in _kept()["ways"] if way["key"] == key), None)
    if way is None:
        raise Http404
    login(request, user_numbered(way["user"]), backend=BACKEND)
    request.session.pop(LINK, None)
    request.session[CODE] = way["role"] == Role.PARTICIPANT
    return redirect("home")


class DemoClock:
    """Lets each visitor of a demonstration live as far ahead of today as they chose; their cookie says how far."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request as if so many days had passed."""
        days = ahead(request)
        if not days:
            return self.get_response(request)
        with clock.at(_then(days)):
            return self.get_response(request)


def ahead(request: HttpRequest) -> int:
    """Tell how many days ahead of today a visitor lives; none for a cookie that says something else."""
    days = request.COOKIES.get(AHEAD, "")
    return int(days) if days.isdecimal() and int(days) <= FARTHEST else 0


def _then(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)


@require_POST
def pass_time(request: HttpRequest) -> HttpResponse:
    """Let time pass, or come back to today. What falls due on the way goes to the outbox."""
    asked = request.POST.get("days", "")
    days = min(ahead(request) + int(asked), FARTHEST) if asked.isdecimal() and int(asked) in STEPS else 0
    if days:
        with clock.at(by_day(_then(days))), entering(SYSTEM):
            queue_due()
            send_waiting(lambda _letter: None)
    answer = redirect("demo:index")
    answer.set_cookie(AHEAD, str(days), samesite="Lax", httponly=True)
    return answer


@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """Show the newest mails, as their readers would see them."""
    # Mails about accounts go past the participants' outbox: the demonstration keeps them in memory.
    accounts = list(reversed(getattr(mail, "outbox", [])))[:20]
    return render(request, "demo/outbox.html", {"letters": sight.outbox(), "accounts": accounts})
