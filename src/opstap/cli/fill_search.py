"""Two invented people of the demonstration look for new work: one has found a trial placement, one an offer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from opstap.acts import applications, clock, goals, placements, search

#: What one of the two wishes for; the other says less, by telephone.
_WISHES = {
    "work": "Met mensen, en toch rustig. Liefst geen avonden meer.",
    "tasks": "Ontvangen, plannen, dingen uitzoeken voor een ander.",
    "can": "Overzicht houden. Mensen op hun gemak stellen.",
    "must": "Een plek waar het stil kan zijn.",
    "must_not": "Tillen, of de hele dag bellen.",
}


def look_for_work(people: Iterable[dict[str, Any]], now: datetime) -> None:
    """Let the two latest people with a coach and without a workplace look for other work, each in a few deeds."""
    free = [one for one in people if "coach" in one and "workplace" not in one and not one.get("ended")]
    free.sort(key=lambda one: one["who"].referred_on, reverse=True)
    for one, live in zip(free, (_tries, _has_an_offer), strict=False):
        live(one, now)
        one["searches"] = True


def _tries(one: dict[str, Any], now: datetime) -> None:
    own, who, today = one["user"], one["who"], now.date()
    with clock.at(now - timedelta(days=9)):
        search.start_search(by=own, participant=who, reason="contract_ended")
        search.write_wishes(
            by=own, participant=who, texts=_WISHES, hours_least=16, hours_most=24, days=(0, 1, 3), travel=30
        )
        goals.set_goal(
            by=own, participant=who, about="search", importance=8, confidence=5,
            text="Deze maand met twee mensen praten die dit werk doen.",
        )  # fmt: skip
        first = applications.add_application(
            by=own, participant=who, where="Bibliotheek Zuid", function="Medewerker balie", way="vacancy",
            state="sent", next_step="Nabellen of de brief er is", next_on=today - timedelta(days=1), shared=True,
        )  # fmt: skip
        applications.add_application(
            by=own, participant=who, where="Gemeente, loket wonen", function="Gastvrouw", way="network"
        )
    with clock.at(now - timedelta(days=5)):
        applications.write_application(
            by=own, application=first, state="talk_planned", text="Vragen of woensdag vrij kan blijven.",
            next_step="Gesprek voorbereiden met mijn coach", next_on=today,
        )  # fmt: skip
        placements.add_placement(
            by=own, participant=who, kind="experience_placement", where="Wijkcentrum De Brug", hours=12,
            starts_on=today + timedelta(days=10), ends_on=today + timedelta(days=52), tries="Onthaal, in de ochtend.",
        )  # fmt: skip


def _has_an_offer(one: dict[str, Any], now: datetime) -> None:
    coach, who = one["coach"], one["who"]
    with clock.at(now - timedelta(days=6)):
        search.start_search(by=coach, participant=who, reason="own_choice", channel="telephone")
        applied = applications.add_application(
            by=coach, participant=who, where="Plantenkwekerij Hof", function="Administratie", way="open", state="sent",
            channel="telephone",
        )  # fmt: skip
    with clock.at(now - timedelta(days=1)):
        applications.write_application(
            by=coach, application=applied, state="offer", text="Drie dagen, te beginnen over een maand.",
            channel="telephone",
        )  # fmt: skip
