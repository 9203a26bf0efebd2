"""What people in more than one story do: fill in, read their mail, choose a password, give a second step."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from opstap.web.shared.demo import one_time_code
from tests.journeys.conftest import Walker

PASSWORD = "vier eenden op het ijs"
HERE = ZoneInfo("Europe/Brussels")


def now() -> datetime:
    """The time on the clock of whoever looks at the pages."""
    return datetime.now(HERE)


def at(moment: datetime) -> str:
    """A moment as a field for day and time takes it."""
    return f"{moment:%Y-%m-%dT%H:%M}"


def mailed_link(walker: Walker) -> str:
    """The link of the newest mail about a questionnaire."""
    walker.go("/demo/outbox/")
    link = walker.page.locator('a[href*="/link/"]').first.get_attribute("href") or ""
    return walker.demo.address + link.removeprefix(walker.demo.address)


def someone_asked(walker: Walker, email: str) -> str:
    """Refer someone to STEPS, screen and inform them, record both consents; give the link to their questionnaire."""
    page = walker.page
    for role in ("referrer", "coordinator"):
        way = walker.demo.way("steps", role)
        page.context.clear_cookies()
        page.goto(f"{walker.demo.address}/demo/")
        page.locator(f'form[action="/demo/enter/{way["key"]}/"] button').click()
        if role == "referrer":
            page.fill("input[name=name]", "Nieuwe Deelnemer")
            page.fill("input[name=email]", email)
            page.fill("input[name=phone]", "010 555 01 42")
            if page.locator("input[name=site]").count():
                page.locator("input[name=site]").first.check()
            page.locator("main form button.btn").first.click()
            page.wait_for_load_state()
            found = re.search(r"S-[A-Z0-9]{6}", page.locator("main").inner_text())
            assert found
    one = f"{walker.demo.address}/study/participants/{found[0]}/"
    page.goto(f"{one}screen/")
    screen(walker)
    page.goto(f"{one}inform/")
    page.fill("input[name=on]", days_ago(8))
    page.locator("main form button.btn").first.click()
    for kind in ("programme", "study"):
        page.goto(f"{one}consent-{kind}/")
        for box in page.locator("main form input[type=checkbox]").all():
            box.check()
        page.locator("main form button.btn").first.click()
        page.wait_for_load_state()
    page.goto(one)
    page.locator('form[action*="/link/"] button').first.click()
    page.wait_for_load_state()
    page.goto(f"{walker.demo.address}/demo/outbox/")
    link = page.locator('a[href*="/link/"]').first.get_attribute("href") or ""
    return walker.demo.address + link.removeprefix(walker.demo.address)


def screen(walker: Walker) -> None:
    """Answer the screening so that every criterion of the registry is met."""
    page = walker.page
    page.fill("input[name=date_of_birth]", "1980-05-04")
    page.fill("input[name=diagnosis_date]", days_ago(200))
    page.fill("input[name=paid_work_before_diagnosis_months]", "60")
    page.fill("input[name=contract_hours_per_week]", "32")
    for name in ("histologically_confirmed", "curative_intent", "life_expectancy_over_1_year"):
        page.locator(f"input[name={name}]").first.check()
    page.locator("input[name=treatments][value=chemotherapy]").check()
    page.locator("input[name=work_status][value=sick_leave]").check()
    permanent = page.locator("input[type=checkbox][name^=contract_end]")
    permanent.first.check() if permanent.count() else page.fill("input[name=contract_end]", "permanent")
    page.locator("main form button.btn").first.click()
    page.wait_for_load_state()


def account_mail(walker: Walker, email: str) -> str:
    """The newest mail about an account to an address, as its reader sees it."""
    walker.go("/demo/outbox/")
    return walker.page.locator("article", has=walker.page.get_by_text(email)).first.inner_text()


def first_time_in(walker: Walker, email: str) -> str:
    """Follow the link of the mail, choose a password, sign in with it, set up the second step; give the mail."""
    page, mail = walker.page, account_mail(walker, email)
    found = re.search(r"https?://\S+/accounts/password/reset/key/\S+", mail)
    assert found, mail
    walker.go(found[0])
    for field in page.locator("main input[type=password]").all():
        field.fill(PASSWORD)
    walker.send()
    walker.follow("main a[href='/accounts/login/']")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    walker.send()
    assert page.url.endswith("/accounts/2fa/totp/activate/"), page.url
    give_code(walker, page.locator("main code").inner_text())
    return mail


def give_code(walker: Walker, secret: str) -> None:
    """Type the one-time code of this moment; once more when it ran out between reading and sending."""
    page, before = walker.page, walker.page.url
    for _time in range(2):
        page.fill("input[name=code]", one_time_code(secret))
        walker.send()
        if page.url != before:
            return
    raise AssertionError(f"the code was not taken: {page.locator('main').inner_text()}")


def fill_in(walker: Walker) -> int:
    """Go through a questionnaire page by page, answering what is asked, until it is sent; tell how many there were."""
    page = walker.page
    walker.follow("main a.btn, main form button.btn")
    asked = 0
    while "/check/" not in page.url and asked < 130:
        answer(walker)
        asked += 1
    assert "/check/" in page.url, page.url
    walker.look()
    page.locator("main form button.btn").last.click()
    page.wait_for_load_state()
    walker.look()
    return asked


#: The questions of a page: a group of radio buttons or boxes is one, each other field is one.
FIELDS = """() => {
  const seen = new Set();
  return [...document.querySelectorAll('form.question input:not([type=hidden]), form.question textarea')]
    .filter(one => !['radio', 'checkbox'].includes(one.type) || !seen.has(one.name) && seen.add(one.name))
    .map(one => ({name: one.name, type: one.tagName === 'TEXTAREA' ? 'textarea' : one.type,
                 small: !!one.closest('.cell, .thing')}));
}"""


def short_pages(walker: Walker) -> None:
    """Choose pages of at most five questions, as the button at the start does."""
    walker.page.context.add_cookies([{"name": "opstap-pace", "value": "page", "url": walker.demo.address}])


def answer(walker: Walker) -> None:
    """Answer every question of a page, and send it."""
    page = walker.page
    for one in page.evaluate(FIELDS):
        field = page.locator(f'form.question [name="{one["name"]}"]').first
        if one["type"] in ("radio", "checkbox"):
            field.check(force=True)
        else:
            field.fill(words_for(one["name"], long=one["type"] == "textarea", small=one["small"]))
    # The script sends the page and then goes on: wait for the next document, not for this one.
    before = page.evaluate("performance.timeOrigin")
    page.locator("form.question button.btn.big").first.click()
    page.wait_for_function("before => performance.timeOrigin !== before", arg=before, polling=50)
    page.wait_for_load_state()


def words_for(name: str, *, long: bool, small: bool) -> str:
    """What fits a field: a day two months ago, hours of a day, days in four weeks, weeks in six months, an age."""
    year, month, day = days_ago(60).split("-")
    for ending, value in (("year", year), ("month", month), ("day", day)):
        if name.split(".")[-1] == ending:
            return value
    return "Gewoon een antwoord." if long else "4" if small else "20"


def days_ago(days: int) -> str:
    return (date.today() - timedelta(days=days)).isoformat()
