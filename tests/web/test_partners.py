"""The partner's own pages, and the coordinator's page about the cohort."""

import pytest
from django_scopes import scopes_disabled

from opstap.acts import clock
from opstap.domain.access import Role
from opstap.store.models import Participant
from tests.acts.test_partners import enrol, joined
from tests.web.conftest import Site
from tests.web.test_participant import Visit


@pytest.fixture(autouse=True)
def _everything_is_open(db):
    with scopes_disabled():
        yield


def test_a_partner_is_taken_up_beside_a_patient_and_alone(site: Site) -> None:
    patient = site.build(lambda world: world.consented())
    coordinator = site.as_(Role.COORDINATOR)
    desk = f"/study/participants/{patient.pseudonym}/"
    assert "Take up the partner" in coordinator.get(desk).content.decode()
    given = {"name": "Kim Partner", "email": "kim@partner.example", "phone": ""}
    assert coordinator.post(f"{desk}partner/", **given).status_code == 302
    assert coordinator.post(f"{desk}partner/", **{**given, "email": "x@partner.example"}).status_code == 400
    alone = {"name": "Sam Alleen", "email": "sam@partner.example", "phone": "", "language": "nl"}
    assert coordinator.post("/study/partners/", **alone, site="steps/utrecht").status_code == 302
    assert coordinator.post("/study/partners/", **alone, site="steps/nergens").status_code == 400
    page = coordinator.get("/study/partners/").content.decode()
    assert "0 of 267 agreed" in page
    assert patient.pseudonym in page
    assert "came alone" in page
    partner = Participant.objects.get(paired=patient)
    shown = coordinator.get(f"/study/participants/{partner.pseudonym}/").content.decode()
    assert f"{patient.pseudonym}</a>" in shown


def test_rentree_has_no_such_page(flemish: Site) -> None:
    coordinator = flemish.as_(Role.COORDINATOR)
    assert coordinator.get("/study/partners/").status_code == 404
    assert "/study/partners/" not in coordinator.get("/study/recruitment/").content.decode()


def test_a_partner_decides_fills_in_and_leaves_on_pages_of_their_own(site: Site) -> None:
    patient = site.build(lambda world: world.consented())
    partner = site.build(lambda world: enrol(world, patient))
    site.world.later(days=7)
    own, path = Visit(site.world, partner), "/me/data/consent/partner/"
    assert path in own.get("/me/")
    own.get("/me/data/consent/study/", 404)
    own.post(f"{path}check/", who_sees="no_one")
    own.post(path, decision="yes", items=["questionnaires", "data"], signature="K. Partner")
    first = own.get("/me/")
    assert "/me/questions/" in first
    assert patient.pseudonym not in first
    for page in ("/me/plan/", "/me/energy/", "/me/talks/", "/me/rights/"):
        own.get(page, 404)
    assert "/me/data/leave/partner/" in own.get("/me/data/")
    assert "Er wordt voor u niet geloot" not in own.get("/me/data/leave/partner/")
    own.get("/me/data/leave/programme/", 404)
    own.post("/me/data/leave/partner/", answers="keep")
    assert site.build(lambda world: world.fresh(partner)).participation.state == "withdrawn"


def test_neither_finds_the_other(site: Site) -> None:
    patient = site.build(lambda world: world.consented())
    partner = site.build(lambda world: joined(world, patient))
    with clock.at(site.world.moment):
        theirs = partner.measurements.get(wave="t0")
        own = patient.measurements.get(wave="t0", respondent="participant")
    Visit(site.world, patient).get(f"/me/questions/{theirs.pk}/", 404)
    Visit(site.world, partner).get(f"/me/questions/{own.pk}/", 404)
    for one, other in ((patient, partner), (partner, patient)):
        seen = Visit(site.world, one)
        for page in ("/me/", "/me/data/", "/me/data/looked/", "/me/questions/"):
            assert other.pseudonym not in seen.get(page)
