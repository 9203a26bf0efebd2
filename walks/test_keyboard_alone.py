"""The first questionnaire of STEPS on a telephone, by the keyboard alone.

1. Someone opens the link of their mail, and chooses short pages, with Tab, Space, arrows and Enter.
2. Each page is filled in and sent in the same way; what is missing takes them to the field.
3. They check their answers and hand them in.
"""

import re
from collections.abc import Callable

from playwright.sync_api import Page
from tests.journeys.conftest import Walker
from tests.journeys.deeds import someone_asked, words_for

#: What of a page can be reached with Tab, in order; a group of radio buttons is one stop.
STOPS = """() => {
  const seen = new Set();
  return [...document.querySelectorAll('form.question input:not([type=hidden]), form.question textarea')]
    .filter(one => one.type !== 'radio' || !seen.has(one.name) && seen.add(one.name))
    .map(one => ({name: one.name, type: one.tagName === 'TEXTAREA' ? 'textarea' : one.type,
                 small: !!one.closest('.cell, .thing')}));
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  return {name: one.name || '', type: one.tagName === 'TEXTAREA' ? 'textarea' : one.type || '',
          words: one.innerText || '', main: !!one.closest('main')};
}"""


def tab_to(page: Page, fits: Callable[[dict], bool], most: int = 60) -> dict:
    """Press Tab until something fits has the focus; nothing is ever out of reach."""
    for _press in range(most):
        page.keyboard.press("Tab")
        now = page.evaluate(FOCUSED)
        if fits(now):
            return now
    raise AssertionError(f"not reached with Tab on {page.url}")


def press_button(page: Page, words: str) -> None:
    tab_to(page, lambda now: now["main"] and bool(re.search(words, now["words"])))
    before = page.evaluate("performance.timeOrigin")
    page.keyboard.press("Enter")
    # The script sends the page and then goes on: wait for the next document.
    page.wait_for_function("before => performance.timeOrigin !== before", arg=before, polling=50)
    page.wait_for_load_state("domcontentloaded")


def fill_by_keyboard(page: Page) -> None:
    """Answer every question of a page with the keys."""
    for stop in page.evaluate(STOPS):
        tab_to(page, lambda now, name=stop["name"]: now["name"] == name)
        if stop["type"] == "radio":
            page.keyboard.press("Space")
        elif stop["type"] == "checkbox":
            if page.locator("form.question input[type=checkbox]").first.get_attribute("name") == stop["name"] and (
                not page.locator("form.question input[type=checkbox]:checked").count()
            ):
                page.keyboard.press("Space")
        else:
            page.keyboard.type(words_for(stop["name"], long=stop["type"] == "textarea", small=stop["small"]))


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
    pages = 0
    while "/check/" not in page.url and pages < 60:
        if "/pause/" in page.url:
            press_button(page, "^Verder")
            continue
        fill_by_keyboard(page)
        press_button(page, "^(Verder|Volgende vraag|Naar het nakijken)")
        assert not page.locator(".errors").count(), page.locator(".errors").inner_text()
        pages += 1
    assert 15 < pages < 60
    walker.look()
    assert "Alles is ingevuld" in page.locator("main").inner_text()
    press_button(page, "^Insturen")
    assert "Dank u wel" in walker.heading
    walker.look()
