"""The pages of follow-up: the calendar, why a wave was missed, a day set right, and the mails."""

import re
from datetime import timedelta

import pytest
from django_scopes import scopes_disabled

from opstap.acts import clock, due
from opstap.domain.access import Role
from opstap.store.models import AnchorCorrection, Identity, Mail, Measurement


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def person(site):
    made = site.build(lambda world: world.consented())
    site.world.until_mail_may_go()
    site.build(lambda _world: due.queue_due())
    return made


def test_the_calendar_shows_sites_and_people_and_can_be_narrowed(site, person) -> None:
    coordinator = site.as_(Role.COORDINATOR)
    page = coordinator.get("/study/calendar/")
    assert page.status_code == 200
    assert person.pseudonym in text(page)
    for asking in ("open", "late", "missed", "unexplained", "nonsense", ""):
        assert coordinator.get("/study/calendar/", study="steps", asking=asking, page="x").status_code == 200
    assert "Nobody" not in text(page)


def test_a_missed_wave_asks_why_and_says_so_afterwards(site, person) -> None:
    coordinator = site.as_(Role.COORDINATOR)
    site.world.later(days=100)
    with scopes_disabled():
        number = Measurement.objects.get(participant=person, wave="t0").pk
    assert "Why?" in text(coordinator.get("/study/calendar/"))
    path = f"/study/answers/{number}/missed/"
    assert coordinator.get(path).status_code == 200
    assert coordinator.post(path, reason="").status_code == 400
    assert coordinator.post(path, reason="too_tired", note="Wilde wel.").status_code == 302
    assert "Too tired" in text(coordinator.get("/study/calendar/"))


def test_a_day_is_set_right_on_its_page(site, person) -> None:
    coordinator = site.as_(Role.COORDINATOR)
    path = f"/study/participants/{person.pseudonym}/anchor/"
    page = coordinator.get(path)
    assert "Consent to the study" in text(page)
    day = person.participation.consented_on
    assert coordinator.post(path, anchor="consent", on=day.isoformat(), reason="Zo staat het er.").status_code == 400
    earlier = day - timedelta(days=1)
    sent = coordinator.post(path, anchor="consent", on=earlier.isoformat(), reason="Zo staat het op papier.")
    assert sent.status_code == 302
    with scopes_disabled():
        assert AnchorCorrection.objects.get().new == earlier


def test_why_a_mail_went_or_not_stands_on_its_persons_page(site, person) -> None:
    coordinator = site.as_(Role.COORDINATOR)
    path = f"/study/participants/{person.pseudonym}/mails/"
    page = text(coordinator.get(path))
    assert "Europe/Amsterdam" in page
    assert "waits to be sent" in page
    assert "goes later" in page
    with scopes_disabled():
        mail = Mail.objects.get()
        Mail.objects.update(state="unknown")
    assert "It did not arrive" in text(coordinator.get(path))
    assert coordinator.post(f"/study/mails/{mail.pk}/lost/").status_code == 302
    assert "did not arrive" in text(coordinator.get(path))
    # A second press finds that it is known already, and says so.
    assert "known what became" in text(coordinator.client.get(coordinator.post(f"/study/mails/{mail.pk}/arrived/").url))
    with scopes_disabled():
        Identity.objects.update(bounced_at=site.world.moment)
    assert "came back" in text(coordinator.get(path))


def test_mails_that_need_a_look_stand_on_one_page_and_texts_on_another(site, person) -> None:
    coordinator = site.as_(Role.COORDINATOR)
    assert "No mail needs a look" in text(coordinator.get("/study/mails/"))
    with scopes_disabled():
        Mail.objects.update(state="refused")
    page = text(coordinator.get("/study/mails/"))
    assert "1 mail needs a look" in page
    assert person.pseudonym in page
    assert "persoon" not in page.lower()  # no name and no address on a list
    texts = text(coordinator.get("/study/mails/texts/"))
    assert "Sam" in texts
    assert "Nederlands" in texts


def test_where_someone_stays_is_kept_with_their_address(site, person) -> None:
    coordinator = site.as_(Role.COORDINATOR)
    path = f"/study/participants/{person.pseudonym}/contact/"
    given = {"name": "Proef Persoon1", "email": "persoon1@steps.example", "phone": ""}
    assert coordinator.post(path, **given, time_zone="Europe/Lisbon").status_code == 302
    with scopes_disabled():
        person.refresh_from_db()
    assert person.time_zone == "Europe/Lisbon"
    assert 'value="Europe/Lisbon" selected' in coordinator.get(path).content.decode()
    with clock.at(site.world.moment):
        assert coordinator.post(path, **given, time_zone="Mars/Base").status_code == 400


def test_the_calendar_and_the_mails_ask_as_many_queries_for_many_as_for_few(
    site, person, django_assert_max_num_queries
) -> None:
    coordinator = site.as_(Role.COORDINATOR)
    for path in ("/study/calendar/", "/study/mails/"):
        with django_assert_max_num_queries(60) as few:
            coordinator.get(path)
        site.build(lambda world: [world.consented() for _ in range(3)])
        with django_assert_max_num_queries(60) as many:
            coordinator.get(path)
        assert len(many) <= len(few)
