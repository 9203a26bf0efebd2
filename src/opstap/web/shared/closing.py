"""Words of the end: what is looked back on, how far it is, and where something was written down for someone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opstap.domain.programme.closing import MOST_POINTS, QUESTIONS

LOOKING_BACK: dict[str, Any] = {
    "helped": _("What helped"),
    "not_helped": _("What did not help"),
    "next": _("What is next"),
}
#: How something came in that was written down for someone, as a small mark.
CHANNELS: dict[str, Any] = {"paper": _("on paper"), "telephone": _("by telephone")}
MODES: dict[str, Any] = {"in_person": _("in person"), "video": _("by video"), "telephone": _("by telephone")}
#: The state of a contact of aftercare: how it is shown, and its word.
AFTERCARE: dict[str, tuple[str, Any]] = {
    "planned": ("todo", _("planned")),
    "held": ("good", _("held")),
    "missed": ("plain", _("did not take place")),
}
#: The steps of closing, in order, each with the states in which it is done.
STEPS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("preparing", _("Prepared"), ("preparing", "looked_back", "agreed", "closed")),
    ("looked_back", _("Looked back together"), ("looked_back", "agreed", "closed")),
    ("agreed", _("Agreed by the participant"), ("agreed",)),
    ("closed", _("Closed"), ("closed",)),
)


class LookingBack(forms.Form):
    """What one side looks back on: three questions, of which one is enough."""

    helped = forms.CharField(
        label=LOOKING_BACK["helped"], required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    not_helped = forms.CharField(
        label=LOOKING_BACK["not_helped"], required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    next = forms.CharField(
        label=LOOKING_BACK["next"], required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def answers(self) -> dict[str, str]:
        """Give what was written, by question."""
        return {one: self.cleaned_data[one] for one in QUESTIONS}


def channel_field() -> forms.ChoiceField:
    """Make the field that asks how something came in."""
    return forms.ChoiceField(
        label=_("How did it come in?"),
        choices=[("paper", _("On paper")), ("telephone", _("By telephone"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose paper or telephone: this is noted for someone else.")},
    )


def heard(form: type[forms.Form], participant: Any) -> type[forms.Form]:
    """Let a form also ask how something came in, for someone who uses no screen; empty: the professional's words."""
    if not participant.no_screen:
        return form
    field = forms.ChoiceField(
        label=_("How did it come in?"),
        choices=[("", _("My own words")), ("paper", _("On paper")), ("telephone", _("By telephone"))],
        required=False,
    )
    return type(form.__name__, (form,), {"channel": field})


class OwnLookingBack(LookingBack):
    """The participant's own words, written down for them."""

    channel = channel_field()


class CareLookingBack(LookingBack):
    """The professional's words, and the points of attention in rows of three."""

    def __init__(self, *args: Any, points: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(MOST_POINTS):
            point = points[number] if number < len(points) else None
            for part in ("sign", "do", "call"):
                self.fields[f"{part}_{number}"] = forms.CharField(
                    required=False, max_length=300, initial=getattr(point, part, "")
                )

    def rows(self) -> list[Any]:
        """Give the drawn fields of the points, row by row, each with its number from 1."""
        return [
            (number + 1, self[f"sign_{number}"], self[f"do_{number}"], self[f"call_{number}"])
            for number in range(MOST_POINTS)
        ]

    def points(self) -> list[tuple[str, str, str]]:
        """Give what was typed, row by row."""
        given = self.cleaned_data
        return [
            (given[f"sign_{number}"], given[f"do_{number}"], given[f"call_{number}"]) for number in range(MOST_POINTS)
        ]
