"""Deciding about taking part, changing what one agrees to, and leaving: the study and the programme each by itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import consents, doors, understanding
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
    decided = form.decision in ("agreed", "withdrawn") or (form.decision == "refused" and no)
    if decided and not form.renewable:
        return _form(request, form, 409, said=say(address, "You had already decided. Nothing was changed."))
    given = [] if no else [line.id for line in form.lines if line.id in request.POST.getlist("items")]
    missing = [line for line in form.lines if line.required and line.id not in given]
    signature = request.POST.get("signature", "")
    typed: dict[str, Any] = {"ticked": given, "signature": signature}
    if missing and not no:
        return _form(request, form, 400, missing=missing, **typed)
    try:
        consents.record_consent(
            by=signed_in(request),
            participant=doors.own_record(signed_in(request)),
            kind=kind,
            items=given,
            signature=signature,
        )
    except Refused as refusal:
        now = sight.consent(signed_in(request), kind)
        return _form(request, now, 400, said=str(refusal), at=refusal.field, **typed)
    except NotNow:
        now = sight.consent(signed_in(request), kind)
        return _form(request, now, 409, said=say(address, "You cannot decide about this now."), **typed)
    if no and form.renewable:
        messages.success(request, say(address, "You said no to the new version. What you agreed to before stays."))
    elif no:
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
    at: str = "",
    missing: list[sight.Line] | None = None,
    ticked: list[str] | None = None,
    signature: str = "",
) -> HttpResponse:
    wrong = {one.passage for one in form.questions if one.right is False}
    context = {
        "said": said,
        "at": at,
        "missing": missing,
        "missing_ids": [line.id for line in missing or []],
        "ticked": ticked or [line.id for line in form.lines if form.renewable and line.agreed],
        "signature": signature,
        "wrong": wrong,
        # Whoever was informed can look whether it is clear, also while there is still time to think.
        "asks": form.questions and (form.can_decide or (form.opens_on is not None and not form.decision)),
    }
    return page(request, "consent", status, form=form, **context)


@mine
@require_POST
def understand(request: HttpRequest, kind: str) -> HttpResponse:
    """Keep the answers to the questions about the information; a wrong one leads back to its passage."""
    form = sight.consent(signed_in(request), kind)
    address = reader(request).address
    answers = {one.id: request.POST[one.id] for one in form.questions if request.POST.get(one.id)}
    try:
        wrong = understanding.check_understanding(
            by=signed_in(request), participant=doors.own_record(signed_in(request)), kind=kind, answers=answers
        )
    except Refused as refusal:
        return _form(request, form, 400, said=str(refusal), at="questions")
    except NotNow:
        return _form(request, form, 409, said=say(address, "You cannot decide about this now."))
    if wrong:
        messages.info(request, say(address, "Not everything was right. Below you can read it once more."))
    return redirect(f"{reverse('participant:consent', args=[kind])}#check")


@mine
@require_http_methods(["GET", "POST"])
def items(request: HttpRequest, kind: str) -> HttpResponse:
    """Change what can be given or taken back by itself: first say what it does, then do it."""
    free = sight.free_items(signed_in(request), kind)
    form = sight.consent(signed_in(request), kind)
    if request.method == "GET":
        return page(request, "consent_items", form=form, free=free)
    chosen = set(request.POST.getlist("items"))
    changed = [(item, item.id in chosen) for item in free if (item.id in chosen) != item.agreed]
    if changed and "sure" not in request.POST:
        return page(request, "consent_items", form=form, free=free, changed=changed, chosen=chosen)
    try:
        consents.change_items(
            by=signed_in(request), participant=doors.own_record(signed_in(request)), kind=kind, items=chosen
        )
    except Refused as refusal:
        return page(request, "consent_items", 400, form=form, free=free, said=str(refusal))
    messages.success(request, _("Changed. This holds from now on."))
    return redirect("participant:consent", kind)


@mine
@require_GET
def sheet(request: HttpRequest, kind: str) -> HttpResponse:
    """Give one's own signed sheet as PDF."""
    content, _hash = sight.own_sheet(signed_in(request), kind)
    return as_sheet(content)


def as_sheet(content: bytes) -> HttpResponse:
    """Answer with a signed sheet, to keep."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="consent.pdf"'
    return response


@mine
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, kind: str) -> HttpResponse:
    """Say what leaving does and does not do; leave."""
    seen = sight.leaving(signed_in(request), kind)
    if request.method == "GET":
        return page(request, "leave", leaving=seen)
    address = reader(request).address
    one, by = doors.own_record(signed_in(request)), signed_in(request)
    answers = request.POST.get("answers", "")
    if seen.possible and kind != "programme" and answers not in consents.AFTERWARDS:
        said = say(address, "Choose what happens with your answers.")
        return page(request, "leave", 400, leaving=seen, said=said)
    if kind != "programme" and answers == "erase" and "sure" not in request.POST:
        return page(request, "leave", leaving=seen, erasing=True)
    try:
        if kind != "programme":
            consents.withdraw(by=by, participant=one, answers=answers or "keep")
        else:
            consents.stop_programme(by=by, participant=one)
    except NotNow:
        return page(request, "leave", 409, leaving=sight.leaving(signed_in(request), kind))
    if kind != "programme":
        messages.success(request, say(address, "You left the study. Nothing more is asked of you for it."))
    else:
        messages.success(request, say(address, "You stopped the programme."))
    if not doors.can_sign_in(by):
        return redirect("home")
    return redirect("participant:record")
