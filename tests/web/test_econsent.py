"""Consent on the pages: read on demand, understood, signed by both, given item by item, and erased on request."""

import re

import pytest
from django_scopes import scopes_disabled

from opstap.acts import amending, clock
from opstap.acts.letters import read_letter
from opstap.domain.access import Role
from opstap.store.models import Consent, ConsentEvidence, Mail, Participant
from tests.acts.test_econsent import changed
from tests.web.conftest import Site
from tests.web.test_participant import Visit
from tests.world import World

PATH = "/me/data/consent/study/"
NEEDED = ["questionnaires", "data", "lot"]


@pytest.fixture(autouse=True)
def _everything_is_open(db):
    with scopes_disabled():
        yield


@pytest.fixture
def steps() -> World:
    return World("steps")


@pytest.fixture
def visit(steps: World) -> Visit:
    with clock.at(steps.moment):
        participant = steps.fresh(steps.informed())
    steps.later(days=7)
    return Visit(steps, participant)


def test_short_first_and_depth_on_demand(visit: Visit) -> None:
    page = visit.get(PATH)
    assert page.index("Een loting bepaalt of u het programma krijgt") < page.index("<summary>Waarom een loting?")
    assert not re.search(r'<details class="more" id="p-lot" open', page)
    assert "<script" not in page.split("<main")[1].split("</main>")[0]


def test_a_wrong_answer_leads_back_to_its_passage_and_never_shuts_the_door(visit: Visit) -> None:
    assert 'name="signature"' not in visit.get(PATH)
    assert "Kies een antwoord" in visit.post(f"{PATH}check/", 400)
    given = {"who_decides": "doctor", "other_care": "same", "may_stop": "always"}
    assert visit.post(f"{PATH}check/", **given).endswith("#check")
    page = visit.get(PATH)
    assert re.search(r'<details class="more" id="p-lot" open', page)
    assert 'href="#p-lot"' in page
    assert 'name="signature"' in page
    assert "Typ een naam eronder" in visit.post(PATH, 400, decision="yes", items=NEEDED)
    visit.post(PATH, decision="yes", items=NEEDED, signature="P. Proef")
    assert Consent.objects.get().decision == "agreed"


def test_both_find_the_same_signed_sheet(site: Site) -> None:
    participant = site.build(lambda world: world.consented())
    coordinator = site.as_(Role.COORDINATOR)
    own = Visit(site.world, participant)
    own.get(f"{PATH}consent.pdf", 404)
    consent = site.build(lambda world: Consent.objects.get(participant=participant, kind="study"))
    assert participant.pseudonym in coordinator.get("/study/consents/").content.decode()
    assert coordinator.post(f"/study/consents/{consent.pk}/", name="").status_code == 400
    assert coordinator.post(f"/study/consents/{consent.pk}/", name="C. Proef").status_code == 302
    assert coordinator.post(f"/study/consents/{consent.pk}/", name="C. Proef").status_code == 400
    sheet = coordinator.get(f"/study/consents/{consent.pk}/consent.pdf")
    with clock.at(site.world.moment):
        theirs = own.client.get(f"{PATH}consent.pdf")
    assert (sheet.content, sheet.headers["Content-Type"]) == (theirs.content, "application/pdf")
    fingerprint = site.build(lambda world: ConsentEvidence.objects.get().sha256)
    assert fingerprint in own.get(PATH)
    assert fingerprint in coordinator.get(f"/study/participants/{participant.pseudonym}/").content.decode()


def test_what_an_item_does_is_told_before_it_is_changed(steps: World) -> None:
    with clock.at(steps.moment):
        participant = steps.consented()
    visit = Visit(steps, participant)
    kept = ["sharing", "linkage", "later_contact"]
    page = visit.post(f"{PATH}items/", 200, items=kept)
    assert "We vragen uw partner niet meer" in page
    assert Consent.objects.filter(kind="study").count() == 1
    visit.post(f"{PATH}items/", items=kept, sure="1")
    assert Consent.objects.filter(kind="study").latest("pk").items["partner"] is False
    assert "Er is niets veranderd" in visit.post(f"{PATH}items/", 400, items=kept, sure="1")


def test_new_words_are_marked_and_asked_for_once(flemish: Site) -> None:
    participant = flemish.build(lambda world: world.consented())
    flemish.build(
        lambda world: amending.amend_consent(by=world.person(Role.STEWARD), study=world.study, protocol=changed())
    )
    own = Visit(flemish.world, participant)
    assert PATH in own.get("/me/")
    page = own.get(PATH)
    assert re.search(r'id="p-privacy" open', page)
    assert "versie 2" in page
    own.post(PATH, decision="no")
    assert "Wat je eerder afsprak, blijft" in own.get(PATH)
    assert PATH not in own.get("/me/").split("<main")[1].split("</main>")[0]
    assert participant.pseudonym in flemish.as_(Role.COORDINATOR).get("/study/consents/").content.decode()


def test_who_stops_everything_is_told_what_is_erased_and_then_is_unknown(steps: World) -> None:
    with clock.at(steps.moment):
        participant = steps.baseline()
    visit = Visit(steps, participant)
    page = visit.post("/me/data/leave/study/", 200, answers="erase")
    assert "Dit kan niet worden teruggedraaid" in page
    assert steps.fresh(participant).participation.state == "baseline_done"
    assert visit.post("/me/data/leave/study/", answers="erase", sure="1") == "/"
    assert not steps.fresh(participant).identity.user.is_active


class TestRecruitment:
    def test_the_public_page_tells_of_nobody(self, site: Site, client) -> None:
        asked = {"name": "Nieuw Iemand", "email": "nieuw@iemand.example", "site": "utrecht", "agree": "on"}
        with clock.at(site.world.moment):
            assert client.get("/join/steps/").status_code == 200
            assert client.get("/join/nergens/").status_code == 404
            assert client.post("/join/steps/", {**asked, "agree": ""}).status_code == 400
            assert client.post("/join/steps/", {**asked, "email": "geen adres"}).status_code == 400
            first, again = client.post("/join/steps/", asked), client.post("/join/steps/", asked)
            trapped = client.post("/join/steps/", {**asked, "email": "m@machine.example", "website": "x"})

        def main(answer) -> str:
            return answer.content.decode().split("<main")[1].split("</main>")[0]

        assert main(first) == main(again) == main(trapped)
        [made] = site.build(lambda world: list(Participant.objects.all()))
        assert (made.referred_by_id, made.state) == (None, "referred")
        assert (
            "public page" in site.as_(Role.COORDINATOR).get(f"/study/participants/{made.pseudonym}/").content.decode()
        )

    def test_a_referral_asks_for_little(self, site: Site) -> None:
        page = site.as_(Role.REFERRER).get("/study/refer/").content.decode()
        required = re.findall(r"<input[^>]+\brequired\b[^>]*>", page.split("<main")[1])
        names = {re.search(r'name="(\w+)"', one)[1] for one in required}
        assert names == {"name", "email", "site"}

    def test_the_funnel_the_log_and_who_is_missing(self, site: Site) -> None:
        gone = site.build(lambda world: world.screened(treatments=["surgery"]))
        away = site.build(lambda world: world.informed())
        site.build(lambda world: world.baseline())
        coordinator = site.as_(Role.COORDINATOR)
        decline = f"/study/participants/{away.pseudonym}/decline/"
        assert coordinator.post(decline, reason="too_busy", sex="female").status_code == 400
        assert coordinator.post(decline, reason="too_busy", sex="female", agreed="on").status_code == 302
        page = coordinator.get("/study/recruitment/").content.decode()
        assert "2 people do not take part" in page
        assert "1 of them agreed" in page
        log = coordinator.get("/study/screening/", outcome="no").content.decode()
        assert (gone.pseudonym in log, away.pseudonym in log, "not met" in log) == (True, False, True)


def test_someone_decides_at_home_from_a_mailed_link(site: Site, client) -> None:
    participant = site.build(lambda world: world.informed())
    site.world.later(days=7)
    coordinator = site.as_(Role.COORDINATOR)
    assert coordinator.post(f"/study/participants/{participant.pseudonym}/invite/").status_code == 302
    mail = site.build(lambda world: Mail.objects.get(kind="deciding"))
    path = "/link/" + read_letter(mail)["text"].split("/link/")[1].split("\n")[0]
    with clock.at(site.world.moment):
        assert client.get(path).status_code == 200
        assert client.post(path).headers["Location"] == "/me/"
        assert client.get(PATH).headers["Location"].startswith("/me/code/")
        assert client.post("/me/code/", {"code": "blauwe7fiets"}).status_code == 302
        right = {"who_decides": "lot", "other_care": "same", "may_stop": "always"}
        assert client.post(f"{PATH}check/", right).status_code == 302
        given = {"decision": "yes", "items": NEEDED, "signature": "P. Proef"}
        assert client.post(PATH, given).status_code == 302
        assert client.post(path).status_code == 410
        assert client.post(path, {"again": "1"}).status_code == 200
    assert Consent.objects.get().channel == "online"
    assert Mail.objects.filter(kind="deciding").count() == 2
