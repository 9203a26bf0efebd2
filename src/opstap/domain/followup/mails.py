"""Which mail someone should have by now, and why one went out or did not.

Nothing is planned ahead and kept: the whole list is drawn up anew from today's state, each time it is asked. So it
cannot freeze, and the page that explains it cannot differ from the run that sends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from opstap.domain.followup.hours import Hours

#: `made`: a mail of this step exists. `now`: one may go this moment. `later`: at `at`, as things stand. `never`: not
#: while things stay as they are. `why` says more: a calm hour, what stopped it, or what came instead.
Verdict = Literal["made", "now", "later", "never"]


@dataclass(frozen=True)
class Facts:
    """What is so today about one measurement. Days are calendar days where the person lives.

    `stopped` is empty, or why nothing goes: `submitted`, the reason of the voiding (`withdrawn`, `died`, …), or what
    keeps mail from this person (`bounced`, `no_address`, …). `made` holds the moment each step's mail was made.
    """

    opens: date
    due: date
    closes: date
    reminders_after_days: tuple[int, ...]
    stopped: str = ""
    made: Mapping[str, datetime] | None = None


@dataclass(frozen=True)
class Step:
    """One mail of a measurement: `name` is `invitation` or `reminder:<days after the due day>`."""

    name: str
    day: date
    verdict: Verdict
    why: str = ""
    at: datetime | None = None

    @property
    def kind(self) -> str:
        """Give the kind of mail without its number."""
        return self.name.partition(":")[0]


def plan(facts: Facts, now: datetime, hours: Hours) -> list[Step]:
    """Draw up the mails of one measurement in order, each with its verdict; at most one of them says `now`.

    - The invitation goes from the day the window opens. Reminders go from their day on, counted from the due day.
    - A reminder whose day lay on or before the day of the invitation is passed over (`before_invitation`): nobody is
      reminded of what is new to them. Of several that came due, only the latest goes (`superseded`).
    - Nothing goes after the window closed, nor when something stopped it, nor at night, on a Sunday or a holiday.
    """
    made = facts.made or {}
    today = hours.day(now)
    invited = made.get("invitation")
    steps = [_step("invitation", facts.opens, facts, now, hours)]
    first = hours.day(invited) if invited else (hours.day(steps[0].at) if steps[0].at else max(facts.opens, today))
    days = {number: facts.due + timedelta(days=number) for number in sorted(set(facts.reminders_after_days))}
    begun = [number for number, day in days.items() if day <= today or f"reminder:{number}" in made]
    for number, day in days.items():
        name = f"reminder:{number}"
        if name not in made and not facts.stopped:
            if day <= first:
                steps.append(Step(name, day, "never", "before_invitation"))
                continue
            if begun and number < begun[-1]:
                steps.append(Step(name, day, "never", "superseded"))
                continue
        steps.append(_step(name, day, facts, now, hours))
    return steps


def _step(name: str, day: date, facts: Facts, now: datetime, hours: Hours) -> Step:
    sent = (facts.made or {}).get(name)
    if sent is not None:
        return Step(name, day, "made", at=sent)
    if facts.stopped:
        return Step(name, day, "never", facts.stopped)
    today = hours.day(now)
    at = hours.next(now) if day <= today else hours.start(day)
    if hours.day(at) > facts.closes:
        return Step(name, day, "never", "closed")
    if day > today:
        return Step(name, day, "later", "not_yet", at)
    calm = hours.calm(now)
    return Step(name, day, "later", calm, at) if calm else Step(name, day, "now", at=now)
