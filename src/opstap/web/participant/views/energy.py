"""The energy diary: three taps and it is saved; the week as beads; what costs and what helps; who may read it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import clock, doors, energy
from opstap.acts.refusals import Refused
from opstap.acts.sight.guidance import energy as sight
from opstap.acts.sight.participant.pages import with_page
from opstap.domain.access import Permission
from opstap.domain.programme.energy import part_of
from opstap.web.participant.frame import mine, page, reader, signed_in
from opstap.web.participant.said import say
from opstap.web.shared.beads import beads
from opstap.web.shared.goal_forms import own_words
from opstap.web.shared.guidance import EFFECTS, HOWS, KINDS, PARTS
from opstap.web.shared.once import Again, once
from opstap.web.shared.submitting import TWICE


def _choice(choices: list[tuple[Any, Any]], said: Any, *, required: bool = True) -> forms.ChoiceField:
    messages = dict.fromkeys(("required", "invalid_choice"), said)
    return forms.ChoiceField(choices=choices, required=required, error_messages=messages)


class NoteForm(forms.Form):
    """Three taps, and when it was if it was not just now."""

    kind = _choice([(one, words) for one, (words, _icon) in KINDS.items()], gettext_lazy("Choose what it was."))
    effect = _choice(list(EFFECTS.items()), gettext_lazy("Choose whether it cost energy or gave energy."))
    how = _choice([(one, words) for one, (words, _icon) in HOWS.items()], gettext_lazy("Choose how it went."))
    on = forms.DateField(
        required=False, error_messages={"invalid": gettext_lazy("This is not a day. Write it like 17-03-2026.")}
    )
    part = _choice(list(PARTS.items()), gettext_lazy("Choose morning, afternoon or evening."), required=False)


class WordsForm(forms.Form):
    """Words beside a note."""

    text = own_words(gettext_lazy("What was it? A few words are enough."), required=False)


@mine
@require_GET
def diary(request: HttpRequest) -> HttpResponse:
    """Show the three questions, the week, and what the notes say."""
    return _diary(request)


def _diary(request: HttpRequest, form: NoteForm | None = None, status: int = 200) -> HttpResponse:
    seen = sight.diary(signed_in(request))
    return page(
        request,
        "energy",
        status,
        diary=seen,
        form=form or NoteForm(),
        beads=beads(seen.days),
        now=clock.now(),
        part=part_of(timezone.localtime(clock.now()).hour),
        kinds=KINDS.items(),
        hows=HOWS.items(),
        parts=PARTS.items(),
    )


@mine
@require_POST
def note(request: HttpRequest) -> HttpResponse:
    """Save a note: the third tap sends it. The same form sent twice is one note."""
    participant = with_page(signed_in(request), "energy")
    form = NoteForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            with once(request):
                energy.note_energy(
                    by=signed_in(request), participant=participant, kind=given["kind"], effect=given["effect"],
                    how=given["how"], on=given["on"], part=given["part"] or None,
                )  # fmt: skip
        except Again:
            messages.info(request, TWICE)
            return redirect("participant:energy")
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return redirect("participant:energy")
    return _diary(request, form, 400)


@mine
@require_http_methods(["GET", "POST"])
def words(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one note, to put words beside it."""
    row, seen = sight.own_note(signed_in(request), pk)
    form = WordsForm(request.POST or None, initial={"text": seen.words})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                energy.add_energy_words(by=signed_in(request), note=row, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, say(reader(request).address, "Your words are saved."))
                return redirect("participant:energy")
    return page(request, "energy_note", status, note=seen, form=form)


@mine
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a note back."""
    row, _seen = sight.own_note(signed_in(request), pk)
    energy.take_back_energy(by=signed_in(request), note=row)
    messages.success(request, say(reader(request).address, "Taken back. Your diary is as it was."))
    return redirect("participant:energy")


@mine
@require_POST
def share(request: HttpRequest) -> HttpResponse:
    """Open the diary to the care team, or close it; the switch is the participant's own."""
    participant, by = with_page(signed_in(request), "energy"), signed_in(request)
    address, wanted = reader(request).address, request.POST.get("share") == "yes"
    try:
        if wanted:
            energy.share_diary(by=by, participant=participant)
            messages.success(request, say(address, "Your professionals can now read your diary."))
        else:
            energy.close_diary(by=by, participant=participant)
            messages.success(request, say(address, "Closed. Nobody but you reads your diary now."))
    except Refused as refusal:
        messages.info(request, str(refusal))
    return redirect("participant:energy")


@mine
@require_POST
def practised(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark that something was practised today."""
    with_page(signed_in(request), "energy")
    practice = doors.practice_of(signed_in(request), pk, Permission.KEEP_DIARY)
    try:
        energy.do_practice(by=signed_in(request), practice=practice)
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, say(reader(request).address, "Noted: you practised today."))
    return redirect("participant:energy")
