"""The steward's pages: people and roles, the trail in sentences, the protocols; and no participant by name."""

import re
from smtplib import SMTPException

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.utils import translation
from django_scopes import scopes_disabled

from opstap.acts.sight.house import Happened
from opstap.domain.access import Role
from opstap.domain.events import Event
from opstap.store.models import AuditEvent, Grant, User
from opstap.web.steward.sentences import SENTENCES, sentence

PAGES = ["/house/people/", "/house/people/new/", "/house/trail/", "/house/protocols/"]


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", [Role.STEWARD, Role.COORDINATOR, Role.ANALYST, Role.REFERRER])
def test_the_house_is_for_stewards_only(site, path, role):
    assert site.as_(role).get(path).status_code == (200 if role is Role.STEWARD else 404)


def test_no_page_names_a_participant(site):
    participant = site.build(lambda world: world.allocated())
    steward = site.as_(Role.STEWARD)
    for path in PAGES:
        shown = text(steward.get(path))
        assert "Proef Persoon" not in shown
        assert "persoon1@" not in shown
    with scopes_disabled():
        account = participant.identity.user
    assert steward.get(f"/house/people/{account.pk}/").status_code == 404


def test_an_account_is_made_once_and_given_a_role(site):
    steward = site.as_(Role.STEWARD)
    sent = {"name": "Nieuwe Collega", "email": "Nieuw@x.example", "language": "nl", "once": "mark"}
    made = steward.post("/house/people/new/", **sent).headers["Location"]
    user = User.objects.get(email="nieuw@x.example")
    assert made == f"/house/people/{user.pk}/"
    assert steward.post("/house/people/new/", **sent).headers["Location"] == "/house/people/"
    assert not user.has_usable_password()
    taken = steward.post("/house/people/new/", **{**sent, "once": "other"})
    assert taken.status_code == 400
    assert "already an account" in text(taken)
    path = f"/house/people/{user.pk}/"
    assert steward.post(path, role="coach", where="steps/utrecht").status_code == 302
    grant = Grant.objects.get(user=user)
    assert (grant.role, grant.study.slug, grant.site.code) == ("coach", "steps", "utrecht")
    assert "Coach, STEPS, Utrecht" in text(steward.get(path))
    again = steward.post(path, role="coach", where="steps/utrecht")
    assert again.status_code == 400
    assert "already has that role" in text(again)
    assert steward.post(f"/house/roles/{grant.pk}/revoke/").status_code == 302
    grant.refresh_from_db()
    assert grant.revoked_at is not None
    assert "already been taken back" in text_after(steward, f"/house/roles/{grant.pk}/revoke/")


def test_a_new_colleague_gets_one_mail_in_their_own_language(site):
    steward = site.as_(Role.STEWARD)
    sent = {"name": "Nieuwe Collega", "email": "nieuw@x.example", "language": "nl", "once": "mark"}
    assert "got a mail" in text_after(steward, "/house/people/new/", **sent)
    steward.post("/house/people/new/", **sent)
    (letter,) = mail.outbox
    assert letter.to == ["nieuw@x.example"]
    assert letter.subject == "Uw account voor Opstap"
    assert "Nieuwe Collega" not in letter.subject
    assert "/accounts/password/reset/key/" in letter.body


def test_without_a_mail_server_the_steward_is_told_to_tell(site, settings):
    steward = site.as_(Role.STEWARD)
    settings.DEMO = False
    sent = {"name": "Nieuwe Collega", "email": "nieuw@x.example", "language": "nl"}
    assert "no mail could be sent" in text_after(steward, "/house/people/new/", **sent, once="mark")
    settings.EMAIL_HOST, settings.EMAIL_BACKEND = "nowhere.invalid", "tests.web.test_steward.Refusing"
    sent["email"] = "ander@x.example"
    assert "no mail could be sent" in text_after(steward, "/house/people/new/", **sent, once="other")
    assert User.objects.filter(name="Nieuwe Collega").count() == 2


class Refusing(BaseEmailBackend):
    """A mail server that does not take the mail."""

    def send_messages(self, email_messages):
        raise SMTPException


def test_who_was_let_in_by_a_participant_is_no_colleague(site):
    participant = site.build(lambda world: world.in_care())
    supervisor = site.build(lambda world: world.with_workplace(participant)).user
    steward = site.as_(Role.STEWARD)
    assert supervisor.email not in text(steward.get("/house/people/"))
    assert supervisor.email not in text(steward.post("/house/people/", search="leiding"))
    # Someone at work can become a colleague as well: the whole address finds them, so that a role can be given.
    assert supervisor.email in text(steward.post("/house/people/", search=supervisor.email.upper()))
    steward.post(f"/house/people/{supervisor.pk}/", role="coach", where="steps/utrecht")
    assert supervisor.email in text(steward.get("/house/people/"))


def text_after(visitor, path: str, **data) -> str:
    sent = visitor.post(path, **data)
    assert sent.status_code == 302
    return text(visitor.get(sent.headers["Location"]))


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"role": "coach", "where": ""}, "every other role needs a study"),
        ({"role": "steward", "where": "steps"}, "works for the whole house"),
        ({"role": "participant", "where": "steps"}, "Select a valid choice"),
        ({"role": "coach", "where": "elsewhere"}, "Select a valid choice"),
    ],
)
def test_a_role_that_does_not_fit_is_refused_at_its_field(site, sent, words):
    steward = site.as_(Role.STEWARD)
    someone = site.build(lambda world: world.person(Role.ANALYST))
    response = steward.post(f"/house/people/{someone.pk}/", **sent)
    assert response.status_code == 400
    assert words in text(response)
    assert Grant.objects.filter(user=someone).count() == 1


def test_the_last_steward_stays(site):
    steward = site.as_(Role.STEWARD)
    grant = Grant.objects.get(role=Role.STEWARD)
    assert "last steward" in text_after(steward, f"/house/roles/{grant.pk}/revoke/")
    grant.refresh_from_db()
    assert grant.revoked_at is None
    assert steward.post("/house/roles/999999/revoke/").status_code == 404


def test_people_are_searched_by_name_fifty_to_a_page(site):
    steward = site.as_(Role.STEWARD)
    User.objects.bulk_create(User(username=f"s-{n}", email=f"n{n}@x.example", name=f"Werker {n:03}") for n in range(60))
    first, second = text(steward.get("/house/people/")), text(steward.post("/house/people/", page="2"))
    assert "page 1 of 2" in first
    assert len(re.findall(r"Werker \d{3}", first + second)) == 60
    assert len(re.findall(r"Werker \d{3}", text(steward.post("/house/people/", search="werker 01")))) == 10


def test_every_kind_of_event_has_a_sentence():
    assert set(SENTENCES) == set(Event)


def test_the_trail_tells_in_sentences_who_did_what(site):
    participant = site.build(lambda world: world.baseline())
    steward = site.as_(Role.STEWARD)
    shown = text(steward.get("/house/trail/"))
    assert f"Coordinator Proef screened {participant.pseudonym}" in shown
    assert f"A participant handed in a questionnaire of {participant.pseudonym}" in shown
    assert "Opstap itself gave Coordinator Proef the role of coordinator" in shown
    only = text(steward.get("/house/trail/", name="participant.screened", study="steps"))
    assert "Coordinator Proef screened" in only
    assert "handed in a questionnaire of S-" not in only
    assert "Nothing fits" in text(steward.get("/house/trail/", study="rentree"))


def test_an_event_without_its_ids_still_makes_a_sentence(site):
    event = Happened(1, site.world.moment, "account.made", "Wim", False, "", {}, "")
    with translation.override("en"):
        assert sentence(event) == "Wim made the account of …"


def test_the_trail_goes_back_a_hundred_at_a_time(site):
    site.build(lambda world: [world.referred() for _ in range(110)])
    steward = site.as_(Role.STEWARD)
    page = steward.get("/house/trail/").content.decode()
    numbers = [int(number) for number in re.findall(r'data-l="Number">(\d+)<', page)]
    assert len(numbers) == 100
    assert numbers == sorted(numbers, reverse=True)
    older = re.search(r"before=(\d+)", page)[1]
    next_page = steward.get("/house/trail/", before=older).content.decode()
    following = [int(number) for number in re.findall(r'data-l="Number">(\d+)<', next_page)]
    assert following[0] == numbers[-1] - 1
    assert following[-1] == 1


def test_the_whole_chain_is_verified_by_a_button(site):
    site.build(lambda world: world.informed())
    steward = site.as_(Role.STEWARD)
    assert steward.get("/house/trail/verify/").status_code == 405
    assert "The chain is whole" in text(steward.post("/house/trail/verify/"))


@pytest.mark.django_db(transaction=False)
def test_a_changed_event_is_found(site):
    site.build(lambda world: world.informed())
    steward = site.as_(Role.STEWARD)
    row = AuditEvent.objects.order_by("number")[2]
    with connection.cursor() as cursor:
        names = [name for (name,) in _triggers(cursor)]
        for name in names:
            cursor.execute(f"DROP TRIGGER {name}{_on()}")
        cursor.execute("UPDATE store_auditevent SET name = 'link.sent' WHERE number = %s", [row.number])
    shown = text(steward.post("/house/trail/verify/"))
    assert "The chain is broken." in shown
    assert f"Event {row.number} was changed" in shown
    assert "The 2 events before it fit." in shown


def _on() -> str:
    return " ON store_auditevent" if connection.vendor == "postgresql" else ""


def _triggers(cursor):
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'store_auditevent'::regclass AND NOT tgisinternal"
        )
    else:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'store_auditevent'")
    return cursor.fetchall()


def test_protocols_show_what_was_pinned_and_what_is_assumed(site):
    shown = site.as_(Role.STEWARD).get("/house/protocols/").content.decode()
    whole = re.sub(r"<wbr>", "", shown)
    assert site.world.study.protocol.digest in whole
    assert site.world.study.list_hash in whole
    assert "not found" in shown
    assert "study.allocation" in shown
