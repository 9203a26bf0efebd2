"""Deviations and adverse events: reported, assessed, followed, closed; and hidden where they would tell an arm."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from opstap.acts import clock, consents, doors, incidents, signals
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight import incidents as sight
from opstap.acts.sight.monitor import monitor
from opstap.domain.access import Permission, Role
from opstap.domain.journey import NotNow
from opstap.domain.protocol import load
from opstap.store.models import Grant, Incident, IncidentEntry, Measurement, SignalRun, Site
from tests.world import World


@pytest.fixture
def treated(steps: World):
    participant = steps.in_care()
    with clock.at(steps.moment):
        yield steps, participant


def deviate(world: World, participant, kind: str = "window", text: str = "Een week te laat.", **more) -> Incident:
    given = {"by": world.person(Role.COORDINATOR), "participant": participant, "kind": kind, "text": text}
    return incidents.report_deviation(**{**given, "on": world.moment.date(), **more})


def event(world: World, participant, text: str = "Viel van de trap.", **more) -> Incident:
    given = {"by": world.person(Role.COORDINATOR), "participant": participant, "text": text}
    return incidents.report_event(**{**given, "on": world.moment.date(), **more})


class TestFollowing:
    def test_an_event_is_assessed_followed_closed_and_opened_again(self, treated) -> None:
        world, participant = treated
        by = world.person(Role.COORDINATOR)
        made = event(world, participant, serious=["hospitalisation"])
        with pytest.raises(NotNow):
            incidents.close_incident(by=by, incident=made, text="Weer thuis.", outcome="recovered")
        incidents.note_incident(by=by, incident=made, text="Gebeld.")
        assert sight.incident(by, made.pk)[1].line.state == "reported"
        incidents.assess_event(by=by, incident=made, serious=["important", "hospitalisation"], relatedness="unlikely")
        with pytest.raises(Refused) as refusal:
            incidents.close_incident(by=by, incident=made, text="Weer thuis.")
        assert refusal.value.field == "outcome"
        _row, whole = sight.incident(by, made.pk)
        assert (whole.line.serious, whole.relatedness) == (["hospitalisation", "important"], "unlikely")
        assert whole.can == {"assess", "note", "close"}
        incidents.close_incident(by=by, incident=made, text="Weer thuis.", outcome="recovered")
        assert monitor(by)[0].open_in_all == 0
        incidents.reopen_incident(by=by, incident=made, text="Toch niet.")
        _row, whole = sight.incident(by, made.pk)
        assert [step.move for step in whole.steps] == ["report", "note", "assess", "close", "reopen"]
        assert (whole.steps[0].words, whole.steps[2].words) == ("Viel van de trap.", "")

    def test_a_deviation_is_closed_at_once_or_after_it_was_opened_again(self, treated) -> None:
        world, participant = treated
        by = world.person(Role.COORDINATOR)
        made = deviate(world, participant)
        assert sight.incident(by, made.pk)[1].can == {"note", "close"}
        with pytest.raises(Refused):
            incidents.assess_event(by=by, incident=made, serious=[], relatedness="unrelated")
        incidents.close_incident(by=by, incident=made, text="Besproken.", outcome="fatal")
        assert Incident.objects.get().outcome == ""
        incidents.reopen_incident(by=by, incident=made, text="Weer.")
        made.refresh_from_db()
        incidents.close_incident(by=by, incident=made, text="Klaar.")
        assert sight.incident(by, made.pk)[1].can == {"reopen"}

    @pytest.mark.parametrize(
        ("more", "field"),
        [({"kind": "sorcery"}, "kind"), ({"text": " "}, "text"), ({"on": None}, "on")],
    )
    def test_what_does_not_fit_is_refused(self, treated, more, field: str) -> None:
        world, participant = treated
        if "on" in more:
            more = {"on": world.moment.date() + timedelta(days=1)}
        with pytest.raises(Refused) as refusal:
            deviate(world, participant, **more)
        assert refusal.value.field == field
        assert not Incident.objects.exists()

    def test_what_is_no_criterion_or_no_relation_is_refused(self, treated) -> None:
        world, participant = treated
        with pytest.raises(Refused):
            event(world, participant, serious=["inconvenient"])
        made = event(world, participant)
        for serious, relatedness in (([], ""), (["inconvenient"], "certain")):
            with pytest.raises(Refused):
                incidents.assess_event(
                    by=world.person(Role.COORDINATOR), incident=made, serious=serious, relatedness=relatedness
                )

    def test_it_is_kept_for_who_is_in_the_study(self, steps: World) -> None:
        with pytest.raises(Refused):
            event(steps, steps.informed())

    def test_what_was_said_stays(self, treated) -> None:
        world, participant = treated
        event(world, participant)
        with pytest.raises(DatabaseError), transaction.atomic():
            IncidentEntry.objects.update(move="close")


class TestOwnReport:
    def test_harm_in_the_questionnaire_becomes_an_event_once(self, treated) -> None:
        world, participant = treated
        world.later(days=185)
        world.fill(participant, "t6", harm=1, harm_what="Ik sliep slecht.")
        with clock.at(world.moment):
            [made] = Incident.objects.all()
            assert (made.sort, made.tells_arm, made.reported_by) == ("event", True, None)
            _row, whole = sight.incident(world.person(Role.COORDINATOR), made.pk)
            assert (whole.line.own_report, whole.steps[0].words) == (True, "Ik sliep slecht.")
            answers = {"process-participant": {"harm": 1}}
            incidents.from_answers(world.measurement(participant, "t6"), answers)
        assert Incident.objects.count() == 1

    def test_no_harm_is_no_event(self, treated) -> None:
        world, participant = treated
        world.later(days=185)
        world.fill(participant, "t6", harm=0)
        assert not Incident.objects.exists()

    def test_without_words_there_is_still_an_event(self, treated) -> None:
        world, participant = treated
        incidents.from_answers(world.measurement(participant, "t6"), {"process-participant": {"harm": 1}})
        assert IncidentEntry.objects.get().words_sealed is None


class TestBlinding:
    def test_nothing_that_tells_an_arm_reaches_who_may_not_know_it(self, treated) -> None:
        world, participant = treated
        manager, coordinator = world.person(Role.DATA_MANAGER), world.person(Role.COORDINATOR)
        hidden = [
            event(world, participant, session=True),
            event(world, participant, by=world.person(Role.THERAPIST)),
            deviate(world, participant, "session"),
            deviate(world, participant, by=world.person(Role.COACH)),
        ]
        shown = event(world, participant)
        incidents.assess_event(by=coordinator, incident=shown, serious=[], relatedness="probable")
        assert [one.number for one in sight.incidents(manager).lines] == [shown.pk]
        assert (monitor(manager)[0].open_in_all, monitor(coordinator)[0].open_in_all) == (1, 5)
        for one in hidden:
            with pytest.raises(NotHere):
                doors.incident_of(manager, one.pk, Permission.SEE_INCIDENTS)
        _row, whole = sight.incident(manager, shown.pk)
        assert (whole.relatedness, whole.can) == ("", frozenset())
        world.unblinded()
        assert sight.incidents(manager).count == 5

    def test_in_a_single_arm_there_is_nothing_to_tell(self, rentree: World) -> None:
        participant = rentree.in_care()
        with clock.at(rentree.moment):
            event(rentree, participant, by=rentree.person(Role.COACH))
            assert sight.incidents(rentree.person(Role.DATA_MANAGER)).count == 1

    def test_the_care_team_reports_and_reads_nothing(self, treated) -> None:
        world, participant = treated
        made = event(world, participant, by=world.person(Role.COACH))
        with pytest.raises(NotHere):
            doors.incident_of(world.person(Role.COACH), made.pk, Permission.SEE_INCIDENTS)


class TestMonitor:
    def test_people_come_first(self, treated) -> None:
        world, participant = treated
        coordinator = world.person(Role.COORDINATOR)
        serious = event(world, participant, serious=["death"])
        plain, followed = event(world, participant), event(world, participant)
        incidents.assess_event(by=coordinator, incident=followed, serious=[], relatedness="unrelated")
        odd = deviate(world, participant)
        late = world.measurement(participant, "t0")
        late.answered_on = late.closes_on + timedelta(days=3)
        late.save()
        [found] = monitor(coordinator)
        assert [[one.number for one in part] for part in (found.serious, found.to_assess, found.events)] == [
            [serious.pk], [plain.pk], [followed.pk],
        ]  # fmt: skip
        assert [one.number for one in found.deviations] == [odd.pk]
        assert [(one.pseudonym, one.on) for one in found.outside] == [(participant.pseudonym, late.answered_on)]
        assert (found.asks - found.queries_open, found.look_is_old, found.looked_at) == (4, True, None)
        assert (
            found.sites[0].counts[0]["done"]
            == Measurement.objects.filter(
                wave="t0", respondent="participant", submitted_at__isnull=False, participant__site=world.site
            ).count()
        )
        assert [line.number for line in sight.incidents(coordinator, shown="deviation").lines] == [odd.pk]
        assert sight.incidents(coordinator, shown="all", number=7).number == 1

    def test_a_site_that_misses_is_told_and_a_coordinator_sees_their_own(self, steps: World) -> None:
        one = steps.baseline()
        there = Site.objects.get(study=steps.study, code="utrecht")
        for number in range(24):
            copy = Measurement.objects.get(participant=one, wave="t0", respondent="participant")
            person = one.__class__.objects.get(pk=one.pk)
            person.pk, person.pseudonym, person._state.adding = None, f"S-M{number}", True
            person.site = there if number % 2 else one.site
            person.save()
            copy.pk, copy.participant, copy._state.adding = None, person, True
            copy.submitted_at = None if number % 2 else copy.submitted_at
            copy.save()
        with clock.at(steps.moment + timedelta(days=60)):
            coordinator = steps.person(Role.COORDINATOR)
            run = signals.look_for_signals(by=coordinator, study=steps.study)
            assert {found["kind"] for found in run.found} == {"missing"}
            [found] = monitor(coordinator)
            worst = found.signals[0]
            assert (worst.site, worst.what, worst.here, worst.elsewhere) == ("Utrecht", "Start", 1.0, 0.0)
            assert found.unexplained == 12
            Grant.objects.filter(user=coordinator, role=Role.COORDINATOR).update(site=steps.site)
            assert [one.site for one in monitor(coordinator)[0].signals] == ["Amsterdam"]
        with pytest.raises(DatabaseError), transaction.atomic():
            SignalRun.objects.update(found=[])

    def test_numbers_come_from_what_was_handed_in(self, rentree: World, monkeypatch) -> None:
        given: list[dict] = []
        monkeypatch.setattr(signals, "compare", lambda missing, numbers: given.append(numbers) or [])
        rentree.baseline()
        left = rentree.baseline()
        with clock.at(rentree.moment):
            consents.withdraw(by=rentree.account_of(left), participant=left, answers="erase")
            signals.look_for_signals(by=rentree.person(Role.DATA_MANAGER), study=rentree.study)
        [numbers] = given
        assert {what: sum(map(len, sites.values())) for what, sites in numbers.items()} == {
            "background.age": 1, "work-start.contract_hours": 1,
        }  # fmt: skip
        assert set(load("rentree").study.monitoring.compares) == set(numbers)
