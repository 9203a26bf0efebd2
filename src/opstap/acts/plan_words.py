"""A version of a plan between the tables and the domain: its steps, its sealed tasks, and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext_lazy as _

from opstap.acts import words
from opstap.acts.refusals import Refused
from opstap.domain.work import revision
from opstap.domain.work.buildup import BuildUpError, Fault, Step
from opstap.store.models import Participant, Plan

_SAID: dict[Fault, tuple[Any, str]] = {
    Fault.CONTRACT: (_("Fill in the hours of the contract, from 1 to 80 a week."), "contract_hours"),
    Fault.NO_START: (_("Fill in the first day of the plan."), "start"),
    Fault.NO_STEPS: (_("A plan needs at least one step."), "steps"),
    Fault.TOO_MANY: (_("That makes more than %(most)s steps. Take larger steps."), "steps"),
    Fault.ORDER: (_("Each step starts after the one before. Put %(day)s in its place."), "steps"),
    Fault.OVERLAP: (_("Two hours of the plan overlap on %(day)s. Keep one of the two."), "steps"),
    Fault.NEGATIVE: (_("Hours cannot be below 0. Change the step of %(day)s."), "steps"),
    Fault.OVER_CONTRACT: (
        _("%(hours)s hours do not fit a contract of %(contract)s hours. Fill in %(contract)s or less."), "steps",
    ),
    Fault.BEFORE_SICK: (
        _("The plan would begin on %(day)s, before the first sick day, %(first)s. Choose a later day."), "steps",
    ),
    Fault.NO_DAYS: (_("There is no day to work on. Choose at least one day of the week."), "available"),
    Fault.UNAVAILABLE: (_("The step of %(day)s has hours on a day that is not possible. Choose another day."), "steps"),
    Fault.DAY_TOO_LONG: (_("%(hours)s hours do not fit in a day. Choose more days, or fewer hours."), "available"),
    Fault.DAYS_DIFFER: (
        _("From %(day)s the days add up to %(total)s hours and the week says %(hours)s. Make them the same."), "steps",
    ),
    Fault.NO_GROWTH: (_("A step takes at least a week and adds hours. Fill in both."), "step_hours"),
    Fault.GOAL_TOO_SOON: (
        _("The day of the goal leaves no room for a step. Choose %(earliest)s or later, or shorter steps."), "goal_day",
    ),
}  # fmt: skip


def refusal_of(error: BuildUpError) -> Refused:
    """Say in words why a build-up cannot be, and how to mend it."""
    said, field = _SAID[error.fault]
    return Refused(said, field=field, **{name: _shown(value) for name, value in error.known.items()})


def _shown(value: Any) -> str:
    if isinstance(value, date):
        return formats.date_format(value, "j F Y")
    return formats.number_format(int(value) if value == int(value) else value, use_l10n=True)


def stored(step: Step) -> dict[str, Any]:
    """Give a step as the table keeps it; its tasks are sealed apart."""
    kept: dict[str, Any] = {"from": step.start.isoformat(), "hours": step.hours}
    if step.days:
        kept["days"] = [[day, hours] for day, hours in step.days]
    return kept


def steps_of(participant: Participant, plan: Plan) -> tuple[Step, ...]:
    """Give the steps of a version, with their tasks; for a reader who may read the plan."""
    sealed = words.unseal(participant, plan.tasks_sealed)
    # Tasks of someone whose key was destroyed are gone, and the hours stay.
    tasks: list[str] = json.loads(sealed) if sealed.startswith("[") else [""] * len(plan.steps)
    return tuple(
        Step(
            date.fromisoformat(step["from"]),
            float(step["hours"]),
            tuple((int(day), float(hours)) for day, hours in step.get("days", [])),
            task,
        )
        for step, task in zip(plan.steps, tasks, strict=True)
    )


def seal_tasks(participant: Participant, steps: Sequence[Step]) -> bytes | None:
    """Seal what is done in each step; nothing when no step says."""
    tasks = [step.tasks.strip() for step in steps]
    return words.seal(participant, json.dumps(tasks)) if any(tasks) else None


def version_of(participant: Participant, plan: Plan) -> revision.Version:
    """Give a version as versions are compared."""
    return revision.Version(
        aim=plan.aim,
        contract_hours=plan.contract_hours,
        steps=steps_of(participant, plan),
        goal=words.unseal(participant, plan.goal_sealed),
        for_workplace=words.unseal(participant, plan.for_workplace_sealed),
        relapse=words.unseal(participant, plan.relapse_sealed),
    )
