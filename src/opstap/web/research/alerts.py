"""Alarming answers: the list of those that wait for someone, and one of them with whom to call."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from opstap.acts.alerts import take_alert
from opstap.acts.sight import alerts as sight
from opstap.domain.access import Role
from opstap.domain.programme.helplines import EMERGENCY
from opstap.web.shared.entering import needs, who
from opstap.web.shared.submitting import submit


class Take(forms.Form):
    """What was done after an alarming answer."""

    done = forms.CharField(
        label=_("What did you do?"),
        help_text=_("For instance: called, spoke with them, called their general practitioner."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )


@needs(Role.COORDINATOR)
@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """List the alarming answers, those that wait first."""
    lines = sight.alerts(who(request))
    return render(request, "research/alerts.html", {"lines": lines, "waiting": sum(not one.taken_by for one in lines)})


@needs(Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def alert(request: HttpRequest, number: int) -> HttpResponse:
    """Show whom to call and why, and write down what was done."""
    row, whole = sight.alert(who(request), number)
    return submit(
        request,
        Take(request.POST if request.method == "POST" else None),
        lambda given: take_alert(by=who(request), alert=row, **given),
        template="research/alert.html",
        context={"whole": whole, "emergency": EMERGENCY},
        done=reverse("research:alerts"),
        said=_("Thank you. What you did stands with the answer."),
    )
