"""The forms of stages, goals and energy for a therapist or coach."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from opstap.acts.energy import MOST_BUDGET, MOST_TIMES
from opstap.domain.instruments.scoring import RRTW_ITEMS
from opstap.domain.programme.stages import Stage
from opstap.web.shared.goal_forms import own_words, zero_to_ten
from opstap.web.shared.guidance import ATTAINED, CHANNELS, EFFECTS, HOWS, KINDS, PARTS

_DAY = {"required": _("Fill in a day."), "invalid": _("This is not a day. Write it like 17-03-2026.")}
_MEAN = _("A mean lies between 1 and 5.")


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages=_DAY)


class ReadinessForm(forms.Form):
    """A readiness form from paper: the six means, or with the institution's key the 21 answers."""

    on = _day(_("Day of the form"))
    working = forms.TypedChoiceField(
        label=_("At work on that day?"),
        choices=[("yes", _("Yes, also for a few hours")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no: it decides which stages are possible.")},
    )

    def __init__(self, *args: Any, by_key: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by_key:
            for item in RRTW_ITEMS:
                self.fields[item] = forms.TypedChoiceField(
                    label=_("Statement %(number)s") % {"number": item[1:]}, coerce=int, empty_value=None,
                    required=False, choices=[("", "–"), *((code, str(code)) for code in range(1, 6))],
                )  # fmt: skip
            return
        for stage in Stage:
            self.fields[f"mean_{stage}"] = forms.FloatField(
                label=_("Mean of stage %(number)s") % {"number": int(stage)}, required=False, min_value=1, max_value=5,
                localize=True, error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _MEAN),
            )  # fmt: skip

    def means(self) -> list[float | None]:
        """Give the six means that were copied."""
        return [self.cleaned_data.get(f"mean_{stage}") for stage in Stage]


class ReviewGoal(forms.Form):
    """A goal looked at together."""

    text = own_words(_("How far it is, in words"), rows=3)
    importance = zero_to_ten(_("Importance now, from 0 to 10"))
    confidence = zero_to_ten(_("Confidence now, from 0 to 10"))
    attained = forms.TypedChoiceField(
        label=_("On the attainment scale"),
        help_text=_("Optional. Agree beforehand what 0, as expected, means."),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", _("not used")), *ATTAINED.items()],
    )
    session = forms.TypedChoiceField(label=_("In which talk"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, sessions: list[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["session"].choices = [("", _("outside a talk")), *sessions]  # type: ignore[attr-defined]


class NoteFor(forms.Form):
    """A note in the diary for someone who keeps it on paper or tells it by telephone."""

    channel = forms.ChoiceField(label=_("How it came in"), choices=list(CHANNELS.items()), widget=forms.RadioSelect)
    on = _day(_("Day"))
    part = forms.ChoiceField(label=_("Part of the day"), choices=list(PARTS.items()))
    kind = forms.ChoiceField(label=_("What"), choices=[(one, words) for one, (words, _icon) in KINDS.items()])
    effect = forms.ChoiceField(
        label=_("Did it cost or give energy?"), choices=list(EFFECTS.items()), widget=forms.RadioSelect
    )
    how = forms.ChoiceField(
        label=_("How did it go?"), choices=[(one, words) for one, (words, _icon) in HOWS.items()],
        widget=forms.RadioSelect,
    )  # fmt: skip


def _whole(label: Any, most: int, help_text: Any = "") -> forms.IntegerField:
    words = format_lazy("{} {}", _("Fill in a whole number from 1 to"), f"{most}.")
    said = dict.fromkeys(("required", "invalid", "min_value", "max_value"), words)
    return forms.IntegerField(label=label, min_value=1, max_value=most, error_messages=said, help_text=help_text)


class Budget(forms.Form):
    """How much a week may cost."""

    most = _whole(_("How often in seven days may something cost energy?"), MOST_BUDGET, _("Agree on this together."))


class SetPractice(forms.Form):
    """Something to practise."""

    text = own_words(_("What to practise"))
    times = _whole(_("How often a week"), MOST_TIMES)
