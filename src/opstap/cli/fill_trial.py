"""What belongs to the conduct of a trial in the demonstration: signatures, events, partners. A handful of deeds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from opstap.acts import clock, consents, incidents, partners, recruitment, signals, signing
from opstap.acts.doors import consent_of
from opstap.acts.words import Contact
from opstap.domain.access import Permission, Role
from opstap.domain.consent import standing
from opstap.paper.letter import can_draw

_PARTNERS = (("Kim de Graaf", "kim.degraaf@voorbeeld.example"), ("Sam Visser", "sam.visser@voorbeeld.example"))


def conduct(one: Any, now: datetime) -> None:
    """Let the coordinator sign a consent, write down two events and a deviation, compare sites, take up partners."""
    coordinator = one.staff[(Role.COORDINATOR, "")]
    taking_part = [person for person in one.people.values() if _in_study(person)]
    with clock.at(now - timedelta(days=3)):
        for person in taking_part[-1:] if can_draw() else ():
            decided = consents.decisions_of(person["who"], "study")[-1]
            consent = consent_of(coordinator, decided.pk, Permission.SIGN_CONSENT)
            signing.countersign(by=coordinator, consent=consent, name=coordinator.name)
        for person, serious in zip(taking_part[-2:], (["hospitalisation"], []), strict=False):
            incidents.report_event(
                by=coordinator, participant=person["who"], on=(now - timedelta(days=5)).date(), serious=serious,
                text="Opname van drie dagen door een ontsteking." if serious else "Veel hoofdpijn in één week.",
            )  # fmt: skip
        for person in taking_part[-3:-2]:
            incidents.report_deviation(
                by=coordinator, participant=person["who"], kind="window", on=(now - timedelta(days=4)).date(),
                text="De vragenlijst kwam na de sluitingsdag op papier binnen.",
            )  # fmt: skip
        signals.look_for_signals(by=coordinator, study=one.study)
    if any(form.kind == "partner" for form in one.protocol.consents):
        _partners(one, coordinator, taking_part, now)


def _in_study(person: dict[str, Any]) -> bool:
    guided = "coach" in person and not person.get("ended")
    return guided and standing(consents.decisions_of(person["who"], "study")) is not None


def _partners(one: Any, coordinator: Any, taking_part: list[dict[str, Any]], now: datetime) -> None:
    """Take up one partner beside a patient who lets us ask, and one alone; the first agrees."""
    asked = next((it for it in taking_part[::-1] if consents.agrees_to(it["who"], "study", "partner")), None)
    for number, (name, email) in enumerate(_PARTNERS):
        beside = asked["who"] if asked and not number else None
        site = beside.site if beside else next(iter(one.sites.values()))
        with clock.at(now - timedelta(days=9)):
            made = partners.enrol_partner(by=coordinator, site=site, contact=Contact(name, email), of=beside)
            recruitment.inform(by=coordinator, participant=made)
        if not number:
            with clock.at(now - timedelta(days=1)):
                consents.record_consent(
                    by=coordinator, participant=made, kind="partner", channel="paper", items=["questionnaires", "data"]
                )
