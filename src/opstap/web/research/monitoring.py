"""Watching a running study: what needs attention now, deviations and adverse events, sites that differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import find
from opstap.acts import incidents as acts
from opstap.acts.clock import today
from opstap.acts.sight import incidents as sight
from opstap.acts.sight.monitor import monitor as monitored
from opstap.acts.signals import look_for_signals
from opstap.domain.access import Role
from opstap.web.research import words
from opstap.web.shared.entering import needs, who
from opstap.web.shared.submitting import press, submit


def _assess(by: Any, row: Any, given: dict[str, Any]) -> None:
    acts.assess_event(
        by=by, incident=row, serious=given["serious"], relatedness=given["relatedness"], text=given["text"]
    )


def _close(by: Any, row: Any, given: dict[str, Any]) -> None:
    acts.close_incident(by=by, incident=row, text=given["text"], outcome=given.get("outcome", ""))


#: What can be done: the act, the words on its button, and what is said afterwards.
DOINGS: dict[str, tuple[Callable[[Any, Any, dict[str, Any]], Any], Any, Any]] = {
    "assess": (_assess, _("Keep this assessment"), _("The assessment was kept.")),
    "note": (
        lambda by, row, given: acts.note_incident(by=by, incident=row, text=given["text"]),
        _("Add to what happened"),
        _("It was added."),
    ),
    "close": (_close, _("Close"), _("It is closed.")),
    "reopen": (
        lambda by, row, given: acts.reopen_incident(by=by, incident=row, text=given["text"]),
        _("Open again"),
        _("It is open again."),
    ),
}


def _form(whole: sight.Whole) -> type[forms.Form]:
    """Make the form of the next step, with what this one needs."""
    fields: dict[str, forms.Field] = {
        "text": forms.CharField(
            label=_("In your own words"),
            help_text=_("Write no names, and not in which group the person is."),
            widget=forms.Textarea(attrs={"rows": 3}),
            required=False,
        )
    }
    if "assess" in whole.can:
        fields["serious"] = forms.MultipleChoiceField(
            label=_("Serious? Tick what applies; nothing ticked means not serious"),
            choices=list(words.SERIOUS.items()),
            initial=whole.line.serious,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        fields["relatedness"] = forms.ChoiceField(
            label=_("Is it related to the programme?"),
            choices=list(words.RELATED.items()),
            initial=whole.relatedness,
            required=False,
            widget=forms.RadioSelect,
        )
    if "close" in whole.can and whole.line.sort == "event":
        fields["outcome"] = forms.ChoiceField(
            label=_("How did it end? Only needed to close it"),
            choices=list(words.ENDED.items()),
            required=False,
            widget=forms.RadioSelect,
        )
    return type("Step", (forms.Form,), fields)


@needs(Role.COORDINATOR, Role.DATA_MANAGER)
@require_GET
def monitor(request: HttpRequest) -> HttpResponse:
    """Show what needs attention now, in order."""
    return render(request, "research/monitor.html", {"studies": monitored(who(request)), "today": today()})


@needs(Role.COORDINATOR, Role.DATA_MANAGER)
@require_POST
def look(request: HttpRequest, slug: str) -> HttpResponse:
    """Compare the sites of a study anew."""
    study = find.study_named(slug)
    return press(
        request,
        lambda: look_for_signals(by=who(request), study=study),
        done=reverse("research:monitor"),
        said=_("The sites were compared."),
    )


@needs(Role.COORDINATOR, Role.DATA_MANAGER)
@require_GET
def incidents(request: HttpRequest) -> HttpResponse:
    """List deviations and adverse events, fifty to a page."""
    shown, asked = request.GET.get("shown", "open"), request.GET.get("page", "")
    shown = shown if shown in sight.SHOWN else "open"
    number = int(asked) if asked.isdecimal() and len(asked) < 7 else 1
    page = sight.incidents(who(request), shown=shown, number=number)
    context = {"page": page, "shown": shown, "choices": words.INCIDENTS, "query": f"shown={shown}"}
    return render(request, "research/incidents.html", context)


@needs(Role.COORDINATOR, Role.DATA_MANAGER)
@require_http_methods(["GET", "POST"])
def incident(request: HttpRequest, number: int) -> HttpResponse:
    """Show one deviation or adverse event with everything that was done, and take the next step."""
    row, whole = sight.incident(who(request), number)
    doing = request.POST.get("doing", "")
    if request.method == "POST" and doing not in DOINGS:
        raise Http404
    act, _button, done = DOINGS.get(doing, DOINGS["note"])
    return submit(
        request,
        _form(whole)(request.POST if request.method == "POST" else None),
        lambda given: act(who(request), row, {"serious": [], "relatedness": "", **given}),
        template="research/incident.html",
        context={"whole": whole, "doings": [(name, DOINGS[name][1]) for name in DOINGS if name in whole.can]},
        done=reverse("research:incident", args=[number]),
        said=done,
    )
