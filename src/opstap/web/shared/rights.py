"""The one short form of the statutory clock, and the press that something was done: alike for all who keep it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from opstap.acts import statute
from opstap.acts.doors import Participant, User
from opstap.acts.statute_facts import filled_in, known_of
from opstap.web.shared.entering import who
from opstap.web.shared.submitting import press


def _day(**given: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date", "class": "w6"}, format="%Y-%m-%d"), required=False, **given
    )


class FactsForm(forms.Form):
    """What no hours tell: what is left empty is taken from what was written down, or is not known."""

    first_sick_day = _day(label=_("First day of sick leave"), help_text=_("All dates are counted from this day."))
    contract_end = _day(label=_("Last day of the contract"), help_text=_("Only for a contract that ends."))
    employees = forms.IntegerField(
        label=_("How many people work for the employer"),
        help_text=_("Roughly. Some rules hold for larger employers only."),
        required=False,
        min_value=0,
        max_value=1_000_000,
        widget=forms.NumberInput(attrs={"class": "w6"}),
    )
    trajectory_start = _day(
        label=_("Start of a re-integration trajectory"),
        help_text=_("Only in Belgium: the day on which it was asked for."),
    )
    resumptions = forms.CharField(
        label=_("Days on which work in part began"),
        help_text=_("Besides those known from the hours. One or more days, such as 2026-03-16."),
        required=False,
        max_length=200,
    )

    def clean_resumptions(self) -> list[date]:
        """Read the days, with a comma or a space between."""
        days = []
        for typed in re.split(r"[\s,;]+", self.cleaned_data["resumptions"].strip()):
            if typed:
                try:
                    days.append(date.fromisoformat(typed))
                except ValueError:
                    message = _("%(typed)s is not a day. Write it as 2026-03-16.")
                    raise ValidationError(message, params={"typed": typed}) from None
        return days

    @staticmethod
    def keep(by: User, participant: Participant, given: dict[str, Any]) -> Any:
        """Keep what was filled in."""
        return statute.record_statute_facts(by=by, participant=participant, **given)


def facts_from(participant: Participant) -> dict[str, Any]:
    """Begin from what was filled in before; the first sick day also from what is known."""
    row, known = filled_in(participant), known_of(participant)
    initial: dict[str, Any] = {"first_sick_day": known.facts.first_sick_day if known else None}
    if row is not None:
        initial |= {
            "first_sick_day": row.first_sick_day or initial["first_sick_day"],
            "contract_end": row.contract_end,
            "employees": row.employees,
            "trajectory_start": row.trajectory_start,
            "resumptions": ", ".join(row.resumptions),
        }
    return initial


def mark(request: HttpRequest, participant: Participant, rule: str, *, done: str) -> HttpResponse:
    """Do what the small form beside a term asks: done on a day, or not done after all."""
    typed = request.POST.get("done_on", "")
    undo = request.POST.get("undo") == "1"
    try:
        day = None if undo else date.fromisoformat(typed)
    except ValueError:
        messages.error(request, _("Fill in the day on which it was done."))
        return redirect(done)
    return press(
        request,
        lambda: statute.mark_deadline(by=who(request), participant=participant, rule=rule, done_on=day),
        done=done,
        said=_("Written down: not done after all.") if undo else _("Written down: done."),
    )
