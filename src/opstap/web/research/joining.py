"""The public page on which someone refers themselves. It answers everyone alike, and tells of nobody."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from opstap.acts import find, recruitment
from opstap.acts.doors import SYSTEM, entering
from opstap.acts.refusals import Refused
from opstap.acts.sight.recruitment import Joining, joining
from opstap.acts.words import Contact
from opstap.web.shared.once import Again, once


def _form(seen: Joining) -> type[forms.Form]:
    """Make the form: who, how to reach them, where. `website` is a trap for machines: people do not see it."""
    fields = {
        "name": forms.CharField(label=_("Name"), max_length=200),
        "email": forms.CharField(label=_("E-mail address"), widget=forms.EmailInput),
        "phone": forms.CharField(
            label=_("Telephone number"), required=False, widget=forms.TextInput(attrs={"type": "tel"})
        ),
        "site": forms.ChoiceField(
            label=_("Which place is nearest to you?"),
            choices=seen.sites,
            initial=seen.sites[0][0] if len(seen.sites) == 1 else None,
            widget=forms.RadioSelect,
        ),
        "agree": forms.BooleanField(label=_("The study team may call or mail me about taking part.")),
    }
    return type("Join", (forms.Form,), fields)


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell what the study is and let someone refer themselves."""
    with entering(SYSTEM):
        seen = joining(slug)
        form = _form(seen)(request.POST if request.method == "POST" else None)
        if request.method == "GET" or not form.is_valid():
            status = 200 if request.method == "GET" else 400
            return render(request, "research/join.html", {"seen": seen, "form": form}, status=status)
        given = form.cleaned_data
        try:
            if not request.POST.get("website"):
                with once(request):
                    recruitment.refer(
                        by=SYSTEM,
                        site=find.sites_of(find.study_named(slug))[given["site"]],
                        contact=Contact(given["name"], given["email"], given["phone"]),
                        language=(get_language() or "nl").split("-")[0],
                    )
        except Again:
            pass
        except recruitment.KnownAlready:
            pass  # whoever asks may not learn who is known here
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return render(request, "research/join.html", {"seen": seen, "form": form}, status=400)
        return render(request, "research/join.html", {"seen": seen, "done": True})
