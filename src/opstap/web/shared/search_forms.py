"""The forms of looking for new work, for the participant and for the care team, who also say how it came in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opstap.domain.search import PlacementKind, Topic
from opstap.web.shared.goal_forms import own_words
from opstap.web.shared.search_words import (
    CHANNELS,
    COUNTS_AS,
    PERMISSIONS,
    REASONS,
    STATES,
    TOPICS,
    WAYS,
    WEEKDAYS,
)

_DAY = {"required": _("Fill in a day."), "invalid": _("This is not a day. Write it like 17-03-2026.")}
_HOURS = _("Fill in hours a week, more than 0 and at most 80.")


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget, error_messages=_DAY)


def _hours(label: Any, *, required: bool = True, help_text: Any = "") -> forms.FloatField:
    said = dict.fromkeys(("required", "invalid"), _HOURS)
    return forms.FloatField(
        label=label, required=required, help_text=help_text, localize=True, error_messages=said,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6}),
    )  # fmt: skip


def _line(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=300, help_text=help_text,
        error_messages={"required": _("Write something here; one sentence is enough.")},
    )  # fmt: skip


class Written(forms.Form):
    """A form that the care team may fill in for someone: then it asks how it came in (`care`)."""

    def __init__(self, *args: Any, care: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if care:
            self.fields = {
                "channel": forms.ChoiceField(
                    label=_("How it came in"), choices=list(CHANNELS.items()), widget=forms.RadioSelect,
                    error_messages={"required": _("Choose paper or telephone: this is written down for someone else.")},
                ),
                **self.fields,
            }  # fmt: skip


class Begin(Written):
    """Why other work is looked for."""

    reason = forms.ChoiceField(
        label=_("Why other work"), choices=[(one.value, word) for one, word in REASONS.items()],
        widget=forms.RadioSelect, error_messages={"required": _("Choose why other work is looked for.")},
    )  # fmt: skip


class WishesForm(Written):
    """Wishes and possibilities: nothing of it has to be filled in."""

    hours_least = _hours(_("Hours a week, at least"), required=False)
    hours_most = _hours(_("Hours a week, at most"), required=False)
    days = forms.TypedMultipleChoiceField(
        label=_("Days that suit"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        choices=list(enumerate(WEEKDAYS)),
    )  # fmt: skip
    travel = forms.IntegerField(
        label=_("Minutes of travel, one way, at most"), required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6}),
        error_messages={"invalid": _("Fill in minutes of travel, from 0 to 240.")},
    )  # fmt: skip

    def __init__(self, *args: Any, care: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, care=care, **kwargs)
        words = {
            topic.value: own_words(label, required=False, help_text=prompt) for topic, (label, prompt) in TOPICS.items()
        }
        channel = {"channel": self.fields.pop("channel")} if care else {}
        self.fields = {**channel, **words, **self.fields}

    def given(self) -> dict[str, Any]:
        """Give what was filled in, as the act takes it."""
        data = dict(self.cleaned_data)
        return {"texts": {topic.value: data.pop(topic.value) for topic in Topic}, **data}


class _Next(Written):
    """A next step, with its day: both, or neither."""

    next_step = _line(
        _("Next step"), required=False, help_text=_("For instance: call back, send the letter. Optional.")
    )
    next_on = _day(_("On which day"), required=False)


class AddApplication(_Next):
    """An application, written down for the first time."""

    field_order = ("channel", "where", "function", "way", "state", "on", "next_step", "next_on", "shared")

    where = _line(_("With whom"), help_text=_("The employer, or how it can be recognised."))
    function = _line(_("For what work"))
    way = forms.ChoiceField(label=_("Along which way"), choices=[(one.value, word) for one, word in WAYS.items()])
    state = forms.ChoiceField(
        label=_("How far it is"), choices=[("thinking", _("Thinking of it")), ("sent", _("Sent"))],
        widget=forms.RadioSelect, initial="thinking",
    )  # fmt: skip
    on = _day(_("Since when"), required=False)
    shared = forms.BooleanField(label=_("My coach may see this application"), required=False)

    def __init__(self, *args: Any, care: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, care=care, **kwargs)
        if care:
            del self.fields["shared"]
        self.order_fields(self.field_order)


class WriteApplication(_Next):
    """What happened, and the next step."""

    field_order = ("channel", "state", "on", "text", "share_text", "next_step", "next_on")

    state = forms.ChoiceField(label=_("How far it is now"), required=False, widget=forms.RadioSelect)
    on = _day(_("When that was"), required=False)
    text = own_words(_("Notes"), required=False, help_text=_("How it went, what to remember. Optional."))
    share_text = forms.BooleanField(label=_("My coach may read these notes"), required=False)

    def __init__(self, *args: Any, moves: Sequence[str], now: str, care: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, care=care, **kwargs)
        if care:
            del self.fields["share_text"]
        same = _("As it is: %(state)s") % {"state": STATES[now][1]}
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            ("", same), *((one, str(STATES[one][1]).capitalize()) for one in moves),
        ]  # fmt: skip
        self.order_fields(self.field_order)


#: What becomes of someone of the old work who sees along.
LINK = [
    ("end", _("End it: this person no longer sees anything")),
    ("keep", _("Leave it: this person goes on seeing what is shared, new hours too")),
]


class Accept(Written):
    """An offer accepted; for the participant, what goes with it: hours, and who of the old work sees along."""

    starts_on = _day(_("First day of the new job"))
    contract_hours = _hours(_("Hours a week in the contract"))

    def __init__(self, *args: Any, links: Sequence[Any] = (), care: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, care=care, **kwargs)
        self.links = links
        if not care:
            self.fields["hours"] = hours_choice()
        for link in links:
            self.fields[f"link_{link.pk}"] = forms.ChoiceField(
                label=_("%(name)s sees along now. And from here on?") % {"name": link.user.name},
                choices=LINK,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose for this person: end it or leave it.")},
            )

    def ended(self) -> list[Any]:
        """List the links that are to end."""
        return [link for link in self.links if self.cleaned_data.get(f"link_{link.pk}") == "end"]


def hours_choice() -> forms.ChoiceField:
    """Ask how the new hours are written down; not at all is the first choice, since nothing is done silently."""
    return forms.ChoiceField(
        label=_("Write the new hours down from the first day?"), widget=forms.RadioSelect, initial="no",
        choices=[
            ("no", _("Not now")),
            ("instead", _("Yes, in place of the earlier hours")),
            ("beside", _("Yes, beside the earlier hours")),
        ],
        help_text=_("Only possible once the job has begun. Later you find it on the page of this application.")
    )  # fmt: skip


class RecordJob(forms.Form):
    """The hours of the new job, once it has begun."""

    actual_hours = _hours(_("Hours a week really worked"))
    instead = forms.TypedChoiceField(
        label=_("And the earlier hours?"), coerce=lambda value: value == "yes", widget=forms.RadioSelect,
        choices=[("yes", _("These come in their place")), ("no", _("They go on beside it"))],
        error_messages={"required": _("Choose one of the two.")},
    )  # fmt: skip


class AddPlacement(Written):
    """A trial placement."""

    kind = forms.ChoiceField(
        label=_("What kind"), widget=forms.RadioSelect, error_messages={"required": _("Choose a kind from the list.")}
    )
    where = _line(_("Where"))
    starts_on = _day(_("First day"))
    ends_on = _day(_("Last day"))
    hours = _hours(_("Hours a week"))
    tries = own_words(_("What is tried"), required=False, help_text=_("For instance: which tasks, at which pace."))

    def __init__(
        self, *args: Any, kinds: Sequence[PlacementKind], language: str, care: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, care=care, **kwargs)
        self.fields["kind"].choices = [(kind.id, kind.title.in_(language)) for kind in kinds]  # type: ignore[attr-defined]


class Permitted(forms.Form):
    """What became of the permission."""

    state = forms.ChoiceField(
        label=_("The permission is"), widget=forms.RadioSelect, error_messages={"required": _("Choose one of these.")}
    )
    on = _day(_("Since which day"))

    def __init__(self, *args: Any, moves: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            (one, str(PERMISSIONS[one][1]).capitalize()) for one in moves
        ]  # fmt: skip


class Evaluate(forms.Form):
    """How it went."""

    text = own_words(_("How it went"), rows=3, help_text=_("What worked, what did not, and what that says."))


class Count(forms.Form):
    """As which work a placement counts."""

    kind = forms.ChoiceField(
        label=_("It counts as"), choices=list(COUNTS_AS.items()), widget=forms.RadioSelect,
        error_messages={"required": _("Choose as which work it counts.")},
    )  # fmt: skip
    contract_hours = _hours(_("Hours in a contract for it"), help_text=_("0 where there was no contract."))
