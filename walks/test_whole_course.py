"""Both programmes over a whole simulated course, in Dutch: months pass, and each does their part on their own screen.

The participant and the supervisor have a telephone (390), the therapist and the coach a desk (1280).
STEPS: eight talks in six months, plan, workplace, a step back, closing, aftercare. Rentree: the five phases, with
looking for new work in between, to the look back and the contact during the new job.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from tests.journeys.conftest import Demo, Walker
from tests.journeys.deeds import at, first_time_in, now

ROOM = "Op dinsdag thuis werken"


class Course:
    """Everyone around one participant; when time passes, it passes for all of them."""

    def __init__(self, company: Callable[[int], Walker], study: str) -> None:
        self.study, self.days = study, 0
        self.participant, self.coach, self.supervisor = company(390), company(1280), company(390)
        self.therapist = company(1280) if study == "steps" else None
        # What these pages are looked at for, other walks have looked at; here each new kind is looked at by name.
        for one in self.everyone:
            one.looks = False

    @property
    def everyone(self) -> list[Walker]:
        return [one for one in (self.participant, self.coach, self.supervisor, self.therapist) if one]

    @property
    def today(self) -> datetime:
        return now() + timedelta(days=self.days)

    def later(self, days: int) -> None:
        """Let days pass for everyone: the cookie that the page of the demonstration sets."""
        self.days += days
        for one in self.everyone:
            one.page.context.add_cookies([{"name": "opstap_days", "value": str(self.days), "url": one.demo.address}])

    def begin(self) -> str:
        """Sign in the newest participant and whoever looks after them; give the pseudonym."""
        demo: Demo = self.participant.demo
        own = [way for way in demo.ways if (way["study"], way["role"]) == (self.study, "participant")]
        self.participant.enter(self.study, "participant", len(own) - 1)
        pseudonym = own[-1]["name"].split(",")[0]
        for walker, role in ((self.coach, "coach"), (self.therapist, "therapist")):
            if walker is None:
                continue
            ways = [way for way in demo.ways if (way["study"], way["role"]) == (self.study, role)]
            for number in range(len(ways)):
                walker.enter(self.study, role, number)
                if walker.page.request.get(f"{demo.address}/care/{pseudonym}/").ok:
                    break
            else:
                pytest.fail(f"no {role} looks after {pseudonym}")
        return pseudonym

    def talk(self, carer: Walker, case: str, note: str, kind: str = "", *, with_workplace: bool = False) -> None:
        """Plan a talk, confirm it as the participant, and write it up."""
        carer.go(case + "session/")
        if kind:
            carer.page.select_option("select[name=kind]", kind)
        carer.page.fill("input[name=planned_for]", at(self.today + timedelta(hours=3)))
        carer.send()
        assert carer.page.url.endswith(case), carer.page.locator("main").inner_text()
        self.participant.go("/me/talks/").follow("main form[action*='/confirm/'] button")
        carer.go(case).follow("main a[href*='/care/session/']")
        carer.page.fill("input[name=on]", f"{self.today:%Y-%m-%d}")
        carer.page.locator("input[name=modules]").first.check()
        if with_workplace:
            carer.page.check("input[name=with_workplace]")
        carer.page.fill("textarea[name=shared_note]", note)
        carer.send()
        assert carer.sees(note)

    def plan(self, case: str, goal: str) -> None:
        """Let the coach make a plan, the participant agree, and the supervisor after that."""
        self.coach.go(case + "plan/")
        self.coach.page.fill("input[name=goal]", goal)
        self.coach.follow("button[value=offer]")
        self.participant.go("/me/plan/").follow("main form[action*='/agree/'] button")
        self.supervisor.go("/work/").follow("form[action$='/agree/'] button")
        assert "Dank" in self.supervisor.told()

    def let_in(self, email: str) -> None:
        """Let the supervisor in, by mail."""
        page = self.participant.page
        self.participant.go("/me/data/workplace/")
        page.fill("input[name=name]", "Carla Winkel")
        page.fill("input[name=email]", email)
        for box in page.locator("input[name=items]").all():
            box.check()
        self.participant.send()
        first_time_in(self.supervisor, email)

    def close(self, case: str) -> None:
        """Close in steps: both write beforehand, look back together, agree, close; then the letter and aftercare."""
        coach, own = self.coach, self.participant
        coach.go(case + "closing/").follow("form[action$='/prepare/'] button")
        own.go("/me/closing/").look()
        own.go("/me/closing/words/").look()
        own.page.fill("textarea[name=helped]", "Dat iemand meedacht.")
        own.send()
        coach.go(case + "closing/words/").look()
        coach.page.fill("textarea[name=helped]", "Kleine stappen, elke week.")
        coach.page.fill("input[name=sign_0], textarea[name=sign_0]", "Slecht slapen")
        coach.page.fill("input[name=do_0], textarea[name=do_0]", "Een dag minder, en bellen")
        coach.send()
        coach.go(case + "closing/").follow("form[action$='/look-back/'] button")
        own.go("/me/closing/").follow("main form[action$='/agree/'] button")
        coach.go(case + "aftercare/").look()
        day = f"{self.today + timedelta(days=42):%Y-%m-%d}"
        coach.page.fill("input[name=other]", day)
        coach.send()
        coach.go(case + "closing/").look().follow("form[action$='/close/'] button")
        own.go("/me/")
        assert own.look().sees("Slecht slapen")
        coach.go(case + "letter/?kind=closing").look()
        coach.send()
        self.later(43)
        coach.go("/care/")
        coach.go(case + "closing/").follow("main a[href*='/care/aftercare/']").look()
        coach.page.fill("input[name=on]", f"{self.today:%Y-%m-%d}")
        coach.page.fill("input[name=minutes]", "15")
        coach.page.fill("textarea[name=shared_note]", "Het gaat goed op het werk.")
        coach.send()
        own.go("/me/closing/")
        assert own.look().sees("Het gaat goed op het werk.")


def test_steps_over_six_months_and_after(company: Callable[[int], Walker]) -> None:
    course = Course(company, "steps")
    pseudonym = course.begin()
    case, own, coach, therapist = f"/care/{pseudonym}/", course.participant, course.coach, course.therapist
    assert therapist is not None
    course.let_in("carla.winkel@steps-werk.example")

    # The first weeks: a goal, the diary, the stage, rights, late effects.
    own.go("/me/goals/new/")
    own.page.fill("textarea[name=text]", "Weer drie dagen werken.")
    own.page.fill("input[name=importance]", "8")
    own.page.fill("input[name=confidence]", "4")
    own.send()
    own.go("/me/energy/")
    own.page.locator("label.tile", has_text="Werken").click()
    own.page.locator("label.tile", has_text="Kostte energie").click()
    own.press("Ging wel")
    own.go("/me/rights/").go("/me/know/about/tiredness/")
    kinds = held(therapist, case)
    course.talk(therapist, case, "Kennisgemaakt met de week van nu.")
    course.later(14)
    course.talk(coach, case, "Met het werk gebeld.", with_workplace=True)
    course.plan(case, "Rustig opbouwen tot drie dagen.")

    # During the resumption: an adjustment, a step back, a message, hours really worked.
    course.later(21)
    coach.go(case + "adjustment/")
    coach.page.check("input[name=adjusts][value=place]", force=True)
    coach.page.fill("textarea[name=for_workplace]", ROOM)
    coach.send()
    own.go("/me/work/").press(re.compile(f"^Akkoord.*{ROOM}"))
    course.supervisor.go(f"/work/{pseudonym}/").press(re.compile(f"^Akkoord.*{ROOM}"))
    coach.go(case + "hours/")
    coach.page.fill("input[name=start]", f"{course.today:%Y-%m-%d}")
    for name, value in (("contract_hours", "24"), ("actual_hours", "8"), ("sick_percent", "66")):
        coach.page.fill(f"input[name={name}]", value)
    coach.send()
    course.talk(therapist, case, "De week getekend.")
    course.later(21)
    own.go("/me/plan/").follow("main a[href='/me/plan/back/']").follow("main form[method=post] button.btn.big")
    assert "stap terug" in own.told()
    coach.go("/care/")
    coach.go(case + "plan/").follow("#accept button")
    own.go("/me/messages/")
    own.page.fill("textarea[name=text]", "Het was even te veel.")
    own.send()
    coach.go(case + "messages/")
    assert coach.sees("Het was even te veel.")
    number = 0
    while held(coach, case) < 8:
        number += 1
        course.later(14)
        course.talk(coach if number % 2 else therapist, case, f"Verder in week {course.days // 7}.")
    assert held(coach, case) == 8 > kinds

    # The ninth talk asks for a reason, and says so.
    coach.go(case + "session/")
    coach.page.fill("input[name=planned_for]", at(course.today + timedelta(hours=3)))
    coach.page.locator("main form").first.locator("button.btn").first.click()
    coach.page.wait_for_load_state()
    assert coach.sees(re.compile("Alle gesprekken van dit programma zijn gebruikt"))

    course.close(case)
    course.supervisor.go(f"/work/{pseudonym}/")


def held(carer: Walker, case: str) -> int:
    """How many talks were held, as the case page says it."""
    carer.go(case)
    found = re.search(r"(\d+) van 8 sessies", carer.page.locator("main").inner_text())
    assert found, carer.page.locator("main").inner_text()[:600]
    return int(found[1])


def test_rentree_over_a_year(company: Callable[[int], Walker]) -> None:
    course = Course(company, "rentree")
    pseudonym = course.begin()
    case, own, coach = f"/care/{pseudonym}/", course.participant, course.coach
    course.let_in("carla.winkel@rentree-werk.example")
    advance(coach, case)
    course.talk(coach, case, "Gesproken over vermoeidheid.", "preparation")
    own.go("/me/energy/").go("/me/rights/").go("/me/goals/")
    course.later(30)
    advance(coach, case)
    course.talk(coach, case, "Het plan samen gemaakt.", "plan", with_workplace=True)
    course.plan(case, "Weer aan het werk, op mijn tempo.")

    # The work does not go on: looking for new work, from wishes to an offer.
    course.later(60)
    own.go("/me/search/begin/").look()
    own.page.locator("main form input[type=radio]").first.check(force=True)
    own.send()
    own.go("/me/search/application/").look()
    own.page.fill("input[name=where]", "Bibliotheek Zuid")
    own.page.fill("input[name=function]", "Balie")
    own.page.locator("main form input[type=radio]").first.check(force=True)
    own.send()
    own.go("/me/search/").look()
    assert own.sees(re.compile("Bibliotheek Zuid"))
    coach.go(case + "search/").look()
    # It is their own until they share it.
    assert not coach.page.get_by_text("Bibliotheek Zuid").count()
    course.supervisor.go("/work/")
    assert "Bibliotheek" not in course.supervisor.page.locator("body").inner_text()

    course.later(60)
    advance(coach, case)
    course.talk(coach, case, "De eerste weken in de nieuwe job.", "aftercare")
    course.later(60)
    advance(coach, case)
    course.talk(coach, case, "Teruggekeken op het jaar.", "closing")
    course.close(case)


def advance(coach: Walker, case: str) -> None:
    """Go on to the next phase, where there is one."""
    coach.go(case)
    form = coach.page.locator("form[action$='/phase/'] button")
    if form.count():
        form.first.click()
        coach.page.wait_for_load_state()
