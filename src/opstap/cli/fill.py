"""Fills the demonstration: invented people are led through the acts, in order of time, as everyone else would be."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django_scopes import scopes_disabled

from opstap.acts import (
    aftercare,
    behalf,
    care,
    clock,
    closing,
    closing_data,
    consents,
    contacts,
    doors,
    due,
    energy,
    goals,
    keys,
    lot,
    measures,
    messages,
    network,
    papers,
    people,
    plans,
    recruitment,
    stages,
    statute,
    stepping,
    studies,
    two_hands,
    work,
    workplace,
)
from opstap.acts.doors import SYSTEM
from opstap.acts.find import measurement_named, sites_of, user_numbered, user_of
from opstap.acts.mailing import by_day
from opstap.acts.words import Contact
from opstap.cli import fill_queries, fill_trial
from opstap.cli.fill_search import look_for_work
from opstap.cli.ways import CODE, PASSWORD, SignIn, write
from opstap.domain.access import Permission, Role
from opstap.domain.protocol import load
from opstap.simulate import rentree, steps
from opstap.simulate.around import around
from opstap.simulate.lives import Deed, play

SEED = 20260401
SUPERVISORS = ("Jeroen Pals", "Ingrid Oud", "Mehmet Kaya", "Carla Brink", "Bram Steen", "Lieve Kant")
#: What belongs to the programme itself, and is done only while it runs.
GUIDED = {
    "readiness", "set_goal", "add_goal_step", "mark_goal_step", "add_obstacle", "review_goal", "set_energy_budget",
    "set_practice", "do_practice", "share_diary", "note_energy",
}  # fmt: skip
STUDIES = {"steps": steps, "rentree": rentree}


def allocation_seed() -> bytes:
    """Give the seed of the demonstration's allocation list; a real one comes from `openssl rand -out FILE 32`."""
    return hashlib.sha256(b"opstap demonstration, nobody is allocated by this").digest()


class Fill:
    """One study being filled: its staff, and what the lives have been told so far."""

    def __init__(self, slug: str, today: date, *, few: bool = False) -> None:
        self.slug, self.today = slug, today
        self.protocol = load(slug)
        self.sign_ins: list[SignIn] = []
        self.staff: dict[tuple[str, str], Any] = {}
        self.people: dict[int, dict[str, Any]] = {}
        lives = STUDIES[slug].lives(SEED, today)
        # A few: one in twelve, and the last ones, who are on their way in or in the programme now.
        self.lives = (
            [
                *[life for life in lives[::12] if not _lately(life[0], today)],
                *[life for life in lives if _lately(life[0], today)],
            ]
            if few
            else lives
        )

    def begin(self) -> None:
        """Open the study and make its staff, three years before today."""
        seed = allocation_seed() if self.protocol.study.allocation else None
        self.study = studies.open_study(by=SYSTEM, slug=self.slug, protocol=self.protocol, seed=seed)
        self.sites = sites_of(self.study)
        for name, role in (("Hanna Winter", Role.COORDINATOR), ("Otto Zomer", Role.COORDINATOR)):
            self._person(name, role)
        self._person("Noor Lente", Role.REFERRER)
        self._person("Ada Herfst", Role.ANALYST)
        self._person("Mila Zon", Role.DATA_MANAGER)
        names = iter(["Fenna Berk", "Ruben Eik", "Saar Linde", "Tom Wilg", "Iris Beuk", "Daan Es"])
        for site in self.sites:
            for profession in self.protocol.programme.professions:
                self._person(next(names), Role(profession), site)

    def _person(self, name: str, role: Role, site: str | None = None) -> None:
        email = f"{name.split(' ')[0].lower()}@{self.slug}.example"
        user = people.make_account(by=SYSTEM, email=email, name=name, password=None)
        people.grant_role(by=SYSTEM, user=user, role=role, study=self.study, site=self.sites[site] if site else None)
        self.staff.setdefault((role, site or ""), user)
        self.sign_ins.append(entry(self.slug, role, user))

    def do(self, number: int, deed: Deed) -> Any:
        """Do one deed of one life through the act of that name, and give what the life is told."""
        with clock.at(deed.at):
            if deed.act in GUIDED:
                return self._guided(self.people[number], deed.act, deed.given)
            return getattr(self, f"_{deed.act}")(self.people.setdefault(number, {}), deed.given, deed.at)

    def surround(self, one: dict[str, Any]) -> None:
        """Give someone worth being the people around them, a week ago."""
        day = self.today - timedelta(days=7)
        for deed in around(day, timezone.get_current_timezone(), formal=self.protocol.text("address", "nl") == "u"):
            with clock.at(deed.at):
                getattr(self, f"_{deed.act}")(one, deed.given, deed.at)

    @property
    def _coordinator(self) -> Any:
        return self.staff[(Role.COORDINATOR, "")]

    def _refer(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> None:
        contact = Contact(given["name"], given["email"], given["phone"])
        site = self.sites[given["site"]]
        referrer = self.staff[(Role.REFERRER, "")]
        one["who"] = recruitment.refer(by=referrer, site=site, contact=contact)
        one["site"], one["user"] = given["site"], user_of(one["who"])

    def _screen(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> None:
        recruitment.screen(by=self._coordinator, participant=one["who"], answers=given)

    def _inform(self, one: dict[str, Any], _given: dict[str, Any], _at: datetime) -> None:
        recruitment.inform(by=self._coordinator, participant=one["who"])

    def _decline(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> None:
        recruitment.decline(by=self._coordinator, participant=one["who"], **given)

    def _consent(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> None:
        consents.record_consent(by=self._coordinator, participant=one["who"], channel="paper", **given)

    def _answer(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> None:
        measurement = measurement_named(one["who"], given["wave"])
        measures.save_answers(by=one["user"], measurement=measurement, answers=given["sheets"])
        measures.submit(by=one["user"], measurement=measurement)

    def _allocate(self, one: dict[str, Any], _given: dict[str, Any], _at: datetime) -> str:
        one["arm"] = lot.allocate(by=self._coordinator, participant=one["who"]).arm
        return one["arm"]

    def _assign(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> None:
        for profession in given["professions"]:
            user = self.staff[(Role(profession), one["site"])]
            one[profession] = user
            care.assign_care(by=self._coordinator, participant=one["who"], user=user, profession=Role(profession))

    def _carer(self, one: dict[str, Any], kind: str) -> Any:
        _, shape = self.protocol.session_kinds[kind]
        return one[shape.professions[0]]

    def _plan_session(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> None:
        one["by"] = self._carer(one, given["kind"])
        one["session"] = care.plan_session(by=one["by"], participant=one["who"], **given)

    def _hold_session(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> None:
        care.hold_session(by=one["by"], session=one["session"], **given)

    def _miss_session(self, one: dict[str, Any], _given: dict[str, Any], _at: datetime) -> None:
        care.miss_session(by=one["by"], session=one["session"])

    def _record_work(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> None:
        work.record_work(by=one["by"], participant=one["who"], **given)

    def _advance(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> None:
        care.advance_phase(by=one["coach"], participant=one["who"], **given)

    def _invite_workplace(self, one: dict[str, Any], _given: dict[str, Any], _at: datetime) -> None:
        link = plans.invite_workplace(
            by=one["user"],
            participant=one["who"],
            email=f"leidinggevende.{one['who'].pseudonym.lower()}@werk.example",
            name=SUPERVISORS[len(self.people) % len(SUPERVISORS)],
        )
        one["workplace"], one["link"] = link.user, link

    def _offer_plan(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> None:
        one["plan"] = plans.offer_plan(by=one["coach"], participant=one["who"], **given)

    def _agree_plan(self, one: dict[str, Any], _given: dict[str, Any], _at: datetime) -> None:
        plans.agree_plan(by=one["user"], plan=one["plan"])

    def _confirm_plan(self, one: dict[str, Any], _given: dict[str, Any], _at: datetime) -> None:
        plans.confirm_plan(by=one["workplace"], plan=one["plan"])

    def _guided(self, one: dict[str, Any], act: str, given: dict[str, Any]) -> None:
        """Do one of the acts of guidance, while the programme runs: by the participant or by who looks after them."""
        if one.get("ended"):
            return
        own, carer, who = one["user"], one.get("therapist", one["coach"]), one["who"]
        match act:
            case "readiness":
                stages.record_readiness(by=carer, participant=who, **given)
            case "set_goal":
                one["goal"] = goals.set_goal(by=own, participant=who, **given)
            case "add_goal_step":
                one["step"] = goals.add_goal_step(by=own, goal=one["goal"], **given)
            case "mark_goal_step":
                goals.mark_goal_step(by=own, goal=one["goal"], step=one["step"].pk, **given)
            case "add_obstacle":
                goals.add_obstacle(by=own, goal=one["goal"], **given)
            case "review_goal":
                goals.review_goal(by=carer, goal=one["goal"], **given)
            case "set_energy_budget":
                energy.set_energy_budget(by=carer, participant=who, **given)
            case "set_practice":
                one["practice"] = energy.set_practice(by=carer, participant=who, **given)
            case "do_practice":
                energy.do_practice(by=own, practice=one["practice"])
            case "share_diary":
                energy.share_diary(by=own, participant=who)
            case _:
                energy.note_energy(by=own, participant=who, **given)

    def _log_contact(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> None:
        contacts.log_contact(by=one["coach"], participant=one["who"], **given)

    def _propose_adjustment(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> None:
        one["adjustment"] = workplace.propose_adjustment(by=one["coach"], participant=one["who"], **given)

    def _agree_adjustment(self, one: dict[str, Any], _given: dict[str, Any], _at: datetime) -> None:
        workplace.agree_adjustment(by=one["user"], adjustment=one["adjustment"])

    def _confirm_adjustment(self, one: dict[str, Any], _given: dict[str, Any], _at: datetime) -> None:
        workplace.confirm_adjustment(by=one["workplace"], adjustment=one["adjustment"])

    def _write_message(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> None:
        by, link = {"workplace": (one["workplace"], one["link"]), "participant": (one["user"], None)}[given["who"]]
        messages.write_message(by=by, participant=one["who"], text=given["text"], link=link)

    def _allow_party(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> None:
        network.allow_party(by=one["user"], participant=one["who"], **given)

    def _write_letter(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> None:
        papers.write_letter(by=one["coach"], participant=one["who"], **given)

    def _complete(self, one: dict[str, Any], _given: dict[str, Any], _at: datetime) -> None:
        care.complete_programme(by=one["coach"], participant=one["who"])
        one["ended"] = True

    def _stop(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> None:
        consents.stop_programme(by=one["user"], participant=one["who"], **given)
        one["ended"] = True

    def _withdraw(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> None:
        consents.withdraw(by=one["user"], participant=one["who"], **given)

    def _life_event(self, one: dict[str, Any], given: dict[str, Any], _at: datetime) -> str:
        care.record_life_event(by=self._coordinator, participant=one["who"], **given)
        one["ended"] = one.get("ended") or given["kind"] == "death"
        return "over" if given["kind"] == "death" else ""


def _lately(start: Any, today: date) -> bool:
    began: date = getattr(start, "referred", None) or start.entered
    return today - began < timedelta(days=200)


def entry(slug: str, role: Role, user: Any, name: str = "") -> SignIn:
    """Make one way in. The name of a participant is passed along, since their account has none."""
    number = hashlib.sha256(f"{slug}{role}{user.pk}".encode()).hexdigest()[:8]
    return SignIn(
        f"{slug}-{role.value}-{number}", slug, role.value, name or user.name, user.pk, user.email,
        "" if role is Role.PARTICIPANT else _second_step(user),
    )  # fmt: skip


def _second_step(user: Any) -> str:
    """Give a member of staff the demonstration's password and a one-time-code secret of their own."""
    secret = "".join(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte % 32] for byte in hashlib.sha256(user.email.encode()).digest()
    )
    user.password = _hashed()
    user.save(update_fields=["password"])
    TOTP.activate(user, secret)
    return secret


_kept: list[str] = []


def _hashed() -> str:
    # One hash for everyone: hashing is slow on purpose, and this password is printed on the screen anyway.
    if not _kept:
        _kept.append(make_password(PASSWORD))
    return _kept[0]


def fill(home: Path, now: datetime | None = None, *, few: bool = False) -> Iterator[tuple[int, int]]:
    """Fill an empty database; yields (done, about how many) along the way and writes `demo.json` at the end.

    `demo.json` is written again after each study has its staff, so that signing in works while people still come in.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    with scopes_disabled():
        fills = [Fill(slug, today, few=few) for slug in STUDIES]
        with clock.at(now - timedelta(days=1200)):
            steward = people.make_account(by=SYSTEM, email="wim@opstap.example", name="Wim Maan", password=None)
            people.grant_role(by=SYSTEM, user=steward, role=Role.STEWARD)
            first = entry("", Role.STEWARD, steward)
            for one in fills:
                one.begin()
        write(home, [first, *(way for one in fills for way in one.sign_ins)], complete=False)
        done = 0
        for one in fills:
            for happened in play((life for _, life in one.lives), one.do, until=now):
                yield done + happened, _about
            done += happened
        for one in fills:
            _guided(one, now)
            if any("search" in arm.opens for arm in one.protocol.study.arms):
                look_for_work(one.people.values(), now)
            _closed(one, now)
            fill_queries.answer_around(one, now)
            fill_queries.ask(one, now)
            fill_trial.conduct(one, now)
        extra = [way for one in fills for way in _ways_of_participants(one)]
        _finish(fills, now)
        write(home, [first, *(way for one in fills for way in one.sign_ins), *extra], complete=True)


#: About how many deeds there are, for the progress bar only.
_about = 11_500


#: With so many people of each programme the dates of the law are kept, and words for when it is too much.
_GUIDED = 12
_TOO_MUCH = (
    "Ik merk het aan mijn humeur, en ik vergeet dingen. Dan stop ik om twaalf uur en loop ik een rondje.\n\n"
    "Ik bel eerst mijn zus. De dag erna zeg ik het op het werk."
)


def _guided(one: Fill, now: datetime) -> None:
    """Let the people who have a plan now keep the dates of the law; one of them, not the first, goes a step back."""
    kept = [person for person in one.people.values() if "plan" in person and not person.get("ended")]
    kept.sort(key=lambda person: person["who"].referred_on, reverse=True)
    second = next(iter([person for person in kept if "workplace" in person][1:]), None)
    for number, person in enumerate(kept[:_GUIDED]):
        with clock.at(now - timedelta(days=5)):
            statute.record_statute_facts(
                by=person["coach"], participant=person["who"], employees=60 + 20 * number,
                first_sick_day=now.date() - timedelta(days=250 + 10 * number),
            )  # fmt: skip
            stepping.write_relapse_plan(by=person["user"], participant=person["who"], text=_TOO_MUCH)
        if person is second:
            with clock.at(now - timedelta(days=1)):
                stepping.step_back(by=person["user"], participant=person["who"])


_LOOKED_BACK = {
    "helped": "Korte dagen, en dat iemand met me meedacht over mijn werk.",
    "not_helped": "De eerste weken gingen te snel.",
    "next": "Ik houd twee vrije middagen, ook als het goed gaat.",
}
_POINTS = [
    ("Ik vergeet afspraken.", "Een dag korter werken en dat zeggen.", "Mijn leidinggevende"),
    ("Ik slaap drie nachten slecht.", "De week erop geen extra uren.", "Mijn huisarts"),
]


def _closed(one: Fill, now: datetime) -> None:
    """Let one person look back and close, with aftercare planned; one wait to agree; one use no screen.

    They are those who came in first, so that nobody worth being in the demonstration is among them.
    """
    kept = [person for person in one.people.values() if "plan" in person and not person.get("ended")]
    kept.sort(key=lambda person: person["who"].referred_on)
    for number, person in enumerate(kept[:-2][:3]):
        own, coach, who = person["user"], person["coach"], person["who"]
        with clock.at(now - timedelta(days=6)):
            if number == 2:
                behalf.choose_paper(by=coach, participant=who, no_screen=True)
                continue
            closing.prepare_closing(by=coach, participant=who)
            closing.write_own_words(by=own, participant=who, answers=_LOOKED_BACK)
            closing.write_care_words(
                by=coach, participant=who, points=_POINTS,
                answers={**_LOOKED_BACK, "helped": "Samen plannen, en op tijd een stap terug."},
            )  # fmt: skip
            closing.look_back(by=coach, participant=who)
            if number:
                continue
            closing.agree_closing(by=own, participant=who)
            aftercare.plan_aftercare(
                by=coach, participant=who, days=[now.date() + timedelta(weeks=weeks) for weeks in (4, 12)]
            )
            care.complete_programme(by=coach, participant=who)
            person["ended"] = person["looked_back"] = True


def _finish(fills: list[Fill], now: datetime) -> None:
    """Unblind the trial's analysis, so that its report can be read; send what is due today to the outbox.

    That takes a lock on the data, which is opened again, so that everything can be tried.
    """
    with clock.at(now):
        for one in fills:
            if one.protocol.study.blinded:
                first, second = [_user(way) for way in one.sign_ins if way.role == Role.COORDINATOR][:2]
                for kind in ("lock", "unblind"):
                    asked = two_hands.ask(by=first, study=one.study, kind=kind, reason="Om te laten zien.")
                    two_hands.sign(by=second, request=asked, password=PASSWORD)
                closing_data.unlock_study(by=first, study=one.study, reason="De demonstratie gaat verder.")
    # A demonstration begun on a Sunday has mails to read too.
    with clock.at(by_day(now)):
        due.queue_due()
        due.send_waiting(lambda _letter: None)
        due.tidy()


def _user(way: SignIn) -> Any:
    return user_numbered(way.user)


def _ways_of_participants(one: Fill) -> Iterator[SignIn]:
    """Find people worth being: with a plan now, in each arm, waiting for a questionnaire; and a workplace."""
    wanted: dict[str, Callable[[dict[str, Any]], bool]] = {
        "with_plan": lambda kept: "plan" in kept and "workplace" in kept and not kept.get("ended"),
        "without_programme": lambda kept: kept.get("arm") == "usual_care",
        "looking_for_work": lambda kept: bool(kept.get("searches")),
        "looked_back": lambda kept: "looked_back" in kept,
        "at_the_start": lambda kept: "coach" in kept and "plan" not in kept and not kept.get("ended"),
    }
    recent = [kept for kept in reversed(list(one.people.values())) if "user" in kept]
    recent.sort(key=lambda kept: kept["who"].referred_on, reverse=True)
    for fits in wanted.values():
        kept = next((kept for kept in recent if fits(kept)), None)
        if kept is None:
            continue
        recent.remove(kept)
        with clock.at(timezone.now()):
            keys.set_code(by=kept["user"], participant=kept["who"], code=CODE)
        if "workplace" in kept and "adjustment" not in kept and not kept.get("ended"):
            one.surround(kept)
        # As happens before each talk: who looks after someone opens the record, and the person sees that.
        for days, profession in ((9, "therapist"), (2, "coach")):
            if profession in kept:
                with clock.at(timezone.now() - timedelta(days=days)):
                    doors.record_of(kept[profession], kept["who"].pseudonym, Permission.SEE_CASE, what="case")
        arm = [one.protocol.text(f"arms.{kept['arm']}.title", "nl")] if "arm" in kept else []
        yield entry(one.slug, Role.PARTICIPANT, kept["user"], ", ".join([kept["who"].pseudonym, *arm]))
        if "workplace" in kept:
            yield entry(one.slug, Role.WORKPLACE, kept["workplace"])
