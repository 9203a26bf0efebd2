"""The forms of a therapist or coach. What is allowed is decided by the acts; a form only reads what was typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opstap.domain.work.spells import Kind

MODES = [("in_person", _("In person")), ("video", _("By video")), ("telephone", _("By telephone"))]
KINDS = {
    Kind.OWN: _("Own work"),
    Kind.ADAPTED: _("Adapted work"),
    Kind.THERAPEUTIC: _("Work as practice, without pay"),
    Kind.OTHER_EMPLOYER: _("With another employer"),
    Kind.SELF_EMPLOYED: _("In their own business"),
}
PRESENT = [
    ("partner", _("Partner or someone close")),
    ("colleague", _("The other professional")),
    ("physician", _("A physician")),
    ("adviser", _("An adviser of the insurer or employment service")),
]
EVENTS = [
    ("recurrence", _("The illness came back")),
    ("contract_end", _("The contract ended")),
    ("retirement", _("Retired")),
    ("death", _("Died")),
]


def day_field(**given: Any) -> forms.DateField:
    """Make a field for a day, with the calendar of the browser."""
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **given)


class PlanSession(forms.Form):
    """When and how a session will take place."""

    kind = forms.ChoiceField(label=_("Which session"))
    planned_for = forms.DateTimeField(
        label=_("Day and time"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    took_place = forms.BooleanField(
        label=_("This session has already taken place"),
        help_text=_("Only for a session that was not planned beforehand. You write it down next."),
        required=False,
    )
    mode = forms.ChoiceField(label=_("How"), choices=MODES, widget=forms.RadioSelect, initial="in_person")
    with_workplace = forms.BooleanField(
        label=_("The workplace takes part"),
        help_text=_("Once the participant has confirmed it, it stands in the calendar of the workplace."),
        required=False,
    )
    exception = forms.CharField(
        label=_("Reason for going beyond the programme"),
        help_text=_("Only needed when all sessions or months of the programme have been used. It is kept."),
        required=False,
        max_length=500,
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class MoveSession(forms.Form):
    """Another time for a session."""

    planned_for = PlanSession.base_fields["planned_for"]


class WriteUp(forms.Form):
    """What took place in a session."""

    on = day_field(label=_("Day"))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=480)
    modules = forms.MultipleChoiceField(
        label=_("What was covered"), widget=forms.CheckboxSelectMultiple, required=False
    )
    with_workplace = forms.BooleanField(label=_("The workplace took part"), required=False)
    present = forms.MultipleChoiceField(
        label=_("Who else took part"), choices=PRESENT, widget=forms.CheckboxSelectMultiple, required=False
    )
    stage = forms.TypedChoiceField(
        label=_("Your own judgement of the stage"),
        help_text=_("Your judgement stands beside the questionnaire; neither replaces the other."),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[
            ("", _("No judgement")),
            (1, _("1: not thinking of work yet")),
            (2, _("2: thinking about it")),
            (3, _("3: preparing, looking at themselves")),
            (4, _("4: preparing, taking steps")),
            (5, _("5: working, still uncertain")),
            (6, _("6: working, and looking ahead")),
        ],
    )
    shared_note = forms.CharField(
        label=_("Note for both of you"),
        help_text=_("The participant reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=4000,
    )
    private_note = forms.CharField(
        label=_("Note for the care team"),
        help_text=_("The participant does not see this on their pages, and may always ask for it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=4000,
    )

    def __init__(self, *args: Any, modules: list[tuple[str, str]], stages: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["modules"].choices = modules  # type: ignore[attr-defined]
        if not stages:
            del self.fields["stage"]


class RecordWork(forms.Form):
    """From which day new hours hold."""

    start = day_field(label=_("From"))
    contract_hours = forms.FloatField(label=_("Hours a week in the contract"), min_value=0, max_value=80)
    actual_hours = forms.FloatField(label=_("Hours a week really worked"), min_value=0, max_value=80)
    sick_percent = forms.FloatField(
        label=_("Share still reported sick, in percent"), min_value=0, max_value=100, initial=0
    )
    kind = forms.ChoiceField(label=_("Kind of work"), choices=[(kind.value, label) for kind, label in KINDS.items()])


class LifeEvent(forms.Form):
    """Something that changes what an outcome means."""

    kind = forms.ChoiceField(label=_("What happened"), choices=EVENTS)
    on = day_field(label=_("On"))


class AdverseEvent(forms.Form):
    """Something bad that happened to someone's health; whether it is serious is for the study to judge."""

    on = day_field(label=_("When did it begin?"))
    text = forms.CharField(label=_("What happened?"), widget=forms.Textarea(attrs={"rows": 4}), required=False)


class Away(forms.Form):
    """Who stands in, from which day to which."""

    stand_in = forms.ChoiceField(label=_("Colleague"))
    since = day_field(label=_("First day"))
    until = day_field(label=_("Last day"))

    def __init__(self, *args: Any, colleagues: dict[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stand_in"].choices = list(colleagues.items())  # type: ignore[attr-defined]  # a ChoiceField


class HandOver(forms.Form):
    """What a colleague should know and do next."""

    to = forms.ChoiceField(label=_("To"))
    note = forms.CharField(
        label=_("What should your colleague know, and do next?"),
        help_text=_("Only the care team reads this. The participant may always ask for it."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
    )

    def __init__(self, *args: Any, colleagues: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(pk), name) for pk, name in colleagues]
        self.fields["to"].choices = named  # type: ignore[attr-defined]  # a ChoiceField
