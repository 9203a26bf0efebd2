"""One's own people: who at work sees what, adjustments, messages, other parties, letters, the calendar."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages as notes
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import clock, feeds, messages, network, papers, workplace
from opstap.acts.refusals import Refused
from opstap.acts.sight import calendar as talks
from opstap.acts.sight import threads
from opstap.acts.sight import workplace as at_work
from opstap.acts.sight.participant import network as sight
from opstap.acts.sight.participant.pages import with_page
from opstap.domain.journey import NotNow
from opstap.domain.network import NETWORK
from opstap.web.participant.frame import mine, page, reader, signed_in
from opstap.web.participant.said import say
from opstap.web.shared import calendars
from opstap.web.shared.around import ITEMS, PARTIES
from opstap.web.shared.hours import picture
from opstap.web.shared.letters import as_pdf
from opstap.web.shared.once import Again, once
from opstap.web.shared.submitting import TWICE
from opstap.web.shared.writing import MessageForm


class ShareForm(forms.Form):
    """What one person at work may see. What may be chosen is for the act to say."""

    items = forms.MultipleChoiceField(
        label=_("What this person may see"),
        choices=[(item.value, word) for item, word in ITEMS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class PartyForm(forms.Form):
    """Who a party is."""

    name = forms.CharField(label=_("Name"), required=False, max_length=120)
    address = forms.CharField(
        label=_("Address"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("As it stands on an envelope. You may leave it empty."),
    )  # fmt: skip


def _submitted(
    request: HttpRequest, form: forms.Form, act: Any, template: str, done: str, said: str, **context: Any
) -> HttpResponse:
    """Show a form, or do what it stands for and go on; what does not fit is shown again, all that was typed kept."""
    if request.method == "GET":
        return page(request, template, form=form, **context)
    if form.is_valid():
        try:
            with once(request):
                act(form.cleaned_data)
        except Again:
            notes.info(request, TWICE)
            return redirect(done)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            notes.success(request, said)
            return redirect(done)
    return page(request, template, 400, form=form, **context)


def _pressed(request: HttpRequest, act: Any, done: str, said: str) -> HttpResponse:
    """Do what one button stands for and go on; what the present state does not allow is said on the page gone on to."""
    try:
        act()
    except (Refused, NotNow) as refusal:
        words = (
            str(refusal) if isinstance(refusal, Refused) else say(reader(request).address, "You had already done this.")
        )
        notes.info(request, words)
    else:
        notes.success(request, said)
    return redirect(done)


@mine
@require_GET
def work(request: HttpRequest) -> HttpResponse:
    """Show who at work sees what, who looked, and the adjustments."""
    return page(request, "work", work=sight.at_work(signed_in(request)))


@mine
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose anew what one person at work may see."""
    participant, link = sight.own_link(signed_in(request), pk)
    return _submitted(
        request,
        ShareForm(request.POST or None, initial={"items": link.items}),
        lambda given: workplace.change_sharing(by=signed_in(request), participant=participant, link=link, **given),
        "share",
        reverse("participant:work"),
        say(reader(request).address, "Saved. It holds from now on."),
        link=link,
    )


@mine
@require_GET
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show exactly what one person at work sees."""
    participant, link = sight.own_link(signed_in(request), pk)
    shown = at_work.page_of(participant, link, signed_in(request).language)
    drawn = picture(shown.weeks, shown.contract_hours, clock.today())
    return page(request, "preview", link=link, shown=shown, picture=drawn)


@mine
@require_POST
def adjustment(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Agree with an adjustment, or take it back."""
    address = reader(request).address
    changes: dict[str, tuple[Any, str]] = {
        "agree": (
            workplace.agree_adjustment,
            say(address, "You agreed. Who you share it with at work can see it now."),
        ),
        "drop": (workplace.drop_adjustment, say(address, "Taken back. Nobody at work sees it.")),
    }
    if what not in changes:
        raise Http404
    found = sight.own_adjustment(signed_in(request), pk)
    act, said = changes[what]
    return _pressed(request, lambda: act(by=signed_in(request), adjustment=found), reverse("participant:work"), said)


@mine
@require_GET
def said_at_work(request: HttpRequest, pk: int) -> HttpResponse:
    """Read what care team and workplace write to each other."""
    return page(request, "said_at_work", thread=threads.own_workplace_thread(signed_in(request), pk))


@mine
@require_http_methods(["GET", "POST"])
def thread(request: HttpRequest) -> HttpResponse:
    """Read and write messages with the care team."""
    participant, seen = threads.own_thread(signed_in(request))
    return _submitted(
        request,
        MessageForm(request.POST or None),
        lambda given: messages.write_message(by=signed_in(request), participant=participant, **given),
        "messages",
        reverse("participant:messages"),
        say(reader(request).address, "Your message has been sent."),
        thread=seen,
    )


@mine
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Show the parties of the network, and the letters."""
    return page(request, "people", around=sight.around(signed_in(request)))


@mine
@require_http_methods(["GET", "POST"])
def party(request: HttpRequest, party: str) -> HttpResponse:
    """Allow sharing with one party."""
    participant = with_page(signed_in(request), "sessions")
    if party not in NETWORK:
        raise Http404
    return _submitted(
        request,
        PartyForm(request.POST or None),
        lambda given: network.allow_party(by=signed_in(request), participant=participant, party=party, **given),
        "party",
        reverse("participant:people"),
        say(reader(request).address, "Saved. You can end it at any moment."),
        party=party,
    )


@mine
@require_POST
def end_party(request: HttpRequest, party: str) -> HttpResponse:
    """End at once that a party may be written to."""
    participant = with_page(signed_in(request), "sessions")
    if party not in PARTIES:
        raise Http404
    said = say(reader(request).address, "Ended. No letter goes to this party any more.")
    return _pressed(
        request,
        lambda: network.end_party(by=signed_in(request), participant=participant, party=party),
        reverse("participant:people"),
        said,
    )


@mine
@require_GET
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a letter before it goes."""
    found, content = sight.own_letter(signed_in(request), pk)
    return page(request, "letter", letter=found, content=content, language=found.language)


@mine
@require_GET
def letter_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one's own letter as PDF."""
    found, content = sight.own_letter(signed_in(request), pk)
    return as_pdf(request, content, found.language)


@mine
@require_POST
def change_letter(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Agree that a letter goes, or that it does not."""
    address = reader(request).address
    changes: dict[str, tuple[Any, str]] = {
        "agree": (papers.agree_letter, say(address, "You agreed. Your coach can send the letter now.")),
        "drop": (papers.drop_letter, say(address, "This letter does not go.")),
    }
    if what not in changes:
        raise Http404
    found, _content = sight.own_letter(signed_in(request), pk)
    act, said = changes[what]
    return _pressed(request, lambda: act(by=signed_in(request), letter=found), reverse("participant:people"), said)


@mine
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Keep a private address for one's calendar program: made, seen once, ended."""
    with_page(signed_in(request), "sessions")
    token = ""
    if request.method == "POST" and request.POST.get("what") == "end":
        feeds.end_feed(by=signed_in(request))
        notes.success(request, say(reader(request).address, "Ended. The address gives nothing any more."))
        return redirect("participant:calendar")
    if request.method == "POST":
        token = feeds.make_feed(by=signed_in(request))
    address = calendars.address_of(token) if token else ""
    return page(request, "calendar", feed=address, has=feeds.has_feed(signed_in(request)))


@mine
@require_GET
def talk_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one talk as a calendar file."""
    return calendars.answer([talks.own_talk(signed_in(request), pk)], "talk.ics")
