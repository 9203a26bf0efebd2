"""The pages of a trial as its staff walk them: lot, flow, delivery, closing, export."""

from __future__ import annotations

import io
import re
import zipfile
from itertools import pairwise

from django_scopes import scopes_disabled

from opstap.acts import care, clock, contacts, goals, lot
from opstap.acts.veil import MOST, unveil, veil
from opstap.domain.access import Role
from opstap.store.models import AllocationRow, Query, StratumCorrection, StudyLock, TwoHands
from tests.web.test_research import text, text_after
from tests.world import PASSWORD, World


def settle(world: World) -> None:
    """Leave no query open."""
    Query.objects.update(state="closed")


def served(world: World):
    """Someone in care with a talk held, beside someone with usual care who told which care they had."""
    usual = world.allocated("usual_care")
    person = world.in_care()
    with clock.at(world.moment):
        coach = world.person(Role.COACH)
        session = care.plan_session(by=coach, participant=person, kind="work_intake", planned_for=world.moment)
        care.hold_session(by=coach, session=session, on=world.moment.date(), minutes=50, modules=["rights_duties"])
        contacts.log_contact(
            by=coach, participant=person, party="workplace", channel="telephone", on=world.moment.date(), reached=False
        )
        goals.set_goal(by=coach, participant=person, text="Fietsen.", importance=8, confidence=5)
    return person, usual


def test_the_lot_is_published_to_everyone_in_the_study_and_its_balance_to_nobody_yet(site):
    participant = site.build(lambda world: world.allocated())
    digest = site.world.study.list_hash
    visitors = {role: site.as_(role) for role in (Role.COORDINATOR, Role.REFERRER, Role.ANALYST, Role.DATA_MANAGER)}
    for visitor in visitors.values():
        shown = visitor.get("/study/lot/")
        assert digest in shown.content.decode().replace("<wbr>", "").replace("&shy;", "")
        assert "published before the first inclusion" in text(shown)
        assert "How alike" not in text(shown)
        assert participant.pseudonym not in text(shown)
    site.build(lambda world: world.unblinded())
    assert "How alike" not in text(visitors[Role.COORDINATOR].get("/study/lot/"))
    site.build(
        lambda world: lot.correct_stratum(
            by=world.person(Role.COORDINATOR), participant=participant, factor="site", level="utrecht", reason="x"
        )
    )
    shown = text(visitors[Role.ANALYST].get("/study/lot/"))
    assert "How alike" in shown
    assert "1 stratum was set right after the lot" in shown
    with scopes_disabled():
        row = AllocationRow.objects.exclude(participation=None).get()
    counts = ["1", "0"] if row.arm == "steps" else ["0", "1"]
    assert f"Everyone {counts[0]} {counts[1]}" in re.sub(r"\s+", " ", shown)


def test_a_study_of_one_arm_has_no_lot_page_to_speak_of(flemish):
    assert "no study with a lot" in text(flemish.as_(Role.COORDINATOR).get("/study/lot/"))


def test_a_stratum_is_set_right_from_the_page_of_a_participant(site):
    participant = site.build(lambda world: world.allocated())
    coordinator = site.as_(Role.COORDINATOR)
    page = f"/study/participants/{participant.pseudonym}/"
    assert "Set right what the lot looked at" in text(coordinator.get(page))
    wrong = coordinator.post(f"{page}stratum/", level="site:amsterdam", reason="Elders.")
    assert wrong.status_code == 400
    assert "known already" in text(wrong)
    told = text_after(coordinator, f"{page}stratum/", level="site:utrecht", reason="Elders gezien.")
    assert "Nothing was drawn again" in told
    with scopes_disabled():
        assert StratumCorrection.objects.get().after == "utrecht"


def test_the_flow_is_drawn_and_given_as_files(site):
    site.build(lambda world: world.allocated())
    analyst = site.as_(Role.ANALYST)
    shown = analyst.get("/study/flow/")
    assert "all arms together" in shown.content.decode()
    assert "STEPS programme (n" not in shown.content.decode()
    figure, counts = analyst.get("/study/flow/steps.svg"), analyst.get("/study/flow/steps.csv")
    assert figure.headers["Content-Type"] == "image/svg+xml"
    assert figure.content.startswith(b"<svg")
    assert b"referred,1" in counts.content
    assert analyst.get("/study/flow/steps.pdf").status_code == 404
    site.build(lambda world: world.unblinded())
    assert "all arms together" not in analyst.get("/study/flow/").content.decode()


def test_what_was_delivered_is_for_who_may_know_the_arms(site):
    site.build(served)
    analyst = site.as_(Role.ANALYST)
    assert analyst.get("/study/delivered/").status_code == 404
    shown = text(site.as_(Role.COORDINATOR).get("/study/delivered/"))
    for words in (
        "1 of 1 people to whom the programme was offered had at least one talk", "50.0 on average, median 50.0",
        "contact tried 1 / 1 (100%)", "contact held 0 / 1 (0%)", "Coach 1 talks, 50 minutes",
        "set goals in their own words 1 / 1", "Usual care", "as many as fit",
    ):  # fmt: skip
        assert words in shown, words
    site.build(lambda world: world.unblinded())
    assert "What was delivered" in text(analyst.get("/study/delivered/"))


def test_a_single_arm_shows_what_was_delivered_to_everyone_who_asks(flemish):
    flemish.build(lambda world: world.in_care())
    shown = text(flemish.as_(Role.ANALYST).get("/study/delivered/"))
    assert "0 of 1 people" in shown


def test_the_data_are_closed_person_by_person_then_by_two_and_opened_with_a_reason(site):
    def complete(world: World):
        participant = world.allocated()
        for wave in ("t6", "t12"):
            world.later(days=184)
            world.fill(participant, wave)
        settle(world)
        world.baseline()
        settle(world)
        return participant

    participant = site.build(complete)
    manager, coordinator = site.as_(Role.DATA_MANAGER), site.as_(Role.COORDINATOR)
    assert "complete, can be locked 1" in text(manager.get("/study/data/"))
    assert "locked" in text_after(manager, "/study/data/steps/lock-people/")
    assert "nobody whose data are complete" in text_after(manager, "/study/data/steps/lock-people/")
    assert coordinator.post("/study/data/steps/lock-people/").status_code == 404
    lacking = manager.post("/study/data/steps/unlock-person/", pseudonym="S-NOBODY", reason="Fout.")
    assert (lacking.status_code, "no participant of this study" in text(lacking)) == (400, True)
    told = text_after(
        manager, "/study/data/steps/unlock-person/", pseudonym=participant.pseudonym.lower(), reason="Fout gezien."
    )
    assert "complete, can be locked 1" in told
    asking = coordinator.get("/study/data/steps/ask/lock/")
    assert "1 person is complete and not locked" in text(asking)
    assert "1 person has a questionnaire that is open or to come" in text(asking)
    assert "Asked." in text_after(coordinator, "/study/data/steps/ask/lock/", reason="Alles is binnen.")
    with scopes_disabled():
        number = TwoHands.objects.get().pk
    page = f"/study/sign/{veil(number)}/"
    assert f'href="{page}"' not in coordinator.get("/study/data/").content.decode()
    assert "Alles is binnen." in text(manager.get(page))
    assert "not your password" in text(manager.post(page, password="guess"))
    assert "Signed and done." in text_after(manager, page, password=PASSWORD)
    assert "Unblind the analysis" in text(coordinator.get("/study/data/"))
    assert "Locked by Coordinator Proef and Data_Manager Proef" in text(coordinator.get("/study/data/"))
    told = text_after(coordinator, "/study/data/steps/unlock/", reason="Een leeftijd.")
    assert "Opened by Coordinator Proef" in told
    with scopes_disabled():
        assert StudyLock.objects.get().opened_why == "Een leeftijd."


def test_what_was_asked_can_be_dropped_and_kinds_that_do_not_exist_are_not_there(site):
    coordinator = site.as_(Role.COORDINATOR)
    text_after(coordinator, "/study/data/steps/ask/lock/", reason="Nu.")
    with scopes_disabled():
        number = TwoHands.objects.get().pk
    assert "Dropped." in text_after(coordinator, f"/study/sign/{veil(number)}/drop/")
    assert coordinator.get("/study/data/steps/ask/party/").status_code == 404
    assert coordinator.get(f"/study/sign/{MOST + 1}/").status_code == 404
    early = coordinator.post("/study/data/steps/ask/unblind/", reason="Nu.")
    assert "after the data are locked" in text(early)


def test_one_arm_is_told_to_the_two_who_asked_and_signed(site):
    participant = site.build(lambda world: world.allocated())
    manager, coordinator = site.as_(Role.DATA_MANAGER), site.as_(Role.COORDINATOR)
    text_after(
        manager, "/study/data/steps/ask/reveal/", pseudonym=participant.pseudonym, reason="Opgenomen met koorts."
    )
    with scopes_disabled():
        number = TwoHands.objects.get().pk
    assert "Opgenomen met koorts." in text(coordinator.get("/study/data/"))
    text_after(coordinator, f"/study/sign/{veil(number)}/", password=PASSWORD)
    for visitor in (manager, coordinator):
        assert "Groups that you were told" in text(visitor.get("/study/data/"))
    other = site.come_in(site.build(lambda world: world.second_coordinator()))
    assert "Groups that you were told" not in text(other.get("/study/data/"))


def test_the_data_are_taken_along_as_one_archive(site):
    site.build(lambda world: world.allocated())
    analyst = site.as_(Role.ANALYST)
    assert "blinded" in text(analyst.get("/study/export/"))
    taken = analyst.post("/study/export/steps/csv/")
    with zipfile.ZipFile(io.BytesIO(taken.content)) as archive:
        assert "codebook.csv" in archive.namelist()
    assert taken.headers["Content-Disposition"] == 'attachment; filename="steps-csv.zip"'
    assert analyst.post("/study/export/steps/xls/").status_code == 404
    site.build(lambda world: world.by_two("lock"))
    assert "dataset that was frozen" in text(analyst.get("/study/export/"))


def test_a_veiled_number_comes_back_and_neighbours_are_far_apart():
    assert [unveil(veil(number)) for number in (0, 1, 2, MOST)] == [0, 1, 2, MOST]
    found = [veil(number) for number in range(200)]
    assert len(set(found)) == 200
    assert sum(abs(one - two) > 10**6 for one, two in pairwise(found)) > 190
