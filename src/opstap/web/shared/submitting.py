"""One way to handle every form: read it, do the act, say so, go on; a refusal is shown at its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from opstap.acts.refusals import Refused
from opstap.domain.journey import NotNow
from opstap.web.shared.once import Again, once

TWICE = _("You sent this form twice. It was done once.")


def submit(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Any],
    *,
    template: str,
    context: dict[str, Any],
    done: str | Callable[[Any], str],
    said: Any,
    fields: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Show a form (GET), or do the act that it stands for (POST) and go on to `done` with `said` as message.

    What does not fit is shown again with status 400, everything that was typed kept; what the present state does not
    allow (a form sent twice, someone else was first) is said with status 409. `said` may be made from what the act
    gives, and so may `done` (from None when nothing was done now); `fields` says where a refusal goes whose field has
    another name here.
    """
    status = 200

    def onward(result: Any = None) -> str:
        return done(result) if callable(done) else done

    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                with once(request):
                    result = act(form.cleaned_data)
            except Again:
                messages.info(request, TWICE)
                return redirect(onward())
            except Refused as refusal:
                field = (fields or {}).get(refusal.field, refusal.field)
                form.add_error(field if field in form.fields else None, str(refusal))
            except NotNow:
                return render(request, "409.html", {"back": onward()}, status=409)
            else:
                messages.success(request, said(result) if callable(said) else said)
                return redirect(onward(result))
    return render(request, template, {**context, "form": form}, status=status)


def press(request: HttpRequest, act: Callable[[], Any], *, done: str, said: Any) -> HttpResponse:
    """Do the act that a single button stands for (POST only) and go on; a refusal is said on the page gone on to."""
    try:
        with once(request):
            act()
    except Again:
        messages.info(request, TWICE)
    except Refused as refusal:
        messages.error(request, str(refusal))
    except NotNow:
        return render(request, "409.html", {"back": done}, status=409)
    else:
        messages.success(request, said)
    return redirect(done)


def attempt(request: HttpRequest, act: Callable[[], Any], *, said: Any, form: forms.Form | None = None) -> bool:
    """Do the act of one form among several on a page; False when the form says why not, everything else is said."""
    try:
        with once(request):
            act()
    except Again:
        messages.info(request, TWICE)
    except Refused as refusal:
        if form is None:
            messages.error(request, str(refusal))
        else:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return False
    else:
        messages.success(request, said)
    return True
