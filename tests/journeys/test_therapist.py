"""A therapist of STEPS at her own pages: who needs her, one case, planning a session, holding it, making a plan."""

from collections.abc import Callable
from datetime import timedelta

from tests.journeys.conftest import Walker
from tests.journeys.deeds import at, now


def test_a_therapist_plans_holds_and_makes_a_plan(company: Callable[[int], Walker]) -> None:
    therapist = company(1280)
    page = therapist.page
    case = running_case(therapist)

    # A time that has passed is asked about, plainly: was it a session that nobody planned?
    therapist.go(case + "session/")
    page.select_option("select[name=kind]", "therapy")
    page.fill("input[name=planned_for]", at(now() - timedelta(hours=3)))
    page.fill("input[name=exception]", "Nog een keer over slapen en werken.")
    therapist.send()
    assert page.locator("#id_planned_for_error, .errors").first.is_visible()
    page.check("input[name=took_place]")
    therapist.send()
    assert "/care/session/" in page.url
    therapist.go(case)
    page.locator("form[action*='/miss/'] button").first.click()
    page.wait_for_load_state()
    assert therapist.told()

    # A time to come is planned, moved, and held.
    therapist.go(case + "session/")
    page.select_option("select[name=kind]", "therapy")
    page.fill("input[name=planned_for]", at(now() + timedelta(days=3)))
    page.check("input[name=mode][value=video]")
    page.fill("input[name=exception]", "Nog een keer over slapen en werken.")
    therapist.send()
    assert page.url.endswith(case)
    page.locator("summary", has_text="Andere tijd").first.click()
    page.fill("input[name=planned_for]", at(now() - timedelta(days=1)))
    page.locator("form[action*='/move/'] button").first.click()
    page.wait_for_load_state()
    assert "voorbij" in therapist.told()
    therapist.follow("a[href*='/care/session/']")
    page.fill("input[name=on]", f"{now():%Y-%m-%d}")
    page.fill("input[name=minutes]", "45")
    for box in page.locator("input[name=modules]").all()[:2]:
        box.check()
    page.select_option("select[name=stage]", "4")
    page.fill("textarea[name=shared_note]", "Elk uur even opstaan helpt.")
    page.fill("textarea[name=private_note]", "Let op de balans thuis.")
    therapist.send()
    assert therapist.sees("Elk uur even opstaan helpt.")
    assert therapist.sees("45 minuten")

    therapist.go(case + "plan/")
    page.check("input[name=aim][value=retention]")
    page.fill("input[name=goal]", "De middag volhouden.")
    therapist.follow("button[value=offer]")
    assert page.url.endswith(case), page.locator("main").inner_text()
    assert therapist.sees("De middag volhouden.")
    # The way back to the caseload still knows this person.
    therapist.go("/care/")
    assert page.locator(f"a[href='{case}']").count()


def running_case(therapist: Walker) -> str:
    """The address of someone whose programme runs now, at the first therapist who has one."""
    page = therapist.page
    therapists = [way for way in therapist.demo.ways if (way["study"], way["role"]) == ("steps", "therapist")]
    for number in range(len(therapists)):
        therapist.enter("steps", "therapist", number)
        for address in page.locator("article.case a.name").evaluate_all("all => all.map(one => one.pathname)"):
            therapist.go(address)
            if page.locator("a[href$='/session/']").count():
                return str(address)
    raise AssertionError("no therapist has a running case")
