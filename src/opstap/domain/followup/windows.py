"""The window of a wave: counted from the day of its anchor, so that a corrected anchor gives a moved window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from opstap.domain.months import add_months
from opstap.domain.protocol.model import Wave


@dataclass(frozen=True)
class Window:
    """The day a wave is due, and the first and the last day on which it can be handed in."""

    due: date
    opens: date
    closes: date


def window(anchor: date, wave: Wave) -> Window:
    """Count a wave's window from its anchor: calendar months, clipped at the month's end."""
    due = add_months(anchor, wave.months)
    return Window(
        due=due,
        opens=due - timedelta(days=wave.opens_days_before),
        closes=due + timedelta(days=wave.closes_days_after),
    )
