"""My rights and dates: what the law asks of whom, by when; only for those whose arm opens it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts.sight.participant.pages import with_page
from opstap.acts.sight.statute import clock_of
from opstap.web.participant.frame import mine, page, reader, signed_in
from opstap.web.participant.said import say
from opstap.web.shared.rights import FactsForm, facts_from, mark
from opstap.web.shared.submitting import submit
from opstap.web.shared.two_years import two_years


@mine
@require_GET
def rights(request: HttpRequest) -> HttpResponse:
    """Show every term of the law in plain words, with today among them."""
    seen = clock_of(with_page(signed_in(request), "clock"))
    line = two_years(seen.picture, seen.timeline)
    return page(
        request, "rights", seen=seen, line=line, mark_url="participant:mark_deadline",
        facts_url=reverse("participant:rights_facts"),
    )  # fmt: skip


@mine
@require_http_methods(["GET", "POST"])
def facts(request: HttpRequest) -> HttpResponse:
    """Fill in what the dates are counted from."""
    participant = with_page(signed_in(request), "clock")
    address = reader(request).address
    return submit(
        request,
        FactsForm(request.POST or None, initial=facts_from(participant)),
        lambda given: FactsForm.keep(signed_in(request), participant, given),
        template="participant/rights_facts.html",
        context={"own": reader(request), "address": address},
        done=reverse("participant:rights"),
        said=say(address, "Thank you. We counted your dates again."),
    )


@mine
@require_POST
def mark_deadline(request: HttpRequest, rule: str) -> HttpResponse:
    """Write down that something was done."""
    participant = with_page(signed_in(request), "clock")
    return mark(request, participant, rule, done=reverse("participant:rights"))
