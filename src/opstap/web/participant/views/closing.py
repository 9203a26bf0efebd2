"""The end, as the participant sees it: looking back, in own words before the talk, and agreeing after it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import clock
from opstap.acts import closing as acts
from opstap.acts.refusals import Refused
from opstap.acts.sight import closing as sight
from opstap.acts.sight.participant.pages import with_page
from opstap.domain.journey import NotNow
from opstap.web.participant.frame import mine, page, reader, signed_in
from opstap.web.participant.said import say
from opstap.web.shared.closing import LookingBack
from opstap.web.shared.hours import picture
from opstap.web.shared.submitting import submit


@mine
@require_GET
def closing(request: HttpRequest) -> HttpResponse:
    """Show what is looked back on; after the end, what remains."""
    seen = sight.closing(signed_in(request))
    drawn = picture(seen.story.weeks, seen.story.contract_hours, clock.today())
    return page(request, "closing", back=seen, picture=drawn, own_name=say(reader(request).address, "yourself"))


@mine
@require_http_methods(["GET", "POST"])
def words(request: HttpRequest) -> HttpResponse:
    """Write what helped, what did not, and what is next."""
    participant = with_page(signed_in(request), "sessions")
    own = reader(request)
    form = LookingBack(request.POST or None, initial=sight.closing(signed_in(request)).own.answers)
    return submit(
        request,
        form,
        lambda _given: acts.write_own_words(by=signed_in(request), participant=participant, answers=form.answers()),
        template="participant/closing_words.html",
        context={"own": own, "address": own.address},
        done=reverse("participant:closing"),
        said=say(own.address, "Your words are saved."),
    )


@mine
@require_POST
def agree(request: HttpRequest) -> HttpResponse:
    """Agree with what was looked back on."""
    participant = with_page(signed_in(request), "sessions")
    address = reader(request).address
    try:
        acts.agree_closing(by=signed_in(request), participant=participant)
    except NotNow:
        messages.info(request, say(address, "There is nothing to agree with now."))
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, say(address, "You agreed. Your coach closes the guidance."))
    return redirect("participant:closing")
