"""The monitor's pages: what needs attention, one incident from report to closing, and the comparison of sites."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from opstap.acts import clock, incidents
from opstap.domain.access import Role
from opstap.store.models import Incident
from tests.web.conftest import Site


def test_an_event_from_the_care_team_is_followed_to_its_end(site: Site) -> None:
    participant = site.build(lambda world: world.in_care())
    coach = site.as_(Role.COACH)
    day = site.world.moment.date()
    path = f"/care/{participant.pseudonym}/adverse/"
    assert coach.get(path).status_code == 200
    assert coach.post(path, on=day, text="").status_code == 400
    assert coach.post(path, on=day, text="Hoofdpijn.").status_code == 302
    coordinator, manager = site.as_(Role.COORDINATOR), site.as_(Role.DATA_MANAGER)
    made = site.build(lambda world: Incident.objects.get())
    one = reverse("research:incident", args=[made.pk])
    assert one in coordinator.get("/study/monitor/").content.decode()
    assert one not in manager.get("/study/monitor/").content.decode()
    assert manager.get(one).status_code == 404
    assert coordinator.post(one, doing="sing").status_code == 404
    assert coordinator.post(one, doing="assess", text="").status_code == 400
    assert coordinator.post(one, doing="close", text="Over.").status_code == 400
    assert coordinator.post(one, doing="assess", serious=["important"], relatedness="possible").status_code == 302
    assert "serious" in coordinator.get("/study/monitor/").content.decode()
    assert coordinator.post(one, doing="note", text="Gebeld.").status_code == 302
    assert coordinator.post(one, doing="close", text="Over.", outcome="recovered").status_code == 302
    page = coordinator.get(one).content.decode()
    assert "Recovered" in page
    assert "Open again" in page
    assert coordinator.post(one, doing="reopen", text="Toch niet.").status_code == 302
    assert one in coordinator.get("/study/incidents/", shown="event").content.decode()
    assert one not in coordinator.get("/study/incidents/", shown="deviation").content.decode()


def test_the_desk_reports_and_the_monitor_sees_what_tells_no_arm(site: Site) -> None:
    participant = site.build(lambda world: world.allocated("usual_care"))
    coordinator, manager = site.as_(Role.COORDINATOR), site.as_(Role.DATA_MANAGER)
    day, desk = site.world.moment.date(), f"/study/participants/{participant.pseudonym}/"
    assert coordinator.post(f"{desk}deviation/", kind="window", on=day, text="Te laat.").status_code == 302
    assert (
        coordinator.post(f"{desk}deviation/", kind="contamination", on=day, text="Kreeg toch iets.").status_code == 302
    )
    assert coordinator.post(f"{desk}adverse/", on=day, text="Gevallen.", serious=["disability"]).status_code == 302
    page = manager.get("/study/monitor/").content.decode()
    assert "A measurement outside its window" in page
    assert "usual care" not in page
    listed = manager.get("/study/incidents/", shown="all", page="x").content.decode()
    assert listed.count('<li><p><a href="/study/incidents/') == 2


def test_the_sites_are_compared_by_a_press(site: Site) -> None:
    site.build(lambda world: world.baseline())
    manager = site.as_(Role.DATA_MANAGER)
    assert "not compared yet" in manager.get("/study/monitor/").content.decode()
    assert manager.post("/study/monitor/steps/look/").status_code == 302
    assert "No site stands out" in manager.get("/study/monitor/").content.decode()


def test_the_pages_ask_no_more_of_the_database_for_more_people(site: Site) -> None:

    coordinator = site.as_(Role.COORDINATOR)
    pages = ("/study/monitor/", "/study/recruitment/", "/study/screening/", "/study/consents/")

    def asked() -> list[int]:
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as seen:
                assert coordinator.get(page).status_code == 200
            found.append(len(seen))
        return found

    def some(world) -> None:
        for _number in range(2):
            one = world.baseline()
            incidents.report_event(by=world.person(Role.COORDINATOR), participant=one, on=clock.today(), text="Iets.")

    site.build(some)
    asked()
    few = asked()
    site.build(some)
    assert asked() == few
