"""The personal code: chosen the first time, given later, changed by who knows the old one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from opstap.acts import doors, keys
from opstap.acts.refusals import Refused
from opstap.web.participant.frame import BARE, mine, page, reader, signed_in, with_code
from opstap.web.participant.said import say
from opstap.web.shared.entering import CODE


class Give(forms.Form):
    """Giving the code that was chosen."""

    code = forms.CharField(
        label=_("Personal code"),
        max_length=128,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Fill in the code.")},
    )


class Choose(forms.Form):
    """Choosing a code. It is shown while it is typed, so that nobody has to type it twice."""

    code = forms.CharField(
        label=_("New personal code"),
        help_text=_("At least six letters or digits."),
        max_length=128,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "new-password", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Choose a code of at least six letters or digits.")},
    )


class Change(Choose):
    """Choosing another code, for who knows the one they have."""

    field_order = ("old", "code")
    old = forms.CharField(
        label=_("The code until now"),
        max_length=128,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Fill in the code.")},
    )


@mine
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code, or let it be chosen where there is none yet; then go where someone was going."""
    known = keys.has_code(signed_in(request))
    given, onward = with_code(request), _next(request)
    shape: type[forms.Form] = (Change if given else Give) if known else Choose
    form = shape(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid() and _done(request, form, known=known):
            return redirect(onward)
        status = 400
    frame: dict[str, Any] = {} if given else dict(BARE)
    return page(request, "code", status, form=form, known=known, changing=known and given, next=onward, **frame)


def _done(request: HttpRequest, form: forms.Form, *, known: bool) -> bool:
    user = signed_in(request)
    address = reader(request).address
    changing = with_code(request)
    field = "old" if known and changing else "code"
    try:
        right = not known or keys.check_code(user, form.cleaned_data[field])
    except Refused as refusal:
        form.add_error(field, str(refusal))
        return False
    if not right:
        form.add_error(field, say(address, "This is not the code that you chose. Try again."))
        return False
    if not known or changing:
        try:
            keys.set_code(by=user, participant=doors.own_record(user), code=form.cleaned_data["code"])
        except Refused as refusal:
            form.add_error("code", str(refusal))
            return False
        messages.success(request, say(address, "Your code is saved. Keep it well."))
    request.session.cycle_key()
    request.session[CODE] = True
    return True


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("participant:record" if with_code(request) else "participant:today")
