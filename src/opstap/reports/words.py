"""The words and numbers of a report in one language: gettext files beside this one, decimal signs among them."""

from __future__ import annotations

import gettext
from datetime import date
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"


class Words:
    """Texts and numbers in a language; English where a language has no file."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.translations = gettext.translation("django", LOCALE, [language], fallback=True)
        self.gettext = self.translations.gettext
        self.ngettext = self.translations.ngettext
        self.pgettext = self.translations.pgettext

    def number(self, value: float | None, digits: int = 1) -> str:
        """Write a number with a fixed number of decimals; a dash where there is none."""
        if value is None or value != value:
            return "–"
        text = f"{value:,.{digits}f}"
        if not text.strip("-0.,"):
            text = text.lstrip("-")
        thousands = self.pgettext("separator of thousands", ",")
        point = self.pgettext("decimal sign", ".")
        signs = {",": thousands, ".": point, "-": "−"}
        return "".join(signs.get(letter, letter) for letter in text)

    def count(self, value: float | None) -> str:
        """Write a whole number."""
        return self.number(value, 0)

    def percent(self, share: float | None, digits: int = 0) -> str:
        """Write a share (0 to 1) as a percentage."""
        return self.number(share, 0) if share is None else f"{self.number(100 * share, digits)}%"

    def of(self, count: int, n: int) -> str:
        """Write a count with its share: 23 (12%)."""
        return f"{self.count(count)} ({self.percent(count / n)})" if n else self.count(count)

    def interval(self, low: float | None, high: float | None, digits: int = 1) -> str:
        """Write an interval: 0.8 to 6.6."""
        if low is None or high is None or low != low or high != high:
            return "–"
        _ = self.gettext
        return _("%(low)s to %(high)s") % {"low": self.number(low, digits), "high": self.number(high, digits)}

    def share_interval(self, low: float | None, high: float | None) -> str:
        """Write an interval of shares in percent: 9% to 20%."""
        if low is None or high is None:
            return "–"
        _ = self.gettext
        return _("%(low)s to %(high)s") % {"low": self.percent(low), "high": self.percent(high)}

    def p(self, value: float | None) -> str:
        """Write a p value with three decimals, or as smaller than 0.001."""
        if value is None or value != value:
            return "–"
        return f"< {self.number(0.001, 3)}" if value < 0.001 else self.number(value, 3)

    def day(self, day: date) -> str:
        """Write a date in full: 6 April 2028."""
        return f"{day.day} {self._months()[day.month - 1]} {day.year}"

    def month(self, day: date) -> str:
        """Write a month: April 2028."""
        return f"{self._months()[day.month - 1]} {day.year}"

    def _months(self) -> list[str]:
        _ = self.gettext
        return [
            _("January"),
            _("February"),
            _("March"),
            _("April"),
            _("May"),
            _("June"),
            _("July"),
            _("August"),
            _("September"),
            _("October"),
            _("November"),
            _("December"),
        ]


@cache
def words(language: str) -> Words:
    """Give the words of a language."""
    return Words(language)
