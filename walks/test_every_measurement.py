"""Each questionnaire of both programmes to its end, in Dutch: with the keys on a telephone, and from paper at a desk.

1. Rentree, at the start, after 6 and after 12 months: the link of the mail, short pages, everything with the keys.
2. The same from paper: the coordinator enters it all and hands it in.
3. The first questionnaire of STEPS from paper. With the keys it is walked in `test_keyboard_alone`.
"""

from collections.abc import Callable

from tests.journeys.conftest import Walker
from tests.journeys.deeds import short_pages

from walks.filling import enter_paper, later, newcomer, press_button, sent_link, to_the_end

#: When each measurement of Rentree is walked, in days after the start.
DAYS = (0, 180, 362)


def test_rentree_by_the_keyboard_alone(company: Callable[[int], Walker]) -> None:
    desk, phone = company(1280), company(390)
    one = newcomer(desk, "rentree", "toetsen@rentree.example")
    short_pages(phone)
    for days in DAYS:
        later(desk, days)
        later(phone, days)
        phone.go(sent_link(desk, one))
        press_button(phone.page, ".")
        press_button(phone.page, "Begin")
        phone.look()
        assert to_the_end(phone.page) > 5
        assert "Dank je wel" in phone.heading
    assert "onderzoek afgerond" in desk.go(one).page.locator("main").inner_text()


def test_rentree_from_paper(company: Callable[[int], Walker]) -> None:
    desk = company(1280)
    one = newcomer(desk, "rentree", "papier@rentree.example")
    for days in DAYS:
        later(desk, days)
        enter_paper(desk, one)
    assert "onderzoek afgerond" in desk.go(one).page.locator("main").inner_text()


def test_the_first_questionnaire_of_steps_from_paper(company: Callable[[int], Walker]) -> None:
    desk = company(1280)
    one = newcomer(desk, "steps", "papier@steps.example")
    enter_paper(desk, one)
    assert "wacht op loting" in desk.go(one).page.locator("main").inner_text()
