"""Words for what happened and who did it, in sentences that speak of nobody in particular."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

#: Who someone is to a participant.
ROLES = {
    "therapist": _("occupational therapist"),
    "coach": _("coach"),
    "workplace": _("workplace"),
    "referrer": _("referrer"),
    "coordinator": _("coordinator of the study"),
    "analyst": _("researcher"),
    "data_manager": _("data manager of the study"),
    "steward": _("steward"),
}

#: What part of a record was opened, by the names that the doors write down.
PARTS = {
    "answers": _("The answers to a questionnaire"),
    "questions": _("To answer questions about the guidance"),
    "queries": _("A question about an answer that you handed in"),
    "link": _("To send a link to a questionnaire"),
    "mails": _("Which mails you got"),
    "calendar": _("Why a questionnaire was not filled in"),
    "plan": _("The plan"),
    "clock": _("The dates of the law"),
    "session": _("A talk"),
    "energy": _("The energy diary"),
    "goals": _("The goals"),
    "work": _("The hours worked"),
    "contact": _("Name and contact details"),
    "workplace": _("What is shared with the workplace"),
    "messages": _("The messages"),
    "contacts": _("The contact log"),
    "letter": _("A letter"),
    "search": _("Looking for new work"),
}

#: What articles are about, by the topics of `domain/knowledge`.
TOPICS = {
    "rights": _("Rights and duties"),
    "effects": _("After the treatment"),
    "talking": _("Talking about it at work"),
    "working": _("At work"),
    "new_work": _("New work"),
}

#: How someone's work is now, in a row of words.
SITUATIONS = {
    "with_employer": _("with an employer"),
    "without_employer": _("without an employer"),
    "at_work": _("at work"),
    "on_leave": _("on sick leave"),
}

#: How a talk is held.
MODES = {"in_person": _("in person"), "video": _("by video"), "telephone": _("by telephone")}

#: What a session's state is called, and how it is shown.
SESSIONS = {
    "planned": ("todo", _("not confirmed yet")),
    "confirmed": ("good", _("confirmed")),
    "unwritten": ("plain", _("not written down yet")),
    "held": ("good", _("took place")),
    "missed": ("plain", _("did not take place")),
    "cancelled": ("plain", _("called off")),
}


def part(what: str) -> str:
    """Say which part of a record was opened; one that is not known by name is the record as a whole."""
    return str(PARTS.get(what, _("The record")))
