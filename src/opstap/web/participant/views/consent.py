"""Deciding about taking part, and leaving: the study and the programme each by itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from opstap.acts import consents, doors
from opstap.acts.refusals import Refused
from opstap.acts.sight.participant import deciding as sight
from opstap.domain.journey import NotNow
from opstap.web.participant.frame import mine, page, reader, signed_in
from opstap.web.participant.said import say


@mine
@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest, kind: str) -> HttpResponse:
    """Show one form of consent, short first; keep the decision, item by item."""
    form = sight.consent(signed_in(request), kind)
    if request.method == "GET":
        return _form(request, form)
    address = reader(request).address
    no = request.POST.get("decision") == "no"
    if form.decision in ("agreed", "withdrawn") or (form.decision == "refused" and no):
        return _form(request, form, 409, said=say(address, "You had already decided. Nothing was changed."))
    given = [] if no else [line.id for line in form.lines if line.id in request.POST.getlist("items")]
    missing = [line for line in form.lines if line.required and line.id not in given]
    if missing and not no:
        return _form(request, form, 400, missing=missing, ticked=given)
    try:
        consents.record_consent(
            by=signed_in(request),
            participant=doors.own_record(signed_in(request)),
            kind=kind,
            items=given,
        )
    except (Refused, NotNow) as refusal:
        now = sight.consent(signed_in(request), kind)
        said = str(refusal) if isinstance(refusal, Refused) else say(address, "You cannot decide about this now.")
        return _form(request, now, 400 if isinstance(refusal, Refused) else 409, said=said, ticked=given)
    if no:
        messages.success(request, say(address, "You said no. That is fine, and it changes nothing in your care."))
    else:
        messages.success(request, say(address, "You take part. Thank you."))
    return redirect("participant:consent", kind)


def _form(
    request: HttpRequest,
    form: sight.Form,
    status: int = 200,
    *,
    said: str = "",
    missing: list[sight.Line] | None = None,
    ticked: list[str] | None = None,
) -> HttpResponse:
    missing_ids = [line.id for line in missing or []]
    return page(
        request, "consent", status, form=form, said=said, missing=missing, missing_ids=missing_ids, ticked=ticked or []
    )


@mine
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, kind: str) -> HttpResponse:
    """Say what leaving does and does not do; leave."""
    seen = sight.leaving(signed_in(request), kind)
    if request.method == "GET":
        return page(request, "leave", leaving=seen)
    address = reader(request).address
    act = consents.withdraw if kind == "study" else consents.stop_programme
    try:
        act(by=signed_in(request), participant=doors.own_record(signed_in(request)))
    except NotNow:
        return page(request, "leave", 409, leaving=sight.leaving(signed_in(request), kind))
    if kind == "study":
        messages.success(request, say(address, "You left the study. Nothing more is asked of you for it."))
    else:
        messages.success(request, say(address, "You stopped the programme."))
    return redirect("participant:record")
