"""My week on paper: what is planned this week, and an empty energy diary to fill in by hand, on one A4."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dates import WEEKDAYS

from opstap.acts.sight.week import WeekOnPaper
from opstap.web.shared.guidance import EFFECTS, HOWS, KINDS, PARTS


def draw(request: HttpRequest, seen: WeekOnPaper, *, back: dict[str, Any], work: bool = False) -> HttpResponse:
    """Draw the sheet."""
    context = {
        "seen": seen,
        "back": back,
        "work": work,
        "parts": list(PARTS.values()),
        "kinds": [words for words, _icon in KINDS.values()],
        "effects": list(EFFECTS.values()),
        "hows": [words for words, _icon in HOWS.values()],
        "weekdays": [WEEKDAYS[day.on.weekday()] for day in seen.days],
    }
    return render(request, "shared/week_paper.html", context)
