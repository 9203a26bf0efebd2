"""Coming in: a new colleague from the steward's form to their own pages, and a passkey in the place of a code."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.journeys.conftest import Walker
from tests.journeys.deeds import first_time_in

EMAIL = "mila.nieuw@steps.example"


def test_a_new_colleague_comes_in(company: Callable[[int], Walker]) -> None:
    steward, colleague = company(1280), company(390)
    page = steward.page
    steward.enter("", "steward").follow("main a[href='/house/people/new/']")
    page.fill("input[name=name]", "Mila Nieuw")
    page.fill("input[name=email]", EMAIL)
    steward.send()
    assert "Mila Nieuw" in steward.told()
    assert steward.heading == "Mila Nieuw"
    page.select_option("select[name=role]", "coach")
    page.select_option("select[name=where]", "steps/utrecht")
    steward.send("main form:has(select[name=role])")
    assert steward.sees("Coach, STEPS, Utrecht")

    mail = first_time_in(colleague, EMAIL)
    assert "Mila Nieuw" in mail
    colleague.go("/")
    assert colleague.page.url.endswith("/care/")
    assert colleague.page.request.get(colleague.demo.address + "/house/people/").status == 404
    # A spent link says so, and leads to a new one.
    late = company(390)
    link = next(word for word in mail.split() if "/reset/key/" in word)
    late.go(link)
    late.follow("main a[href='/accounts/password/reset/']")
    late.page.fill("input[name=email]", EMAIL)
    late.send()


def test_a_passkey_takes_the_place_of_password_and_code(walker: Walker) -> None:
    page = walker.page
    device(page)
    walker.enter("rentree", "coordinator", 1).go("/accounts/2fa/").follow("main a[href='/accounts/2fa/webauthn/']")
    walker.follow("main a[href='/accounts/2fa/webauthn/add/']")
    page.fill("input[name=password]", walker.demo.password)
    walker.send()
    assert page.url.endswith("/accounts/2fa/webauthn/add/"), page.url
    page.fill("input[name=name]", "Sleutel van Otto")
    if page.locator("input[name=passwordless]").count():
        page.locator("input[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda url: not url.endswith("/add/"))
    walker.look().go("/accounts/2fa/webauthn/")
    assert walker.sees("Sleutel van Otto")

    page.context.clear_cookies()
    walker.go("/accounts/login/")
    page.locator("#passkey_login").click()
    page.wait_for_url("**/study/progress/")
    walker.look()


def device(page: Page) -> None:
    """Give the browser a device of its own that keeps passkeys, and a finger on it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
