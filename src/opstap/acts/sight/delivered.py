"""What was delivered of a programme, and which work-related care both arms had: for roles that may know the arms."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import F

from opstap.acts.blinding import blinded
from opstap.acts.doors import Actor, allow
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere
from opstap.acts.sight.progress import language
from opstap.acts.sight.reach import reaches
from opstap.domain.access import Permission
from opstap.domain.network import Party
from opstap.domain.programme.fidelity import COUNTED, Delivery, Held, Share, delivered
from opstap.domain.protocol import Protocol
from opstap.store.models import (
    AnswerSheet,
    CareLink,
    ContactAttempt,
    Enrolment,
    Goal,
    Participant,
    Plan,
    Readiness,
    Session,
    Study,
)

#: The questionnaire that asks both arms alike which work-related care they had, and its questions of yes or no.
CARE, CARE_ITEMS = "work-care", ("care", "workplace_talk", "adjustments")


@dataclass(frozen=True)
class Dimension:
    """One dimension of the process evaluation: its words, its topics, and which part of this page counts it."""

    title: str
    topics: list[str]
    part: str


@dataclass(frozen=True)
class UsualCare:
    """One question about work-related care at one wave: how many said yes, per arm by its words."""

    wave: str
    question: str
    arms: list[tuple[str, Share]]


@dataclass(frozen=True)
class Delivered:
    """One study's delivery, with the words of everything that is counted."""

    slug: str
    title: str
    delivery: Delivery
    words: dict[str, str]
    dimensions: list[Dimension]
    care: list[UsualCare]


def deliveries(by: Actor) -> list[Delivered]:
    """Show what was delivered in the studies where someone may know the arms; NotHere when there is none."""
    shown = []
    for reach in reaches(by, Permission.SEE_DELIVERED):
        if not blinded(reach.study, allow(by, Permission.SEE_DELIVERED, study=reach.study)):
            shown.append(_of(reach.study))
    if not shown:
        raise NotHere(Permission.SEE_DELIVERED)
    return shown


def _of(study: Study) -> Delivered:
    protocol = protocol_of(study)
    spoken = language()
    # Who was offered the programme: by the lot, else by agreeing to it.
    offered = {
        one.participant_id
        for one in Enrolment.objects.filter(participant__study=study).exclude(state__in=("agreed", "not_opened"))
    }
    found = delivered(
        protocol, offered=offered, sessions=_sessions(study), attempts=_attempts(study), own=_own(study)
    )  # fmt: skip
    words = {kind: protocol.text(f"sessions.{kind}", spoken) for kind in protocol.session_kinds}
    words |= {one.id: protocol.text(f"modules.{one.id}.title", spoken) for one in protocol.programme.modules}
    return Delivered(
        study.slug, protocol.title(spoken), found, words, _dimensions(protocol, spoken), _care(study, protocol, spoken)
    )


def _sessions(study: Study) -> list[Held]:
    team: dict[tuple[int, int], str] = {}
    links = CareLink.objects.filter(participant__study=study).order_by("pk")
    for who, user, profession in links.values_list("participant", "user", "profession"):
        team[who, user] = profession
    rows = Session.objects.filter(enrolment__participant__study=study).annotate(who=F("enrolment__participant"))
    return [
        Held(
            one.who, one.kind, one.state, one.minutes, tuple(one.modules),
            team.get((one.who, one.professional_id), ""), one.with_workplace,
        )
        for one in rows.order_by("pk")
    ]  # fmt: skip


def _attempts(study: Study) -> list[tuple[int, bool]]:
    tried = ContactAttempt.objects.filter(participant__study=study, party=Party.WORKPLACE)
    return list(tried.values_list("participant", "reached"))


def _own(study: Study) -> dict[str, set[int]]:
    """Say for whom the programme was made their own: goals in own words, a plan agreed, a stage of change judged."""
    here = {"enrolment__participant__study": study}
    whose = "enrolment__participant"
    judged = set(Readiness.objects.filter(**here).values_list(whose, flat=True))
    judged |= set(Session.objects.filter(**here, stage__isnull=False).values_list(whose, flat=True))
    agreed = Plan.objects.filter(**here, state__in=("agreed", "in_force"))
    return {
        "goals": set(Goal.objects.filter(**here).values_list(whose, flat=True)),
        "plan": set(agreed.values_list(whose, flat=True)),
        "stage": judged,
    }


def _dimensions(protocol: Protocol, spoken: str) -> list[Dimension]:
    plan = protocol.study.process
    return [
        Dimension(
            protocol.text(f"process.{one.id}.title", spoken),
            [protocol.text(f"process.{one.id}.topics.{topic}", spoken) for topic in one.topics],
            COUNTED.get(one.id, ""),
        )
        for one in (plan.dimensions if plan else [])
    ]


def _care(study: Study, protocol: Protocol, spoken: str) -> list[UsualCare]:
    """Count which work-related care each arm had, as both were asked alike."""
    arms = dict(
        Participant.objects.filter(study=study, participation__allocation__isnull=False).values_list(
            "pk", "participation__allocation__arm"
        )
    )
    yes: Counter[tuple[str, str, str]] = Counter()
    asked: Counter[tuple[str, str, str]] = Counter()
    sheets = AnswerSheet.objects.filter(
        measurement__participant__study=study, questionnaire=CARE, measurement__submitted_at__isnull=False
    )
    for who, wave, answers in sheets.values_list("measurement__participant", "measurement__wave", "answers"):
        for item in CARE_ITEMS if who in arms else ():
            if answers.get(item) is not None:
                asked[wave, item, arms[who]] += 1
                yes[wave, item, arms[who]] += answers[item] == 1
    # Where the questionnaire is not asked there are no answers, and no words are needed.
    words = protocol.questionnaires[CARE].words[spoken] if asked else {}
    return [
        UsualCare(
            protocol.text(f"waves.{wave.id}", spoken),
            words[item].text,
            [
                (
                    protocol.text(f"arms.{arm.id}.title", spoken),
                    Share(yes[wave.id, item, arm.id], asked[wave.id, item, arm.id]),
                )
                for arm in protocol.study.arms
            ],
        )
        for wave in protocol.study.waves
        for item in CARE_ITEMS
        if any(asked[wave.id, item, arm.id] for arm in protocol.study.arms)
    ]
