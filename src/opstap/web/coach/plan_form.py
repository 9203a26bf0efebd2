"""The form of a plan: a table of steps that is redrawn with every change, and a proposal that fills the table.

Each button of the form sends all of it. What stands in the table is the plan in the making: nothing is kept before
it is offered, so that half a plan is on nobody's screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from opstap.acts.plan_words import refusal_of
from opstap.acts.sight.plans import PlanStory
from opstap.domain.work.buildup import MOST_STEPS, BuildUpError, Fault, Step, Wishes, propose, spread
from opstap.web.shared.templatetags.plans import WEEKDAYS

WEEKS = timedelta(weeks=1)
#: What a new row of the table begins with, beside the row before it.
ROW_WEEKS, ROW_HOURS = 2, 4.0


def _day(**given: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **given)


class PlanForm(forms.Form):
    """The plan as it stands on the page: aim, contract, days, the rows of the table, texts, and the wishes."""

    aim = forms.ChoiceField(
        label=_("Aim"),
        choices=[("return", _("Returning to work")), ("retention", _("Staying at work"))],
        widget=forms.RadioSelect,
    )
    contract_hours = forms.FloatField(label=_("Hours a week in the contract"), min_value=1, max_value=80)
    available = forms.TypedMultipleChoiceField(
        label=_("Days on which work is possible"),
        help_text=_("Why a day is not possible stands nowhere."),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    #: Tells the page's form, where no day may be ticked, from one that knows of no days.
    with_days = forms.BooleanField(required=False, widget=forms.HiddenInput)
    goal = forms.CharField(label=_("Goal, in their own words"), required=False, max_length=500)
    for_workplace = forms.CharField(
        label=_("Text for the workplace"),
        help_text=_("The workplace sees this, after the participant agreed. Nothing about health."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=1000,
    )
    why = forms.CharField(
        label=_("What changed, and why"),
        help_text=_("For the participant and the care team. The workplace does not see it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=500,
    )
    start = _day(label=_("First day"), required=False)
    first_hours = forms.FloatField(label=_("Hours to begin with"), required=False, min_value=0, max_value=80)
    step_hours = forms.FloatField(label=_("Hours more at each step"), required=False, min_value=0, max_value=80)
    step_weeks = forms.IntegerField(label=_("Weeks in a step"), required=False, min_value=1, max_value=26)
    goal_day = _day(
        label=_("All hours by this day"),
        help_text=_("If there is a day, it decides how large the steps are."),
        required=False,
    )
    short_day = forms.FloatField(
        label=_("First another day, until days have so many hours"), required=False, min_value=1, max_value=12
    )

    def __init__(self, *args: Any, rows: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for number in range(1, rows + 1):
            named = {"number": number}
            self.fields[f"from_{number}"] = _day(label=_("Step %(number)s: from") % named, required=False)
            self.fields[f"hours_{number}"] = forms.FloatField(
                label=_("Step %(number)s: hours a week") % named,
                required=False,
                min_value=0,
                max_value=80,
                widget=forms.NumberInput(attrs={"class": "w3"}),
            )
            self.fields[f"tasks_{number}"] = forms.CharField(
                label=_("Step %(number)s: what is done") % named, required=False, max_length=120
            )

    def table(self) -> list[tuple[int, forms.BoundField, forms.BoundField, forms.BoundField, Step | None]]:
        """Give the rows of the table: number, day, hours, tasks, and the step that it makes, if it does."""
        made = {step.start: step for step in self.drawn()}
        return [
            (
                number, self[f"from_{number}"], self[f"hours_{number}"], self[f"tasks_{number}"],
                made.get(self._value(f"from_{number}")),
            )
            for number in range(1, self.rows + 1)
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Read the rows; a day without hours, or hours without a day, is half a step."""
        cleaned = super().clean() or {}
        for number in range(1, self.rows + 1):
            day, hours = cleaned.get(f"from_{number}"), cleaned.get(f"hours_{number}")
            missing = f"from_{number}" if day is None else f"hours_{number}"
            if (day is None) != (hours is None) and missing not in self.errors:
                self.add_error(missing, _("A step needs a day and hours. Fill in both, or leave both empty."))
        return cleaned

    def steps(self) -> list[Step]:
        """Give the steps that were filled in, in the order written, not yet laid over the days."""
        given = self.cleaned_data
        return [
            Step(given[f"from_{number}"], given[f"hours_{number}"], (), given.get(f"tasks_{number}", ""))
            for number in range(1, self.rows + 1)
            if given.get(f"from_{number}") is not None and given.get(f"hours_{number}") is not None
        ]

    def days(self) -> list[int] | None:
        """Give the days on which work is possible; None where the form does not speak of them."""
        given = self.cleaned_data
        return given["available"] if given.get("available") or given.get("with_days") else None

    def drawn(self) -> list[Step]:
        """Give the steps as far as they can be read, by day, laid over the days: what the picture shows."""
        found = {}
        available = self._value("available") or []
        for number in range(1, self.rows + 1):
            day, hours = self._value(f"from_{number}"), self._value(f"hours_{number}")
            if day is not None and hours is not None:
                try:
                    found[day] = Step(day, hours, spread(hours, available), self._value(f"tasks_{number}") or "")
                except BuildUpError:
                    found[day] = Step(day, hours)
        return [found[day] for day in sorted(found)]

    def _value(self, name: str) -> Any:
        if not self.is_bound:
            return self.initial.get(name)
        self.is_valid()
        return self.cleaned_data.get(name)


def begin(story: PlanStory) -> PlanForm:
    """Begin from the newest version; without one, from a proposal that starts next week with a quarter of the hours."""
    newest = story.newest
    contract = newest.contract_hours if newest else (story.contract_hours or 32.0)
    monday = story.today + timedelta(days=7 - story.today.weekday())
    if newest is not None:
        steps: Sequence[Step] = newest.steps
        available = list(newest.available) or list(range(5))
        first = newest.now.hours if newest.now else newest.steps[0].hours
    else:
        available, first = list(range(5)), float(round(contract / 4))
        steps = propose(Wishes(monday, first, contract, step_weeks=3, step_hours=max(1.0, float(round(contract / 4)))))
    initial: dict[str, Any] = {
        "aim": newest.aim if newest else "return",
        "contract_hours": _plain(contract),
        "available": available,
        "with_days": True,
        "goal": newest.goal if newest else "",
        "for_workplace": newest.for_workplace if newest else "",
        "start": monday,
        "first_hours": _plain(first),
        "step_hours": _plain(ROW_HOURS),
        "step_weeks": ROW_WEEKS,
        "short_day": 4,
    }
    for number, step in enumerate(steps, 1):
        initial |= {f"from_{number}": step.start, f"hours_{number}": _plain(step.hours), f"tasks_{number}": step.tasks}
    return PlanForm(initial=initial, rows=len(steps))


def read(data: QueryDict) -> PlanForm:
    """Read the form as it was sent."""
    return PlanForm(data, rows=rows_in(data))


def rows_in(data: QueryDict) -> int:
    """Count the rows that were sent."""
    return max((number for number in range(1, MOST_STEPS + 1) if f"from_{number}" in data), default=0)


def changed(data: QueryDict, what: str) -> PlanForm:
    """Do to the table what a button says: `add`, `remove-3`, `later-3`, `earlier-3`, `propose`; else only redraw it."""
    table = [
        {part: data.get(f"{part}_{number}", "") for part in ("from", "hours", "tasks")}
        for number in range(1, rows_in(data) + 1)
    ]
    name, _dash, which = what.partition("-")
    row = int(which) - 1 if which.isdecimal() and 0 < int(which) <= len(table) else None
    refused: tuple[str, str] | None = None
    if name == "add" and len(table) < MOST_STEPS:
        table.append(_row_after(table))
    elif name == "remove" and row is not None:
        del table[row]
    elif name in ("later", "earlier") and row is not None:
        for one in table[row:]:
            one["from"] = _moved(one["from"], 1 if name == "later" else -1)
    elif name == "propose":
        form = read(data)
        form.is_valid()
        try:
            table = [_typed(step) for step in propose(_wishes(form.cleaned_data))]
        except BuildUpError as error:
            refusal = refusal_of(error)
            refused = (refusal.field, str(refusal))
    sent = data.copy()
    for number in range(1, rows_in(data) + 1):
        for part in ("from", "hours", "tasks"):
            del sent[f"{part}_{number}"]
    for number, one in enumerate(table, 1):
        for part, value in one.items():
            sent[f"{part}_{number}"] = value
    form = read(sent)
    form.is_valid()
    if refused is not None:
        form.add_error(refused[0] if refused[0] in form.fields else None, refused[1])
    return form


def _wishes(given: dict[str, Any]) -> Wishes:
    """Make wishes from what was filled in; what was left empty has the same value as on a fresh page."""
    if given.get("contract_hours") is None:
        raise BuildUpError(Fault.CONTRACT)
    if given.get("start") is None:
        raise BuildUpError(Fault.NO_START)
    hours, weeks, short = given.get("step_hours"), given.get("step_weeks"), given.get("short_day")
    return Wishes(
        start=given["start"],
        first_hours=given.get("first_hours") or 0.0,
        contract_hours=given["contract_hours"],
        step_weeks=ROW_WEEKS if weeks is None else weeks,
        step_hours=ROW_HOURS if hours is None else hours,
        goal=given.get("goal_day"),
        available=frozenset(given.get("available") or ()),
        short_day=short or 4.0,
    )


def _row_after(table: list[dict[str, str]]) -> dict[str, str]:
    last = table[-1] if table else {"from": "", "hours": "", "tasks": ""}
    try:
        hours = str(_plain(float(last["hours"].replace(",", ".")) + ROW_HOURS))
    except (ValueError, OverflowError):
        hours = ""
    return {"from": _moved(last["from"], ROW_WEEKS), "hours": hours, "tasks": last["tasks"]}


def _moved(typed: str, weeks: int) -> str:
    """Move a typed day by weeks; what is no day stays as it was typed."""
    try:
        return (date.fromisoformat(typed) + WEEKS * weeks).isoformat()
    except (ValueError, OverflowError):
        return typed


def _typed(step: Step) -> dict[str, str]:
    return {"from": step.start.isoformat(), "hours": str(_plain(step.hours)), "tasks": step.tasks}


def _plain(hours: float) -> float | int:
    return int(hours) if hours == int(hours) else hours
