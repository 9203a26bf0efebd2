"""Stages, goals and energy at the pages: three taps, once; each refusal at its field with what was typed; queries."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opstap.acts import energy, goals, stages
from opstap.domain.access import Role
from opstap.domain.instruments.scoring import STAGES
from opstap.store.models import EnergyNote, Goal, GoalReview, GoalStep, Obstacle, Practice, PracticeDone, Readiness
from opstap.web.shared.entering import CODE
from tests.web.test_coach import errors, kept, text

TAPS = {"kind": "work", "effect": "cost", "how": "good"}


@pytest.fixture
def both(site):
    """A participant at the pages with their code, their coach, and the address of the case."""
    participant = site.build(lambda world: world.in_care())
    own = site.come_in(site.build(lambda world: world.account_of(participant)), second_step=False)
    session = own.client.session
    session[CODE] = True
    session.save()
    own.client.cookies["django_language"] = "en"
    return own, site.as_(Role.COACH), f"/care/{participant.pseudonym}/", participant


def mark(page) -> str:
    return re.search(r'name="once" value="([^"]+)"', page.content.decode())[1]


def test_three_taps_in_one_request_and_a_second_post_is_not_doubled(both):
    own, *_ = both
    once = mark(own.get("/me/energy/"))
    for _ in range(2):
        assert own.post("/me/energy/note/", **TAPS, once=once).status_code == 302
    assert len(kept(EnergyNote)) == 1
    page = own.get("/me/energy/")
    assert "Saved at" in text(page)
    assert "On fewer than five notes we say nothing" in text(page)


def test_a_missing_tap_is_said_at_its_place_and_the_others_are_kept(both):
    own, *_ = both
    page = own.post("/me/energy/note/", kind="rest", how="good")
    assert page.status_code == 400
    assert "Choose whether it cost energy or gave energy." in text(page)
    assert re.search(r'value="rest" checked', page.content.decode())
    page = own.post("/me/energy/note/", **TAPS, on="2030-01-01")
    assert page.status_code == 400
    assert "This day has not come yet." in text(page)
    assert 'value="2030-01-01"' in page.content.decode()
    assert own.post("/me/energy/note/", **TAPS, on="soon").status_code == 400
    assert kept(EnergyNote) == []


def test_words_afterwards_and_taking_back(both):
    own, *_ = both
    own.post("/me/energy/note/", **TAPS)
    (note,) = kept(EnergyNote)
    assert own.post(f"/me/energy/{note.pk}/", text="x" * 1001).status_code == 400
    own.post(f"/me/energy/{note.pk}/", text="Drie vergaderingen.")
    assert "Drie vergaderingen." in text(own.get(f"/me/energy/{note.pk}/"))
    own.post(f"/me/energy/{note.pk}/back/")
    assert own.get(f"/me/energy/{note.pk}/").status_code == 404


def test_the_diary_is_closed_to_the_coach_until_its_owner_opens_it(both):
    own, coach, case, _ = both
    for _ in range(3):
        own.post("/me/energy/note/", **{**TAPS, "how": "too_much"})
    assert "This week may be too much for you." in text(own.get("/me/energy/"))
    assert "Only you see this." in text(own.get("/me/energy/"))
    assert "may be too much" not in text(coach.get(case)) + text(coach.get(f"{case}energy/"))
    for share, seen in (("yes", True), ("yes", True), ("no", False), ("no", False)):
        assert own.post("/me/energy/share/", share=share).status_code == 302
        assert ("may be too much" in text(coach.get(case))) is seen
    looked = text(own.get("/me/data/looked/"))
    assert "The energy diary" in looked


def test_the_coach_notes_from_paper_agrees_a_budget_and_gives_practice(both):
    own, coach, case, _ = both
    day = own.site.world.moment.date().isoformat()
    given = {"on": day, "part": "morning", "kind": "rest", "effect": "gave", "how": "good"}
    assert "channel" in errors(coach.post(f"{case}energy/note/", **given))
    coach.post(f"{case}energy/note/", **given, channel="paper")
    assert "noted by Coach Proef, on paper" in text(own.get("/me/energy/"))
    assert "most" in errors(coach.post(f"{case}energy/budget/", most="0"))
    coach.post(f"{case}energy/budget/", most="12")
    assert "at most 12 was agreed" in text(own.get("/me/energy/"))
    coach.post(f"{case}energy/practice/", text="Tien minuten wandelen.", times="3")
    (practice,) = kept(Practice)
    for _ in range(2):
        own.post(f"/me/energy/practice/{practice.pk}/")
    assert len(kept(PracticeDone)) == 1
    coach.post(f"/care/practice/{practice.pk}/end/")
    assert "Tien minuten" not in text(own.get("/me/energy/"))
    (note,) = kept(EnergyNote)
    coach.post(f"/care/note/{note.pk}/back/")
    assert "noted by" not in text(own.get("/me/energy/"))


def test_a_goal_from_both_sides(both):
    own, coach, case, _ = both
    wrong = own.post("/me/goals/new/", text="Weer fietsen.", importance="11", confidence="")
    assert set(errors(wrong)) == {"importance", "confidence"}
    assert "Weer fietsen." in wrong.content.decode()
    own.post("/me/goals/new/", text="Weer fietsen.", importance="8", confidence="4")
    coach.post(f"{case}goals/new/", text="Grenzen aangeven.", importance="7", confidence="5")
    first, second = kept(Goal)
    page = f"/me/goals/{first.pk}/"
    assert own.post(page, **{"what": "step", "step-text": " "}).status_code == 400
    own.post(page, **{"what": "step", "step-text": "Banden oppompen."})
    own.post(page, what="done", step=str(kept(GoalStep, goal=first)[0].pk))
    own.post(page, **{"what": "obstacle", "obstacle-text": "Regen.", "obstacle-tried": ""})
    hurdle = str(kept(Obstacle, goal=first)[0].pk)
    refused = own.post(page, **{"what": "tried", "tried-obstacle": hurdle, "tried-tried": "x" * 1001})
    assert refused.status_code == 400
    assert "too long" in text(refused)
    own.post(page, **{"what": "tried", "tried-obstacle": hurdle, "tried-tried": "Een regenpak."})
    assert own.post(page, what="review").status_code == 404
    seen = text(own.get(page))
    assert all(word in seen for word in ("Banden oppompen.", "done on", "Regen.", "Een regenpak.", "by yourself"))
    assert "written by Coach Proef" in text(own.get(f"/me/goals/{second.pk}/"))

    page = f"/care/goal/{first.pk}/"
    review = {"what": "review", "review-text": "Het lukt.", "review-importance": "9", "review-confidence": "7"}
    assert coach.post(page, **{**review, "review-confidence": "70"}).status_code == 400
    coach.post(page, **review, **{"review-attained": "1"})
    assert kept(GoalReview)[0].attained == 1
    assert "T-score 60" in text(coach.get(f"{case}goals/"))
    assert "was 4" in text(coach.get(case))
    coach.post(page, **{"what": "close", "close-reached": "yes", "close-text": "Elke dinsdag."})
    assert "Elke dinsdag." in text(own.get(f"/me/goals/{first.pk}/"))
    assert own.post(f"/me/goals/{first.pk}/", what="done", step="1").status_code == 302
    again = own.post(f"/me/goals/{first.pk}/", **{"what": "step", "step-text": "Nog een."})
    assert "This goal has been closed." in text(again)


def test_a_readiness_form_by_its_means_and_by_the_institutions_key(both, settings, tmp_path):
    own, coach, case, _ = both
    day = own.site.world.moment.date().isoformat()
    assert "No readiness form" in text(coach.get(f"{case}stages/"))
    means = {f"mean_{n}": str(mean) for n, mean in enumerate([2, 2.5, 3, 3, 3.6, 3.4], start=1)}
    wrong = coach.post(f"{case}stages/form/", on=day, **{**means, "mean_3": "7"})
    assert set(errors(wrong)) == {"working", "mean_3"}
    assert "mean_1" in errors(coach.post(f"{case}stages/form/", on=day, working="yes"))
    coach.post(f"{case}stages/form/", on=day, working="yes", **means)
    says = "Probably 5. The questionnaire lies too close to 6 to be sure."
    assert all(
        says in text(page) for page in (coach.get(case), coach.get(f"{case}stages/"), own.get("/me/goals/stage/"))
    )
    file = tmp_path / "key.yaml"
    file.write_text("\n".join(f"{stage}: [i{number}]" for number, stage in enumerate(STAGES, start=1)))
    settings.RRTW_KEY = str(file)
    answers = {f"i{number}": str(6 - number if number < 6 else 1) for number in range(1, 7)}
    coach.post(f"{case}stages/form/", on=day, working="no", **answers)
    assert kept(Readiness)[-1].means == [5, 4, 3, 2, 1, 1]
    assert "means by the institution's key" in coach.get(f"{case}stages/").content.decode().replace("&#x27;", "'")


def test_queries_do_not_grow_with_diary_and_goals(both):
    own, coach, case, participant = both
    own.post("/me/energy/share/", share="yes")
    pages = [
        (own, "/me/energy/"),
        (own, "/me/goals/"),
        (coach, case),
        (coach, f"{case}energy/"),
        (coach, f"{case}goals/"),
    ]

    def fill(world):
        account, carer = world.account_of(participant), world.person(Role.COACH)
        for _ in range(4):
            energy.note_energy(by=account, participant=participant, **TAPS)
            goal = goals.set_goal(by=account, participant=participant, text="Iets.", importance=5, confidence=5)
            goals.add_goal_step(by=carer, goal=goal, text="Een stap.")
            goals.review_goal(by=carer, goal=goal, text="Goed.", importance=5, confidence=5)
            energy.set_practice(by=carer, participant=participant, text="Wandelen.", times=2)
            stages.record_readiness(
                by=carer, participant=participant, on=world.moment.date(), working=True, means=[1, 2, 3, 4, 5, 4]
            )

    made = []
    for _ in range(2):
        own.site.build(fill)
        counts = []
        for visitor, path in pages:
            with CaptureQueriesContext(connection) as queries:
                assert visitor.get(path).status_code == 200
            counts.append(len(queries))
        made.append(counts)
    assert made[0] == made[1]
