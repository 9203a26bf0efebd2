"""Who reads the clock: what is near, what each party has to do, and what may be shown to a workplace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from opstap.domain.statute.model import Certainty, Kind, Who, Words
from opstap.domain.statute.timeline import Deadline, Facts, State, Timeline
from opstap.domain.work.spells import Kind as Work
from opstap.domain.work.spells import Spell

#: Whose turn it is when the workplace has something to do.
_WORKPLACE = (Who.EMPLOYER, Who.EMPLOYER_AND_EMPLOYEE, Who.EMPLOYER_OR_EMPLOYEE)
_WAITING = (State.OPEN, State.AHEAD, State.LATE)


#: What each duty of the workplace is called there: words about the work, and none about a person's health. A rule that
#: is not named here is not shown there, such as the employer's right to end a contract.
TITLES = {
    "physician_opinion": Words(en="Ask for advice on the work", nl="Advies over het werk vragen"),
    "action_plan": Words(en="Draw up the plan of action", nl="Plan van aanpak maken"),
    "plan_review": Words(en="Discuss the plan of action", nl="Plan van aanpak bespreken"),
    "report_42": Words(en="Report to UWV in week 42", nl="Melding aan UWV in week 42"),
    "first_year_evaluation": Words(en="First-year evaluation", nl="Eerstejaarsevaluatie"),
    "second_track": Words(en="Start of the second track", nl="Begin van het tweede spoor"),
    "final_evaluation": Words(en="Final evaluation", nl="Eindevaluatie"),
    "physician_notice": Words(en="Notice to the prevention service", nl="Melding aan de preventiedienst"),
    "work_potential_estimate": Words(en="Ask what work is possible", nl="Vragen welk werk mogelijk is"),
    "trajectory_start_latest": Words(
        en="Last day to start the re-integration trajectory", nl="Laatste dag om het re-integratietraject te starten"
    ),
}


@dataclass(frozen=True)
class WorkplaceDeadline:
    """One term that is the workplace's own: by type without a reason, a fact about the person, or anyone else's part.

    `with_employee` says that worker and employer do it together, or either of them may.
    """

    id: str
    title: Words
    due: date | None
    opens: date | None
    state: State
    certainty: Certainty
    with_employee: bool


def for_workplace(timeline: Timeline) -> tuple[WorkplaceDeadline, ...]:
    """Give only the duties that are the employer's to keep, in order of date; what lapsed or passed is left out.

    Only for a workplace with which the participant shares deadlines: whoever calls this has checked that.
    """
    return tuple(
        WorkplaceDeadline(
            id=one.id,
            title=TITLES[one.id],
            due=one.due,
            opens=one.opens,
            state=one.state,
            certainty=one.certainty,
            with_employee=one.who is not Who.EMPLOYER,
        )
        for one in timeline.deadlines
        if one.who in _WORKPLACE and one.id in TITLES and one.state in (*_WAITING, State.DONE)
    )


def near(timeline: Timeline, *, days: int = 14, late_days: int = 14) -> tuple[Deadline, ...]:
    """Give the duties whose last day comes within so many days, or has passed shortly ago and is not marked as done.

    What passed longer ago is left to the page of the clock: nothing says that it was not done.
    """
    first, last = timeline.on - timedelta(days=late_days), timeline.on + timedelta(days=days)
    return tuple(
        one
        for one in timeline.deadlines
        if one.kind is Kind.DUTY and one.state in _WAITING and one.due is not None and first <= one.due <= last
    )


def coming(timeline: Timeline) -> Deadline | None:
    """Give what comes next: the first term from today on that is not done, of whatever kind."""
    return next(
        (
            one
            for one in timeline.deadlines
            if one.when is not None and one.when >= timeline.on and one.state in (State.AHEAD, State.OPEN)
        ),
        None,
    )


def with_spells(facts: Facts, spells: Sequence[Spell]) -> Facts:
    """Give the facts with the hours that were written down, from the first sick day on.

    Hours are often written down from the first resumption on only: then the days from the first sick day until the
    first hours known count as sick leave without interruption, as they would without any hours at all.
    """
    told = sorted(spells, key=lambda spell: spell.start)
    if not told:
        return facts
    first = told[0]
    if facts.first_sick_day < first.start:
        before = replace(
            first,
            start=facts.first_sick_day,
            end=first.start - timedelta(days=1),
            actual_hours=0.0,
            sick_percent=100.0,
            kind=Work.NONE if first.contract_hours == 0 else Work.OWN,
        )
        told = [before, *told]
    return replace(facts, spells=tuple(told))
