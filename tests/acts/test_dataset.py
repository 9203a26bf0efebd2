import inspect
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opstap.acts import care, clock, dataset, dataset_work, doors
from opstap.acts.dataset import dataset_of, run_report
from opstap.acts.doors import SYSTEM
from opstap.acts.refusals import NotHere
from opstap.domain.access import Role
from opstap.domain.events import Event
from opstap.domain.protocol import load
from opstap.domain.work.outcomes import ReturnKind
from opstap.store.models import AuditEvent


@pytest.fixture
def followed(steps):
    """Someone who was allocated and answered after six months."""
    participant = steps.allocated("steps")
    steps.later(days=185)
    steps.fill(participant, "t6")
    return participant


def taken(world):
    with clock.at(world.moment):
        return dataset_of(by=SYSTEM, study=world.study)


def unblind(world):
    world.unblinded()


def everything(data):
    return "\n".join(table.to_csv() for table in data.tables.values())


def test_it_holds_no_free_text_no_name_and_no_pseudonym(steps, followed):
    with clock.at(steps.moment):
        text = everything(dataset.whole_of(steps.study))
    assert "process-participant" in text
    assert "gewoon antwoord" not in text
    assert "remarks" not in text
    assert "harm_what" not in text
    for secret in (followed.pseudonym, "Proef", "example", "555"):
        assert secret not in text


def test_it_never_reaches_identity(steps, followed):
    source = inspect.getsource(dataset)
    assert "Identity" not in source
    assert "PersonKey" not in source
    with CaptureQueriesContext(
        connection,
    ) as asked:
        taken(steps)
    for query in asked.captured_queries:
        assert "store_identity" not in query["sql"]
        assert "store_personkey" not in query["sql"]


def test_it_asks_the_same_number_of_questions_for_any_number_of_people(steps, followed):
    with CaptureQueriesContext(connection) as few:
        taken(steps)
    for _number in range(3):
        steps.allocated()
    with CaptureQueriesContext(connection) as many:
        taken(steps)
    assert len(many) == len(few)


def test_the_same_data_have_the_same_hash_and_an_answer_changes_it(steps, followed):
    before = taken(steps).hash
    assert taken(steps).hash == before
    steps.later(days=182)
    steps.fill(followed, "t12")
    assert taken(steps).hash != before


def test_only_people_with_a_study_record_are_in_it(steps):
    inside, _programme_only = steps.allocated(), steps.enrolled()
    data = taken(steps)
    assert len(data["participants"]) == len(_in_study(steps))
    referred = data["flow"].set_index(["kind", "id"])["count"]["people", "referred"]
    assert referred == len(data["participants"]) + 1
    assert inside.pseudonym not in everything(data)


def _in_study(world):
    from opstap.store.models import Participation

    return Participation.objects.filter(participant__study=world.study)


def test_an_answer_that_was_saved_but_not_handed_in_is_not_in_it(steps):
    participant = steps.consented()
    from opstap.acts import measures

    with clock.at(steps.moment):
        measures.save_answers(
            by=steps.account_of(participant),
            measurement=steps.measurement(participant, "t0"),
            answers={"background": {"age": 44}},
        )
    data = taken(steps)
    assert data["answers"].empty
    assert data["work"].empty


def test_before_unblinding_arms_are_made_up_and_it_says_so(steps):
    for _number in range(12):
        steps.allocated()
    blinded = taken(steps)
    assert blinded.permuted
    assert sorted(blinded["participants"]["arm"]) == ["steps"] * 6 + ["usual_care"] * 6
    assert blinded["participants"]["in_programme"].isna().all()
    assert blinded["sessions"].empty
    unblind(steps)
    open_ = taken(steps)
    assert not open_.permuted
    assert blinded.hash != open_.hash
    mine = blinded["participants"].set_index("person")["arm"]
    theirs = open_["participants"].set_index("person")["arm"]
    assert (mine != theirs).any()


def test_a_single_arm_is_never_shuffled(rentree):
    rentree.baseline()
    data = taken(rentree)
    assert not data.permuted
    assert data["participants"]["arm"].isna().all()


def test_work_is_read_on_the_day_of_the_answer(steps, followed):
    unblind(steps)
    data = taken(steps)
    rows = data["work"]
    assert set(rows["wave"]) == {"t0", "t6"}
    assert rows[rows["wave"] == "t6"]["date"].tolist() == [steps.moment.date()]


def test_who_has_no_contract_works_nothing_and_is_not_missing(steps):
    participant = steps.consented()
    steps.fill(participant, "t0", employed=0, reported_sick=0, at_work=0)
    row = taken(steps)["work"].iloc[0]
    assert row["hours_per_week"] == 0.0
    assert not row["employed"]
    assert taken(steps)["returns"].iloc[0]["return_kind"] == ReturnKind.NOT_ABSENT


def test_another_source_without_spells_tells_nothing():
    assert dataset_work.work_of("0001", [], [clock.today()], "register") is None


def test_a_death_is_in_it_and_what_is_left_is_voided(steps, followed):
    with clock.at(steps.moment + timedelta(days=3)):
        care.record_life_event(by=steps.person(Role.COORDINATOR), participant=followed, kind="death", on=clock.today())
    steps.later(days=4)
    data = taken(steps)
    assert data["life_events"]["kind"].tolist() == ["death"]
    person = data["life_events"]["person"].iloc[0]
    voided = data["measurements"][(data["measurements"]["person"] == person) & (data["measurements"]["wave"] == "t12")]
    assert voided["state"].tolist() == ["voided"]
    assert voided["void_reason"].tolist() == ["died"]


def test_running_a_report_is_written_in_the_trail(steps, followed):
    data = run_report(by=SYSTEM, study=steps.study, seed=12)
    event = AuditEvent.objects.order_by("-number")[0]
    assert event.name == Event.REPORT_RUN
    assert event.ids == {"dataset": data.hash, "seed": 12}


def test_only_who_may_see_the_report_gets_a_dataset(steps, followed):
    assert dataset_of(by=steps.person(Role.ANALYST), study=steps.study)
    for role in (Role.COORDINATOR, Role.COACH, Role.STEWARD):
        with pytest.raises(NotHere):
            dataset_of(by=steps.person(role), study=steps.study)
    with pytest.raises(NotHere):
        dataset_of(by=steps.account_of(followed), study=steps.study)


def test_an_analyst_of_another_study_finds_nothing(steps, rentree):
    _ = steps.study, doors
    with pytest.raises(NotHere):
        dataset_of(by=rentree.person(Role.ANALYST), study=steps.study)


def test_who_is_in_the_study_only_and_waits_for_the_lot_is_there_without_sessions(steps):
    participant = steps.informed()
    steps.later(days=8)
    with clock.at(steps.moment):
        steps.agree(participant, "study")
    data = taken(steps)
    assert len(data.tables["participants"]) == 1
    assert len(data.tables["sessions"]) == 0


def test_a_source_that_told_nothing_gives_no_outcomes(steps, followed):
    protocol = load("steps")
    outcomes = [one.model_copy(update={"source": "coach"}) for one in protocol.study.outcomes]
    by_coach = protocol.model_copy(update={"study": protocol.study.model_copy(update={"outcomes": outcomes})})
    reported = [steps.measurement(followed, wave) for wave in ("t0", "t6")]
    assert dataset_work.work_rows(protocol, steps.study, {followed.pk: "P1"}, reported)[0]
    assert dataset_work.work_rows(by_coach, steps.study, {followed.pk: "P1"}, reported) == ([], [])
