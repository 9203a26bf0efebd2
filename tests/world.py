"""A small invented world for tests: a STEPS study and a Rentree study with one person in each role.

Everything is made through the acts; a test that needs someone further along leads them there.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django_scopes import scopes_disabled

from opstap.acts import (
    care,
    clock,
    closing_data,
    consents,
    doors,
    lot,
    measures,
    people,
    plans,
    recruitment,
    studies,
    two_hands,
    understanding,
)
from opstap.acts.calendar import asked_of
from opstap.acts.doors import SYSTEM
from opstap.acts.mailing import hours_of
from opstap.acts.words import Contact
from opstap.domain.access import Role
from opstap.domain.instruments.model import Item, Questionnaire
from opstap.domain.protocol import load
from opstap.store.models import Measurement, Participant, Site, Study, TwoHands, User, WorkplaceLink

BEGIN = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("Europe/Brussels"))
SEED = bytes(range(32))
PASSWORD = "warm bread in the morning"

ELIGIBLE: dict[str, dict[str, Any]] = {
    "steps": {
        "date_of_birth": "1979-05-04",
        "diagnosis_date": "2025-09-01",
        "histologically_confirmed": True,
        "curative_intent": True,
        "life_expectancy_over_1_year": True,
        "treatments": ["surgery", "chemotherapy"],
        "contract_end": "permanent",
        "paid_work_before_diagnosis_months": 96,
        "contract_hours_per_week": 32,
        "work_status": "partly_at_work",
    },
    "rentree": {
        "date_of_birth": "1977-02-11",
        "diagnosis_date": "2024-10-10",
        "wants_to_work": True,
        "work_status": "employed",
        "own_employer": True,
    },
}


def fitting(item: Item, on: datetime) -> Any:
    """Give an answer that fits an item: the first code, the middle of a range, a day in the past."""
    if item.kind == "choice":
        return item.codes[0]
    if item.kind == "multiple":
        return [item.codes[0]]
    if item.kind == "date":
        return (on.date() - timedelta(days=60)).isoformat()
    if item.kind == "text":
        return "een gewoon antwoord"
    if item.kind == "hours":
        return {item.rows[0]: 4}
    if item.kind == "group":
        return [{part.id: fitting(part, on) for part in item.items}]
    low = item.minimum or 0
    return int(low + ((item.maximum if item.maximum is not None else 40) - low) // 2)


def answers_to(questionnaire: Questionnaire, on: datetime, **given: Any) -> dict[str, Any]:
    """Answer a questionnaire in full, along its routing, with some answers given."""
    answers: dict[str, Any] = {}
    for item in questionnaire.items:
        if item in questionnaire.asked(answers):
            answers[item.id] = given.get(item.id, fitting(item, on))
    return answers


@dataclass
class World:
    """One study with its people. Acts happen at `moment`, which a test moves with `later`."""

    name: str
    moment: datetime = BEGIN
    made: int = 0
    staff: dict[Role, User] = field(default_factory=dict)

    @cached_property
    def study(self) -> Study:
        return studies.open_study(
            by=SYSTEM, slug=self.name, protocol=load(self.name), seed=SEED if self.name == "steps" else None
        )

    @property
    def site(self) -> Site:
        return Site.objects.select_related("study__protocol").filter(study=self.study).order_by("pk")[0]

    def person(self, role: Role) -> User:
        """Give the member of staff in a role, made on first asking."""
        if role not in self.staff:
            user = people.make_account(
                by=SYSTEM,
                email=f"{role.value}@{self.name}.example",
                name=f"{role.value.title()} Proef",
                password=PASSWORD,
            )
            people.grant_role(by=SYSTEM, user=user, role=role, study=None if role is Role.STEWARD else self.study)
            self.staff[role] = user
        return self.staff[role]

    def later(self, **delta: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**delta)

    def until_mail_may_go(self) -> None:
        """Let days pass until one that is no Sunday and no holiday."""
        hours = hours_of(load(self.name), "")
        while hours.calm(self.moment):
            self.later(days=1)

    def account_of(self, participant: Participant) -> User:
        return participant.identity.user

    def account_of_unscoped(self, participant: Participant) -> User:
        with scopes_disabled():
            return Participant.objects.select_related("identity__user").get(pk=participant.pk).identity.user

    def referred(self) -> Participant:
        self.made += 1
        number = self.made
        contact = Contact(f"Proef Persoon{number}", f"persoon{number}@{self.name}.example", "010 555 01 42")
        return recruitment.refer(by=self.person(Role.REFERRER), site=self.site, contact=contact)

    def screened(self, **answers: Any) -> Participant:
        participant = self.referred()
        recruitment.screen(
            by=self.person(Role.COORDINATOR), participant=participant, answers={**ELIGIBLE[self.name], **answers}
        )
        participant.refresh_from_db()
        return participant

    def informed(self) -> Participant:
        participant = self.screened()
        return recruitment.inform(by=self.person(Role.COORDINATOR), participant=participant)

    def enrolled(self) -> Participant:
        """Someone who agreed to the programme, and not (yet) to the study."""
        participant = self.informed()
        self.agree(participant, "programme")
        return self.fresh(participant)

    def consented(self) -> Participant:
        """Someone who agreed to programme and study."""
        participant = self.enrolled()
        with clock.at(self.moment + timedelta(days=8)):
            self.agree(participant, "study")
        self.later(days=8)
        return self.fresh(participant)

    def agree(self, participant: Participant, kind: str) -> None:
        form, own = load(self.name).consent(kind), self.account_of(participant)
        self.understand(participant, kind)
        consents.record_consent(
            by=own, participant=participant, kind=kind, items=[item.id for item in form.items], signature="P. Proef"
        )

    def understand(self, participant: Participant, kind: str) -> None:
        """Answer the questions about the information right, where there are any."""
        for form in load(self.name).consents:
            if form.kind == kind and form.questions:
                right = {question.id: question.right for question in form.questions}
                own = self.account_of(participant)
                understanding.check_understanding(by=own, participant=participant, kind=kind, answers=right)

    def baseline(self) -> Participant:
        """Someone who handed in the first questionnaire."""
        participant = self.consented()
        self.fill(participant, "t0")
        return self.fresh(participant)

    def fill(self, participant: Participant, wave: str, **given: Any) -> Measurement:
        measurement = self.measurement(participant, wave)
        with clock.at(self.moment):
            full = {one.id: answers_to(one, self.moment, **given) for one in asked_of(measurement)}
            measures.save_answers(by=self.account_of(participant), measurement=measurement, answers=full)
            return measures.submit(by=self.account_of(participant), measurement=measurement)

    def measurement(self, participant: Participant, wave: str) -> Measurement:
        return Measurement.objects.select_related(
            "participant__study__protocol", "participant__key", "participant__participation"
        ).get(participant=participant, wave=wave, respondent="participant")

    def allocated(self, arm: str | None = None) -> Participant:
        """Someone for whom the lot was drawn; with an arm, the first of them that fell into it."""
        while True:
            participant = self.baseline()
            with clock.at(self.moment):
                row = lot.allocate(by=self.person(Role.COORDINATOR), participant=participant)
            if arm in (None, row.arm):
                return self.fresh(participant)

    def in_care(self) -> Participant:
        """Someone in the programme with a coach (and a therapist, where the programme has one)."""
        participant = self.allocated("steps") if self.name == "steps" else self.baseline()
        with clock.at(self.moment):
            for profession in load(self.name).programme.professions:
                care.assign_care(
                    by=self.person(Role.COORDINATOR),
                    participant=participant,
                    user=self.person(Role(profession)),
                    profession=Role(profession),
                )
        return self.fresh(participant)

    def with_workplace(self, participant: Participant) -> WorkplaceLink:
        with clock.at(self.moment):
            return plans.invite_workplace(
                by=self.account_of(participant),
                participant=participant,
                email="leidinggevende@werk.example",
                name="Jeroen Proef",
                password=PASSWORD,
            )

    def second_coordinator(self) -> User:
        email = f"tweede@{self.name}.example"
        found = User.objects.filter(email=email).first()
        if found is None:
            found = people.make_account(by=SYSTEM, email=email, name="Tweede Proef", password=PASSWORD)
            people.grant_role(by=SYSTEM, user=found, role=Role.COORDINATOR, study=self.study)
        return found

    def by_two(self, kind: str, participant: Participant | None = None) -> TwoHands:
        """Let two coordinators do what takes two: `lock`, `unblind`, or `reveal` for a participant."""
        with clock.at(self.moment):
            asked = two_hands.ask(
                by=self.person(Role.COORDINATOR), study=self.study, kind=kind, reason="Het is zover.",
                participant=participant,
            )  # fmt: skip
            done = two_hands.sign(by=self.second_coordinator(), request=asked, password=PASSWORD)
        self.study.refresh_from_db()
        return done

    def unblinded(self) -> None:
        """Lock the data and unblind the analysis, and open the data again so that a test can go on."""
        self.by_two("lock")
        self.by_two("unblind")
        with clock.at(self.moment):
            closing_data.unlock_study(by=self.person(Role.COORDINATOR), study=self.study, reason="Het gaat verder.")

    def fresh(self, participant: Participant) -> Participant:
        return (
            Participant.objects.select_related(
                "study__protocol", "site", "key", "enrolment", "participation__allocation", "identity__user"
            )
            .get(pk=participant.pk)
        )  # fmt: skip


__all__ = ["BEGIN", "PASSWORD", "SEED", "World", "answers_to", "doors"]
