"""Everyone who can stand before a page: each role in each relation to one person, and each arm of the trial."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP

from opstap.acts import (
    aftercare,
    applications,
    care,
    clock,
    energy,
    feeds,
    goals,
    incidents,
    papers,
    people,
    placements,
    plans,
    queries,
    reporting,
    search,
    signing,
    team,
    two_hands,
    workplace,
)
from opstap.acts.doors import SYSTEM
from opstap.domain.access import Role
from opstap.store.models import Alert, Consent, Mail, Measurement, Participant, Plan, ReportRun, Session, User
from opstap.web.shared.entering import CODE, LINK
from tests.world import PASSWORD, World

FILES = ("provenance.json", "report.html", "results.json")


@dataclass
class Visitor:
    """Who stands before the page: an account (None: not signed in), and what their sign-in carries."""

    user: User | None
    session: dict[str, Any] = field(default_factory=dict)


def second_step(user: User) -> User:
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    return user


@dataclass
class Scene:
    """One STEPS participant in the programme, everything that hangs on them, and everyone around."""

    world: World
    participant: Participant
    visitors: dict[str, Visitor]
    values: dict[str, Any]


def scene() -> Scene:
    world = World("steps")
    own = world.in_care()
    usual = world.allocated("usual_care")
    therapist, coach = world.person(Role.THERAPIST), world.person(Role.COACH)
    link = world.with_workplace(own)
    with clock.at(world.moment):
        session = care.plan_session(by=coach, participant=own, kind="consultation", planned_for=world.moment)
        plan = plans.offer_plan(
            by=coach, participant=own, aim="return", contract_hours=32, steps=[(world.moment.date(), 8.0)]
        )
        plans.agree_plan(by=world.account_of(own), plan=plan)
        goal = goals.set_goal(by=coach, participant=own, text="Weer fietsen naar het werk.", importance=8, confidence=5)
        practice = energy.set_practice(by=therapist, participant=own, text="Tien minuten wandelen.", times=3)
        note = energy.note_energy(by=world.account_of(own), participant=own, kind="work", effect="cost", how="good")
        noted = energy.note_energy(by=coach, participant=own, kind="rest", effect="gave", how="good", channel="paper")
        adjustment = workplace.propose_adjustment(
            by=coach, participant=own, adjusts="place", arranger="hr", for_workplace="Een stille kamer."
        )
        workplace.agree_adjustment(by=world.account_of(own), adjustment=adjustment)
        letter = papers.write_letter(
            by=coach, participant=own, kind="three_way", party="workplace", link=link, text="Kom.", language="nl"
        )
        feed = feeds.make_feed(by=coach)
        search.start_search(by=coach, participant=own, reason="contract_ended", channel="telephone")
        offered, hired = (
            applications.add_application(
                by=coach, participant=own, where="Bibliotheek Zuid", function="Balie", way="open", channel="paper"
            )
            for _number in range(2)
        )
        for one in (offered, hired):
            for state in ("talk_planned", "offer"):
                applications.write_application(by=coach, application=one, state=state, channel="paper")
        applications.accept_offer(
            by=coach, application=hired, starts_on=world.moment.date(), contract_hours=20, channel="paper"
        )
        placement = placements.add_placement(
            by=coach, participant=own, kind="trial_placement", where="Bibliotheek Noord", channel="paper", hours=8,
            starts_on=world.moment.date(), ends_on=world.moment.date() + timedelta(days=13),
        )  # fmt: skip
        day = world.moment.date() + timedelta(days=40)
        after = aftercare.plan_aftercare(by=coach, participant=own, days=[day])[0]
    asked = {one.respondent: one for one in Measurement.objects.filter(participant=own, wave="t6")}
    measurement = asked["participant"]
    for place in ("therapist", "workplace"):
        asked[place].opens_on = world.moment.date()
        asked[place].save()
    answered = Measurement.objects.get(participant=own, wave="t0")
    mail = Mail.objects.create(key="one", participant=own, kind="message", sealed=b"", made_at=world.moment)
    supervisor = people.make_account(by=SYSTEM, email="chef@elders.example", name="Chef Elders", password=PASSWORD)
    plans.invite_workplace(
        by=world.account_of(usual), participant=usual, email="chef@elders.example", name="Chef Elders"
    )

    def another(role: Role, world: World = world, name: str = "ander") -> User:
        email = f"{name}.{role.value}@{world.name}.example"
        user = people.make_account(by=SYSTEM, email=email, name=f"Ander {role.value}", password=PASSWORD)
        people.grant_role(by=SYSTEM, user=user, role=role, study=None if role is Role.STEWARD else world.study)
        return user

    stand_in = another(Role.COACH, name="invaller")
    with clock.at(world.moment):
        hand_over = team.hand_over(by=therapist, participant=own, to=coach, note="Bel eens over de nieuwe uren.")
        day = world.moment.date()
        cover = team.arrange_cover(
            by=coach, study=world.study, stand_in=stand_in, since=day, until=day + timedelta(days=7)
        )
    elsewhere = World("rentree", made=100)
    staff = {
        "therapist, own": therapist,
        "therapist, other": another(Role.THERAPIST),
        "coach, own": coach,
        "coach, other": another(Role.COACH),
        "coach, standing in": stand_in,
        "workplace, own": link.user,
        "workplace, other": supervisor,
        "referrer, own": world.person(Role.REFERRER),
        "referrer, other": another(Role.REFERRER),
        "coordinator": world.person(Role.COORDINATOR),
        "coordinator, other study": another(Role.COORDINATOR, elsewhere),
        "analyst": another(Role.ANALYST),
        "data manager": another(Role.DATA_MANAGER),
        "data manager, other study": another(Role.DATA_MANAGER, elsewhere),
        "steward": another(Role.STEWARD),
        "nobody": people.make_account(by=SYSTEM, email="niemand@elders.example", name="Niemand", password=PASSWORD),
    }
    decided = {one.kind: one for one in Consent.objects.filter(participant=own)}
    with clock.at(world.moment):
        signing.countersign(by=staff["coordinator"], consent=decided["study"], name="C. Proef")
        incident = incidents.report_event(
            by=staff["coordinator"], participant=own, on=world.moment.date(), text="Viel van de trap."
        )
        query = queries.raise_query(
            by=staff["data manager"], measurement=answered, questionnaire="background", item="age", text="Klopt dit?"
        )
        to_sign = two_hands.ask(
            by=world.second_coordinator(), study=world.study, kind="reveal", participant=own, reason="Opgenomen."
        )
        report = reporting.take_report(
            by=SYSTEM, run=reporting.ask_report(by=staff["analyst"], study=world.study, language="nl")
        ).run
        reporting.keep_report(
            by=SYSTEM, run=report, lead="Iets.", summary="<p>Dit kwam eruit.</p>", files=dict.fromkeys(FILES, b"{}")
        )
        # As if it had been made after unblinding: the pages of the scene itself stay blinded.
        ReportRun.objects.filter(pk=report.pk).update(permuted=False)
        reporting.publish_summary(by=staff["coordinator"], run=report)
    alert = Alert.objects.create(measurement=answered, questionnaire="background", item="age", raised_at=world.moment)
    in_rentree = elsewhere.in_care()
    visitors = {
        "stranger": Visitor(None),
        "participant, own": Visitor(world.account_of(own), {CODE: True}),
        "participant, own, by link": Visitor(world.account_of(own), {LINK: measurement.pk}),
        "participant, usual care": Visitor(world.account_of(usual), {CODE: True}),
        "participant, other study": Visitor(elsewhere.account_of(in_rentree), {CODE: True}),
        **{name: Visitor(second_step(user)) for name, user in staff.items()},
        "staff without second step": Visitor(another(Role.COACH, elsewhere)),
    }
    values = {
        "pseudonym": own.pseudonym,
        "session": session.pk,
        "measurement": measurement.pk,
        "aftercare": after.pk,
        "answered": answered.pk,
        "asked_of_therapist": asked["therapist"].pk,
        "asked_of_workplace": asked["workplace"].pk,
        "query": query.pk,
        "alert": alert.pk,
        "report": report.pk,
        "incident": incident.pk,
        "consent": decided["programme"].pk,
        "signed": decided["study"].pk,
        "asked": to_sign.pk,
        "adjustment": adjustment.pk,
        "letter": letter.pk,
        "mail": mail.pk,
        "feed": feed,
        "plan": Plan.objects.get(pk=plan.pk).pk,
        "talk": Session.objects.get(pk=session.pk).pk,
        "goal": goal.pk,
        "practice": practice.pk,
        "note": note.pk,
        "noted": noted.pk,
        "offered": offered.pk,
        "hired": hired.pk,
        "placement": placement.pk,
        "link": link.pk,
        "grant": therapist.grants.get().pk,
        "user": therapist.pk,
        "cover": cover.pk,
        "hand_over": hand_over.pk,
    }
    return Scene(world, own, visitors, values)
