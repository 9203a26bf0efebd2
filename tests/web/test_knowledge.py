"""What is good to know, at the pages: the fitting texts first, a search whose words stand in no address, sources."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opstap.acts import care, work
from opstap.domain.access import Role
from opstap.domain.knowledge import library
from tests.web.test_participant import Visit

FITS, OTHERS = "Past bij u nu", 'id="h-effects"'


@pytest.fixture
def care_of(site):
    """A participant of STEPS in care."""
    return site.build(lambda world: world.in_care())


def visit_of(site, participant) -> Visit:
    return site.build(lambda world: Visit(world, participant))


def hours(site, participant, *, ago: int, **given) -> None:
    site.build(
        lambda world: work.record_work(
            by=world.person(Role.COACH), participant=participant, start=world.moment.date() - timedelta(days=ago),
            **{"contract_hours": 32, "actual_hours": 0, "sick_percent": 100, **given},
        )
    )  # fmt: skip


def judged(site, participant, stage: int) -> None:
    def hold(world):
        session = care.plan_session(
            by=world.person(Role.COACH), participant=participant, kind="consultation", planned_for=world.moment
        )
        care.hold_session(
            by=world.person(Role.COACH), session=session, on=world.moment.date(), minutes=45, stage=stage,
            modules=["energy_balance"],
        )  # fmt: skip

    site.build(hold)


def fitting(page: str) -> list[str]:
    found = re.search(r'aria-labelledby="h-fits">(.*?)</section>', page, re.DOTALL)
    return re.findall(r"/me/know/about/([a-z-]+)/", found[1]) if found else []


def all_of(page: str) -> list[str]:
    return re.findall(r'href="/me/know/about/([a-z-]+)/"', page)


def test_the_fitting_texts_come_first_and_follow_what_is_on_record(site, care_of):
    hours(site, care_of, ago=20)
    visit = visit_of(site, care_of)
    page = visit.get("/me/know/")
    assert fitting(page) == ["rights-nl", "disclosure", "talking-colleagues", "talking-employer", "first-day-back"]
    assert page.index(FITS) < page.index(OTHERS)
    assert "met een werkgever, ziek gemeld." in page
    assert "hoe ver u bent" not in page
    judged(site, care_of, 4)
    page = visit.get("/me/know/")
    assert fitting(page) == ["rights-nl", "talking-employer", "first-day-back"]
    assert "hoe ver u bent" in page
    hours(site, care_of, ago=1, actual_hours=12, sick_percent=60)
    judged(site, care_of, 5)
    page = visit.get("/me/know/")
    assert fitting(page) == ["energy-at-work", "step-back"]
    assert "met een werkgever, aan het werk." in page
    # Whatever fits, every text of the country is on the page, once.
    assert sorted(all_of(page)) == sorted(one.id for one in library() if "nl" in one.countries)


def test_only_what_the_stage_is_judged_to_be_counts_where_stages_are_used(flemish):
    participant = flemish.build(lambda world: world.in_care())
    flemish.build(
        lambda world: work.record_work(
            by=world.person(Role.COACH), participant=participant, start=world.moment.date(), contract_hours=0,
            actual_hours=0, sick_percent=0, kind=work.Kind.NONE,
        )
    )  # fmt: skip
    visit = visit_of(flemish, participant)
    page = visit.get("/me/know/")
    assert "Past bij jou nu" in page
    assert fitting(page) == ["applying"]
    assert "zonder werkgever." in page
    assert "rights-nl" not in page
    visit.get("/me/know/about/rights-nl/", 404)
    assert "adviserend arts van je ziekenfonds" in visit.get("/me/know/about/rights-be/")
    flemish.build(lambda world: world.with_workplace(participant))
    assert "met een werkgever" in visit.get("/me/know/")


def test_what_the_first_questionnaire_told_counts_until_a_coach_wrote_hours_down(site, care_of):
    page = visit_of(site, care_of).get("/me/know/")
    told = re.search(r"Gekozen om wat we van uw werk weten:\s*([^.]*)\.", page)
    hours(site, care_of, ago=1, contract_hours=20, actual_hours=20, sick_percent=0)
    after = re.search(r"Gekozen om wat we van uw werk weten:\s*([^.]*)\.", visit_of(site, care_of).get("/me/know/"))
    assert after is not None
    assert after[1] == "met een werkgever, aan het werk"
    assert told is not None
    assert told[1].startswith("met een werkgever")


def test_searching_is_posted_and_finds_without_accents_and_capitals(site, care_of):
    visit = visit_of(site, care_of)
    assert re.search(r'<form[^>]*role="search"[^>]*method="post"', visit.get("/me/know/"))
    page = visit.post("/me/know/", 200, q="  BEDRIJFSARTS ")
    assert "rights-nl" in all_of(page)
    assert "tiredness" not in all_of(page)
    assert "/me/know/rights_duties/" in page  # the programme's own texts are searched too
    assert 'value="BEDRIJFSARTS"' in page
    assert "Alles laten zien" in page
    # An address takes no words: what stands there is not searched for.
    assert len(all_of(visit.get("/me/know/?q=bedrijfsarts"))) == sum("nl" in one.countries for one in library())


def test_counts_and_no_finds_are_told(site, care_of):
    visit = visit_of(site, care_of)
    page = visit.post("/me/know/", 200, q="afwijzing")
    assert all_of(page) == ["applying"]
    assert "In 1 tekst staat “afwijzing”." in page
    page = visit.post("/me/know/", 200, q="olifant <b>")
    assert "In geen tekst staat “olifant <b>”." in page
    assert "Probeer één korter woord, of vraag het uw coach." in page
    assert all_of(page) == []
    with_tags = visit.client.post("/me/know/", {"q": "<b>"}).content.decode()
    assert "<b>”" not in with_tags
    assert unescape(with_tags).count("<b>") == 2


@pytest.mark.parametrize("words", ["", "   "])
def test_no_words_show_everything(site, care_of, words):
    page = visit_of(site, care_of).post("/me/know/", 200, q=words)
    assert "tiredness" in all_of(page)
    assert "Alles laten zien" not in page


def test_a_very_long_search_is_cut(site, care_of):
    assert "x" * 101 not in visit_of(site, care_of).post("/me/know/", 200, q="x" * 5000)


def test_an_article_tells_its_date_and_where_it_comes_from(site, care_of):
    visit = visit_of(site, care_of)
    own = visit.get("/me/know/about/tiredness/")
    assert "in onze eigen woorden" in own
    assert "Voor het laatst nagelezen op 22 november 2026." in own
    sourced = visit.get("/me/know/about/rights-nl/")
    assert "in onze eigen woorden" not in sourced
    assert "Regeling procesgang eerste en tweede ziektejaar" in sourced
    assert re.search(r'<a href="https://wetten-acc[^"]+" rel="noreferrer">', sourced)
    # The dates stand on a page of their own, one press away.
    to_dates = 'class="btn second" href="/me/rights/"'
    assert to_dates in sourced
    assert to_dates not in own
    visit.get("/me/rights/")
    assert "opstap/reading.js" in sourced
    visit.get("/me/know/about/no-such-article/", 404)


def test_every_article_opens_in_english_too(site, care_of):
    visit = visit_of(site, care_of)
    visit.client.cookies["django_language"] = "en"
    for one in library():
        if "nl" in one.countries:
            assert f">{one.texts.en.title}</h1>" in visit.get(f"/me/know/about/{one.id}/")


def test_usual_care_finds_nothing_here_not_even_that_it_exists(site):
    usual = visit_of(site, site.build(lambda world: world.allocated("usual_care")))
    for path in ("/me/know/", "/me/know/about/tiredness/", "/me/know/about/no-such-article/"):
        usual.get(path, 404)
    usual.post("/me/know/", 404, q="moe")


def test_the_list_takes_as_many_queries_with_more_on_record(site, care_of):
    hours(site, care_of, ago=30)
    visit = visit_of(site, care_of)
    visit.get("/me/know/")

    def counted() -> int:
        with CaptureQueriesContext(connection) as few:
            visit.get("/me/know/")
        return len(few)

    before = counted()
    for ago in range(20, 5, -1):
        hours(site, care_of, ago=ago)
    judged(site, care_of, 3)
    assert counted() == before
