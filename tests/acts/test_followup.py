"""The calendar set right, and what a coordinator sees of it: moved windows, reasons, counts, mails explained."""

from datetime import date, timedelta

import pytest

from opstap.acts import care, clock, consents, due, followup, keys
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight import mails, waves
from opstap.domain.access import Role
from opstap.domain.protocol import load
from opstap.store.models import AnchorCorrection, Identity, Mail, Measurement, Participant
from tests.world import World


def days_of(participant: Participant) -> dict[str, date]:
    return dict(Measurement.objects.filter(participant=participant).values_list("wave", "due_on"))


def correct(world: World, participant: Participant, anchor: str, on: date, reason: str = "Staat zo op papier.") -> int:
    with clock.at(world.moment):
        return followup.correct_anchor(
            by=world.person(Role.COORDINATOR), participant=participant, anchor=anchor, on=on, reason=reason
        )


def test_a_corrected_consent_moves_what_was_not_handed_in_and_nothing_else(rentree: World) -> None:
    participant = rentree.baseline()
    before = days_of(participant)
    consented = participant.participation.consented_on
    moved = correct(rentree, participant, "consent", consented - timedelta(days=3))
    after = days_of(participant)
    assert after["t0"] == before["t0"]  # handed in: it happened on its own day
    anchors = {wave.id: wave.anchor for wave in load("rentree").study.waves}
    for wave, day in before.items():
        if anchors[wave] == "consent" and wave != "t0":
            assert after[wave] < day
    assert moved == sum(1 for wave in before if anchors[wave] == "consent" and wave != "t0")
    kept = AnchorCorrection.objects.get()
    assert (kept.old, kept.new, kept.anchor) == (consented, consented - timedelta(days=3), "consent")
    assert Participant.objects.get(pk=participant.pk).participation.consented_on == kept.new


def test_the_agreement_and_the_end_of_the_programme_can_be_set_right(rentree: World) -> None:
    participant = rentree.in_care()
    agreed = participant.enrolment.agreed_on
    correct(rentree, participant, "enrolment", agreed - timedelta(days=0) + timedelta(days=1))
    with clock.at(rentree.moment):
        care.complete_programme(by=rentree.person(Role.COACH), participant=participant)
    rentree.later(days=5)
    correct(rentree, participant, "programme_end", rentree.moment.date() - timedelta(days=2))
    fresh = rentree.fresh(participant)
    assert fresh.enrolment.agreed_on == agreed + timedelta(days=1)
    assert fresh.enrolment.ended_on == rentree.moment.date() - timedelta(days=2)


def test_waves_can_count_from_the_first_talk_and_move_with_it(rentree: World, monkeypatch) -> None:
    protocol = load("rentree")
    wave = protocol.study.waves[1].model_copy(update={"anchor": "first_session", "id": "after"})
    study = protocol.study.model_copy(update={"waves": [protocol.study.waves[0], wave]})
    monkeypatch.setattr("opstap.acts.calendar.protocol_of", lambda _study: protocol.model_copy(update={"study": study}))
    participant = rentree.in_care()
    coach = rentree.person(Role.COACH)
    kind = next(iter(protocol.session_kinds))
    held = []
    for days in (1, 2):
        rentree.later(days=days)
        with clock.at(rentree.moment):
            session = care.plan_session(
                by=coach,
                participant=participant,
                kind=kind,
                planned_for=rentree.moment,
                took_place=True,
                exception="Nodig.",
            )
            held.append(care.hold_session(by=coach, session=session, on=rentree.moment.date(), minutes=50))
    days = days_of(participant)
    assert Measurement.objects.filter(participant=participant, wave="after").count() == 1
    first = held[0].held_on
    assert followup.anchors_of(rentree.fresh(participant))["first_session"] == first
    correct(rentree, participant, "first_session", first - timedelta(days=1))
    assert days_of(participant)["after"] == days["after"] - timedelta(days=1)


@pytest.mark.parametrize(
    ("anchor", "shift", "reason", "field"),
    [
        ("consent", 0, "waarom", "on"),
        ("consent", 400, "waarom", "on"),
        ("consent", -400, "waarom", "on"),
        ("consent", -1, " ", "reason"),
        ("allocation", -1, "waarom", "anchor"),
        ("programme_end", -1, "waarom", "anchor"),
    ],
)
def test_what_cannot_be_set_right_is_refused_and_nothing_moves(
    rentree: World, anchor: str, shift: int, reason: str, field: str
) -> None:
    participant = rentree.baseline()
    before = days_of(participant)
    with pytest.raises(Refused) as told:
        correct(rentree, participant, anchor, participant.participation.consented_on + timedelta(days=shift), reason)
    assert told.value.field == field
    assert days_of(participant) == before
    assert not AnchorCorrection.objects.exists()


def test_someone_not_in_the_study_has_no_days_but_those_of_the_programme(rentree: World) -> None:
    assert followup.anchors_of(rentree.fresh(rentree.informed())) == {}
    assert set(followup.anchors_of(rentree.enrolled())) == {"enrolment"}


def test_only_a_coordinator_keeps_the_calendar(rentree: World) -> None:
    participant = rentree.baseline()
    with pytest.raises(NotHere):
        followup.correct_anchor(
            by=rentree.person(Role.COACH), participant=participant, anchor="consent", on=date(2026, 3, 3), reason="x"
        )


def test_a_missed_wave_gets_a_reason_that_can_be_changed(rentree: World) -> None:
    participant = rentree.consented()
    measurement = rentree.measurement(participant, "t0")
    coordinator = rentree.person(Role.COORDINATOR)
    with clock.at(rentree.moment), pytest.raises(Refused):
        followup.explain_missed(by=coordinator, measurement=measurement, reason="too_ill")
    rentree.later(days=200)
    with clock.at(rentree.moment):
        with pytest.raises(Refused) as told:
            followup.explain_missed(by=coordinator, measurement=measurement, reason="weather")
        assert told.value.field == "reason"
        assert waves.calendars(coordinator)[0].unexplained == 1
        followup.explain_missed(by=coordinator, measurement=measurement, reason="too_ill", note="In het ziekenhuis.")
        made = followup.explain_missed(by=coordinator, measurement=measurement, reason="not_reached")
        assert (made.missed_reason, made.missed_note_sealed) == ("not_reached", None)
        assert waves.calendars(coordinator)[0].unexplained == 0


def test_the_calendar_counts_everyone_in_one_place_and_as_the_rule_does(rentree: World) -> None:
    early = rentree.consented()
    done = rentree.baseline()
    gone = rentree.consented()
    with clock.at(rentree.moment):
        consents.withdraw(by=rentree.account_of(gone), participant=gone)
    coordinator = rentree.person(Role.COORDINATOR)
    for _ in range(30):
        rentree.later(days=23)
        with clock.at(rentree.moment):
            [seen] = waves.calendars(coordinator)
            rows = list(Measurement.objects.filter(participant__in=[early, done, gone]))
            titles = {wave.id: number for number, wave in enumerate(load("rentree").study.waves)}
            expected = {(row.wave, waves.place_of(row, clock.today())) for row in rows}
            counted = {
                (wave, place)
                for site in seen.sites
                for wave, number in titles.items()
                for place, count in site.counts[number].items()
                if count
            }
            assert counted == expected
            assert sum(sum(counts.values()) for site in seen.sites for counts in site.counts) == len(rows)
            shown = [cell.place for person in seen.people for cell in person.cells if cell]
            assert sorted(shown) == sorted(waves.place_of(row, clock.today()) for row in rows)


def test_the_list_is_narrowed_to_who_asks_for_something_and_turned_by_the_page(rentree: World, monkeypatch) -> None:
    monkeypatch.setattr(waves, "PAGE", 2)
    for _ in range(3):
        rentree.consented()
    coordinator = rentree.person(Role.COORDINATOR)
    with clock.at(rentree.moment):
        [seen] = waves.calendars(coordinator, study="rentree", number=2)
        assert (seen.number, seen.pages, len(seen.people)) == (2, 2, 1)
        [elsewhere] = waves.calendars(coordinator, study="another", asking="missed", number=9)
        assert (elsewhere.number, len(elsewhere.people)) == (1, 2)
        monkeypatch.setattr(waves, "PAGE", 50)
        rows = list(Measurement.objects.select_related("participant"))
        for asking in ("open", "late", "missed"):
            [narrowed] = waves.calendars(coordinator, study="rentree", asking=asking)
            asked = {row.participant.pseudonym for row in rows if waves.place_of(row, clock.today()) == asking}
            assert {person.pseudonym for person in narrowed.people} == asked


def test_a_coordinator_of_one_site_sees_that_site_only(rentree: World) -> None:
    from opstap.acts import people
    from opstap.acts.doors import SYSTEM
    from opstap.store.models import Site

    rentree.consented()
    other = Site.objects.filter(study=rentree.study).exclude(pk=rentree.site.pk).first()
    local = people.make_account(by=SYSTEM, email="elders@rentree.example", name="Elders Proef", password=None)
    people.grant_role(by=SYSTEM, user=local, role=Role.COORDINATOR, study=rentree.study, site=other or rentree.site)
    [seen] = waves.calendars(local)
    assert len(seen.sites) == 1
    assert bool(seen.people) is (other is None)


# ── mails ───────────────────────────────────────────────────────────────────────────────────────


def test_each_mail_of_someone_is_explained_by_the_rule_that_sends_it(rentree: World) -> None:
    participant = rentree.consented()
    coordinator = rentree.person(Role.COORDINATOR)
    with clock.at(rentree.moment):
        due.queue_due()
        due.send_waiting(lambda _letter: None)
        keys.send_link(by=coordinator, measurement=rentree.measurement(participant, "t0"))
        seen = mails.mails_of(coordinator, participant.pseudonym)
    first = seen.explained[0]
    assert (first.steps[0].name, first.steps[0].verdict) == ("invitation", "made")
    assert first.sent["invitation"].state == "sent"
    assert [mail.kind for mail in first.asked] == ["link"]
    later = seen.explained[1:]
    assert all(step.verdict == "later" for it in later for step in it.steps)
    rentree.fill(participant, "t0")
    with clock.at(rentree.moment):
        Identity.objects.update(bounced_at=rentree.moment)
        Mail.objects.create(
            key="message:1", participant=participant, kind="message", sealed=b"", made_at=rentree.moment
        )
        seen = mails.mails_of(coordinator, participant.pseudonym)
    assert {step.why for step in seen.explained[0].steps[1:]} <= {"submitted"}
    assert {step.why for it in seen.explained[1:] for step in it.steps} == {"bounced"}
    assert [mail.kind for mail in seen.others] == ["message"]
    with clock.at(rentree.moment):
        consents.withdraw(by=rentree.account_of(participant), participant=participant)
        seen = mails.mails_of(coordinator, participant.pseudonym)
    assert {step.why for it in seen.explained[1:] for step in it.steps} == {"withdrawn"}


def test_mails_that_need_a_look_are_listed_and_every_text_can_be_read(rentree: World) -> None:
    participant = rentree.consented()
    coordinator = rentree.person(Role.COORDINATOR)
    with clock.at(rentree.moment):
        due.queue_due()
        Mail.objects.update(state="unknown")
        Mail.objects.create(
            key="message:1", participant=participant, kind="message", sealed=b"", state="failed", made_at=rentree.moment
        )
        [seen] = mails.mails(coordinator)
        [(title, texts)] = mails.texts(coordinator)
    assert [(one.kind, one.state) for one in seen.look] == [("message", "failed"), ("invitation", "unknown")]
    assert (seen.look_in_all, seen.states) == (2, {"unknown": 1, "failed": 1})
    assert {(text.kind, text.language) for text in texts} == {
        (kind, code) for kind in mails.KINDS for code in load("rentree").languages
    }
    assert all("Sam" in text.text and "%(" not in text.text for text in texts)
    assert title
