"""Each role at its own pages, in a browser: what they come for can be done, and no page has a barrier.

Participant with a plan · participant in usual care · Rentree participant · coach · workplace · analyst · steward.
"""

from datetime import timedelta

from tests.journeys.conftest import Walker
from tests.journeys.deeds import at, now


def test_a_participant_in_the_programme(walker: Walker) -> None:
    walker.enter("steps", "participant")
    mine = "plan talks know questions data data/looked data/contact data/workplace data/consent/study data/leave/study"
    for path in ("/me/", *(f"/me/{page}/" for page in mine.split())):
        walker.go(path)
        assert walker.heading
    walker.go("/me/know/")
    walker.page.locator("main a[href*='/me/know/']").first.click()
    walker.look()


def test_a_participant_in_usual_care_sees_none_of_the_programme(walker: Walker) -> None:
    walker.enter("steps", "participant", 1)
    assert walker.page.locator("header nav a[href='/me/plan/']").count() == 0
    for path in ("/me/plan/", "/me/talks/", "/me/know/", "/me/data/workplace/"):
        answer = walker.page.goto(walker.demo.address + path)
        assert answer is not None
        assert answer.status == 404
    walker.go("/me/").go("/me/questions/").go("/me/data/")


def test_a_participant_of_rentree_is_addressed_as_je(walker: Walker) -> None:
    walker.enter("rentree", "participant")
    walker.go("/me/").go("/me/plan/").go("/me/talks/").go("/me/know/")
    words = walker.page.locator("main").inner_text().split()
    assert "u" not in [word.strip(".,?!").casefold() for word in words]


def test_a_coach_plans_and_writes_up_a_session_and_offers_a_plan(walker: Walker) -> None:
    page = walker.page
    walker.enter("rentree", "coach").go("/care/")
    # The people whose programme is closed stay folded away; whoever is first needs something or comes soon.
    page.locator("article.case a.name").first.click()
    walker.look()
    case = page.url
    walker.go(case + "session/")
    page.select_option("select[name=kind]", "aftercare")
    page.fill("input[name=planned_for]", at(now() - timedelta(hours=2)))
    page.check("input[name=took_place]")
    walker.send()
    assert "/care/session/" in page.url
    page.fill("input[name=minutes]", "50")
    page.fill("textarea[name=shared_note]", "Rustig aan, en op tijd pauze.")
    walker.send()
    assert walker.sees("Rustig aan, en op tijd pauze.")
    walker.go(case + "plan/")
    page.fill("textarea[name=for_workplace]", "Beginnen met halve dagen.")
    walker.send()
    walker.go(case + "hours/")
    page.fill("input[name=actual_hours]", "200")
    walker.send()
    assert page.locator(".errors").is_visible()
    walker.go(case + "event/")


def test_a_supervisor_sees_hours_and_agreements(walker: Walker) -> None:
    walker.enter("steps", "workplace").go("/work/")
    text = walker.page.locator("body").inner_text().casefold()
    for word in ("kanker", "ziek", "steps", "behandeling", "therapeut"):
        assert word not in text


def test_a_coordinator_sees_how_far_the_study_is(walker: Walker) -> None:
    walker.enter("steps", "coordinator")
    walker.go("/study/progress/").go("/study/participants/")
    walker.page.locator("main a[href*='/study/participants/S-']").first.click()
    walker.look()


def test_an_analyst_has_a_report_made_and_reads_it(walker: Walker) -> None:
    walker.enter("rentree", "analyst").go("/study/report/").follow("main a[href*='/study/report/']")
    walker.send("main form[action$='/plan/']").send("main form[action$='/ask/']")
    walker.follow("main table a[href*='/study/reports/']")
    # The page looks again by itself until the report is there.
    walker.page.locator("main a[href$='/report.html']").first.wait_for(timeout=240_000)
    walker.look().follow("main a[href$='/report.html']")
    assert walker.page.locator("svg.fig, figure svg").count() > 3


def test_a_steward_makes_an_account_and_verifies_the_trail(walker: Walker) -> None:
    page = walker.page
    walker.enter("", "steward").go("/house/people/").go("/house/people/new/")
    page.fill("input[name=name]", "Bas Nieuw")
    page.fill("input[name=email]", "bas@opstap.example")
    walker.send()
    walker.go("/house/people/")
    page.fill("input[name=search]", "Bas Nieuw")
    walker.send()
    assert "Bas" not in page.url
    page.get_by_role("link", name="Bas Nieuw").click()
    walker.look()
    walker.go("/house/protocols/").go("/house/trail/")
    page.locator("form[action*='/verify/'] button").first.click()
    page.wait_for_load_state()
    walker.look()


def test_signing_in_by_password_and_one_time_code(walker: Walker) -> None:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    page, way = walker.page, walker.demo.way("steps", "coach")
    walker.go("/").go("/accounts/login/")
    page.fill("input[name=login]", way["email"])
    page.fill("input[name=password]", walker.demo.password)
    page.locator("main form button.btn").first.click()
    page.wait_for_load_state()
    walker.look()
    counter = next(iter(yield_hotp_counters_from_time()))
    page.fill("input[name=code]", format_hotp_value(hotp_value(way["secret"], counter)))
    page.locator("main form button.btn").first.click()
    page.wait_for_load_state()
    assert page.url.endswith("/care/")


def test_reading_choices_and_the_page_that_is_not_there(walker: Walker) -> None:
    walker.enter("steps", "participant")
    for theme in ("dark", "contrast"):
        walker.page.context.add_cookies(
            [{"name": "opstap-theme", "value": theme, "url": walker.demo.address}]
        )  # fmt: skip
        walker.seen.clear()
        walker.go("/me/")
    answer = walker.page.goto(walker.demo.address + "/me/nergens/")
    assert answer is not None
    assert answer.status == 404
    walker.look()
