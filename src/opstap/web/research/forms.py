"""The forms of referring and coordinating. They read what was typed; whether it may be so is for the acts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock
from opstap.acts.measures import OFF_SCREEN
from opstap.acts.sight.answers import Answered, Question
from opstap.acts.sight.desk import Desk, Input
from opstap.acts.sight.people import Place
from opstap.domain.instruments.answers import from_cells
from opstap.web.research import words

#: The most letters that the answers to one question may have together to stand on one line.
SHORT = 40


class Day(forms.DateInput):
    """A day, with the device's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"class": "w6"})


class Segments(forms.RadioSelect):
    """A choice of short words or numbers, on one line."""

    template_name = "research/segments.html"

    def subwidgets(self, name: str, value: Any, attrs: Any = None) -> Iterator[Any]:
        """Draw as one whole, not choice by choice."""
        yield self.get_context(name, value, attrs)["widget"]


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


def consent(desk: Desk, kind: str) -> type[forms.Form]:
    """Make the form of a consent on paper: each item by itself."""
    items = [
        (item, _("%(item)s (needed to take part)") % {"item": said} if required else said)
        for item, said, required in desk.forms[kind].items
    ]
    field = forms.MultipleChoiceField(
        label=_("What is ticked on the paper?"),
        help_text=_("Is something that is needed not ticked? Then this is recorded as: did not agree."),
        choices=items,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    return type("Consent", (forms.Form,), {"items_given": field})


def decline(desk: Desk) -> type[forms.Form]:
    """Make the form for why someone does not take part."""
    field = forms.ChoiceField(label=_("Why?"), choices=desk.reasons, widget=forms.RadioSelect)
    return type("Decline", (forms.Form,), {"reason": field})


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


class Whole(forms.Form):
    """A whole measurement as one form. Its fields are called `questionnaire.item`, as the acts name them."""

    def __init__(self, answered: Answered, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"] = forms.ChoiceField(
            label=_("How did it come in?"),
            choices=[("paper", _("On paper")), ("telephone", _("By telephone"))],
            initial=answered.channel if answered.channel in OFF_SCREEN else "paper",
            required=False,
            widget=Segments(),
        )
        self.fields["answered_on"] = forms.DateField(
            label=_("On which day was it filled in?"),
            help_text=_("Leave empty when that was today."),
            initial=answered.answered_on,
            required=False,
            widget=Day(),
        )
        for sheet in answered.sheets:
            for question in sheet.questions:
                self.fields[question.field] = field_of(question)

    def came_in(self) -> dict[str, Any]:
        """Give how the answers came in, and on which day they were given."""
        return {
            "channel": self.cleaned_data["channel"] or "paper",
            "answered_on": self.cleaned_data["answered_on"],
        }

    def how(self) -> list[Any]:
        """Give the drawn fields about how the answers came in."""
        return [self["channel"], self["answered_on"]]

    def sheets(self, answered: Answered) -> list[tuple[Any, list[Any]]]:
        """Give each questionnaire with its drawn fields."""
        return [(sheet, [self[question.field] for question in sheet.questions]) for sheet in answered.sheets]

    def given(self, answered: Answered) -> dict[str, dict[str, Any]]:
        """Give the answers by questionnaire and item; a question that routing does not open is left empty."""
        answers: dict[str, dict[str, Any]] = {}
        for sheet in answered.sheets:
            typed = {question.item.id: self.cleaned_data[question.field] for question in sheet.questions}
            known = {question.item.id: known_code(question, typed[question.item.id]) for question in sheet.questions}
            opened = {item.id for item in sheet.questionnaire.asked({k: v for k, v in known.items() if v != ""})}
            answers[sheet.questionnaire.id] = {item: value if item in opened else None for item, value in typed.items()}
        return answers


def gaps(answered: Answered) -> type[forms.Form]:
    """Make the form that says of each missing answer why there is none. Its fields are called as those of `Whole`."""
    fields = {
        question.field: forms.ChoiceField(
            label=question.text, choices=list(words.GAPS.items()), initial="left_empty", widget=Segments()
        )
        for question in answered.missing
    }
    return type("Gaps", (forms.Form,), fields)


def known_code(question: Question, typed: Any) -> Any:
    """Turn what was chosen into the code that routing compares with."""
    return next((code for code in question.item.all_codes if str(code) == str(typed)), typed)


def field_of(question: Question) -> forms.Field:
    """Make the field of one question, whatever its kind. Nothing is demanded here: an answer may be missing."""
    only = _("Only after: %(answer)s") % {"answer": question.only} if question.only else ""
    hint = " · ".join(str(part) for part in (only, question.hint, question.unit) if part)
    common: dict[str, Any] = {
        "label": question.text,
        "help_text": hint,
        "required": False,
        "initial": _initial(question),
    }
    match question.item.kind:
        case "choice" | "scale":
            short = sum(len(said) for _code, said in question.choices) <= SHORT
            return forms.ChoiceField(
                choices=question.choices, widget=Segments() if short else forms.RadioSelect(), **common
            )
        case "multiple":
            return forms.MultipleChoiceField(choices=question.choices, widget=forms.CheckboxSelectMultiple, **common)
        case "date":
            return forms.CharField(widget=Day(), **common)
        case "number" | "visual" | "amount":
            return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "w6"}), **common)
        case "hours" | "group":
            return Cells(question, **common)
        case _:
            return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **common)


class CellsWidget(forms.MultiWidget):
    """Small fields with a label each: the rows of a table, or of each thing in a list."""

    template_name = "research/cells.html"

    def __init__(self, cells: list[tuple[str, str]]) -> None:
        self.cells = cells
        attrs = [{"class": "w6", "aria-label": said} for _key, said in cells]
        super().__init__(
            {key.replace(".", "-"): forms.TextInput(one) for (key, _), one in zip(cells, attrs, strict=True)}
        )

    def decompress(self, value: Any) -> list[Any]:
        """Split an answer into its fields."""
        found = value if isinstance(value, dict) else {}
        if isinstance(value, list):
            found = {f"{number}.{key}": cell for number, row in enumerate(value, 1) for key, cell in row.items()}
        return [found.get(key, "") for key, _said in self.cells]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add the label of each field."""
        context = super().get_context(name, value, attrs)
        parts = context["widget"]["subwidgets"]
        context["widget"]["labelled"] = [(said, part) for (_key, said), part in zip(self.cells, parts, strict=True)]
        return context


class Cells(forms.MultiValueField):
    """A table of hours, or a list of things with some fields each."""

    def __init__(self, question: Question, **kwargs: Any) -> None:
        self.question = question
        fields = [forms.CharField(required=False) for _ in question.cells]
        kwargs["initial"] = question.answer
        super().__init__(fields, widget=CellsWidget(question.cells), require_all_fields=False, **kwargs)

    def compress(self, values: list[Any]) -> Any:
        """Join the fields in one answer."""
        keys = [key for key, _said in self.question.cells]
        return from_cells(self.question.item, dict(zip(keys, values, strict=True))) if values else None


def _initial(question: Question) -> Any:
    if isinstance(question.answer, list):
        return [str(one) for one in question.answer]
    return "" if question.answer is None else str(question.answer)


def correction(question: Question) -> type[forms.Form]:
    """Make the form that corrects one answer."""
    reason = forms.CharField(
        label=_("Why is this answer corrected?"),
        help_text=_("The old answer and this reason stay beside the new one."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    return type("Correction", (forms.Form,), {"value": field_of(question), "reason": reason})
