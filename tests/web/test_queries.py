"""The pages of queries, and the short questionnaires of those around a participant."""

from django_scopes import scopes_disabled

from opstap.acts.veil import veil
from opstap.domain.access import Role
from opstap.store.models import Measurement, Query
from tests.web.test_research import text
from tests.world import World


def many(world: World):
    participant = world.consented()
    return participant, world.fill(
        participant, "t0", contract_hours=50, actual_hours=20, first_sick_day="2025-09-01",
        first_day_back="2026-01-20", hours_since="2026-01-20", sick_days_6m=90,
    )  # fmt: skip


def test_a_data_manager_asks_the_site_answers_by_a_correction(flemish) -> None:
    participant, measurement = flemish.build(many)
    manager, site = flemish.as_(Role.DATA_MANAGER), flemish.as_(Role.COORDINATOR)
    assert manager.get("/").headers["Location"] == "/study/queries/"
    listed = manager.get("/study/review/", search=participant.pseudonym)
    assert participant.pseudonym in text(listed)
    shown = text(manager.get(f"/study/review/{veil(measurement.pk)}/"))
    assert "Raise a query" in shown
    assert "Persoon" not in shown
    address = f"/study/review/{veil(measurement.pk)}/ask/background.age/"
    assert "age" in text(manager.get(address)).lower() or "old" in text(manager.get(address)).lower()
    assert manager.post(address, text=" ").status_code == 400
    answer = manager.post(address, text="Is this right?")
    with scopes_disabled():
        asked = Query.objects.get(rule="")
    assert answer.headers["Location"] == f"/study/queries/{veil(asked.pk)}/"
    assert manager.get(f"/study/review/{veil(measurement.pk)}/ask/background.shoe/").status_code == 404
    assert manager.get(f"/study/review/{veil(measurement.pk)}/ask/shoe/").status_code == 404
    assert "2 queries wait for the site" in text(site.get("/study/queries/"))
    assert "2 queries on answers wait for the site" in text(site.get("/study/progress/"))
    assert participant.pseudonym in text(site.get("/study/queries/", state="open", raised="person", page="x"))
    assert "There is nothing here." in text(site.get("/study/queries/", state="withdrawn"))
    page = f"/study/queries/{veil(asked.pk)}/"
    assert "Is this right?" in text(site.get(page))
    correct = f"/study/answers/{measurement.pk}/correct/background.age/?query={asked.pk}"
    assert site.get(correct).status_code == 200
    assert site.post(correct, value="51", reason="Nagebeld.").headers["Location"] == page
    said = text(site.get(page))
    assert "Corrected," in said
    assert "Nagebeld." in said
    assert site.post(page, doing="close", text="").status_code == 404
    assert manager.post(page, doing="nothing").status_code == 404
    assert manager.post(page, doing="close", text="").status_code == 302
    assert manager.post(page, doing="close", text="").status_code == 409
    assert "Open again" in text(manager.get(page))
    answers = text(site.get(f"/study/answers/{measurement.pk}/"))
    assert "Queries" in answers
    assert "Nagebeld." in answers
    assert manager.get(f"/study/participants/{participant.pseudonym}/").status_code == 404


def test_a_rule_says_what_it_asks_in_both_languages(flemish) -> None:
    _participant, _measurement = flemish.build(many)
    site = flemish.as_(Role.COORDINATOR)
    assert "seldom has more than 48 hours" in text(site.get("/study/queries/"))
    site.client.cookies["django_language"] = "nl"
    site.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "nl"
    shown = text(site.get("/study/queries/"))
    assert "zelden meer dan 48 uur" in shown or "seldom has more than 48 hours" in shown


def half_a_year(world: World):
    participant = world.in_care()
    link = world.with_workplace(participant)
    world.later(days=183)
    asked = {one.respondent: one.pk for one in Measurement.objects.filter(participant=participant, wave="t6")}
    return participant, link.user, asked


def test_those_around_fill_in_save_look_over_and_hand_in(site) -> None:
    participant, supervisor, asked = site.build(half_a_year)
    therapist, work = site.as_(Role.THERAPIST), site.come_in(supervisor)
    assert "A questionnaire for you" in text(therapist.get("/care/"))
    assert "Questions for you" in text(work.get(f"/work/{participant.pseudonym}/"))
    items = {
        "therapist": ("process-therapist", ["as_meant", "tailored", "workplace_involved", "team", "attitude",
                                            "fit_organisation"]),
        "workplace": ("process-workplace", ["talks_useful", "agreements_clear", "agreements_feasible",
                                            "support_enough"]),
    }  # fmt: skip
    for visitor, place, room in ((therapist, "therapist", "care"), (work, "workplace", "work")):
        name, names = items[place]
        page = f"/{room}/{participant.pseudonym}/questions/{asked[place]}/"
        assert visitor.get(page).status_code == 200
        assert visitor.get(f"{page}check/").headers["Location"] == page
        assert visitor.post(page, **{f"{name}.{names[0]}": "77"}).status_code == 400
        assert visitor.post(page, **{f"{name}.{names[0]}": "4"}).headers["Location"] == page
        assert "Is this right?" in text(visitor.get(f"{page}check/"))
        unfinished = visitor.post(f"{page}check/")
        assert unfinished.headers["Location"] == f"{page}check/"
        assert "without an answer" in text(visitor.get(f"{page}check/"))
        full = {f"{name}.{one}": "4" for one in names}
        assert visitor.post(page, check="1", **full).headers["Location"] == f"{page}check/"
        assert visitor.post(f"{page}check/").status_code == 302
        assert "Handed in" in text(visitor.get(page))
        assert visitor.post(f"{page}check/").status_code == 409
    assert "A questionnaire for you" not in text(therapist.get("/care/"))
    assert "therapist" in text(site.as_(Role.COORDINATOR).get(f"/study/participants/{participant.pseudonym}/"))
