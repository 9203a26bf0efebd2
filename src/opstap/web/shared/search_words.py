"""Words for looking for new work. They speak of nobody, so that the participant and the care team read the same."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opstap.domain.search import Reason, Topic
from opstap.domain.search.applications import Way

REASONS: dict[Reason, Any] = {
    Reason.CONTRACT_ENDED: _("The contract has ended or is ending"),
    Reason.NOT_EMPLOYED: _("There was no job to go back to"),
    Reason.SECOND_TRACK: _("Going back to the own employer does not work out"),
    Reason.OWN_CHOICE: _("Own choice: time for something else"),
}
#: Each topic: what is asked, and a prompt for who does not know where to begin.
TOPICS: dict[Topic, tuple[Any, Any]] = {
    Topic.WORK: (
        _("What kind of work"),
        _("For instance: with people, outside, at a desk, in a quiet place."),
    ),
    Topic.TASKS: (_("Which tasks"), _("What does a good working day look like?")),
    Topic.CAN: (_("What goes well"), _("Think of earlier work, of home, of what others ask help with.")),
    Topic.PLACE: (_("Where"), _("At home, close by, in a large firm or a small one.")),
    Topic.MUST: (_("What must be there"), _("For instance: a pause each two hours, colleagues nearby.")),
    Topic.MUST_NOT: (_("What must not be"), _("For instance: lifting, shifts, a great deal of noise.")),
}
WAYS: dict[Way, Any] = {
    Way.VACANCY: _("Answer to a vacancy"),
    Way.OPEN: _("Open application"),
    Way.NETWORK: _("Through someone I know"),
    Way.AGENCY: _("Through a temporary employment agency"),
    Way.EMPLOYMENT_SERVICE: _("Through the employment service"),
    Way.OTHER: _("In another way"),
}
#: Each state of an application: how it is shown, and its word.
STATES: dict[str, tuple[str, Any]] = {
    "thinking": ("todo", _("thinking of it")),
    "sent": ("todo", _("sent")),
    "talk_planned": ("todo", _("talk planned")),
    "talk_held": ("todo", _("talk held")),
    "offer": ("good", _("offer")),
    "accepted": ("good", _("accepted")),
    "no": ("plain", _("not chosen")),
    "withdrawn": ("plain", _("withdrawn")),
}
#: Each state of a permission: how it is shown, and its word.
PERMISSIONS: dict[str, tuple[str, Any]] = {
    "to_ask": ("warn", _("still to be asked")),
    "asked": ("todo", _("asked")),
    "given": ("good", _("given")),
    "refused": ("stop", _("refused")),
}
#: Where a placement stands in time.
STAGES: dict[str, tuple[str, Any]] = {
    "coming": ("todo", _("still to come")),
    "running": ("good", _("runs now")),
    "ended": ("plain", _("has ended")),
}
COUNTS_AS: dict[str, Any] = {
    "therapeutic": _("Work as practice, without pay"),
    "other_employer": _("With another employer"),
}
CERTAINTY: dict[str, Any] = {
    "S": "",
    "U": _("not certain: read second-hand, or not in all its parts"),
    "M": _("general knowledge: read in no source"),
}
CHANNELS: dict[str, Any] = {"paper": _("On paper"), "telephone": _("By telephone")}
#: In a sentence, about someone else's words.
CAME_IN: dict[str, Any] = {"paper": _("from paper"), "telephone": _("by telephone")}
WEEKDAYS: tuple[Any, ...] = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)  # fmt: skip
