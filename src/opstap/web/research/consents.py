"""Consent at the study desk: what waits for a signature, the signed sheets, who stands on an older version."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from opstap.acts import signing
from opstap.acts.sight import consents as sight
from opstap.domain.access import Role
from opstap.web.shared.entering import needs, who
from opstap.web.shared.submitting import submit


class Sign(forms.Form):
    """The name under a consent."""

    name = forms.CharField(label=_("Your signature: type your first and last name"), max_length=120)


@needs(Role.COORDINATOR)
@require_GET
def consents(request: HttpRequest) -> HttpResponse:
    """List what asks for something about consent, study by study."""
    return render(request, "research/consents.html", {"studies": sight.consents_of(who(request))})


@needs(Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, number: int) -> HttpResponse:
    """Sign a consent as the professional; the sheet for both is made then."""
    row, one = sight.to_sign(who(request), number)
    return submit(
        request,
        Sign(request.POST) if request.method == "POST" else Sign(initial={"name": who(request).name}),
        lambda given: signing.countersign(by=who(request), consent=row, name=given["name"]),
        template="research/sign.html",
        context={"one": one},
        done=reverse("research:participant", args=[one.pseudonym]),
        said=_("Signed. The sheet with both signatures is kept, and the participant finds it with the form."),
    )


@needs(Role.COORDINATOR)
@require_GET
def sheet(request: HttpRequest, number: int) -> HttpResponse:
    """Give a signed sheet as PDF."""
    response = HttpResponse(sight.signed_sheet(who(request), number), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="consent.pdf"'
    return response
