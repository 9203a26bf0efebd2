"""Letting the workplace in, and closing the door again.

1. The participant invites her supervisor, who gets a mail that tells nothing about health.
2. The supervisor chooses a password, sets up a second step, and sees what is shared and nothing else.
3. The coach makes a plan; the participant agrees first; only then does the supervisor see it, and agrees.
4. The coach proposes an adjustment: the participant agrees, then the supervisor. Messages, which the participant reads.
5. The participant ends the sharing: the supervisor's page is closed.
"""

import re
from collections.abc import Callable

from tests.access.test_workplace_words import MEDICAL
from tests.journeys.conftest import Walker
from tests.journeys.deeds import first_time_in

EMAIL = "carla.winkel@bakkerij.example"
ROOM = "Een bureau bij het raam"
TEXT = "Beginnen in de ochtend, met een vaste collega."


def test_a_workplace_is_let_in_and_out_again(company: Callable[[int], Walker]) -> None:
    worker, supervisor, coach = company(390), company(390), company(1280)
    # 1
    worker.enter("steps", "participant").go("/me/data/").follow("main a[href='/me/data/workplace/']")
    worker.page.fill("input[name=name]", "Carla Winkel")
    worker.page.fill("input[name=email]", EMAIL)
    worker.send()
    assert worker.page.locator("input[name=name]").input_value() == "Carla Winkel"
    for item in ("hours", "steps", "agreements", "adjustments"):
        worker.page.check(f"input[name=items][value={item}]")
    worker.send()
    assert "Carla Winkel" in worker.told()
    worker.go("/me/data/")
    name = worker.page.locator("dl.kv dd").first.inner_text()

    # 2
    mail = first_time_in(supervisor, EMAIL)
    assert name in mail
    assert_nothing_medical(mail)
    supervisor.go("/work/")
    pseudonym = supervisor.page.url.rstrip("/").rsplit("/", 1)[1]
    assert supervisor.heading == name
    assert_nothing_medical(supervisor.page.locator("body").inner_text())
    assert_nothing_medical(supervisor.page.title())
    for other in ("/care/", f"/care/{pseudonym}/", "/study/progress/", "/me/", "/house/people/"):
        assert supervisor.page.request.get(supervisor.demo.address + other).status == 404

    # 3
    offer(coach, pseudonym)
    supervisor.go("/work/")
    assert not supervisor.page.get_by_text(TEXT).count()
    worker.go("/me/plan/")
    assert worker.sees(TEXT)
    worker.follow("main form[action*='/agree/'] button")
    supervisor.seen.clear()
    supervisor.go("/work/")
    assert supervisor.sees(TEXT)
    assert_nothing_medical(supervisor.page.locator("body").inner_text())
    supervisor.follow("form[action$='/agree/'] button")
    assert "Dank" in supervisor.told()
    worker.seen.clear()
    worker.go("/me/plan/")
    assert worker.sees("Carla Winkel")

    # 4
    coach.go(f"/care/{pseudonym}/adjustment/")
    coach.page.check("input[name=adjusts][value=place]", force=True)
    coach.page.fill("textarea[name=for_workplace]", ROOM)
    coach.send()
    supervisor.go(f"/work/{pseudonym}/")
    assert not supervisor.page.get_by_text(ROOM).count()
    worker.go("/me/work/").press(re.compile(f"^Akkoord.*{ROOM}"))
    supervisor.go(f"/work/{pseudonym}/").press(re.compile(f"^Akkoord.*{ROOM}"))
    supervisor.go(f"/work/{pseudonym}/messages/")
    supervisor.page.fill("textarea[name=text]", "Komt in orde.")
    supervisor.send()
    assert_nothing_medical(supervisor.page.locator("body").inner_text())
    coach.go(f"/care/{pseudonym}/contact/")
    coach.page.check("input[name=reached][value=yes]", force=True)
    coach.send()
    assert coach.sees("Carla Winkel")
    worker.seen.clear()
    worker.go("/me/work/")
    card = worker.page.locator("article", has=worker.page.get_by_text(EMAIL))
    card.locator("a[href$='/said/']").click()
    assert worker.look().sees("Komt in orde.")
    worker.go("/me/work/")
    card.locator("a[href$='/preview/']").click()
    assert worker.look().sees(ROOM)

    # 5
    worker.go("/me/data/")
    worker.page.locator("li", has=worker.page.get_by_text(EMAIL)).locator("form button").click()
    worker.page.wait_for_load_state()
    assert not worker.page.get_by_text(EMAIL).count()
    answer = supervisor.page.goto(f"{supervisor.demo.address}/work/{pseudonym}/")
    assert answer is not None
    assert answer.status == 410
    supervisor.look().go("/work/")
    assert name not in supervisor.page.locator("body").inner_text()


def offer(coach: Walker, pseudonym: str) -> None:
    """Find the coach who looks after this person, and make a plan on their pages."""
    coaches = [way for way in coach.demo.ways if (way["study"], way["role"]) == ("steps", "coach")]
    for number in range(len(coaches)):
        coach.enter("steps", "coach", number)
        if coach.page.request.get(f"{coach.demo.address}/care/{pseudonym}/").ok:
            break
    coach.go(f"/care/{pseudonym}/plan/")
    coach.page.fill("textarea[name=for_workplace]", TEXT)
    coach.follow("button[name=do][value=offer]")
    assert coach.page.url.endswith(f"/care/{pseudonym}/"), coach.page.locator("main").inner_text()


def assert_nothing_medical(text: str) -> None:
    assert MEDICAL.findall(text) == []
