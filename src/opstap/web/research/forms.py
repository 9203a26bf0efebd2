"""The forms of referring and coordinating. They read what was typed; whether it may be so is for the acts."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock
from opstap.acts.sight.answers import Answered, Question
from opstap.acts.sight.desk import Desk, Input
from opstap.acts.sight.people import Place
from opstap.web.research import words
from opstap.web.shared.whole import Day, Segments, field_of


class Inform(forms.Form):
    """On which day the information was given."""

    on = forms.DateField(label=_("Day"), widget=Day, initial=clock.today)


class Contact(forms.Form):
    """Who someone is and how to reach them."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.CharField(
        label=_("E-mail address"), widget=forms.EmailInput, help_text=_("The questions and links go there.")
    )
    phone = forms.CharField(label=_("Telephone number"), required=False, widget=forms.TextInput(attrs={"type": "tel"}))


def places_on_earth() -> list[str]:
    """List the time zones by the names of places, without those that only machines use."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))


def refer(places: list[Place]) -> type[forms.Form]:
    """Make the form of a referral: who, in which language, at which of these sites."""
    known = {code for place in places for code in place.languages}
    languages = [(code, said) for code, said in settings.LANGUAGES if code in known]
    fields = {
        "language": forms.ChoiceField(
            label=_("Language of letters and questions"),
            choices=languages,
            initial=languages[0][0],
            widget=Segments(),
        ),
        "site": forms.ChoiceField(
            label=_("Where"),
            choices=_sites(places),
            initial=places[0].key if len(places) == 1 else None,
            widget=forms.RadioSelect,
        ),
    }
    return type("Refer", (Contact,), fields)


def search(places: list[Place], states: tuple[str, ...]) -> type[forms.Form]:
    """Make the form that narrows the list of participants."""
    said = words.RECRUITMENT | words.PARTICIPATION
    fields = {
        "search": forms.CharField(label=_("Pseudonym"), required=False, max_length=16),
        "state": forms.ChoiceField(
            label=_("State"), required=False, choices=[("", _("All")), *((one, said[one][1]) for one in states)]
        ),
        "place": forms.ChoiceField(label=_("Site"), required=False, choices=[("", _("All")), *_sites(places)]),
    }
    return type("Search", (forms.Form,), fields)


def _sites(places: list[Place]) -> list[tuple[str, str]]:
    return [(place.key, f"{place.study}, {place.site}") for place in places]


def screening(desk: Desk) -> type[forms.Form]:
    """Make the form of a screening from the protocol's questions; an empty answer leaves its criterion open."""
    fields: dict[str, forms.Field] = {}
    for one in desk.inputs:
        fields[one.name] = _input(one)
    fields["criteria"] = forms.ChoiceField(
        label=_("Criteria as published in"),
        choices=desk.versions,
        initial=desk.default_version,
        widget=forms.RadioSelect,
    )
    return type("Screening", (forms.Form,), fields)


def _input(one: Input) -> forms.Field:
    match one.kind:
        case "date":
            return forms.CharField(label=one.words, required=False, widget=Day())
        case "date_or_permanent":
            return DayOrPermanent(label=one.words, required=False)
        case "number":
            widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "w6"})
            return forms.CharField(label=one.words, required=False, widget=widget)
        case "choices":
            return forms.MultipleChoiceField(
                label=one.words, required=False, choices=one.choices, widget=forms.CheckboxSelectMultiple
            )
        case "choice":
            return forms.ChoiceField(label=one.words, required=False, choices=one.choices, widget=forms.RadioSelect)
        case _:
            said = [("true", _("Yes")), ("false", _("No"))]
            return forms.ChoiceField(label=one.words, required=False, choices=said, widget=Segments())


class DayOrPermanentWidget(forms.MultiWidget):
    """A day, or the tick that there is none."""

    template_name = "research/day_or_permanent.html"

    def __init__(self) -> None:
        super().__init__({"day": Day(), "permanent": forms.CheckboxInput()})

    def decompress(self, value: Any) -> list[Any]:
        """Split the one value in two."""
        return ["", True] if value == "permanent" else [value, False]


class DayOrPermanent(forms.MultiValueField):
    """The last day of a contract, or `permanent`."""

    widget = DayOrPermanentWidget

    def __init__(self, **kwargs: Any) -> None:
        parts = (forms.CharField(required=False), forms.BooleanField(required=False))
        super().__init__(parts, require_all_fields=False, **kwargs)

    def compress(self, values: list[Any]) -> str:
        """Join the two in one value."""
        day, permanent = values or ["", False]
        return "permanent" if permanent else day


def stratum(desk: Desk) -> type[forms.Form]:
    """Make the form that sets a level right at which someone was when the lot was drawn."""
    levels = [
        (words or str(_("Site")), [(f"{factor}:{level}", said) for level, said in known])
        for factor, words, known in desk.factors
    ]
    fields = {
        "level": forms.ChoiceField(label=_("What it should have been"), choices=levels),
        "reason": forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 2})),
    }
    return type("Stratum", (forms.Form,), fields)


def assign(desk: Desk) -> type[forms.Form]:
    """Make the form for who looks after someone."""
    said = words.RESPONDENTS
    choices = [(f"{one.profession}:{one.user}", f"{one.name}, {said[one.profession]}") for one in desk.colleagues]
    field = forms.ChoiceField(label=_("Who?"), choices=choices, widget=forms.RadioSelect)
    return type("Assign", (forms.Form,), {"user": field})


def anchor(desk: Desk) -> type[forms.Form]:
    """Make the form that sets a day right from which waves count."""
    choices = [(name, f"{words.ANCHORS[name]}: {date_format(day, 'j F Y')}") for name, day in desk.anchors.items()]
    fields = {
        "anchor": forms.ChoiceField(label=_("Which day was wrong?"), choices=choices, widget=forms.RadioSelect),
        "on": forms.DateField(label=_("On which day was it?"), widget=Day()),
        "reason": forms.CharField(
            label=_("How do you know?"),
            help_text=_("The old day and this reason stay beside the new one."),
            widget=forms.Textarea(attrs={"rows": 3}),
            required=False,
        ),
    }
    return type("Anchor", (forms.Form,), fields)


class Missed(forms.Form):
    """Why a questionnaire was missed."""

    reason = forms.ChoiceField(label=_("Why?"), choices=list(words.MISSED.items()), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("In a few words, if it helps"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )


class Reach(Contact):
    """Who someone is, how to reach them, and where they stay."""

    time_zone = forms.ChoiceField(
        label=_("Where the participant stays"),
        help_text=_("Mail goes by day only, on their own clock."),
        required=False,
        choices=lambda: [
            ("", _("In the country of the programme")),
            *((one, one.replace("_", " ")) for one in places_on_earth()),
        ],
    )


class Leave(forms.Form):
    """Why someone leaves; nobody needs a reason."""

    reason = forms.ChoiceField(
        label=_("Reason, if one was given"),
        choices=list(words.LEAVING.items()),
        initial="no_reason",
        widget=forms.RadioSelect,
    )


class Paper(forms.Form):
    """Whether someone uses a screen."""

    no_screen = forms.TypedChoiceField(
        label=_("How does this person take part?"),
        choices=[("", _("On their own pages, with mails")), ("1", _("On paper and by telephone, with no screen"))],
        coerce=bool,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )


class Life(forms.Form):
    """Something after which an outcome means something else."""

    kind = forms.ChoiceField(label=_("What happened?"), choices=list(words.LIFE.items()), widget=forms.RadioSelect)
    on = forms.DateField(label=_("On which day?"), widget=Day())


def gaps(answered: Answered) -> type[forms.Form]:
    """Make the form that says of each missing answer why there is none. Its fields are called as those of `Whole`."""
    fields = {
        question.field: forms.ChoiceField(
            label=question.text, choices=list(words.GAPS.items()), initial="left_empty", widget=Segments()
        )
        for question in answered.missing
    }
    return type("Gaps", (forms.Form,), fields)


def correction(question: Question) -> type[forms.Form]:
    """Make the form that corrects one answer."""
    reason = forms.CharField(
        label=_("Why is this answer corrected?"),
        help_text=_("The old answer and this reason stay beside the new one."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    return type("Correction", (forms.Form,), {"value": field_of(question), "reason": reason})
