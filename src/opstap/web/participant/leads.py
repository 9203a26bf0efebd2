"""The sentences of the first page: the greeting, the one sentence that stands alone, and the things that are asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from opstap.acts.sight.participant.asking import Ask
from opstap.acts.sight.participant.pages import Own
from opstap.acts.sight.participant.today import Today
from opstap.web.participant.said import say
from opstap.web.shared.templatetags.opstap import clock, day, hours, weekday


@dataclass(frozen=True)
class Asked:
    """One thing that is asked, in words, with the page where it is done."""

    url: str
    icon: str
    title: str
    text: str


def greeting(own: Own, today: Today) -> str:
    """Greet someone by first name and part of the day."""
    greetings = {
        "morning": _("Good morning, %(name)s"),
        "afternoon": _("Good afternoon, %(name)s"),
        "evening": _("Good evening, %(name)s"),
    }
    return greetings[today.part_of_day] % {"name": own.first_name}


def lead(address: str, today: Today) -> str:
    """Give the one sentence that could stand alone: what matters most today."""
    for sentence in (_session(address, today), _remains(address, today), _open(address, today), _hours(address, today)):
        if sentence:
            return sentence
    if today.coming and today.stage in ("programme", "follow_up"):
        return say(
            address,
            "There is nothing to do today. Your next questionnaire comes on %(day)s.",
            day=day(today.coming[0].opens_on),
        )
    stages = {
        "before": say(address, "We are looking whether this programme suits you. You will hear from us."),
        "deciding": say(address, "You decide whether you take part. There is no hurry."),
        "not_taking_part": say(address, "You do not take part. That is fine; nothing is asked of you."),
        "baseline": say(address, "You take part. The first questionnaire comes soon."),
        "lot": say(address, "Your first questionnaire is in. Now we draw lots, and you will hear from us."),
        "done": say(address, "There is nothing more that we ask of you. Thank you for taking part."),
    }
    return stages.get(today.stage, say(address, "There is nothing to do today."))


def _session(address: str, today: Today) -> str:
    talk = today.session
    if talk is None:
        return ""
    away = (timezone.localdate(talk.at) - timezone.localdate(today.now)).days
    if away == 0:
        return say(
            address, "You have a talk today with %(name)s, at %(time)s.", name=talk.professional, time=clock(talk.at)
        )
    if away <= 7:
        return say(
            address,
            "Your next talk is on %(day)s at %(time)s, with %(name)s.",
            name=talk.professional, time=clock(talk.at), day=weekday(talk.at),
        )  # fmt: skip
    return ""


def _remains(address: str, today: Today) -> str:
    remains = today.home.remains
    if remains is None or any(ask.kind == "questionnaire" for ask in today.asks):
        return ""
    if remains.aftercare is not None:
        return say(
            address,
            "The guidance has ended. On %(day)s there is one more contact, to hear how it goes.",
            day=day(remains.aftercare.planned_for),
        )
    return "" if today.stage == "done" else say(address, "The guidance has ended. What you keep stands below.")


def _open(address: str, today: Today) -> str:
    asked = next((ask for ask in today.asks if ask.kind == "questionnaire" and ask.on), None)
    if asked is None:
        return ""
    return say(address, "There is a questionnaire for you. You have time until %(day)s.", day=day(asked.on))


def _hours(address: str, today: Today) -> str:
    if today.plan is None or today.plan.current is None or today.stage != "programme":
        return ""
    step = next((step for step in today.plan.current.steps if step.now), None)
    if step is None or today.plan.current.state == "offered":
        return ""
    works = today.home.works_today
    if works:
        return say(address, "Today your plan says %(hours)s of work.", hours=hours(works))
    if works == 0:
        return say(address, "Today your plan says no work. There is time to rest.")
    return say(address, "This week your plan says %(hours)s of work.", hours=hours(step.hours))


def asked(address: str, ask: Ask) -> Asked:
    """Put one thing that is asked into words."""
    if ask.kind == "consent":
        ready = say(address, "Read it at your ease. You decide.")
        later = say(address, "Read it at your ease. You can decide from %(day)s.", day=day(ask.on)) if ask.on else ready
        return Asked(reverse("participant:consent", args=[ask.ref]), "open", ask.title, ready if ask.ready else later)
    if ask.kind == "questionnaire":
        url = reverse("participant:questionnaire", args=[ask.ref])
        if not ask.done:
            text = _("At most %(total)s questions, until %(day)s.") % {"total": ask.total, "day": day(ask.on)}
            return Asked(url, "write", say(address, "Fill in the questionnaire"), text)
        text = say(
            address,
            "You answered %(done)s of %(total)s questions. Your answers are saved.", done=ask.done, total=ask.total,
        )  # fmt: skip
        return Asked(url, "write", say(address, "Go on with the questionnaire"), text)
    if ask.kind == "plan":
        title = say(address, "See whether your new plan is right")
        text = say(address, "Version %(number)s waits for you.", number=ask.title)
        return Asked(reverse("participant:plan"), "agreement", title, text)
    if ask.kind == "adjustment":
        return Asked(
            reverse("participant:work"), "work", say(address, "See whether this adjustment is right"), ask.title
        )
    if ask.kind == "application":
        url = reverse("participant:application", args=[ask.ref])
        return Asked(url, "search", say(address, "A next step in looking for work"), ask.title)
    if ask.kind == "letter":
        text = _("To %(name)s. It goes only after this.") % {"name": ask.title}
        return Asked(reverse("participant:letter", args=[ask.ref]), "open", say(address, "Read a letter first"), text)
    if ask.kind == "closing":
        title, text = _("See whether looking back is right"), say(address, "You looked back together with your coach.")
        return Asked(reverse("participant:closing"), "agreement", title, text)
    if ask.kind == "looking_back":
        text = say(address, "Before the last talk. One sentence is enough.")
        return Asked(reverse("participant:closing_words"), "write", say(address, "Write what helped you"), text)
    when = ask.on if isinstance(ask.on, datetime) else None
    text = _("With %(name)s on %(day)s at %(time)s.") % {"name": ask.title, "day": weekday(when), "time": clock(when)}
    return Asked(reverse("participant:sessions"), "calendar", say(address, "Confirm your talk"), text)
