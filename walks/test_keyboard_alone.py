"""The first questionnaire of STEPS on a telephone, by the keyboard alone.

1. Someone opens the link of their mail, and chooses short pages, with Tab, Space, arrows and Enter.
2. Each page is filled in and sent in the same way; what is missing takes them to the field.
3. They check their answers and hand them in.
"""

from collections.abc import Callable

from tests.journeys.conftest import Walker
from tests.journeys.deeds import someone_asked

from walks.filling import FOCUSED, press_button, tab_to, to_the_end


def test_the_first_questionnaire_by_the_keyboard_alone(company: Callable[[int], Walker]) -> None:
    link = someone_asked(company(1280), "toetsen@steps.example")
    walker = company(390)
    page = walker.page
    walker.go(link)
    press_button(page, ".")
    walker.look()
    # Short pages: Tab to the choice, an arrow for the other, and Enter on its button.
    tab_to(page, lambda now: now["name"] == "pace")
    page.keyboard.press("ArrowRight")
    press_button(page, "Zo laten zien")
    press_button(page, "Begin")
    walker.look()
    # Nothing filled in: the keys stand where something is missing, and it is said there.
    tab_to(page, lambda now: now["main"] and "Verder" in now["words"])
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED)["name"] == "answer.age"
    assert "Er is nog geen antwoord" in page.locator(".one-of #before-sending").inner_text()
    page.reload()
    assert 15 < to_the_end(page) < 60
    assert "Dank u wel" in walker.heading
    walker.look()
