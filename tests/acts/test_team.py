"""Colleagues among themselves: standing in while someone is away, and passing on."""

from datetime import timedelta

import pytest

from opstap.acts import care, clock, doors, people, team
from opstap.acts.doors import SYSTEM
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight import caseload as caseloads
from opstap.acts.sight import coach as sight
from opstap.acts.sight import team as seen_by
from opstap.acts.sight.participant.record import people_of
from opstap.domain.access import Permission, Role
from opstap.domain.journey import NotNow
from opstap.store.models import AuditEvent, ReadEvent, User
from tests.world import PASSWORD, World


@pytest.fixture
def scene(steps: World):
    participant = steps.in_care()
    with clock.at(steps.moment):
        yield steps, participant, steps.person(Role.COACH), colleague(steps, Role.COACH)


def colleague(world: World, role: Role, name: str = "Ander", site=None) -> User:
    user = people.make_account(
        by=SYSTEM, email=f"{name.lower()}.{role.value}@steps.example", name=f"{name} {role.value}", password=PASSWORD
    )
    people.grant_role(by=SYSTEM, user=user, role=role, study=world.study, site=site)
    return user


def stood_in(world: World, coach: User, other: User, days: int = 7):
    today = clock.today()
    return team.arrange_cover(
        by=coach, study=world.study, stand_in=other, since=today, until=today + timedelta(days=days)
    )


def test_a_stand_in_finds_the_record_for_as_long_as_it_lasts_and_the_participant_sees_it(scene):
    world, participant, coach, other = scene
    with pytest.raises(NotHere):
        doors.record_of(other, participant.pseudonym, Permission.SEE_CASE, what="case")
    stood_in(world, coach, other)
    assert doors.record_of(other, participant.pseudonym, Permission.SEE_CASE, what="case") == participant
    assert ReadEvent.objects.get(by=other).role == "coach"
    assert [row.pseudonym for row in caseloads.caseload(other).rows] == [participant.pseudonym]
    assert caseloads.caseload(other).rows[0].stands_in_for == coach.name
    assert sight.case(other, participant.pseudonym).stands_in_for == (coach.name, clock.today() + timedelta(days=7))
    assert caseloads.caseload(coach).rows[0].stands_in_for == ""
    with clock.at(world.moment + timedelta(days=7)):
        care.plan_session(by=other, participant=participant, kind="consultation", planned_for=clock.now())
    with clock.at(world.moment + timedelta(days=8)):
        with pytest.raises(NotHere):
            doors.record_of(other, participant.pseudonym, Permission.SEE_CASE, what="case")
        assert caseloads.caseload(other).rows == []


def test_standing_in_takes_the_role_at_that_place(scene):
    world, participant, coach, _ = scene
    elsewhere = colleague(world, Role.COACH, "Elders", site=world.study.sites.order_by("-pk").first())
    assert participant.site != elsewhere.grants.get().site
    stood_in(world, coach, elsewhere)
    with pytest.raises(NotHere):
        doors.record_of(elsewhere, participant.pseudonym, Permission.SEE_CASE, what="case")


def test_ones_own_participants_stay_ones_own_while_one_stands_in(scene):
    world, participant, _coach, other = scene
    care.assign_care(by=world.person(Role.COORDINATOR), participant=participant, user=other, profession=Role.COACH)
    back = world.person(Role.THERAPIST)
    second = colleague(world, Role.THERAPIST)
    team.arrange_cover(by=back, study=world.study, stand_in=second, since=clock.today(), until=clock.today())
    assert seen_by.standing_in(other, [participant]) == {}
    assert seen_by.standing_in(second, [participant]) == {participant.pk: (back.name, clock.today())}


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [(-1, 3, "since"), (3, 2, "until"), (0, 93, "until")],
)
def test_days_that_cannot_be_are_refused(scene, since, until, field):
    world, _, coach, other = scene
    today = clock.today()
    with pytest.raises(Refused) as refused:
        team.arrange_cover(
            by=coach, study=world.study, stand_in=other,
            since=today + timedelta(days=since), until=today + timedelta(days=until),
        )  # fmt: skip
    assert refused.value.field == field
    assert not AuditEvent.objects.filter(name="care.cover_arranged").exists()


def test_only_a_colleague_with_the_same_work_stands_in_and_one_at_a_time(scene):
    world, _, coach, other = scene
    for wrong in (coach, world.person(Role.THERAPIST), world.person(Role.COORDINATOR)):
        with pytest.raises(Refused) as refused:
            stood_in(world, coach, wrong)
        assert refused.value.field == "stand_in"
    stood_in(world, coach, other)
    with pytest.raises(Refused) as twice:
        stood_in(world, coach, other, days=1)
    assert twice.value.field == "since"
    with pytest.raises(NotHere):
        stood_in(world, world.person(Role.COORDINATOR), other)


def test_cover_ends_at_once_and_once(scene):
    world, participant, coach, other = scene
    cover = stood_in(world, coach, other)
    with pytest.raises(NotNow):
        team.end_cover(by=other, cover=cover)
    with pytest.raises(NotHere):
        seen_by.cover_numbered(other, cover.pk)
    team.end_cover(by=coach, cover=seen_by.cover_numbered(coach, cover.pk))
    with pytest.raises(NotHere):
        doors.record_of(other, participant.pseudonym, Permission.SEE_CASE, what="case")
    with pytest.raises(NotNow):
        team.end_cover(by=coach, cover=cover)


def test_who_can_be_asked_and_what_is_arranged(scene):
    world, _, coach, other = scene
    before = seen_by.away(coach)
    assert list(before.colleagues.values()) == [[(f"steps/{other.pk}", other.name)]]
    assert seen_by.chosen_colleague(coach, f"steps/{other.pk}") == (world.study, other)
    with pytest.raises(NotHere):
        seen_by.chosen_colleague(coach, f"steps/{world.person(Role.THERAPIST).pk}")
    stood_in(world, coach, other)
    assert [one.name for one in seen_by.away(coach).own] == [other.name]
    assert [one.name for one in seen_by.away(other).theirs] == [coach.name]
    assert seen_by.away(world.person(Role.THERAPIST)).own == []


def test_what_is_passed_on_stands_on_top_until_it_is_taken_up(scene):
    world, participant, coach, other = scene
    therapist = world.person(Role.THERAPIST)
    made = team.hand_over(by=therapist, participant=participant, to=coach, note="Bel eens over de nieuwe uren.")
    row = caseloads.caseload(coach).rows[0]
    assert (row.urgency, row.why, row.by) == (caseloads.Urgency.NOW, caseloads.Why.HANDED_OVER, therapist.name)
    seen = sight.case(coach, participant.pseudonym).hand_overs[0]
    assert (seen.words, seen.for_me, seen.taken_at) == ("Bel eens over de nieuwe uren.", True, None)
    assert b"Bel" not in bytes(made.words_sealed)
    with pytest.raises(NotNow):
        team.take_over(by=therapist, hand_over=made)
    team.take_over(by=coach, hand_over=doors.hand_over_of(coach, made.pk))
    assert caseloads.caseload(coach).rows[0].why is not caseloads.Why.HANDED_OVER
    with pytest.raises(NotNow):
        team.take_over(by=coach, hand_over=made)
    with pytest.raises(NotHere):
        doors.hand_over_of(other, made.pk)


def test_passing_on_takes_words_and_someone_who_is_there(scene):
    world, participant, coach, other = scene
    therapist = world.person(Role.THERAPIST)
    for to, note, field in ((other, "Let op.", "to"), (coach, "Let op.", "to"), (therapist, "  ", "note")):
        with pytest.raises(Refused) as refused:
            team.hand_over(by=coach, participant=participant, to=to, note=note)
        assert refused.value.field == field
    stood_in(world, coach, other)
    assert [user.name for user in seen_by.colleagues_on(therapist, participant)] == [other.name, coach.name]
    team.hand_over(by=therapist, participant=participant, to=other, note="Let op de uren.")


def test_a_sign_about_the_pace_lifts_someone_out_of_the_calm(scene):
    world, participant, coach, _ = scene
    with clock.at(world.moment + timedelta(weeks=16)):
        soon = clock.now() + timedelta(days=20)
        care.plan_session(by=coach, participant=participant, kind="consultation", planned_for=soon)
        row = caseloads.caseload(coach).rows[0]
        assert (row.urgency, row.why) == (caseloads.Urgency.WEEK, caseloads.Why.BEHIND)
        assert sight.case(coach, participant.pseudonym).pace.held == 0


def test_who_else_took_part_is_one_of_those_listed(scene):
    _world, participant, coach, _ = scene
    session = care.plan_session(by=coach, participant=participant, kind="consultation", planned_for=clock.now())
    with pytest.raises(Refused) as refused:
        care.hold_session(by=coach, session=session, on=clock.today(), minutes=50, present=["dog"])
    assert refused.value.field == "present"
    care.hold_session(
        by=coach, session=session, on=clock.today(), minutes=50, modules=["work_plan"], present=["partner", "partner"]
    )
    seen = sight.case(coach, participant.pseudonym).sessions[0]
    assert seen.present == ["partner"]
    assert [done for _, done in seen.planned] == [False, False, True, False]


def test_the_participant_sees_who_stands_in_and_for_how_long(scene):
    world, participant, coach, other = scene
    stood_in(world, coach, other)
    found = {one.name: (one.role, one.stands_in_for, one.until) for one in people_of(participant)}
    assert found[other.name] == ("coach", coach.name, clock.today() + timedelta(days=7))
    with clock.at(world.moment + timedelta(days=8)):
        assert other.name not in [one.name for one in people_of(participant)]
