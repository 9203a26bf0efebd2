"""The forms of queries on answers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from opstap.acts.sight.people import Place
from opstap.web.research import words


def _places(places: list[Place]) -> forms.ChoiceField:
    known = [(place.key, f"{place.study}, {place.site}") for place in places]
    return forms.ChoiceField(label=_("Site"), required=False, choices=[("", _("All")), *known])


def narrow(places: list[Place]) -> type[forms.Form]:
    """Make the form that narrows the list of queries."""
    states = [("waiting", _("All that wait")), *((name, said) for name, (_look, said) in words.QUERY.items())]
    fields = {
        "state": forms.ChoiceField(label=_("State"), required=False, choices=[*states, ("all", _("All"))]),
        "raised": forms.ChoiceField(
            label=_("Raised by"),
            required=False,
            choices=[("", _("All")), ("rule", _("a rule")), ("person", _("a person"))],
        ),
        "place": _places(places),
        "search": forms.CharField(label=_("Pseudonym"), required=False, max_length=16),
    }
    return type("Narrow", (forms.Form,), fields)


def find(places: list[Place]) -> type[forms.Form]:
    """Make the form that finds what was handed in."""
    fields = {
        "search": forms.CharField(label=_("Pseudonym"), required=False, max_length=16),
        "place": _places(places),
    }
    return type("Find", (forms.Form,), fields)


class Say(forms.Form):
    """Words that go with a step in a query."""

    text = forms.CharField(label=_("In your own words"), widget=forms.Textarea(attrs={"rows": 3}), required=False)


class Ask(forms.Form):
    """What is asked about an answer."""

    text = forms.CharField(
        label=_("What is your question to the site?"),
        help_text=_("Write no names. The site sees the answer beside it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
