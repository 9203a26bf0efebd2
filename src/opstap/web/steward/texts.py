"""The licensed texts of questionnaires: how they stand, loading a pack after a preview, and going live."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opstap.acts import find, studies
from opstap.acts import texts as acts
from opstap.acts.sight import house
from opstap.domain.access import Role
from opstap.domain.instruments.pack import PackError
from opstap.web.shared.entering import needs, who
from opstap.web.shared.submitting import press
from opstap.web.steward import forms as ours

MOST = 500_000


@needs(Role.STEWARD)
@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """Show how the texts of each study stand, and take a pack: read, checked and shown, not kept yet."""
    standing = house.texts_of_studies(who(request))
    form = ours.pack([(one.slug, one.title) for one in standing])
    filled = form(request.POST, request.FILES) if request.method == "POST" else form()
    if request.method == "POST" and filled.is_valid():
        upload = filled.cleaned_data["pack"]
        if upload.size > MOST:
            filled.add_error("pack", _("This file is larger than 500 kB: that is no text pack."))
        else:
            return _preview(request, upload.read(), upload.name, filled.cleaned_data["where"])
    status = 400 if request.method == "POST" else 200
    return render(request, "steward/texts.html", {"standing": standing, "form": filled}, status=status)


def _preview(request: HttpRequest, content: bytes, name: str, slug: str) -> HttpResponse:
    study = find.study_named(slug) if slug else None
    try:
        pack = acts.preview_texts(by=who(request), content=content, name=name, study=study)
    except PackError as error:
        return _faulty(request, name, error)
    instrument = acts.instruments_of(study)[pack.instrument]
    context: dict[str, Any] = {
        "pack": pack,
        "words": [
            (instrument.words[pack.language][key].text, pack.words[key], pack.words[key].options.items())
            for key, _options in instrument.worded()
        ],
        "content": base64.b64encode(content).decode(),
        "name": name,
        "where": slug,
        "study": study.slug if study else "",
    }
    return render(request, "steward/text_preview.html", context)


def _faulty(request: HttpRequest, name: str, error: PackError) -> HttpResponse:
    return render(request, "steward/text_faults.html", {"name": name, "problems": error.problems}, status=400)


@needs(Role.STEWARD)
@require_POST
def load(request: HttpRequest) -> HttpResponse:
    """Keep a pack that was shown: it is read and checked again, since what comes from a page may be anything."""
    slug, name = request.POST.get("where", ""), request.POST.get("name", "")[:200]
    study = find.study_named(slug) if slug else None
    try:
        content = base64.b64decode(request.POST.get("content", ""), validate=True)
    except (binascii.Error, ValueError):
        content = b""
    try:
        acts.load_texts(by=who(request), content=content, name=name, study=study)
    except PackError as error:
        return _faulty(request, name, error)
    messages.success(request, _("The text is loaded, and shown from now on."))
    return redirect("steward:texts")


@needs(Role.STEWARD)
@require_POST
def live(request: HttpRequest, slug: str) -> HttpResponse:
    """Let a study go live; what it lacks is said."""
    study = find.study_named(slug)
    return press(
        request,
        lambda: studies.go_live(by=who(request), study=study),
        done=reverse("steward:texts"),
        said=_("The study is live."),
    )
