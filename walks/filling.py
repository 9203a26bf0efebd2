"""What the walks with questionnaires share: someone new in a study, their keys, and the coordinator's paper."""

import re
from collections.abc import Callable

from playwright.sync_api import Page
from tests.journeys.conftest import Walker
from tests.journeys.deeds import days_ago, screen, words_for

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
#: The fields of the coordinator's page: a group of radio buttons or of boxes is one.
PAPER = """() => {
  const seen = new Set();
  return [...document.querySelectorAll('main form input:not([type=hidden]), main form textarea')]
    .filter(one => one.name.includes('.') && !seen.has(one.name) && seen.add(one.name))
    .map(one => ({name: one.name, type: one.tagName === 'TEXTAREA' ? 'textarea' : one.type,
                 small: one.hasAttribute('aria-label')}));
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


def to_the_end(page: Page) -> int:
    """Fill in page by page with the keys until the check, and hand in; tell how many pages there were."""
    pages = 0
    while "/check/" not in page.url and pages < 60:
        if "/pause/" in page.url:
            press_button(page, "^Verder")
            continue
        fill_by_keyboard(page)
        press_button(page, "^(Verder|Volgende vraag|Naar het nakijken)")
        assert not page.locator(".errors").count(), page.locator(".errors").inner_text()
        pages += 1
    assert "Alles is ingevuld" in page.locator("main").inner_text()
    press_button(page, "^Insturen")
    return pages


def newcomer(desk: Walker, study: str, email: str) -> str:
    """Refer, screen and inform someone, and record both consents; give the address of their page."""
    page = desk.page
    desk.enter(study, "coordinator").go("/study/refer/")
    page.fill("input[name=name]", "Nieuwe Deelnemer")
    page.fill("input[name=email]", email)
    if page.locator("input[name=site]").count():
        page.locator("input[name=site]").first.check()
    desk.send()
    found = re.search(r"[SR]-[A-Z0-9]{6}", page.locator("main").inner_text())
    assert found
    one = f"/study/participants/{found[0]}/"
    desk.go(f"{one}screen/")
    if study == "steps":
        screen(desk)
    else:
        page.fill("input[name=date_of_birth]", "1980-05-04")
        page.fill("input[name=diagnosis_date]", days_ago(200))
        for name in ("wants_to_work", "own_employer"):
            page.locator(f"input[name={name}]").first.check()
        page.locator("input[name=work_status][value=employed]").check()
        desk.send()
    desk.go(f"{one}inform/")
    page.fill("input[name=on]", days_ago(8))
    desk.send()
    for kind in ("programme", "study"):
        desk.go(f"{one}consent-{kind}/")
        for box in page.locator("main form input[type=checkbox]").all():
            box.check()
        desk.send()
    return one


def later(walker: Walker, days: int) -> None:
    """Let someone live so many days ahead of today."""
    walker.page.context.add_cookies([{"name": "opstap_days", "value": str(days), "url": walker.demo.address}])


def sent_link(desk: Walker, one: str) -> str:
    """Send someone a link to what is open for them, and give it."""
    page = desk.page
    desk.go(one)
    page.locator('form[action*="/link/"] button').first.click()
    page.wait_for_load_state()
    desk.go("/demo/outbox/")
    link = page.locator('a[href*="/link/"]').first.get_attribute("href") or ""
    return desk.demo.address + link.removeprefix(desk.demo.address)


def enter_paper(desk: Walker, one: str) -> None:
    """Enter what is open for someone from paper, as the coordinator, and hand it in."""
    page = desk.page
    desk.go(one)
    numbers = {
        found[1]
        for link in page.locator('main a[href*="/study/answers/"]').all()
        if (found := re.search(r"/study/answers/(\d+)/$", link.get_attribute("href") or ""))
    }
    for number in sorted(numbers, key=int):
        desk.go(f"/study/answers/{number}/")
        if page.locator("button[name=submit]").count():
            break
    else:
        raise AssertionError(f"nothing can be entered for {one}")
    for field in page.evaluate(PAPER):
        box = page.locator(f'main form [name="{field["name"]}"]').first
        if field["type"] in ("radio", "checkbox"):
            box.check(force=True)
        elif field["type"] == "date":
            box.fill(days_ago(60))
        else:
            box.fill(words_for(field["name"], long=field["type"] == "textarea", small=field["small"]))
    page.locator("button[name=submit]").click()
    page.wait_for_load_state()
    desk.arrive()
    assert not page.locator(".errors").count(), page.locator(".errors").inner_text()
