"""What a letter at the end says of itself, drawn from the record: nothing has to be typed twice.

To anyone else it tells of time, talks, hours and aftercare; the participant's own letter also of goals and of what to
watch. Its sentences address nobody, so that they fit every programme.
"""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opstap.acts import clock, words
from opstap.acts.closing import closing_of, read_points
from opstap.acts.plan_words import steps_of
from opstap.domain.network import Party
from opstap.domain.work.buildup import at
from opstap.store.models import AftercareContact, Enrolment, Goal, Participant, Plan, Session, WorkSpell


def summary(participant: Participant, party: Party) -> list[str]:
    """Write the paragraphs of the summary, in the language that is active. Callers have opened the record."""
    enrolment = participant.enrolment
    parts = [_course(enrolment), _hours(participant)]
    if party is Party.PARTICIPANT:
        parts += _own(participant, enrolment)
    parts.append(_aftercare(enrolment))
    return [one for one in parts if one]


def _course(enrolment: Enrolment) -> str:
    held = Session.objects.filter(enrolment=enrolment, state="held").count()
    talks = ngettext("There was %(n)s talk.", "There were %(n)s talks.", held) % {"n": held}
    if enrolment.started_on is None:
        return talks
    days = {"first": _day(enrolment.started_on), "last": _day(enrolment.ended_on or clock.today())}
    ran = _("The guidance ran from %(first)s to %(last)s.") % days
    return f"{ran} {talks}"


def _hours(participant: Participant) -> str:
    row = (
        WorkSpell.objects.filter(participant=participant, source="coach", start__lte=clock.today())
        .order_by("-start", "-pk")
        .first()
    )
    if row is None:
        return ""
    told = _("Hours now: %(now)s a week, of %(contract)s in the contract.") % {
        "now": _number(row.actual_hours), "contract": _number(row.contract_hours),
    }  # fmt: skip
    planned = planned_hours(participant)
    if planned is None:
        return told
    said = _("The plan says %(hours)s.") % {"hours": _number(planned)}
    return f"{told} {said}"


def planned_hours(participant: Participant) -> float | None:
    """Give the hours a week that the plan which holds says for today; None without one."""
    plan = (
        Plan.objects.filter(enrolment__participant=participant, state__in=("agreed", "in_force"))
        .order_by("-version")
        .first()
    )
    step = at(steps_of(participant, plan), clock.today()) if plan else None
    return step.hours if step else None


def _own(participant: Participant, enrolment: Enrolment) -> list[str]:
    parts = []
    for goal in Goal.objects.filter(enrolment=enrolment).order_by("pk"):
        text = words.unseal(participant, goal.words_sealed)
        said = _("reached") if goal.reached else _("let go") if goal.closed_on else _("still open")
        parts.append(_("Goal: “%(goal)s” (%(state)s).") % {"goal": text, "state": said})
    closing = closing_of(enrolment, locked=False)
    for point in read_points(participant, closing) if closing else ():
        lines = [_("To watch: %(sign)s.") % {"sign": _flush(point.sign)}]
        if point.do:
            lines.append(_("What to do then: %(do)s.") % {"do": _flush(point.do)})
        if point.call:
            lines.append(_("Who to call: %(who)s.") % {"who": _flush(point.call)})
        parts.append(" ".join(lines))
    return parts


def _aftercare(enrolment: Enrolment) -> str:
    days = AftercareContact.objects.filter(enrolment=enrolment, state="planned").order_by("planned_for")
    listed = ", ".join(_day(one.planned_for) for one in days)
    return _("Contacts after the end: %(days)s.") % {"days": listed} if listed else ""


def _flush(text: str) -> str:
    return text.rstrip(" .")


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def _number(value: float) -> str:
    return str(number_format(int(value) if value == int(value) else value, use_l10n=True))
