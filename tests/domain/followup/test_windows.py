from datetime import date

from opstap.domain.followup import Window, window
from opstap.domain.protocol.model import Wave

SIX_MONTHS = Wave(
    id="t6", anchor="consent", months=6, opens_days_before=14, closes_days_after=42, asks={"participant": ["work"]}
)


def test_a_window_is_counted_from_its_anchor() -> None:
    assert window(date(2026, 3, 10), SIX_MONTHS) == Window(date(2026, 9, 10), date(2026, 8, 27), date(2026, 10, 22))


def test_the_last_day_of_august_and_six_months_is_the_last_of_february() -> None:
    assert window(date(2026, 8, 31), SIX_MONTHS).due == date(2027, 2, 28)
