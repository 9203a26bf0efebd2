"""The pages of the care team among themselves: being away, and passing on."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from opstap.acts import clock, doors
from opstap.acts import team as acts
from opstap.acts.sight import coach as sight
from opstap.acts.sight import team as seen_by
from opstap.domain.access import Permission, Role
from opstap.web.coach import forms
from opstap.web.shared.entering import needs, who
from opstap.web.shared.submitting import press, submit

care_team = needs(Role.THERAPIST, Role.COACH)


@require_http_methods(["GET", "POST"])
@care_team
def away(request: HttpRequest) -> HttpResponse:
    """Show who stands in for whom, and ask a colleague to stand in."""
    by = who(request)
    seen = seen_by.away(by)

    def act(given: dict[str, Any]) -> object:
        study, stand_in = seen_by.chosen_colleague(by, given.pop("stand_in"))
        return acts.arrange_cover(by=by, study=study, stand_in=stand_in, **given)

    return submit(
        request,
        forms.Away(request.POST or None, colleagues=seen.colleagues, initial={"since": clock.today()}),
        act,
        template="coach/away.html",
        context={"seen": seen, "today": clock.today()},
        done=reverse("coach:away"),
        said=_("Your colleague finds your participants from that day on. They see who stands in."),
    )


@require_POST
@care_team
def end_cover(request: HttpRequest, cover: int) -> HttpResponse:
    """End the time that a colleague stands in."""
    found = seen_by.cover_numbered(who(request), cover)
    return press(
        request,
        lambda: acts.end_cover(by=who(request), cover=found),
        done=reverse("coach:away"),
        said=_("You look after your participants yourself again."),
    )


@require_http_methods(["GET", "POST"])
@care_team
def hand_over(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Pass on to a colleague what they should know."""
    by = who(request)
    participant = doors.record_of(by, pseudonym, Permission.DELIVER, what="case")
    seen = sight.case(by, pseudonym)

    def act(given: dict[str, Any]) -> object:
        to = next(user for user in seen_by.colleagues_on(by, participant) if str(user.pk) == given["to"])
        return acts.hand_over(by=by, participant=participant, to=to, note=given["note"])

    return submit(
        request,
        forms.HandOver(request.POST or None, colleagues=seen.colleagues),
        act,
        template="coach/form.html",
        context={"case": seen, "heading": _("Hand over to a colleague"), "button": _("Hand over")},
        done=reverse("coach:case", args=[pseudonym]),
        said=_("Your colleague finds it on top of the list."),
    )


@require_POST
@care_team
def take_over(request: HttpRequest, hand_over: int) -> HttpResponse:
    """Say that what was passed on has been taken up."""
    found = doors.hand_over_of(who(request), hand_over)
    return press(
        request,
        lambda: acts.take_over(by=who(request), hand_over=found),
        done=reverse("coach:case", args=[found.participant.pseudonym]),
        said=_("Your colleague sees that you have taken it up."),
    )
