"""The frame of a page: the links for each role, of which at most six stand on top, and who is signed in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opstap.acts import words
from opstap.acts.refusals import NotHere
from opstap.acts.sight.participant import Own, own
from opstap.domain.access import Role

_STAFF: dict[Role, list[tuple[str, Any, str]]] = {
    Role.THERAPIST: [("coach:caseload", _("My participants"), "people")],
    Role.COACH: [("coach:caseload", _("My participants"), "people")],
    Role.WORKPLACE: [("workplace:home", _("Agreements"), "work")],
    Role.REFERRER: [("research:refer", _("Refer someone"), "people"), ("research:lot", _("The lot"), "shield")],
    Role.COORDINATOR: [
        ("research:progress", _("Progress"), "rising"),
        ("research:participants", _("Participants"), "people"),
        ("research:calendar", _("Calendar"), "calendar"),
        ("research:mails", _("Mails"), "message"),
        ("research:queries", _("Queries"), "flag"),
        ("research:monitor", _("Monitoring"), "alert"),
        ("research:recruitment", _("Recruitment"), "rising"),
        ("research:consents", _("Consent"), "write"),
        ("research:refer", _("Refer someone"), "add"),
        ("research:flow", _("Flow of participants"), "people"),
        ("research:delivered", _("What was delivered"), "steps"),
        ("research:data", _("Closing the data"), "shield"),
        ("research:summaries", _("What came out"), "message"),
        ("research:lot", _("The lot"), "shield"),
    ],
    Role.ANALYST: [
        ("research:report", _("Report"), "rising"),
        ("research:flow", _("Flow of participants"), "people"),
        ("research:delivered", _("What was delivered"), "steps"),
        ("research:exports", _("Export"), "open"),
        ("research:lot", _("The lot"), "shield"),
    ],
    Role.DATA_MANAGER: [
        ("research:monitor", _("Monitoring"), "alert"),
        ("research:queries", _("Queries"), "flag"),
        ("research:review", _("Answers"), "open"),
        ("research:data", _("Closing the data"), "shield"),
        ("research:flow", _("Flow of participants"), "people"),
        ("research:exports", _("Export"), "open"),
        ("research:lot", _("The lot"), "shield"),
    ],
    Role.STEWARD: [
        ("steward:people", _("People and roles"), "people"),
        ("steward:trail", _("Audit trail"), "shield"),
        ("steward:protocols", _("Protocols"), "open"),
        ("steward:texts", _("Texts"), "write"),
    ],
}
_TITLES: dict[Role, Any] = {
    Role.PARTICIPANT: _("Participant"),
    Role.THERAPIST: _("Occupational therapist"),
    Role.COACH: _("Coach"),
    Role.WORKPLACE: _("Workplace"),
    Role.REFERRER: _("Referrer"),
    Role.COORDINATOR: _("Coordinator"),
    Role.ANALYST: _("Analyst"),
    Role.DATA_MANAGER: _("Data manager"),
    Role.STEWARD: _("Steward"),
}
_PARTICIPANT: list[tuple[str, Any, str, str]] = [
    ("participant:today", _("Today"), "home", ""),
    ("participant:plan", _("My plan"), "steps", "plan"),
    ("participant:energy", _("My energy"), "energy", "energy"),
    ("participant:questionnaires", _("Questions"), "write", ""),
    ("participant:goals", _("My goals"), "flag", "goals"),
    ("participant:sessions", _("My talks"), "message", "sessions"),
    ("participant:search", _("New work"), "search", "search"),
    ("participant:knowledge", _("Good to know"), "open", "knowledge"),
    ("participant:record", _("My data"), "shield", ""),
    ("participant:rights", _("My rights"), "clock", "clock"),
]

#: Words that fit under an icon at the bottom of a phone.
_SHORT = {"participant:energy": _("Energy")}


def menu(request: HttpRequest) -> list[dict[str, Any]]:
    """List the links for who is signed in; a participant's depend on what their arm opens."""
    roles: set[Role] = request.roles  # type: ignore[attr-defined]
    if Role.PARTICIPANT in roles:
        self = _own(request)
        opened: Collection[str] = self.pages if self else ()
        links = [(name, label, icon) for name, label, icon, page in _PARTICIPANT if not page or page in opened]
    else:
        links = list(dict.fromkeys(link for role in Role if role in roles for link in _STAFF.get(role, [])))
    urls = [reverse(name) for name, _label, _icon in links]
    # The page's own entry is the longest address above it: a role's first page lies above all its others.
    current = max((url for url in urls if request.path.startswith(url)), key=len, default="")
    return [
        {"url": url, "label": label, "short": _SHORT.get(name, ""), "icon": icon, "current": url == current}
        for url, (name, label, icon) in zip(urls, links, strict=True)
    ]


def title_of(role: Role) -> Any:
    """Give the word for a role."""
    return _TITLES[role]


def _own(request: HttpRequest) -> Own | None:
    """Give a participant as their pages know them; None when there is no record. Asked once for each page."""
    if not hasattr(request, "own"):
        try:
            request.own = own(request.user)  # type: ignore[attr-defined, arg-type]
        except NotHere:
            request.own = None  # type: ignore[attr-defined]
    return request.own  # type: ignore[attr-defined]


def person(request: HttpRequest) -> dict[str, Any]:
    """Tell who is signed in: name, initials, role."""
    roles: set[Role] = request.roles  # type: ignore[attr-defined]
    title = next((str(_TITLES[role]) for role in Role if role in roles and role in _TITLES), "")
    if Role.PARTICIPANT in roles:
        self = _own(request)
        contact: Own | words.Contact = self or words.Contact("", "")
    else:
        contact = words.Contact(request.user.name, "")  # type: ignore[union-attr]
    staff = Role.PARTICIPANT not in roles
    return {"name": contact.name, "initials": contact.initials, "role": title, "staff": staff}
