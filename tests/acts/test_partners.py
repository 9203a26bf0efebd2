"""The partners' cohort: beside a patient or alone, with a consent and waves of their own, and apart in everything."""

from datetime import timedelta

import pytest

from opstap.acts import care, clock, consents, doors, due, measures, partners, recruitment
from opstap.acts.calendar import asked_of
from opstap.acts.dataset import dataset_of
from opstap.acts.doors import SYSTEM
from opstap.acts.followup import correct_anchor
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight import partners as sight
from opstap.acts.sight.journey import journey
from opstap.acts.sight.participant import deciding
from opstap.acts.sight.participant.asking import waves_of
from opstap.acts.sight.participant.filling import filling
from opstap.acts.sight.participant.pages import pages_open
from opstap.acts.sight.people import participants
from opstap.acts.sight.progress import progress
from opstap.acts.sight.recruitment import recruitment as recruited
from opstap.acts.words import Contact
from opstap.domain.access import Permission, Role
from opstap.store.models import Measurement, Participant
from tests.world import World, answers_to

KIM = Contact("Kim Partner", "kim@partner.example")


def enrol(world: World, of: Participant | None = None, contact: Contact = KIM) -> Participant:
    made = partners.enrol_partner(by=world.person(Role.COORDINATOR), site=world.site, contact=contact, of=of)
    recruitment.inform(by=world.person(Role.COORDINATOR), participant=made)
    return world.fresh(made)


def joined(world: World, of: Participant | None = None) -> Participant:
    """A partner who agreed, a week after the information."""
    with clock.at(world.moment):
        partner = enrol(world, of)
    world.later(days=7)
    with clock.at(world.moment):
        world.agree(partner, "partner")
    return world.fresh(partner)


def answer(world: World, partner: Participant, wave: str) -> Measurement:
    own = Measurement.objects.select_related("participant__study__protocol", "participant__key", "protocol")
    measurement = own.get(participant=partner, wave=wave)
    with clock.at(world.moment):
        full = {one.id: answers_to(one, world.moment) for one in asked_of(measurement)}
        measures.save_answers(by=world.account_of(partner), measurement=measurement, answers=full)
        return measures.submit(by=world.account_of(partner), measurement=measurement)


class TestEnrolling:
    def test_beside_a_patient_who_lets_us_ask_once(self, steps: World) -> None:
        patient = steps.consented()
        coordinator = steps.person(Role.COORDINATOR)
        with clock.at(steps.moment):
            assert "partner" in journey(coordinator, patient.pseudonym).can
            partner = enrol(steps, patient)
            assert (partner.cohort, partner.paired, partner.state) == ("partner", patient, "informed")
            assert "partner" not in journey(coordinator, patient.pseudonym).can
            assert journey(coordinator, patient.pseudonym).pair == partner.pseudonym
            assert journey(coordinator, partner.pseudonym).pair == patient.pseudonym
            with pytest.raises(Refused):
                enrol(steps, patient, Contact("Nog Iemand", "nog@partner.example"))
            with pytest.raises(Refused):
                enrol(steps, partner, Contact("Nog Iemand", "nog@partner.example"))

    def test_not_when_the_patient_says_no(self, steps: World) -> None:
        patient = steps.consented()
        with clock.at(steps.moment):
            consents.change_items(by=steps.account_of(patient), participant=patient, kind="study", items=[])
            with pytest.raises(Refused):
                enrol(steps, patient)

    def test_alone_and_with_an_address_of_their_own(self, steps: World) -> None:
        patient = steps.referred()
        with pytest.raises(Refused) as refusal:
            enrol(steps, contact=Contact("Kim Partner", "persoon1@steps.example"))
        assert refusal.value.field == "email"
        alone = enrol(steps)
        assert alone.paired is None
        assert journey(steps.person(Role.COORDINATOR), alone.pseudonym).pair == ""
        assert journey(steps.person(Role.COORDINATOR), patient.pseudonym).pair == ""

    def test_not_where_there_is_no_such_cohort(self, rentree: World) -> None:
        with pytest.raises(Refused):
            enrol(rentree)
        assert sight.partners(rentree.person(Role.COORDINATOR)) == []

    def test_who_said_no_is_not_screened_when_taken_up_again(self, steps: World) -> None:
        partner, coordinator = enrol(steps), steps.person(Role.COORDINATOR)
        recruitment.decline(by=coordinator, participant=partner, reason="too_busy")
        assert recruitment.reopen(by=coordinator, participant=partner).state == "eligible"


class TestOwnWay:
    def test_consent_waves_and_questions_are_their_own(self, steps: World) -> None:
        patient = steps.consented()
        partner = joined(steps, patient)
        own = steps.account_of(partner)
        with clock.at(steps.moment):
            assert [form.kind for form in deciding.consents(partner)] == ["partner"]
            assert pages_open(partner) == set()
            waves = waves_of(partner)
            assert [wave.state for wave in waves] == ["open", "scheduled", "scheduled"]
            asked = {one.id for one in asked_of(Measurement.objects.get(pk=waves[0].pk))}
            assert asked == {"partner-start", "phq-8", "caregiver-burden"}
            assert filling(doors.own_record(own), waves[0].pk).total > 0
            for kind in ("study", "programme"):
                with pytest.raises(NotHere):
                    deciding.consent(own, kind)
                with pytest.raises(Refused):
                    consents.record_consent(by=own, participant=partner, kind=kind, items=[], signature="K. Partner")
        answer(steps, partner, "t0")
        assert steps.fresh(partner).participation.state == "in_follow_up"  # a partner waits for no lot
        for wave, days in (("t6", 184), ("t12", 182)):
            steps.later(days=days)
            answer(steps, partner, wave)
        assert steps.fresh(partner).participation.state == "completed"

    def test_the_invitation_goes_to_the_partner(self, steps: World) -> None:
        partner = joined(steps)
        steps.until_mail_may_go()
        with clock.at(steps.moment):
            due.queue_due()
        assert partner.mails.get().kind == "invitation"

    @pytest.mark.parametrize("ending", ["withdraws", "dies", "erases"])
    def test_what_becomes_of_the_patient_changes_nothing(self, steps: World, ending: str) -> None:
        patient = steps.consented()
        partner = joined(steps, patient)
        with clock.at(steps.moment):
            if ending == "dies":
                care.record_life_event(
                    by=steps.person(Role.COORDINATOR), participant=patient, kind="death", on=steps.moment.date()
                )
            else:
                answers = "erase" if ending == "erases" else "keep"
                consents.withdraw(by=steps.account_of(patient), participant=patient, answers=answers)
            assert [wave.state for wave in waves_of(partner)] == ["open", "scheduled", "scheduled"]
            assert steps.fresh(partner).participation.state == "consented"

    def test_a_partner_leaves_by_themselves(self, steps: World) -> None:
        patient = steps.consented()
        partner = joined(steps, patient)
        own = steps.account_of(partner)
        with clock.at(steps.moment):
            assert deciding.leaving(own, "partner").of_study
            with pytest.raises(NotHere):
                deciding.leaving(own, "study")
            consents.withdraw(by=own, participant=partner)
        assert steps.fresh(partner).participation.state == "withdrawn"
        assert steps.fresh(patient).participation.state == "consented"

    def test_the_day_of_consent_moves_every_wave(self, steps: World) -> None:
        partner = joined(steps)
        with clock.at(steps.moment):
            day = steps.moment.date() - timedelta(days=1)
            moved = correct_anchor(
                by=steps.person(Role.COORDINATOR), participant=partner, anchor="consent", on=day, reason="Verschreven."
            )
        assert moved == 3


class TestApart:
    def test_neither_opens_anything_of_the_other(self, steps: World) -> None:
        patient = steps.baseline()
        partner = joined(steps, patient)
        theirs = answer(steps, partner, "t0")
        own = Measurement.objects.get(participant=patient, wave="t0", respondent="participant")
        with clock.at(steps.moment):
            for by, pk in ((steps.account_of(patient), theirs.pk), (steps.account_of(partner), own.pk)):
                with pytest.raises(NotHere):
                    doors.measurement_of(by, pk, Permission.ANSWER)

    def test_partners_are_in_no_count_of_patients(self, steps: World) -> None:
        partner = joined(steps)
        with clock.at(steps.moment):
            coordinator = steps.person(Role.COORDINATOR)
            assert participants(coordinator).count == 0
            assert all(step.count == 0 for step in progress(coordinator)[0].funnel)
            assert sum(recruited(coordinator)[0].totals) == 0
            [found] = sight.partners(coordinator)
        assert (found.wanted, found.enrolled, found.consented, found.paired) == (267, 1, 1, 0)
        assert (found.lines[0].pseudonym, found.lines[0].pair) == (partner.pseudonym, "")
        assert [counts["open"] for _title, counts in found.waves] == [1, 0, 0]


class TestPairs:
    def test_the_dataset_links_the_two_by_a_pair(self, steps: World) -> None:
        patient = steps.baseline()
        answer(steps, joined(steps, patient), "t0")
        answer(steps, _another(steps), "t0")
        with clock.at(steps.moment):
            data = dataset_of(by=SYSTEM, study=steps.study)
        [pair] = data["participants"]["pair"].dropna()
        both = data["partners"]
        assert sorted(both["pair"].fillna("")) == ["", pair]
        mine = set(both["person"])
        assert not mine & set(data["participants"]["person"])
        measured = data["measurements"]
        assert set(measured[measured["respondent"] == "partner"]["person"]) == mine
        flow = data["flow"].set_index(["kind", "id"])["count"]
        assert flow["people", "consented"] == 1

    def test_who_erased_everything_is_in_no_table(self, steps: World) -> None:
        patient = steps.baseline()
        partner = joined(steps, patient)
        with clock.at(steps.moment):
            consents.withdraw(by=steps.account_of(patient), participant=patient, answers="erase")
            data = dataset_of(by=SYSTEM, study=steps.study)
        assert len(data["participants"]) == 0
        assert list(data["partners"]["pair"]) == [None]
        assert data["flow"].set_index(["kind", "id"])["count"]["people", "consented"] == 1
        assert partner.pseudonym not in data["partners"].to_csv()


def _another(world: World) -> Participant:
    with clock.at(world.moment):
        partner = enrol(world, contact=Contact("Sam Partner", "sam@partner.example"))
    with clock.at(world.moment + timedelta(days=7)):
        world.agree(partner, "partner")
    world.later(days=7)
    return world.fresh(partner)
