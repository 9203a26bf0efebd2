"""Closing the data, as pages: people, the study by two signatures, unblinding, one arm told, and opening again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import closing_data, doors, find, two_hands
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight.closing_data import closings
from opstap.domain.access import Permission, Role
from opstap.web.shared.entering import needs, who
from opstap.web.shared.submitting import press, submit

KINDS = {
    "lock": (
        _("Lock the data of the study"),
        _("From then on nothing in the data of the study changes, and the dataset stays as it is. Two people do this."),
    ),
    "unblind": (
        _("Unblind the analysis"),
        _("The analyst and the data manager see the groups from then on. It happens once and takes two people."),
    ),
    "reveal": (
        _("Learn the group of one participant"),
        _("Only where care cannot wait for it. You and the person who signs are told; nobody else."),
    ),
}
#: Why someone's data are not locked, by how far they are.
STATES = {
    "locked": ("good", _("locked")),
    "ready": ("todo", _("complete, can be locked")),
    "query": ("warn", _("a query waits")),
    "measurement": ("plain", _("a questionnaire is still open or to come")),
}


class Reason(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}))


class OneReason(Reason):
    """Whose, and why."""

    pseudonym = forms.CharField(label=_("Pseudonym"), max_length=16)
    field_order = ("pseudonym", "reason")


class Password(forms.Form):
    """A signature."""

    password = forms.CharField(
        label=_("Your password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


@needs(Role.COORDINATOR, Role.DATA_MANAGER)
@require_GET
def data(request: HttpRequest) -> HttpResponse:
    """Show how far the data of each study are closed, and what waits for a signature."""
    found = [
        (one, [(STATES[name], one.states.get(name, 0)) for name in STATES]) for one in closings(who(request))
    ]  # fmt: skip
    return render(request, "research/data.html", {"studies": found, "kinds": {k: v[0] for k, v in KINDS.items()}})


@needs(Role.COORDINATOR, Role.DATA_MANAGER)
@require_POST
def lock_people(request: HttpRequest, slug: str) -> HttpResponse:
    """Lock the data of everyone who is complete."""
    study = find.study_named(slug)
    return press(
        request,
        lambda: closing_data.lock_people(by=who(request), study=study),
        done=reverse("research:data"),
        said=_("The data of everyone who is complete are locked."),
    )


@needs(Role.COORDINATOR, Role.DATA_MANAGER)
@require_http_methods(["GET", "POST"])
def unlock_person(request: HttpRequest, slug: str) -> HttpResponse:
    """Open the data of one person again."""
    study = find.study_named(slug)
    doors.allow(who(request), Permission.LOCK_PERSON, study=study)

    def act(given: dict[str, Any]) -> Any:
        one = _whose(request, study, given["pseudonym"], Permission.LOCK_PERSON)
        return closing_data.unlock_person(by=who(request), participant=one, reason=given["reason"])

    lead = _("What was corrected can be changed again for this person, until you lock their data anew.")
    return _form(
        request,
        OneReason,
        act,
        (_("Open the data of one person"), lead),
        _("Open"),
        _("The data of this person are open."),
    )


@needs(Role.COORDINATOR, Role.DATA_MANAGER)
@require_http_methods(["GET", "POST"])
def unlock(request: HttpRequest, slug: str) -> HttpResponse:
    """Open the data of a study again."""
    study = find.study_named(slug)
    doors.allow(who(request), Permission.LOCK_STUDY, study=study)
    lead = _("The dataset that was frozen stays kept with its hash, and so does your reason.")
    return _form(
        request,
        Reason,
        lambda given: closing_data.unlock_study(by=who(request), study=study, reason=given["reason"]),
        (_("Open the data of the study"), lead),
        _("Open the data"),
        _("The data of the study are open."),
    )


@needs(Role.COORDINATOR, Role.DATA_MANAGER)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Ask for what takes two people."""
    if kind not in KINDS:
        raise Http404
    study = find.study_named(slug)
    doors.allow(who(request), two_hands.NEEDS[kind], study=study)

    def act(given: dict[str, Any]) -> Any:
        one = _whose(request, study, given["pseudonym"], Permission.REVEAL) if "pseudonym" in given else None
        return two_hands.ask(by=who(request), study=study, kind=kind, participant=one, reason=given["reason"])

    form = OneReason if kind == "reveal" else Reason
    said = _("Asked. It is done once a second person has signed.")
    left = closing_data.left_open(study) if kind == "lock" else {}
    return _form(request, form, act, KINDS[kind], _("Ask a second person"), said, _left(left))


@needs(Role.COORDINATOR, Role.DATA_MANAGER)
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, number: int) -> HttpResponse:
    """Sign what somebody else asked for."""
    asked = two_hands.request_of(who(request), number)
    mine = next((one for study in closings(who(request)) for one in study.requests if one.number == number), None)
    left = closing_data.left_open(asked.study) if asked.kind == "lock" else {}
    return submit(
        request,
        Password(request.POST if request.method == "POST" else None),
        lambda given: two_hands.sign(by=who(request), request=asked, password=given["password"]),
        template="research/sign_closing.html",
        context={"asked": mine, "number": number, "kind": KINDS[asked.kind], "left": _left(left)},
        done=reverse("research:data"),
        said=_("Signed and done."),
    )


@needs(Role.COORDINATOR, Role.DATA_MANAGER)
@require_POST
def drop(request: HttpRequest, number: int) -> HttpResponse:
    """Drop what was asked for."""
    asked = two_hands.request_of(who(request), number)
    return press(
        request,
        lambda: two_hands.drop(by=who(request), request=asked),
        done=reverse("research:data"),
        said=_("Dropped. That it was asked is kept."),
    )


def _whose(request: HttpRequest, study: Any, pseudonym: str, permission: Permission) -> Any:
    try:
        one = doors.record_of(who(request), pseudonym.strip().upper(), permission, what="arm")
    except NotHere:
        one = None
    if one is None or one.study_id != study.pk:
        raise Refused(_("There is no participant of this study with this pseudonym."), field="pseudonym")
    return one


def _left(left: Any) -> list[str]:
    """Say what is not closed yet, so that it is known before one signs."""
    said = {
        "ready": lambda n: ngettext(
            "%(n)s person is complete and not locked", "%(n)s people are complete and not locked", n
        ),
        "query": lambda n: ngettext("%(n)s person has a query that waits", "%(n)s people have a query that waits", n),
        "measurement": lambda n: ngettext(
            "%(n)s person has a questionnaire that is open or to come",
            "%(n)s people have a questionnaire that is open or to come",
            n,
        ),
    }
    return [said[name](n) % {"n": n} for name, n in left.items() if n]


def _form(
    request: HttpRequest, form: type[forms.Form], act: Any, words: tuple[Any, Any], button: Any, said: Any,
    left: list[str] | None = None,
) -> HttpResponse:  # fmt: skip
    return submit(
        request,
        form(request.POST if request.method == "POST" else None),
        act,
        template="research/reasoned.html",
        context={"title": words[0], "lead": words[1], "button": button, "left": left or []},
        done=reverse("research:data"),
        said=said,
    )
