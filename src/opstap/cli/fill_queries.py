"""What a few professionals, a workplace and a data manager do in the demonstration: a handful of deeds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from opstap.acts import clock, measures, queries
from opstap.acts.calendar import asked_of
from opstap.acts.doors import measurement_of, query_of, questions_of
from opstap.acts.sight import queries as sight
from opstap.acts.sight.around_questions import CARERS, asked_at_work, asked_of_care
from opstap.domain.access import Permission, Role
from opstap.domain.instruments.model import Item

#: So many of the care team, and so many workplaces, hand in what they are asked now; the others are still asked.
CARE, WORK = 2, 1


def answer_around(one: Any, now: datetime) -> None:
    """Let two of the care team and one workplace fill in what they are asked now, the day before today."""
    people = [person for person in one.people.values() if "coach" in person]
    by_number = {person["who"].pk: person for person in people}
    with clock.at(now - timedelta(days=1)):
        left = CARE
        for (role, _site), user in sorted(one.staff.items(), key=str):
            if role not in CARERS or not left:
                continue
            mine = [person["who"] for person in people if person.get(role) == user]
            for questions in list(asked_of_care(user, mine).values())[:1]:
                _fill_in(user, questions[0].id, (role,))
                left -= 1
        at_work = asked_at_work(pk for pk, person in by_number.items() if "workplace" in person)
        for pk, asked in list(at_work.items())[:WORK]:
            _fill_in(by_number[pk]["workplace"], asked[0].id, ("workplace",))


def _fill_in(user: Any, number: int, places: tuple[str, ...]) -> None:
    measurement = questions_of(user, number, places)
    answers = {
        one.id: {item.id: _answer(item) for item in one.items if item.kind == "choice"} for one in asked_of(measurement)
    }
    measures.save_answers(by=user, measurement=measurement, answers=answers)
    measures.submit(by=user, measurement=measurement)


def _answer(item: Item) -> Any:
    return item.codes[-2]


def ask(one: Any, now: datetime) -> None:
    """Let the data manager ask about the newest answers handed in, and the site answer one of the rules' queries."""
    manager, coordinator = one.staff[(Role.DATA_MANAGER, "")], one.staff[(Role.COORDINATOR, "")]
    with clock.at(now - timedelta(hours=20)):
        for row in sight.review(manager).rows[:1]:
            measurement = measurement_of(manager, row.id, Permission.REVIEW_ANSWERS)
            asked = asked_of(measurement)[0]
            queries.raise_query(
                by=manager, measurement=measurement, questionnaire=asked.id, item=asked.items[0].id,
                text="Wil je dit antwoord nakijken? Het wijkt af van de vorige keer.",
            )  # fmt: skip
    with clock.at(now - timedelta(hours=4)):
        for line in sight.queries(coordinator, raised="rule").lines[:1]:
            queries.answer_query(
                by=coordinator, query=query_of(coordinator, line.id, Permission.ANSWER_QUERY),
                text="Nagevraagd per telefoon: het klopt zo.",
            )  # fmt: skip
