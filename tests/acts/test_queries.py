"""Queries: raised by a person or a rule, answered by the site, closed by the data manager or by a correction."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from opstap.acts import checks, clock, measures, people, queries
from opstap.acts.calendar import asked_of
from opstap.acts.doors import SYSTEM
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight import answers as answers_sight
from opstap.acts.sight import queries as sight
from opstap.domain.access import Permission, Role
from opstap.domain.journey import NotNow
from opstap.store.models import AuditEvent, Query, QueryEntry, ReadEvent
from tests.world import PASSWORD, World, answers_to

MANY = {"contract_hours": 50, "actual_hours": 20, "first_day_back": "2026-01-20", "hours_since": "2026-01-20"}
FINE = {
    "contract_hours": 32, "actual_hours": 20, "first_sick_day": "2025-09-01", "first_day_back": "2026-01-20",
    "hours_since": "2026-01-20", "sick_days_6m": 90,
}  # fmt: skip


def handed_in(world: World, **given):
    participant = world.consented()
    return participant, world.fill(participant, "t0", **{**FINE, **given})


def asked(world: World, measurement, item="age", questionnaire="background", text="Klopt dit?"):
    with clock.at(world.moment):
        return queries.raise_query(
            by=world.person(Role.DATA_MANAGER), measurement=measurement, questionnaire=questionnaire, item=item,
            text=text,
        )  # fmt: skip


def correct(world: World, measurement, item, value, query=None, questionnaire="work-start"):
    with clock.at(world.moment):
        return measures.correct_answer(
            by=world.person(Role.COORDINATOR), measurement=measurement, questionnaire=questionnaire, item=item,
            value=value, reason="Nagebeld: een verschrijving.", query=query,
        )  # fmt: skip


def moves(query):
    return list(QueryEntry.objects.filter(query=query).order_by("pk").values_list("move", flat=True))


def test_a_query_is_raised_answered_closed_and_opened_again(rentree: World) -> None:
    participant, measurement = handed_in(rentree)
    query = asked(rentree, measurement)
    site, manager = rentree.person(Role.COORDINATOR), rentree.person(Role.DATA_MANAGER)
    assert queries.answer_query(by=site, query=query, text="Ja.").state == "answered"
    assert queries.reopen_query(by=manager, query=query, text="Welk jaar?").state == "open"
    assert queries.answer_query(by=site, query=query, text="1977.").state == "answered"
    assert queries.answer_query(by=site, query=query, text="Februari.").state == "answered"
    assert queries.close_query(by=manager, query=query).state == "closed"
    assert queries.reopen_query(by=manager, query=query, text="Toch niet.").state == "open"
    assert moves(query) == ["raise", "answer", "reopen", "answer", "answer", "close", "reopen"]
    entry = QueryEntry.objects.filter(query=query).first()
    assert b"Klopt" not in bytes(entry.words_sealed)
    with pytest.raises(NotNow):
        queries.reopen_query(by=manager, query=query, text="Nog eens.")
    events = AuditEvent.objects.filter(name__startswith="query.").order_by("pk")
    assert len(events) == 7
    assert "Klopt" not in str([event.ids for event in events])
    assert participant.pseudonym in str(events[0].ids)


def test_only_who_raised_a_query_withdraws_it(rentree: World) -> None:
    _participant, measurement = handed_in(rentree, **MANY)
    query, by_rule = asked(rentree, measurement), Query.objects.get(rule="work-start.contract_hours_many")
    colleague = people.make_account(by=SYSTEM, email="ander@rentree.example", name="Ander", password=PASSWORD)
    people.grant_role(by=SYSTEM, user=colleague, role=Role.DATA_MANAGER, study=rentree.study)
    for by, which in ((colleague, query), (rentree.person(Role.DATA_MANAGER), by_rule)):
        with pytest.raises(Refused):
            queries.withdraw_query(by=by, query=which, text="Vergissing.")
    with pytest.raises(NotHere):
        queries.withdraw_query(by=rentree.person(Role.COORDINATOR), query=query, text="Vergissing.")
    queries.withdraw_query(by=rentree.person(Role.DATA_MANAGER), query=query, text="Vergissing.")
    with pytest.raises(NotNow):
        queries.answer_query(by=rentree.person(Role.COORDINATOR), query=query, text="Hoezo?")


def test_what_cannot_be_asked(rentree: World) -> None:
    participant, measurement = handed_in(rentree)
    for given in ({"text": " "}, {"item": "shoe"}, {"questionnaire": "satisfaction", "item": ""}):
        with pytest.raises(Refused):
            asked(rentree, measurement, **given)
    with pytest.raises(Refused, match=r"not been handed in|niet ingeleverd"):
        asked(rentree, rentree.measurement(participant, "t1"))
    with pytest.raises(NotHere):
        queries.raise_query(
            by=rentree.person(Role.COORDINATOR), measurement=measurement, questionnaire="background", text="Ja?"
        )
    assert asked(rentree, measurement, item="").item == ""
    with pytest.raises(Refused):
        queries.answer_query(by=rentree.person(Role.COORDINATOR), query=Query.objects.get(), text="")


def test_a_query_only_grows(rentree: World) -> None:
    _participant, measurement = handed_in(rentree)
    entry = QueryEntry.objects.get(query=asked(rentree, measurement))
    for change in (lambda: QueryEntry.objects.update(move="close"), entry.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_rule_asks_when_answers_are_handed_in_and_a_correction_closes_it(rentree: World) -> None:
    _participant, measurement = handed_in(rentree, **MANY)
    query = Query.objects.get()
    assert (query.rule, query.item, query.raised_by, query.state) == (
        "work-start.contract_hours_many", "contract_hours", None, "open",
    )  # fmt: skip
    correction = correct(rentree, measurement, "contract_hours", "40", query)
    query.refresh_from_db()
    assert query.state == "closed"
    assert moves(query) == ["raise", "answer", "satisfy"]
    assert {one.correction_id for one in query.entries.exclude(move="raise")} == {correction.pk}
    assert AuditEvent.objects.filter(name="answer.corrected").latest("pk").ids["query"] == query.pk
    # What it asked about comes back with the same values: it was asked before, and is not asked again.
    correct(rentree, measurement, "contract_hours", "50")
    assert Query.objects.get().state == "closed"
    # Other values are another matter.
    correct(rentree, measurement, "contract_hours", "52")
    assert Query.objects.count() == 2


def test_a_query_that_waits_is_not_asked_twice_when_the_values_change(rentree: World) -> None:
    _participant, measurement = handed_in(rentree, **MANY)
    query = Query.objects.get()
    before = query.values_hash
    correct(rentree, measurement, "contract_hours", "55", query)
    query.refresh_from_db()
    assert (query.state, moves(query)) == ("answered", ["raise", "answer"])
    assert query.values_hash != before
    with clock.at(rentree.moment):
        queries.close_query(by=rentree.person(Role.DATA_MANAGER), query=query, text="Het klopt.")
        assert checks.run_checks(study=rentree.study) == {"raised": 0, "closed": 0}
    # An answer taken back leaves nothing to ask.
    correct(rentree, measurement, "contract_hours", "56")
    correct(rentree, measurement, "contract_hours", "")
    assert set(Query.objects.values_list("state", flat=True)) == {"closed"}


def test_a_correction_answers_only_a_query_on_the_same_questionnaire(rentree: World) -> None:
    handed_in(rentree, **MANY)
    _other, elsewhere = handed_in(rentree)
    with pytest.raises(Refused):
        correct(rentree, elsewhere, "contract_hours", "30", Query.objects.get())


def test_checks_run_again_find_what_was_handed_in_before_they_were_there(rentree: World) -> None:
    _one, _measurement = handed_in(rentree, **MANY)
    _two, _fine = handed_in(rentree)
    assert checks.run_checks(study=rentree.study) == {"raised": 0, "closed": 0}
    Query.objects.update(values_hash="other", state="closed")
    assert checks.run_checks(study=rentree.study) == {"raised": 1, "closed": 0}
    assert checks.run_checks(study=rentree.study) == {"raised": 0, "closed": 0}
    assert AuditEvent.objects.filter(name="query.checks_run").count() == 3
    with pytest.raises(NotHere):
        checks.run_checks(by=rentree.person(Role.DATA_MANAGER), study=rentree.study)


def test_a_change_since_the_first_questionnaire_is_asked_at_the_second_one(rentree: World) -> None:
    participant, start = handed_in(rentree)
    rentree.later(days=180)
    rentree.fill(participant, "t1", **{**FINE, "contract_hours": 20, "actual_hours": 10, "first_sick_day": None})
    assert Query.objects.get().rule == "contract_since_start"
    # The first one was the wrong one: the query on the second one closes.
    correct(rentree, start, "contract_hours", "24")
    assert Query.objects.get().state == "closed"


def test_the_lists_and_the_page_of_a_query(rentree: World) -> None:
    participant, measurement = handed_in(rentree, **MANY)
    query = asked(rentree, measurement)
    site, manager = rentree.person(Role.COORDINATOR), rentree.person(Role.DATA_MANAGER)
    correct(rentree, measurement, "age", "50", query, questionnaire="background")
    page = sight.queries(site)
    assert (page.count, page.open, page.answered) == (2, 1, 1)
    assert [line.by_rule for line in page.lines] == [True, False]
    assert sight.queries(site, raised="person").lines[0].id == query.pk
    assert sight.queries(site, raised="rule").count == 1
    assert sight.queries(site, state="closed").count == 0
    assert sight.queries(site, state="all").count == 2
    assert sight.queries(site, place=f"rentree/{rentree.site.code}", search=participant.pseudonym[:4]).count == 2
    assert sight.queries(site, place="rentree/nowhere").count == 0
    assert sight.open_queries(site) == {"rentree": 1}
    _row, seen = sight.query(site, query.pk)
    assert seen.can == {"answer", "correct"}
    assert seen.question.answer == 50
    assert [step.move for step in seen.steps] == ["raise", "answer"]
    assert seen.steps[1].correction.new == "50"
    _row, seen = sight.query(manager, query.pk)
    assert seen.can == {"close", "reopen", "withdraw"}
    _row, ruled = sight.query(manager, Query.objects.get(item="contract_hours").pk)
    assert (ruled.can, "own" in ruled.source, ruled.steps[0].by) == ({"close"}, True, "")
    assert next(iter(sight.queries_on(manager, measurement))).id == query.pk
    whole = asked(rentree, measurement, item="")
    _row, seen = sight.query(manager, whole.pk)
    assert (seen.question, seen.field) == (None, "")
    assert {one.what for one in ReadEvent.objects.filter(by=manager)} == {"queries"}


def test_a_data_manager_reads_no_names_no_words_of_their_own_and_no_arm(steps: World) -> None:
    participant = steps.in_care()
    steps.later(days=183)
    own = steps.fill(participant, "t6", **{**FINE, "first_sick_day": None})
    therapist, manager = steps.person(Role.THERAPIST), steps.person(Role.DATA_MANAGER)
    theirs = participant.measurements.get(wave="t6", respondent="therapist")
    with clock.at(steps.moment):
        full = {one.id: answers_to(one, steps.moment) for one in asked_of(theirs)}
        measures.save_answers(by=therapist, measurement=theirs, answers=full)
        measures.submit(by=therapist, measurement=theirs)
        _row, seen = sight.reviewed(manager, own.pk)
        assert "process-participant" not in {sheet.questionnaire.id for sheet in seen.sheets}
        assert "work-follow-up" in {sheet.questionnaire.id for sheet in seen.sheets}
        with pytest.raises(NotHere):
            sight.reviewed(manager, theirs.pk)
        for measurement, name in ((theirs, "process-therapist"), (own, "process-participant")):
            with pytest.raises(NotHere):
                asked(steps, measurement, item="", questionnaire=name)
        listed = sight.review(manager)
        assert {row.id for row in listed.rows} & {own.pk, theirs.pk} == {own.pk}
        # A query that would tell an arm is not there for them; it is for the site.
        query = Query.objects.create(
            measurement=own, questionnaire="process-participant", state="open", raised_at=steps.moment
        )
        with pytest.raises(NotHere):
            sight.query(manager, query.pk)
        with pytest.raises(NotHere):
            queries.close_query(by=manager, query=query)
        known = {line.id for line in sight.queries(manager).lines}
        assert {line.id for line in sight.queries(steps.person(Role.COORDINATOR)).lines} == known | {query.pk}
        assert query.pk not in known
        assert sight.query(steps.person(Role.COORDINATOR), query.pk)[1].line.id == query.pk
    steps.unblinded()
    with clock.at(steps.moment + timedelta(minutes=1)):
        participant.study.refresh_from_db()
        assert theirs.pk in {row.id for row in sight.review(manager).rows}
        assert "process-participant" in {one.questionnaire.id for one in sight.reviewed(manager, own.pk)[1].sheets}
        assert query.pk in {line.id for line in sight.queries(manager).lines}


def test_words_of_their_own_are_not_shown_to_a_data_manager(rentree: World) -> None:
    participant, _start = handed_in(rentree)
    rentree.later(days=180)
    second = rentree.fill(participant, "t1", **{**FINE, "first_sick_day": None, "remarks": "Dank aan Marijke"})
    with clock.at(rentree.moment):
        measures.correct_answer(
            by=rentree.person(Role.COORDINATOR), measurement=second, questionnaire="satisfaction", item="remarks",
            value="Dank aan Marijke en Piet", reason="Op papier stond meer.",
        )  # fmt: skip
        _row, seen = sight.reviewed(rentree.person(Role.DATA_MANAGER), second.pk)
        assert seen.question("satisfaction.remarks").answer_words == "…"
        assert (seen.corrections[0].old, seen.corrections[0].new) == ("…", "…")
        assert "Marijke" not in str(seen)
        _row, open_to_site = answers_sight.answered(
            rentree.person(Role.COORDINATOR), second.pk, Permission.CORRECT_ANSWERS
        )
        assert "Marijke en Piet" in str(open_to_site)
    with pytest.raises(NotHere):
        sight.reviewed(rentree.person(Role.DATA_MANAGER), rentree.measurement(participant, "t2").pk)


def test_what_was_handed_in_is_found(rentree: World) -> None:
    participant, measurement = handed_in(rentree, **MANY)
    manager = rentree.person(Role.DATA_MANAGER)
    found = sight.review(manager, search=participant.pseudonym, place=f"rentree/{rentree.site.code}", number=9)
    assert [(row.id, row.waiting, row.channel) for row in found.rows] == [(measurement.pk, 1, "online")]
    assert found.number == found.pages == 1
    assert sight.review(manager, search="nobody").rows == []
    with pytest.raises(NotHere):
        sight.review(rentree.person(Role.COORDINATOR))


def test_several_corrections_stand_in_order_with_who_when_and_why(rentree: World) -> None:
    _participant, measurement = handed_in(rentree)
    for value in ("30", "28", "36"):
        correct(rentree, measurement, "contract_hours", value)
        rentree.later(days=1)
    _row, whole = answers_sight.answered(rentree.person(Role.COORDINATOR), measurement.pk, Permission.CORRECT_ANSWERS)
    assert [(one.old, one.new) for one in whole.corrections] == [("28", "36"), ("30", "28"), ("32", "30")]
    assert [one.at for one in whole.corrections] == sorted((one.at for one in whole.corrections), reverse=True)
    assert {(one.by, one.reason) for one in whole.corrections} == {
        (rentree.person(Role.COORDINATOR).name, "Nagebeld: een verschrijving.")
    }
    assert {one.questionnaire for one in whole.corrections} == {"work-start"}
