"""Studies, people, the lot, and the doors: who finds what."""

import pytest
from django_scopes import scopes_disabled
from django_scopes.exceptions import ScopeError

from opstap.acts import clock, doors, find, lot, people, plans, studies
from opstap.acts.doors import SYSTEM
from opstap.acts.refusals import NotHere, Refused
from opstap.domain.access import Permission, Relation, Role, Standing
from opstap.domain.allocation import Row, commitment
from opstap.domain.journey import NotNow
from opstap.domain.protocol import load
from opstap.store.models import AllocationRow, Participant, ReadEvent, Site, Study, User
from tests.world import PASSWORD, SEED, World


def test_a_trial_publishes_the_hash_of_its_list_before_the_first_inclusion(steps: World) -> None:
    rows = AllocationRow.objects.filter(study=steps.study).order_by("pk")
    assert steps.study.list_hash == commitment((Row(row.stratum, row.number, row.arm) for row in rows), SEED)
    assert not rows.exclude(participation=None).exists()


def test_a_study_needs_a_name_of_its_own_and_a_trial_a_seed(steps: World) -> None:
    assert steps.study.slug == "steps"
    with pytest.raises(Refused) as refusal:
        studies.open_study(by=SYSTEM, slug="steps", protocol=load("steps"), seed=SEED)
    assert refusal.value.field == "slug"
    with pytest.raises(Refused) as refusal:
        studies.open_study(by=SYSTEM, slug="steps-2", protocol=load("steps"))
    assert refusal.value.field == "seed"


def test_two_studies_share_one_pinned_protocol(steps: World) -> None:
    again = studies.open_study(by=SYSTEM, slug="steps-2", protocol=load("steps"), seed=SEED)
    assert again.protocol == steps.study.protocol


def test_roles_are_given_within_a_study_and_a_steward_to_the_house(steps: World, rentree: World) -> None:
    user = steps.person(Role.COACH)
    other = Site.objects.filter(study=rentree.study)[0]
    for given, field in (
        ({"role": Role.WORKPLACE, "study": steps.study}, "role"),
        ({"role": Role.STEWARD, "study": steps.study}, "study"),
        ({"role": Role.COACH}, "study"),
        ({"role": Role.COACH, "study": steps.study, "site": other}, "site"),
        ({"role": Role.COACH, "study": steps.study}, "role"),
    ):
        with pytest.raises(Refused) as refusal:
            people.grant_role(by=SYSTEM, user=user, **given)
        assert refusal.value.field == field


def test_a_role_is_taken_back_once_and_the_last_steward_stays(steps: World) -> None:
    steward = steps.person(Role.STEWARD)
    coach = steps.person(Role.COACH)
    grant = coach.grants.get()
    people.revoke_role(by=steward, grant=grant)
    with pytest.raises(Refused):
        people.revoke_role(by=steward, grant=grant)
    with pytest.raises(Refused):
        people.revoke_role(by=steward, grant=steward.grants.get())


def test_the_lot_is_drawn_in_order_once_and_only_after_the_baseline(steps: World) -> None:
    coordinator = steps.person(Role.COORDINATOR)
    waiting = steps.consented()
    for early, error in ((steps.enrolled(), Refused), (waiting, NotNow)):
        with clock.at(steps.moment), pytest.raises(error):
            lot.allocate(by=coordinator, participant=early)
    assert not AllocationRow.objects.exclude(participation=None).exists()
    first, second = steps.allocated(), steps.allocated()
    numbers = [one.participation.allocation.number for one in (first, second)]
    assert numbers == [1, 2]
    with clock.at(steps.moment), pytest.raises(NotNow):
        lot.allocate(by=coordinator, participant=first)


def test_without_the_programme_the_lot_is_drawn_all_the_same(steps: World) -> None:
    participant = steps.informed()
    steps.later(days=8)
    with clock.at(steps.moment):
        steps.agree(participant, "study")
    steps.fill(participant, "t0")
    with clock.at(steps.moment):
        row = lot.allocate(by=steps.person(Role.COORDINATOR), participant=participant)
    assert steps.fresh(participant).participation.arm == row.arm


def test_a_list_that_is_used_up_stops_and_changes_nothing(steps: World) -> None:
    participant = steps.baseline()
    AllocationRow.objects.filter(stratum=participant.site.code).delete()
    with clock.at(steps.moment), pytest.raises(Refused):
        lot.allocate(by=steps.person(Role.COORDINATOR), participant=participant)
    assert steps.fresh(participant).participation.state == "baseline_done"


def test_a_single_arm_has_no_lot(rentree: World) -> None:
    with pytest.raises(Refused):
        lot.allocate(by=rentree.person(Role.COORDINATOR), participant=rentree.baseline())
    assert rentree.baseline().participation.arm is None


def test_an_unscoped_query_raises(rentree: World) -> None:
    participant = rentree.referred()
    from django_scopes import scope

    with scope(), pytest.raises(ScopeError):
        Participant.objects.get(pk=participant.pk)


def test_entering_opens_ones_own_studies_only(steps: World, rentree: World) -> None:
    mine, theirs = steps.referred(), rentree.referred()
    coordinator, steward = steps.person(Role.COORDINATOR), steps.person(Role.STEWARD)
    from django_scopes import scope

    with scope():
        for user, seen in (
            (coordinator, {mine}),
            (steps.account_of_unscoped(mine), {mine}),
            (steward, {mine, theirs}),
            (SYSTEM, {mine, theirs}),
        ):
            with doors.entering(user):
                assert set(Participant.objects.all()) == seen


def test_absent_and_forbidden_look_alike(rentree: World) -> None:
    participant = rentree.in_care()
    for by, pseudonym in (
        (rentree.person(Role.COACH), "R-NEVERWAS"),
        (rentree.person(Role.ANALYST), participant.pseudonym),
    ):
        with pytest.raises(NotHere) as refusal:
            doors.record_of(by, pseudonym, Permission.SEE_CASE, what="case")
        assert str(refusal.value) == "see_case"
    with pytest.raises(NotHere):
        doors.plan_of(rentree.person(Role.COACH), 999_999, Permission.SEE_CASE)
    with pytest.raises(NotHere):
        doors.own_record(rentree.person(Role.COACH))


def test_each_opening_of_a_record_is_recorded_except_ones_own(rentree: World) -> None:
    participant = rentree.in_care()
    coach = rentree.person(Role.COACH)
    doors.record_of(coach, participant.pseudonym, Permission.SEE_CASE, what="case")
    read = ReadEvent.objects.get()
    assert (read.participant, read.by, read.role, read.what) == (participant, coach, "coach", "case")
    own = rentree.account_of(participant)
    doors.record_of(own, participant.pseudonym, Permission.CONSENT, what="record")
    doors.measurement_of(own, rentree.measurement(participant, "t0").pk, Permission.ANSWER)
    assert doors.own_record(own) == participant
    assert ReadEvent.objects.count() == 1
    with pytest.raises(NotHere):
        doors.record_of(SYSTEM, participant.pseudonym, Permission.SEE_CASE, what="case")


def test_a_role_at_one_site_reaches_that_site_only(steps: World) -> None:
    participant = steps.referred()
    here, elsewhere = Site.objects.filter(study=steps.study).order_by("pk")[:2]
    user = people.make_account(by=SYSTEM, email="site@steps.example", name="Site", password=PASSWORD)
    grant = people.grant_role(by=SYSTEM, user=user, role=Role.COORDINATOR, study=steps.study, site=elsewhere)
    assert doors.standings(user, participant=participant) == set()
    people.revoke_role(by=SYSTEM, grant=grant)
    people.grant_role(by=SYSTEM, user=user, role=Role.COORDINATOR, study=steps.study, site=here)
    assert Standing(Role.COORDINATOR, Relation.STUDY) in doors.standings(user, participant=participant)


def test_every_kind_of_link_makes_a_standing(steps: World) -> None:
    participant = steps.in_care()
    link = steps.with_workplace(participant)
    for user, role in (
        (steps.person(Role.COACH), Role.COACH),
        (link.user, Role.WORKPLACE),
    ):
        assert Standing(role, Relation.LINKED) in doors.standings(user, participant=participant)
    assert doors.roles_of(steps.account_of(participant)) == {Role.PARTICIPANT}
    assert doors.roles_of(steps.person(Role.COACH)) == {Role.COACH}
    assert doors.care_studies(steps.person(Role.COACH)) == {steps.study.pk}


def test_finding_by_name(rentree: World) -> None:
    participant = rentree.baseline()
    assert find.study_named("rentree") == rentree.study
    assert set(find.sites_of(rentree.study)) == set(load("rentree").sites)
    assert find.user_of(participant) == rentree.account_of(participant)
    assert find.user_numbered(find.user_of(participant).pk) == find.user_of(participant)
    assert find.measurement_named(participant, "t1").wave == "t1"
    for missing in (
        lambda: find.study_named("never"),
        lambda: find.user_numbered(-1),
        lambda: find.measurement_named(participant, "t9"),
    ):
        with pytest.raises(NotHere):
            missing()


def test_names_of_things_say_nothing_about_a_person(steps: World) -> None:
    participant = steps.in_care()
    with scopes_disabled():
        things = [participant, participant.identity, participant.key, participant.enrolment, participant.participation]
        for thing in [*things, *Study.objects.all(), *User.objects.all()]:
            assert "Proef" not in str(thing)
            assert "@" not in str(thing)


def test_a_workplace_can_be_invited_before_it_chose_a_password(steps: World) -> None:
    participant = steps.in_care()
    link = plans.invite_workplace(
        by=steps.account_of(participant), participant=participant, email="nieuw@werk.example", name="Nieuwe Chef"
    )
    assert not link.user.has_usable_password()
    assert link.user.email == "nieuw@werk.example"
