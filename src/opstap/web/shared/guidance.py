"""Words for what the programme works with: kinds of activity, stages of change and the support that fits them.

They speak of nobody in particular, so that the participant and the care team read the same words.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opstap.domain.programme.energy import Effect, How, Kind, Part
from opstap.domain.programme.stages import Reading, Stage

#: Each kind of activity: its words and its icon, in the order of the tiles.
KINDS: dict[Kind, tuple[Any, str]] = {
    Kind.WORK: (gettext_lazy("Working"), "work"),
    Kind.TRAVEL: (gettext_lazy("Travelling"), "place"),
    Kind.HOUSEHOLD: (gettext_lazy("Household"), "home"),
    Kind.CARING: (gettext_lazy("Caring"), "care"),
    Kind.PEOPLE: (gettext_lazy("Seeing people"), "people"),
    Kind.MOVING: (gettext_lazy("Moving"), "steps"),
    Kind.HOSPITAL: (gettext_lazy("Hospital"), "hospital"),
    Kind.REST: (gettext_lazy("Rest"), "pause"),
    Kind.SLEEP: (gettext_lazy("Sleeping"), "night"),
}
EFFECTS: dict[Effect, Any] = {Effect.COST: gettext_lazy("Cost energy"), Effect.GAVE: gettext_lazy("Gave energy")}
HOWS: dict[How, tuple[Any, str]] = {
    How.GOOD: (gettext_lazy("Good"), "sun"),
    How.FAIR: (gettext_lazy("All right"), "still"),
    How.TOO_MUCH: (gettext_lazy("Too much"), "alert"),
}
PARTS: dict[Part, Any] = {
    Part.MORNING: gettext_lazy("in the morning"),
    Part.AFTERNOON: gettext_lazy("in the afternoon"),
    Part.EVENING: gettext_lazy("in the evening"),
}
CHANNELS: dict[str, Any] = {"paper": gettext_lazy("On paper"), "telephone": gettext_lazy("By telephone")}

#: Each stage: in plain words, and by the name it has in the field.
STAGES: dict[Stage, tuple[Any, Any]] = {
    Stage.NOT_THINKING: (gettext_lazy("Not busy with work yet"), gettext_lazy("pre-contemplation")),
    Stage.CONSIDERING: (gettext_lazy("Thinking about work"), gettext_lazy("contemplation")),
    Stage.PREPARING_SELF: (
        gettext_lazy("Preparing: looking at what is possible"),
        gettext_lazy("prepared for action, self-evaluative"),
    ),
    Stage.PREPARING_STEPS: (
        gettext_lazy("Preparing: taking steps"),
        gettext_lazy("prepared for action, behavioural"),
    ),
    Stage.UNCERTAIN: (gettext_lazy("At work, still unsure"), gettext_lazy("uncertain maintenance")),
    Stage.PROACTIVE: (gettext_lazy("At work, and looking ahead"), gettext_lazy("proactive maintenance")),
}
#: The support found to fit each stage; the source stands beside it on the page.
SUPPORT: dict[Stage, Any] = {
    Stage.NOT_THINKING: gettext_lazy(
        "Emotional support, and staying connected: encourage contact with the employer and colleagues."
    ),
    Stage.CONSIDERING: gettext_lazy("Thinking about going back is stressful: help to weigh it up."),
    Stage.PREPARING_SELF: gettext_lazy(
        "Look at what is possible now; seek guidance, for instance of the occupational physician."
    ),
    Stage.PREPARING_STEPS: gettext_lazy("Plan going back: solutions that fit this person, and guidance on the way."),
    Stage.UNCERTAIN: gettext_lazy(
        "Guard against overload: strengthen confidence in one's own strategies, and practise how to say things."
    ),
    Stage.PROACTIVE: gettext_lazy("Accept what has changed, and prepare for the long term."),
}
ATTAINED: dict[int, Any] = {
    -2: gettext_lazy("-2: much less than expected"),
    -1: gettext_lazy("-1: less than expected"),
    0: gettext_lazy("0: as expected"),
    1: gettext_lazy("+1: more than expected"),
    2: gettext_lazy("+2: much more than expected"),
}


def reading_in_words(reading: Reading) -> str:
    """Say what a profile points to, with its ties and what lies too close; never more certain than it is."""
    if reading.likely is None:
        return _("The questionnaire does not say: answers are missing.")
    stage = int(reading.likely)
    sentences = []
    if reading.tied:
        others = listed([str(int(one)) for one in reading.tied])
        sentences.append(
            _("Perhaps %(stage)s. The questionnaire gives %(others)s the same mean; the lowest stands first.")
            % {"stage": stage, "others": others}
        )
    if reading.close:
        others = listed([str(int(one)) for one in reading.close])
        sentences.append(
            _("It also lies close to %(others)s.") % {"others": others}
            if reading.tied
            else _("Probably %(stage)s. The questionnaire lies too close to %(others)s to be sure.")
            % {"stage": stage, "others": others}
        )
    return " ".join(sentences) or _("Probably %(stage)s. The other stages lie further away.") % {"stage": stage}


def listed(words: list[str]) -> str:
    """Give several words as one: a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}
