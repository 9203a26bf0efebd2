"""STEPS, walked through in a browser.

1. A nurse refers someone in under a minute and sees that it was taken up.
2. The coordinator screens against the registry's criteria, notes the information, records both consents on paper.
3. The participant opens the mailed link: it works once, and opens the first questionnaire and nothing else.
4. They fill it in, one question a page, check it and send it.
5. The coordinator draws the lot, once.
"""

import re

from tests.journeys.conftest import Walker
from tests.journeys.deeds import days_ago, fill_in, mailed_link, screen, short_pages


def test_from_referral_to_the_lot(walker: Walker) -> None:
    page = walker.page
    # 1
    walker.enter("steps", "referrer")
    page.fill("input[name=name]", "Nieuwe Deelnemer")
    page.fill("input[name=email]", "nieuwe.deelnemer@steps.example")
    page.fill("input[name=phone]", "010 555 01 42")
    if page.locator("select[name=site]").count():
        page.select_option("select[name=site]", index=1)
    elif page.locator("input[name=site]").count():
        page.locator("input[name=site]").first.check()
    page.locator("main form button.btn").first.click()
    page.wait_for_load_state()
    walker.look()
    pseudonym = re.search(r"S-[A-Z0-9]{6}", page.locator("main").inner_text())[0]

    # 2
    walker.enter("steps", "coordinator")
    one = f"/study/participants/{pseudonym}/"
    walker.go(one)
    walker.go(one + "screen/")
    screen(walker)
    walker.look()
    walker.go(one + "inform/")
    page.fill("input[name=on]", days_ago(8))
    page.locator("main form button.btn").first.click()
    for kind in ("programme", "study"):
        walker.go(f"{one}consent-{kind}/")
        for box in page.locator("main form input[type=checkbox]").all():
            box.check()
        page.locator("main form button.btn").first.click()
        page.wait_for_load_state()
    walker.look()

    # 3
    page.locator('form[action*="/link/"] button').first.click()
    page.wait_for_load_state()
    link = mailed_link(walker)
    page.context.clear_cookies()
    walker.go(link)
    page.locator("main form button.btn").first.click()
    page.wait_for_load_state()
    assert "/me/questions/" in page.url
    walker.look()
    start = page.url
    page.goto(walker.demo.address + "/me/plan/")
    assert "/me/code/" in page.url
    walker.look()

    # 4
    page.goto(start)
    short_pages(walker)
    fill_in(walker)

    # The link is spent: it says so, and offers a new one.
    page.context.clear_cookies()
    page.goto(link)
    page.locator("main form button.btn").first.click()
    page.wait_for_load_state()
    assert page.evaluate("document.title")
    assert "/me/" not in page.url
    walker.look()

    # 5
    walker.enter("steps", "coordinator")
    walker.go(one + "allocate/")
    page.locator("main form button.btn").first.click()
    page.wait_for_load_state()
    walker.look()
    # A second press finds it done: nothing is drawn twice.
    assert page.request.get(walker.demo.address + one).ok
    page.goto(walker.demo.address + one + "allocate/")
    page.locator("main form button.btn").first.click()
    page.wait_for_load_state()
    assert "/allocate/" in page.url
