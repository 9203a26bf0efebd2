"""The forms of the steward: an account, a role."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from opstap.acts.people import GIVEN
from opstap.acts.sight.house import Where
from opstap.domain.events import Event
from opstap.web.shared.menu import title_of
from opstap.web.steward.sentences import kind


class Account(forms.Form):
    """A new account; its owner chooses a password by the mailed link."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.CharField(label=_("E-mail address"), widget=forms.EmailInput)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


def role(wheres: list[Where]) -> type[forms.Form]:
    """Make the form that gives a role somewhere."""
    fields = {
        "role": forms.ChoiceField(label=_("Role"), choices=[(one.value, title_of(one)) for one in GIVEN]),
        "where": forms.ChoiceField(
            label=_("Where"),
            required=False,
            help_text=_("A steward works for the whole house. Every other role needs a study."),
            choices=[("", _("The whole house")), *((where.key, where.words) for where in wheres)],
        ),
    }
    return type("Role", (forms.Form,), fields)


def pack(studies: list[tuple[str, str]]) -> type[forms.Form]:
    """Make the form that takes a text pack: a file, and for which study it holds."""
    fields = {
        "where": forms.ChoiceField(
            label=_("For"), required=False, choices=[("", _("The whole house")), *studies], widget=forms.RadioSelect
        ),
        "pack": forms.FileField(
            label=_("Text pack"),
            help_text=_("A YAML or CSV file with the words, the language and the licence. At most 500 kB."),
            widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.csv"}),
        ),
    }
    return type("Pack", (forms.Form,), fields)


def narrow(studies: list[str]) -> type[forms.Form]:
    """Make the form that narrows the audit trail."""
    fields = {
        "study": forms.ChoiceField(
            label=_("Study"), required=False, choices=[("", _("All")), *((one, one) for one in studies)]
        ),
        "name": forms.ChoiceField(
            label=_("What happened"),
            required=False,
            choices=[("", _("All")), *((one.value, kind(one)) for one in Event)],
        ),
    }
    return type("Narrow", (forms.Form,), fields)
