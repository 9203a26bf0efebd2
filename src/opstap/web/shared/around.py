"""Words for the people around a participant, on the pages of every role: parties, sharing, adjustments, letters."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opstap.domain.network import Channel, LetterKind, Party
from opstap.domain.sharing import Adjusts, Arranger, Function, Item

PARTIES: dict[Party, Any] = {
    Party.PARTICIPANT: _("Participant, unplanned"),
    Party.WORKPLACE: _("Workplace"),
    Party.GENERAL_PRACTITIONER: _("General practitioner"),
    Party.TREATING_PHYSICIAN: _("Treating physician"),
    Party.OCCUPATIONAL_PHYSICIAN: _("Occupational physician"),
    Party.INSURER_ADVISER: _("Adviser of the health insurer"),
    Party.EMPLOYMENT_SERVICE: _("Employment service"),
}
CHANNELS: dict[Channel, Any] = {
    Channel.TELEPHONE: _("By telephone"),
    Channel.EMAIL: _("By e-mail"),
    Channel.IN_PERSON: _("In person"),
    Channel.VIDEO: _("By video"),
    Channel.LETTER: _("By letter"),
}
ITEMS: dict[Item, Any] = {
    Item.HOURS: _("Hours, now and the next step"),
    Item.STEPS: _("All steps of the plan, with the tasks"),
    Item.ADJUSTMENTS: _("Adjustments at work"),
    Item.AGREEMENTS: _("Agreements, and the text for the workplace"),
    Item.DEADLINES: _("Dates that count for the employer"),
    Item.CALL: _("Whom to turn to with questions"),
}
FUNCTIONS: dict[Function, Any] = {
    Function.SUPERVISOR: _("Supervisor"),
    Function.HR: _("Personnel department"),
    Function.OTHER: _("Someone else at work"),
}
ADJUSTS: dict[Adjusts, Any] = {
    Adjusts.TASKS: _("Tasks"),
    Adjusts.HOURS: _("Hours"),
    Adjusts.FUNCTION: _("Function"),
    Adjusts.PLACE: _("Place"),
    Adjusts.TOOLS: _("Tools"),
}
ARRANGERS: dict[Arranger, Any] = {
    Arranger.SUPERVISOR: _("the supervisor"),
    Arranger.HR: _("the personnel department"),
    Arranger.WORKER: _("the employee"),
    Arranger.COACH: _("the coach"),
}
LETTERS: dict[LetterKind, Any] = {
    LetterKind.INFORMATION: _("Information for the occupational physician"),
    LetterKind.THREE_WAY: _("Invitation to a talk of three"),
    LetterKind.CLOSING: _("Summary at the end"),
}
WORDS = {"party": PARTIES, "channel": CHANNELS, "item": ITEMS, "function": FUNCTIONS, "adjusts": ADJUSTS,
         "arranger": ARRANGERS, "letter": LETTERS}  # fmt: skip
#: How a talk is held, as the place of an appointment.
PLACES = {
    "in_person": CHANNELS[Channel.IN_PERSON],
    "video": CHANNELS[Channel.VIDEO],
    "telephone": CHANNELS[Channel.TELEPHONE],
}
#: The state of an adjustment or a letter: how it is shown, and its word.
ADJUSTMENT_STATES = {
    "proposed": ("todo", _("waits for the participant")),
    "agreed": ("todo", _("waits for an answer from work")),
    "confirmed": ("good", _("agreed by the workplace")),
    "arranged": ("good", _("arranged")),
}
LETTER_STATES = {
    "shown": ("todo", _("waits for the participant")),
    "agreed": ("todo", _("may be sent")),
    "sent": ("good", _("sent")),
}
