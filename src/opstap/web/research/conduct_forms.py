"""The forms of a trial's conduct: consent, who does not take part, leaving, deviations and adverse events."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from opstap.acts.sight.desk import Desk
from opstap.web.research import words
from opstap.web.research.forms import Day, Leave, Segments


def consent(desk: Desk, kind: str) -> type[forms.Form]:
    """Make the form of a consent on paper or at the desk: each item by itself, and how it was signed."""
    items = [
        (item, _("%(item)s (needed to take part)") % {"item": said} if required else said)
        for item, said, required in desk.forms[kind].items
    ]
    fields = {
        "channel": forms.ChoiceField(
            label=_("How was it given?"),
            choices=[("paper", _("On signed paper")), ("desk", _("Together at this screen"))],
            initial="paper",
            required=False,
            widget=Segments(),
        ),
        "items_given": forms.MultipleChoiceField(
            label=_("What was ticked?"),
            help_text=_("Is something that is needed not ticked? Then this is recorded as: did not agree."),
            choices=items,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        ),
        "signed_on": forms.DateField(
            label=_("Day of the signature on the paper"),
            help_text=_("Leave empty when that was today."),
            required=False,
            widget=Day(),
        ),
        "signature": forms.CharField(
            label=_("At this screen: the participant types first and last name"), required=False, max_length=120
        ),
    }
    return type("Consent", (forms.Form,), fields)


def free_items(desk: Desk, kind: str) -> type[forms.Form]:
    """Make the form of what can be given or taken back by itself."""
    field = forms.MultipleChoiceField(
        label=_("What is agreed to from now on?"),
        choices=[(item.id, item.words) for item in desk.free.get(kind, [])],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    return type("FreeItems", (forms.Form,), {"items_given": field})


def decline(desk: Desk) -> type[forms.Form]:
    """Make the form for why someone does not take part, and the few questions for who agrees to them."""
    fields: dict[str, forms.Field] = {
        "reason": forms.ChoiceField(label=_("Why?"), choices=desk.reasons, widget=forms.RadioSelect)
    }
    if desk.missing:
        fields["agreed"] = forms.BooleanField(
            label=_("The person agrees that we keep the following, without a name"), required=False
        )
    for question, title, options in desk.missing:
        fields[question] = forms.ChoiceField(label=title, choices=[("", _("Not told")), *options], required=False)
    return type("Decline", (forms.Form,), fields)


class LeaveStudy(Leave):
    """Why someone leaves the study, and what may be done with the answers."""

    answers = forms.ChoiceField(
        label=_("What may be done with the answers?"),
        choices=[
            ("keep", _("They may be used; nothing more is asked")),
            ("erase", _("Stop everything and erase them. Without a running programme name and address as well")),
        ],
        widget=forms.RadioSelect,
    )


class Adverse(forms.Form):
    """Something bad that happened to someone's health."""

    on = forms.DateField(label=_("When did it begin?"), widget=Day())
    text = forms.CharField(
        label=_("What happened?"),
        help_text=_("Write no names, and not in which group the person is."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    serious = forms.MultipleChoiceField(
        label=_("Serious? Tick what applies; nothing ticked means not serious"),
        choices=list(words.SERIOUS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    session = forms.BooleanField(label=_("It has to do with a talk of the programme"), required=False)


def deviation(desk: Desk) -> type[forms.Form]:
    """Make the form of a deviation from the protocol."""
    fields = {
        "kind": forms.ChoiceField(label=_("What kind?"), choices=desk.deviations, widget=forms.RadioSelect),
        "on": forms.DateField(label=_("On which day?"), widget=Day()),
        "text": forms.CharField(
            label=_("What happened?"),
            help_text=_("Write no names, and not in which group the person is."),
            widget=forms.Textarea(attrs={"rows": 3}),
            required=False,
        ),
    }
    return type("Deviation", (forms.Form,), fields)
