"""The forms about the people around a participant. What is allowed is decided by the acts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opstap.domain.network import Party
from opstap.web.coach.forms import day_field
from opstap.web.shared.around import ADJUSTS, ARRANGERS, CHANNELS, LETTERS, PARTIES


def choices(table: dict[Any, Any]) -> list[tuple[str, Any]]:
    """Give a table of words as choices."""
    return [(key.value, word) for key, word in table.items()]


class LogContact(forms.Form):
    """A contact that was tried, written down in seconds: three choices are enough."""

    party = forms.ChoiceField(label=_("With whom"), choices=choices(PARTIES), initial="workplace")
    channel = forms.ChoiceField(label=_("How"), choices=choices(CHANNELS), initial="telephone")
    reached = forms.TypedChoiceField(
        label=_("Reached?"), coerce=lambda value: value == "yes", widget=forms.RadioSelect,
        choices=[("yes", _("Yes, we spoke or got an answer")), ("no", _("No, not reached"))],
        error_messages={"required": _("Choose whether you reached them.")},
    )  # fmt: skip
    note = forms.CharField(
        label=_("In a few words"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    on = day_field(label=_("Day"))
    next_step = forms.CharField(label=_("Next step"), required=False, max_length=300)
    next_by = day_field(label=_("By when"), required=False)
    minutes = forms.IntegerField(label=_("Minutes"), required=False)


class ProposeAdjustment(forms.Form):
    """An adjustment at work, proposed to the participant."""

    adjusts = forms.ChoiceField(label=_("What is adjusted"), choices=choices(ADJUSTS), widget=forms.RadioSelect)
    for_workplace = forms.CharField(
        label=_("What the workplace will read"),
        help_text=_("The participant reads this first and decides. Nothing about health."),
        required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    arranger = forms.ChoiceField(label=_("Who arranges it"), choices=choices(ARRANGERS))
    by_when = day_field(label=_("By when"), required=False)
    reason = forms.CharField(
        label=_("Why, between you and the participant"),
        help_text=_("The workplace never sees this."),
        required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class WriteLetter(forms.Form):
    """A letter from a template. To whom it can go depends on which letter, and on what the participant allows."""

    kind = forms.ChoiceField(label=_("Which letter"), choices=choices(LETTERS), widget=forms.RadioSelect)
    to = forms.ChoiceField(
        label=_("To"), help_text=_("Only who the participant allows is listed here."),
        error_messages={"required": _("Choose to whom. The participant allows parties on their own page.")},
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"))
    text = forms.CharField(
        label=_("Your words"),
        help_text=_("An opening and a closing sentence are added. The participant reads the whole letter first."),
        required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 8}),
    )  # fmt: skip

    def __init__(self, *args: Any, to: list[tuple[str, str]], languages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = to  # type: ignore[attr-defined]
        self.fields["language"].choices = languages  # type: ignore[attr-defined]


def party_of(key: str) -> Party:
    """Give the party of a key such as `workplace:7`."""
    return Party(key.partition(":")[0])
