"""A short questionnaire on one page, for the people around a participant: save, look over, hand in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from opstap.acts import measures
from opstap.acts.doors import Measurement
from opstap.acts.sight.answers import Answered
from opstap.web.shared.entering import who
from opstap.web.shared.submitting import press, submit


@dataclass(frozen=True)
class Place:
    """Where a questionnaire stands: above it, before it and after it. `look` is the density of the page."""

    eyebrow: str
    page: str
    check: str
    home: str
    look: str = ""


def fill(
    request: HttpRequest, measurement: Measurement, whole: Answered, make: type[Any], place: Place
) -> HttpResponse:
    """Show all questions; save what was filled in, and go on to looking it over when asked to.

    `make` is the form of a whole measurement. What was handed in is shown, and changed by nobody here.
    """
    if whole.state not in ("open", "started"):
        return render(request, "shared/questions_check.html", {"whole": whole, "place": place, "done": True})
    form = make(whole, request.POST if request.method == "POST" else None)
    onward = place.check if "check" in request.POST else place.page

    def act(_given: dict[str, Any]) -> None:
        measures.save_answers(by=who(request), measurement=measurement, answers=form.given(whole))

    return submit(
        request,
        form,
        act,
        template="shared/questions.html",
        context={"whole": whole, "sheets": form.sheets(whole), "place": place},
        done=onward,
        said=_("The answers were saved."),
    )


def check(request: HttpRequest, measurement: Measurement, whole: Answered, place: Place) -> HttpResponse:
    """Show the answers to look over; hand them in."""
    if request.method == "POST":
        return press(
            request,
            lambda: measures.submit(by=who(request), measurement=measurement),
            done=place.check,
            said=_("Thank you. The answers were handed in."),
        )
    if whole.state == "open":
        return redirect(place.page)
    return render(
        request, "shared/questions_check.html", {"whole": whole, "place": place, "done": whole.state == "submitted"}
    )
