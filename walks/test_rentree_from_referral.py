"""Rentree, one new person all the way.

1. A nurse refers; the coordinator screens, gives the information, records both consents on paper, chooses a coach.
2. The participant opens the mailed link on a telephone, fills in the baseline, chooses a code and comes in.
3. The coach leads through the five phases, with a session in each and a plan that the participant agrees to.
4. The programme is closed; the participant reads back what was done; the analyst opens the evaluation.
"""

import re
from collections.abc import Callable
from datetime import timedelta

from tests.journeys.conftest import Walker
from tests.journeys.deeds import at, days_ago, fill_in, mailed_link, now

PHASES = ("introduction", "preparation", "plan", "aftercare", "closing")


def test_one_person_all_the_way(company: Callable[[int], Walker]) -> None:
    desk, participant = company(1280), company(390)
    pseudonym = refer(desk)
    take_in(desk, pseudonym)
    come_in(participant, desk)
    coach_through(desk, participant, pseudonym)

    participant.go("/me/").go("/me/talks/")
    assert participant.page.locator("ol.line li.done").count() == len(PHASES)
    participant.go("/me/plan/").go("/me/data/looked/")
    assert participant.sees("Ruben Eik")

    # The report itself was looked at for barriers by the analyst of `test_each_role`.
    desk.enter("rentree", "analyst")
    desk.page.locator("main a[href*='/study/report/']").first.click()
    desk.page.wait_for_load_state()
    assert desk.page.locator("figure svg, svg.fig").count() > 3
    assert "Roos" not in desk.page.locator("body").inner_text()


def refer(desk: Walker) -> str:
    page = desk.page
    desk.enter("rentree", "referrer")
    page.fill("input[name=name]", "Roos Nieuwland")
    page.fill("input[name=email]", "roos.nieuwland@rentree.example")
    page.locator("input[name=site][value='rentree/gent']").check()
    desk.send()
    found = re.search(r"R-[A-Z0-9]{6}", desk.told())
    assert found
    return found[0]


def take_in(desk: Walker, pseudonym: str) -> None:
    page, one = desk.page, f"/study/participants/{pseudonym}/"
    desk.enter("rentree", "coordinator").go(one)
    desk.follow(f"main a.btn[href='{one}screen/']")
    page.fill("input[name=date_of_birth]", "1984-02-11")
    page.fill("input[name=diagnosis_date]", days_ago(400))
    for name, value in (("wants_to_work", "true"), ("work_status", "employed"), ("own_employer", "true")):
        page.locator(f"input[name={name}][value={value}]").check(force=True)
    desk.send()
    desk.follow(f"main a.btn[href='{one}inform/']")
    page.fill("input[name=on]", days_ago(8))
    desk.send()
    for kind in ("programme", "study"):
        desk.go(f"{one}consent-{kind}/")
        for box in page.locator("main form input[type=checkbox]").all():
            box.check()
        desk.send()
    desk.go(one + "assign/")
    page.locator("main form label", has_text="Ruben Eik").first.click()
    desk.send()
    assert "Ruben Eik" in desk.told()
    desk.send('form[action*="/link/"]')


def come_in(participant: Walker, desk: Walker) -> None:
    page = participant.page
    participant.go(mailed_link(desk))
    participant.send()
    said = [int(number) for number in re.findall(r"\d+", page.locator("p.lead").inner_text())]
    asked = fill_in(participant)
    assert said[0] <= asked <= said[1], (said, asked)
    participant.go("/me/")
    page.fill("input[name=code]", "zeven7eenden")
    participant.send()
    assert page.url.endswith("/me/")
    participant.go("/me/plan/").go("/me/know/").go("/me/questions/")


def coach_through(coach: Walker, participant: Walker, pseudonym: str) -> None:
    page, case = coach.page, f"/care/{pseudonym}/"
    coach.enter("rentree", "coach", 1).go(case)
    for number, phase in enumerate(PHASES):
        coach.go(case + "session/")
        page.select_option("select[name=kind]", phase)
        page.fill("input[name=planned_for]", at(now() + timedelta(hours=1)))
        coach.send()
        coach.follow("main a[href*='/care/session/']")
        page.fill("input[name=on]", f"{now():%Y-%m-%d}")
        page.fill("textarea[name=shared_note]", f"Gesprek {number + 1}: rustig verder.")
        coach.send()
        assert coach.sees(f"Gesprek {number + 1}: rustig verder.")
        if phase == "plan":
            agree_on_a_plan(coach, participant, case)
        if phase == "closing":
            coach.go(case + "closing/").follow("form[action$='/prepare/'] button")
            # Without the participant's agreement, which the record then says: they are not there.
            page.locator("main details.more summary").first.click()
            coach.follow("main details.more form[action$='/close/'] button")
        else:
            coach.follow("form[action$='/phase/'] button")
    assert coach.told()
    coach.go(case)
    assert not page.locator("a[href$='/session/']").count()


def agree_on_a_plan(coach: Walker, participant: Walker, case: str) -> None:
    coach.go(case + "plan/")
    coach.page.fill("input[name=goal]", "Weer met plezier aan het werk.")
    coach.follow("button[value=offer]")
    participant.go("/me/").go("/me/plan/")
    assert participant.sees("Weer met plezier aan het werk.")
    participant.follow("main form[action*='/agree/'] button")
    coach.go(case)
    assert coach.sees("de deelnemer is het eens")
