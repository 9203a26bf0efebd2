"""Coming in: the mailed link, the second step of staff, the account pages, and the demonstration."""

import json
import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as real_settings
from django.core import mail
from django.test import Client
from django.urls import get_resolver
from django_scopes import scopes_disabled

from opstap.acts import clock, due, keys
from opstap.acts.letters import read_letter
from opstap.domain.access import Role
from opstap.store.models import Mail, SignInLink
from opstap.web.shared.demo import one_time_code
from opstap.web.shared.entering import CODE, LINK
from tests.world import PASSWORD


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def mailed(site):
    """Someone whose first questionnaire is open, and the path of the link in their mail."""
    participant = site.build(lambda world: world.consented())
    site.build(lambda _world: due.queue_due())
    with scopes_disabled():
        letter = read_letter(Mail.objects.select_related("participant__key").get())
    return site, participant, re.search(r"/link/\S+/", letter["text"])[0]


def spent() -> int:
    with scopes_disabled():
        return SignInLink.objects.filter(used_at__isnull=False).count()


def test_looking_at_a_link_uses_nothing_up(mailed, browser):
    site, _participant, path = mailed
    with clock.at(site.world.moment):
        for _time in range(3):
            assert browser.get(path).status_code == 200
        assert browser.head(path).status_code in (200, 405)
    assert spent() == 0
    assert "_auth_user_id" not in browser.session


def participant_pages() -> bool:
    return any("questionnaire" in str(key) for key in get_resolver().namespace_dict["participant"][1].reverse_dict)


def opened(browser, path):
    """Press the button; the page behind it is the participant's own."""
    if not participant_pages():
        pytest.skip("the participant's pages are not there")
    return browser.post(path)


def test_a_link_works_once(mailed, browser):
    site, participant, path = mailed
    with clock.at(site.world.moment):
        came = opened(browser, path)
        assert came.status_code == 302
        assert browser.session[LINK]
        assert CODE not in browser.session
        assert spent() == 1
        again = Client(headers={"accept-language": "en"}).post(path)
    assert again.status_code == 410
    assert "This link no longer works" in text(again)
    assert participant.pseudonym not in text(again)


@pytest.mark.parametrize("days", [15, 60])
def test_an_expired_link_says_so_and_offers_another(mailed, browser, days):
    site, _participant, path = mailed
    with clock.at(site.world.moment + timedelta(days=days)):
        late = browser.post(path)
    assert late.status_code == 410
    assert "Send me a new link" in text(late)
    assert spent() == 0
    assert "_auth_user_id" not in browser.session


def test_a_link_that_never_was_gets_the_same_answer(mailed, browser):
    site, _participant, path = mailed
    with clock.at(site.world.moment + timedelta(days=15)):
        never, expired = browser.post("/link/never/"), browser.post(path)
    assert never.status_code == expired.status_code == 410
    assert text(never) == text(expired)


@pytest.mark.parametrize(("known", "mails"), [(True, 2), (False, 1)])
def test_a_new_link_goes_to_the_same_mailbox_and_the_answer_tells_nothing(mailed, browser, known, mails):
    site, _participant, path = mailed
    with clock.at(site.world.moment):
        sent = browser.post(path if known else "/link/never/", {"again": "1"})
    assert sent.status_code == 200
    assert "a new link is on its way" in text(sent)
    with scopes_disabled():
        assert Mail.objects.count() == mails


def test_a_spent_link_stays_spent_after_a_new_one(mailed):
    site, _participant, path = mailed
    token = path.split("/")[2]
    with clock.at(site.world.moment):
        keys.open_link(token)
        with pytest.raises(keys.LinkSpent):
            keys.open_link(token)


def test_a_mailed_link_sets_a_password_once_and_leads_to_the_second_step(site, browser):
    user = site.build(lambda world: world.person(Role.COORDINATOR))
    browser.post("/accounts/password/reset/", {"email": user.email})
    (path,) = re.findall(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)
    form = browser.get(path).headers["Location"]
    assert "Choose a password" in text(browser.get(form))
    new = "cold milk in the evening"
    assert browser.post(form, {"password1": new, "password2": new}).headers["Location"].endswith("/key/done/")
    spent = Client(headers={"accept-language": "en"}).get(path)
    assert "This link no longer works" in text(spent)
    browser.post("/accounts/login/", {"login": user.email, "password": new})
    assert browser.get("/accounts/2fa/totp/activate/").status_code == 200


def test_a_session_of_a_while_ago_is_asked_for_the_password_again(site, browser, settings):
    user = site.build(lambda world: world.person(Role.COORDINATOR))
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1
    led = browser.get("/accounts/2fa/totp/activate/")
    assert led.status_code == 302
    assert led.headers["Location"].startswith("/accounts/reauthenticate/")


def test_the_picture_of_a_tab_is_found_at_the_root(browser):
    assert browser.get("/favicon.ico").headers["Location"].endswith("/opstap/mark.svg")


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.STEWARD, Role.ANALYST])
def test_staff_without_a_second_step_are_led_to_it(site, role):
    user = site.build(lambda world: world.person(role))
    visitor = site.come_in(user, second_step=False)
    for path in ("/study/progress/", "/house/people/", "/study/report/"):
        assert visitor.get(path).headers["Location"] == "/accounts/2fa/totp/activate/"


def test_password_then_code_then_in(site, browser):
    user = site.build(lambda world: world.person(Role.COORDINATOR))
    sent = {"login": user.email, "password": PASSWORD}
    assert "Sign in" in text(browser.get("/accounts/login/"))
    browser.post("/accounts/login/", sent)
    led = browser.get("/study/progress/")
    assert led.headers["Location"] == "/accounts/2fa/totp/activate/"
    # Who typed a password a moment ago is not asked for it again.
    page = browser.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    assert 'src="data:image/svg+xml' in page.content.decode()
    secret = re.search(r"<code[^>]*>([A-Z2-7]+)</code>", page.content.decode())[1]
    assert browser.post("/accounts/2fa/totp/activate/", {"code": one_time_code(secret)}).status_code == 302
    assert Authenticator.objects.filter(user=user, type="totp").exists()
    assert browser.get("/study/progress/").status_code == 200
    browser.post("/accounts/logout/")
    half = browser.post("/accounts/login/", sent)
    assert half.headers["Location"] == "/accounts/2fa/authenticate/"
    assert browser.get("/study/progress/").headers["Location"].startswith("/accounts/login/")
    wrong = browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    assert "_auth_user_id" not in browser.session


def test_a_wrong_password_tells_nothing_about_the_account(site, browser):
    user = site.build(lambda world: world.person(Role.COORDINATOR))
    known = browser.post("/accounts/login/", {"login": user.email, "password": "wrong password here"})
    unknown = browser.post("/accounts/login/", {"login": "nobody@x.example", "password": "wrong password here"})
    errors = [re.search(r'class="errors.*?</div>', answer.content.decode(), re.S)[0] for answer in (known, unknown)]
    assert errors[0] == errors[1]


OPEN = [
    "/",
    "/accounts/login/",
    "/accounts/inactive/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-wrong/",
    "/accounts/password/reset/key/done/",
    "/link/never/",
]
OWN = [
    "/accounts/logout/",
    "/accounts/reauthenticate/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/reauthenticate/",
    "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/2fa/recovery-codes/generate/",
]


def in_the_look(response) -> bool:
    page = response.content.decode()
    frame = 'class="mark"' in page and 'id="inhoud"' in page and "opstap.css" in page
    # The policy refuses styles and scripts inside a page; data in a script element is no script.
    inside = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", page) + re.findall(r"\sstyle=", page)
    return frame and not inside


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("path", OPEN)
def test_open_pages_are_in_the_look(db, path, language):
    response = Client(headers={"accept-language": language}).get(path)
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.content.decode()
    assert in_the_look(response)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("path", OWN)
def test_account_pages_are_in_the_look(site, path, language):
    user = site.build(lambda world: world.person(Role.COORDINATOR))
    visitor = site.come_in(user)
    assert visitor.client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    response = visitor.client.get(path, headers={"accept-language": language})
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.content.decode()
    assert in_the_look(response)


def test_recovery_codes_are_made_and_shown_in_the_look(site):
    visitor = site.as_(Role.COORDINATOR)
    assert visitor.client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    assert visitor.post("/accounts/2fa/recovery-codes/generate/").status_code == 302
    shown = visitor.get("/accounts/2fa/recovery-codes/")
    assert shown.status_code == 200
    assert in_the_look(shown)


def test_scripts_of_passkeys_come_from_our_own_files(db, browser):
    response = browser.get("/accounts/login/")
    sources = re.findall(r'<script src="([^"]+)"', response.content.decode())
    assert sources
    assert all(source.startswith("/static/") for source in sources)
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]


# The demonstration.


@pytest.fixture
def filled(site, settings, tmp_path):
    settings.HOME = tmp_path
    participant = site.build(lambda world: world.allocated())
    with scopes_disabled():
        account = participant.identity.user
    steward = site.build(lambda world: world.person(Role.STEWARD))
    ways = [
        {"key": "a", "study": "steps", "role": "participant", "name": participant.pseudonym, "user": account.pk,
         "email": "", "secret": ""},
        {"key": "b", "study": "", "role": "steward", "name": steward.name, "user": steward.pk,
         "email": steward.email, "secret": "ABCDEFGHIJKLMNOP"},
    ]  # fmt: skip

    def write(*, complete: bool) -> None:
        content = {"complete": complete, "password": "samen", "code": "opstap24", "ways": ways}
        (tmp_path / "demo.json").write_text(json.dumps(content))

    return write, account, steward


def test_the_demonstration_says_that_people_still_come_in(filled, browser):
    write, _account, _steward = filled
    assert "still coming in" in text(browser.get("/demo/"))
    write(complete=False)
    assert "still coming in" in text(browser.get("/demo/"))
    write(complete=True)
    shown = text(browser.get("/demo/"))
    assert "still coming in" not in shown
    assert one_time_code("ABCDEFGHIJKLMNOP") in shown
    assert "samen" in shown


def test_one_enters_as_someone_by_a_button(filled, browser):
    write, account, steward = filled
    write(complete=True)
    assert browser.get("/demo/enter/a/").status_code == 405
    assert browser.post("/demo/enter/a/").status_code == 302
    assert browser.session["_auth_user_id"] == str(account.pk)
    assert browser.session[CODE] is True
    assert browser.post("/demo/enter/b/").status_code == 302
    assert browser.session["_auth_user_id"] == str(steward.pk)
    assert not browser.session[CODE]
    assert browser.post("/demo/enter/nobody/").status_code == 404


def test_the_outbox_shows_mails_with_their_links(mailed, browser):
    _site, _participant, path = mailed
    shown = browser.get("/demo/outbox/")
    assert path in shown.content.decode()
    assert "Your questions are ready" in text(shown) or "Er staan vragen klaar" in text(shown)


def test_outside_a_demonstration_the_outbox_is_not_there(mailed, browser, settings):
    assert real_settings.DEMO
    settings.DEMO = False
    assert browser.get("/demo/outbox/").status_code == 404
