"""The variables of an export, made from the protocol: name, words, kind, and what each value means."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from opstap.domain.instruments.model import Item, Questionnaire
from opstap.domain.instruments.scoring import columns
from opstap.domain.protocol import Protocol

Kind = Literal["text", "number", "date", "yes_no", "code"]
#: The longest name of a variable, the same in every format. Stata has 32, of which a set of value labels needs some.
LONGEST_NAME = 28
YES_NO = {"en": {0: "no", 1: "yes"}, "nl": {0: "nee", 1: "ja"}}


@dataclass(frozen=True)
class Variable:
    """One column of an export. `codes` gives the words of each value; `source` is where the protocol defines it."""

    name: str
    label: str
    kind: Kind
    codes: tuple[tuple[Any, str], ...] = ()
    source: str = ""


#: The words of the columns that every study has, in English and Dutch.
LABELS: dict[str, tuple[str, str]] = {
    "person": ("Study number", "Onderzoeksnummer"),
    "site": ("Site", "Centrum"),
    "arm": ("Arm by the lot", "Groep volgens de loting"),
    "state": ("State", "Stand"),
    "consented_on": ("Day of consent to the study", "Dag van toestemming voor het onderzoek"),
    "enrolled_on": ("Day of agreeing to the programme", "Dag van akkoord met het programma"),
    "allocated_on": ("Day of the lot", "Dag van de loting"),
    "ended_on": ("Day of leaving or completing the study", "Dag van vertrek uit of einde van het onderzoek"),
    "end_reason": ("Why the study ended for this person", "Waarom het onderzoek voor deze persoon eindigde"),
    "in_programme": ("Started the programme", "Is met het programma begonnen"),
    "wave": ("Measurement", "Meting"),
    "respondent": ("Who was asked", "Wie werd gevraagd"),
    "due_on": ("Day on which it was due", "Dag waarop de meting viel"),
    "void_reason": ("Why it fell out", "Waarom de meting verviel"),
    "answered_on": ("Day on which it was handed in", "Dag van inleveren"),
    "source": ("Who reported it", "Wie het meldde"),
    "date": ("Day on which work was reported", "Dag waarop het werk werd gemeld"),
    "hours_per_week": ("Hours worked per week", "Gewerkte uren per week"),
    "percent_of_contract": (
        "Hours worked, % of the contract at the start",
        "Gewerkte uren, % van het contract bij begin",
    ),
    "employed": ("Has a contract", "Heeft een contract"),
    "at_work": ("Is at work", "Is aan het werk"),
    "status": ("Return to work", "Werkhervatting"),
    "sick_days_past_6_months": ("Days of sick leave in the past 6 months", "Ziektedagen in de afgelopen 6 maanden"),
    "last_wave": ("Last measurement with a report", "Laatste meting met een melding"),
    "observed_until": ("Followed until", "Gevolgd tot"),
    "first_sick_day": ("First day of sick leave", "Eerste ziektedag"),
    "return_kind": ("Kind of sustained return", "Soort blijvende terugkeer"),
    "days_to_return": ("Days to sustained return", "Dagen tot blijvende terugkeer"),
    "days_to_full_return": ("Days to full return", "Dagen tot volledige terugkeer"),
    "number": ("Number in order", "Volgnummer"),
    "kind": ("Kind", "Soort"),
    "phase": ("Phase of the programme", "Fase van het programma"),
    "day": ("Days since the start", "Dagen sinds het begin"),
    "minutes": ("Length in minutes", "Duur in minuten"),
    "modules": ("Modules covered", "Behandelde onderdelen"),
    "with_workplace": ("The workplace was there", "De werkplek was erbij"),
    "on": ("Day", "Dag"),
    "job": ("Job", "Baan"),
    "start": ("First day", "Eerste dag"),
    "end": ("Last day", "Laatste dag"),
    "contract_hours": ("Hours of the contract per week", "Contracturen per week"),
    "actual_hours": ("Hours worked per week", "Gewerkte uren per week"),
    "sick_percent": ("Sick leave, % of the contract", "Ziekteverlof, % van het contract"),
    "factor": ("Stratum or factor", "Stratum of factor"),
    "at_lot": ("Level when the lot was drawn", "Waarde bij de loting"),
    "corrected": ("Level after correction", "Waarde na verbetering"),
    "pair": ("Pair of patient and partner", "Paar van patiënt en partner"),
    "questionnaire": ("Questionnaire", "Vragenlijst"),
    "item": ("Question", "Vraag"),
    "reason": ("Why there is no answer", "Waarom er geen antwoord is"),
    "sort": ("Deviation or adverse event", "Afwijking of ongewenst voorval"),
    "serious": ("Criteria by which it is serious", "Waardoor het ernstig is"),
    "relatedness": ("Related to the programme", "Verband met het programma"),
    "outcome": ("How it ended", "Hoe het afliep"),
    "tells_arm": ("Happens in one arm only", "Komt in één groep voor"),
    "id": ("What is counted", "Wat geteld is"),
    "count": ("People", "Mensen"),
}
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(
        ("consented_on", "enrolled_on", "allocated_on", "ended_on", "due_on", "answered_on", "date", "observed_until",
         "first_sick_day", "on", "start", "end"), "date",
    ),
    **dict.fromkeys(
        ("hours_per_week", "percent_of_contract", "sick_days_past_6_months", "days_to_return", "days_to_full_return",
         "number", "day", "minutes", "contract_hours", "actual_hours", "sick_percent", "count"), "number",
    ),
    **dict.fromkeys(("in_programme", "employed", "at_work", "with_workplace", "tells_arm"), "yes_no"),
    **dict.fromkeys(("site", "arm", "wave", "last_wave", "phase"), "code"),
}  # fmt: skip


def fixed(protocol: Protocol, column: str, language: str) -> Variable:
    """Describe a column that every study has."""
    label, dutch = LABELS[column]
    kind = _KINDS.get(column, "text")
    study = protocol.study
    named: dict[str, Iterable[tuple[str, str]]] = {
        "site": ((one, f"sites.{one}") for one in protocol.sites),
        "arm": ((one.id, f"arms.{one.id}.title") for one in study.arms),
        "wave": ((one.id, f"waves.{one.id}") for one in study.waves),
        "last_wave": ((one.id, f"waves.{one.id}") for one in study.waves),
        "phase": ((one.id, f"phases.{one.id}.title") for one in protocol.programme.phases),
    }
    codes: tuple[tuple[Any, str], ...] = tuple(
        (one, protocol.text(key, language)) for one, key in named.get(column, ())
    )
    if kind == "yes_no":
        codes = tuple(YES_NO.get(language, YES_NO["en"]).items())
    return Variable(column, dutch if language == "nl" else label, kind, codes)


def scores(protocol: Protocol) -> Iterator[Variable]:
    """Describe the score columns of every questionnaire that has a scoring rule."""
    for questionnaire in protocol.questionnaires.values():
        for column in columns(questionnaire.score) if questionnaire.score else ():
            yield Variable(short(column), column, "number", (), f"{questionnaire.id}, {questionnaire.source}")


@dataclass(frozen=True)
class Asked:
    """A column of answers: its variable, and how it is read from the values of one questionnaire at one wave."""

    variable: Variable
    questionnaire: str
    item: str
    read: Callable[[Any], Any]


def asked(
    protocol: Protocol, names: Iterable[str], most: Mapping[tuple[str, str], int], language: str
) -> Iterator[Asked]:
    """Describe the columns of the answers to some questionnaires, in their order.

    An answer of several choices becomes a column of yes or no for each; a table a column for each row; a group its
    count and columns for each time it was filled in, `most` times at most.
    """
    for name in names:
        questionnaire = protocol.questionnaires[name]
        for item in questionnaire.items:
            yield from _of_item(questionnaire, item, most.get((name, item.id), 0), language)
        for one in questionnaire.calculated:
            yield _asked(questionnaire, one.id, _words(questionnaire, one.id, language), "number")


def _of_item(questionnaire: Questionnaire, item: Item, most: int, language: str) -> Iterator[Asked]:
    label = _words(questionnaire, item.id, language)
    if item.kind == "multiple":
        answers = tuple(YES_NO.get(language, YES_NO["en"]).items())
        for code in item.all_codes:
            part = f"{label}: {_option(questionnaire, item.id, code, language)}"
            made = _asked(questionnaire, f"{item.id}.{code}", part, "yes_no", answers)
            yield Asked(made.variable, made.questionnaire, item.id, _among(str(code)))
    elif item.kind == "hours":
        for row in item.rows:
            part = f"{label}: {_option(questionnaire, item.id, row, language)}"
            yield _asked(questionnaire, f"{item.id}.{row}", part, "number")
    elif item.kind == "group":
        yield _asked(questionnaire, f"{item.id}.count", label, "number")
        for number in range(1, most + 1):
            for inner in item.items:
                path = f"{item.id}.{number}.{inner.id}"
                yield _asked(
                    questionnaire, path, f"{label} {number}: {inner.id}", *_kind(questionnaire, inner, language)
                )
    elif item.kind != "text":
        yield _asked(questionnaire, item.id, label, *_kind(questionnaire, item, language))


def _among(code: str) -> Callable[[Any], Any]:
    return lambda value: None if value is None else int(code in str(value).split(";"))


def _kind(questionnaire: Questionnaire, item: Item, language: str) -> tuple[Kind, tuple[tuple[Any, str], ...]]:
    if item.kind == "choice":
        return "code", tuple((code, _option(questionnaire, item.id, code, language)) for code in item.all_codes)
    return ("date", ()) if item.kind == "date" else ("text", ()) if item.kind == "text" else ("number", ())


def _asked(
    questionnaire: Questionnaire, path: str, label: str, kind: Kind, codes: tuple[tuple[Any, str], ...] = ()
) -> Asked:
    # A dot becomes two lines, so that one choice of `care` is not the item `care_gp`.
    name = short(f"{questionnaire.id}_{path}".replace("-", "_").replace(".", "__"))
    source = f"{questionnaire.id} {questionnaire.version}, {path}"
    return Asked(Variable(name, label, kind, codes, source), questionnaire.id, path, lambda value: value)


def _words(questionnaire: Questionnaire, key: str, language: str) -> str:
    for spoken in (language, *questionnaire.words):
        if key in questionnaire.words.get(spoken, {}):
            return questionnaire.words[spoken][key].text
    return key


def _option(questionnaire: Questionnaire, key: str, code: Any, language: str) -> str:
    for spoken in (language, *questionnaire.words):
        if key in questionnaire.words.get(spoken, {}):
            return questionnaire.words[spoken][key].options.get(str(code), str(code))
    return str(code)


def short(name: str) -> str:
    """Give a name that fits every format: a long one is cut, and told apart by a piece of its hash."""
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 5]}_{hashlib.sha256(name.encode()).hexdigest()[:4]}"
