"""A third programme runs without a changed line of code: the how-to's own example, from referral to report."""

from datetime import timedelta
from pathlib import Path

from opstap.acts import care, clock, consents, lot, measures, people, recruitment, studies
from opstap.acts.calendar import asked_of
from opstap.acts.dataset import run_report
from opstap.acts.doors import SYSTEM
from opstap.acts.find import measurement_named, sites_of, user_of
from opstap.acts.words import Contact
from opstap.domain.access import Role
from opstap.domain.protocol import read
from opstap.reports import evaluate
from tests.world import BEGIN, PASSWORD, answers_to

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "walking-back" / "protocol.yaml"


def test_the_example_runs_from_referral_to_report() -> None:
    protocol = read(EXAMPLE)
    study = studies.open_study(by=SYSTEM, slug=protocol.name, protocol=protocol)
    staff = {}
    for role in (Role.COORDINATOR, Role.COACH):
        staff[role] = people.make_account(
            by=SYSTEM, email=f"{role.value}@terug.example", name=role.value.title(), password=PASSWORD
        )
        people.grant_role(by=SYSTEM, user=staff[role], role=role, study=study)
    coordinator, coach = staff[Role.COORDINATOR], staff[Role.COACH]
    site = sites_of(study)["home"]
    for number, treated in ((1, "2025-12-01"), (2, "2020-01-01")):
        contact = Contact(f"Proef Persoon{number}", f"persoon{number}@terug.example")
        one = recruitment.refer(by=coordinator, site=site, contact=contact)
        recruitment.screen(
            by=coordinator,
            participant=one,
            answers={"date_of_birth": "1980-01-01", "last_treatment": treated, "work_status": "employed"},
        )
        one.refresh_from_db()
        if one.state == "non_participant":
            continue
        recruitment.inform(by=coordinator, participant=one, on=clock.today() - timedelta(days=4))
        for form in protocol.consents:
            consents.record_consent(
                by=coordinator, participant=one, kind=form.kind, items=[item.id for item in form.items], channel="paper"
            )
        care.assign_care(by=coordinator, participant=one, user=coach, profession=Role.COACH)
        answer(one, "start", 0)
        session = care.plan_session(by=coach, participant=one, kind="first_call", planned_for=BEGIN)
        care.hold_session(by=coach, session=session, on=BEGIN.date(), minutes=30, modules=["goals"])
        answer(one, "end", 92)
    with clock.at(BEGIN + timedelta(days=120)):
        report = evaluate(protocol, run_report(by=SYSTEM, study=study, seed=1), language="nl", seed=1)
    assert report.results["analyses"]["helped"]
    assert lot.AllocationRow.objects.filter(study=study).count() == 0


def answer(one, wave: str, days: int) -> None:
    moment = BEGIN + timedelta(days=days)
    with clock.at(moment):
        measurement = measurement_named(one, wave)
        sheets = {asked.id: answers_to(asked, moment) for asked in asked_of(measurement)}
        measures.save_answers(by=user_of(one), measurement=measurement, answers=sheets)
        measures.submit(by=user_of(one), measurement=measurement)
