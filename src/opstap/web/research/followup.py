"""Follow-up: the calendar of a study, why a questionnaire was missed, and the mails: why each went out, or did not."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import delivery, doors, followup
from opstap.acts.clock import today
from opstap.acts.sight import mails as sight
from opstap.acts.sight.waves import ASKING, calendars
from opstap.domain.access import Permission, Role
from opstap.web.research import forms as ours
from opstap.web.research import words
from opstap.web.shared.entering import needs, who
from opstap.web.shared.submitting import press, submit


@needs(Role.COORDINATOR)
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Show who is due, late, done or missed, per site and per person, fifty people to a page."""
    asked = {name: request.GET.get(name, "") for name in ("study", "asking", "page")}
    asking = asked["asking"] if asked["asking"] in ASKING else ""
    number = int(asked["page"]) if asked["page"].isdecimal() else 1
    found = calendars(who(request), study=asked["study"], asking=asking, number=number)
    narrowed = list(ASKINGS.items())
    context = {"studies": found, "chosen": asked["study"], "asking": asking, "narrowed": narrowed}
    return render(request, "research/calendar.html", {**context, "today": today()})


#: What the list of people can be narrowed to, in words.
ASKINGS = {
    "": words.EVERYONE,
    "open": words.PLACES["open"][1],
    "late": words.PLACES["late"][1],
    "missed": words.PLACES["missed"][1],
    "unexplained": words.UNEXPLAINED,
}


@needs(Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def missed(request: HttpRequest, number: int) -> HttpResponse:
    """Write down why a questionnaire was missed."""
    measurement = doors.measurement_of(who(request), number, Permission.KEEP_CALENDAR, what="calendar")
    before = {"reason": measurement.missed_reason}
    return submit(
        request,
        ours.Missed(request.POST) if request.method == "POST" else ours.Missed(initial=before),
        lambda given: followup.explain_missed(by=who(request), measurement=measurement, **given),
        template="research/missed.html",
        context={"pseudonym": measurement.participant.pseudonym},
        done=reverse("research:participant", args=[measurement.participant.pseudonym]),
        said=_("Written down. A reason makes a gap in the data something that can be reckoned with."),
    )


@needs(Role.COORDINATOR)
@require_GET
def mails(request: HttpRequest) -> HttpResponse:
    """Show the mails that somebody has to look at, and how many went out lately."""
    return render(request, "research/mails.html", {"studies": sight.mails(who(request)), "days": sight.DAYS})


@needs(Role.COORDINATOR)
@require_GET
def texts(request: HttpRequest) -> HttpResponse:
    """Show every text that goes to participants about a questionnaire, as it would be sent today."""
    return render(request, "research/texts.html", {"studies": sight.texts(who(request))})


@needs(Role.COORDINATOR)
@require_GET
def mails_of(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Explain someone's mails: why each went out, or did not, and which are to come."""
    return render(request, "research/mails_of.html", {"one": sight.mails_of(who(request), pseudonym)})


@needs(Role.COORDINATOR)
@require_POST
def settle(request: HttpRequest, number: int, outcome: str) -> HttpResponse:
    """Write down whether a mail of which nobody knew arrived."""
    mail = doors.mail_of(who(request), number, Permission.SETTLE_MAIL)
    return press(
        request,
        lambda: delivery.settle_mail(by=who(request), mail=mail, arrived=outcome == "arrived"),
        done=reverse("research:mails_of", args=[mail.participant.pseudonym]),
        said=_("Written down. If it did not arrive, send a new link."),
    )
