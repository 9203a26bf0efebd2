"""Reports as the analyst, the coordinator and those who took part meet them; made by the job that a page starts."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta

from django_scopes import scopes_disabled

from opstap.acts import clock, reporting
from opstap.acts.doors import SYSTEM
from opstap.acts.veil import veil
from opstap.domain.access import Role
from opstap.jobs import due
from opstap.jobs import report as job
from opstap.reports.comparing import Difference, differences
from opstap.store.models import Grant, ReportRun
from tests.web.test_participant import Visit
from tests.web.test_research import text, text_after
from tests.world import World


def make(world: World) -> int:
    with clock.at(world.moment):
        return job.make_waiting()


def test_the_plan_is_fixed_and_a_report_asked_for_made_and_read(site):
    site.build(lambda world: world.consented())
    analyst = site.as_(Role.ANALYST)
    assert "Plan and reports" in text(analyst.get("/study/report/"))
    page = text(analyst.get("/study/report/steps/"))
    assert "not fixed" in page
    assert "There is no report yet" in page
    assert "fixed beforehand" in text_after(analyst, "/study/report/steps/plan/")
    assert "This plan was fixed before" in text_after(analyst, "/study/report/steps/plan/")
    asked = text_after(analyst, "/study/report/steps/ask/", language="en")
    assert "A report is being made" in asked
    number = site.build(lambda world: ReportRun.objects.get().pk)
    busy = analyst.get(f"/study/reports/{veil(number)}/")
    assert busy.headers["Refresh"] == "3"
    assert "The data are being taken" in text(busy)
    assert site.build(make) == 1
    assert site.build(make) == 0
    shown = analyst.get(f"/study/reports/{veil(number)}/")
    assert "Refresh" not in shown.headers
    assert "blinded" in text(shown)
    report = analyst.get(f"/study/reports/{veil(number)}/report.html")
    policy = report.headers["Content-Security-Policy"]
    assert re.match(r"default-src 'none'; style-src 'sha256-[^']{44}';", policy)
    assert policy.split("'")[3] in report.content.decode()
    provenance = json.loads(analyst.get(f"/study/reports/{veil(number)}/provenance.json").content)
    archive = zipfile.ZipFile(io.BytesIO(analyst.get(f"/study/reports/{veil(number)}/whole.zip").content))
    assert json.loads(archive.read("provenance.json")) == provenance
    results = json.loads(archive.read("results.json"))
    assert results["plan"]["fixed"]
    assert "summary.html" not in archive.namelist()
    assert analyst.get(f"/study/reports/{veil(number)}/nothing.html").status_code == 404
    # The coordinator has nothing to tell of shuffled arms.
    assert "nothing to tell yet" in text(site.as_(Role.COORDINATOR).get("/study/summary/"))


def test_two_reports_are_compared(site):
    def two(world: World) -> list[int]:
        made = []
        for hours in (10.0, 12.5):
            run = reporting.ask_report(by=world.person(Role.ANALYST), study=world.study, language="nl")
            run = reporting.take_report(by=SYSTEM, run=run).run
            results = json.dumps({"n": 40, "terms": [{"term": "arm", "estimate": hours}]}).encode()
            reporting.keep_report(
                by=SYSTEM, run=run, lead="", summary="", files={"results.json": results, "provenance.json": b"{}"}
            )
            made.append(veil(run.pk))
        return made

    first, second = site.build(two)
    analyst = site.as_(Role.ANALYST)
    assert "number differs" not in text(analyst.get("/study/report/steps/compare/"))
    found = text(analyst.get(f"/study/report/steps/compare/?first={first}&second={second}"))
    assert "1 number differs" in found
    assert "From the same data, the same plan and the same versions" in found
    assert "2.5" in found
    assert "Every number is the same" in text(analyst.get(f"/study/report/steps/compare/?first={first}&second={first}"))
    for wrong in ("x", "9" * 15, "9" * 20, str(veil(999))):
        answer = analyst.get(f"/study/report/steps/compare/?first={wrong}&second={second}")
        assert answer.status_code == 200
        assert "differ" not in text(answer).replace("Difference", "")


def test_differences_name_the_row_and_pass_over_the_last_digits():
    before = {"rows": [{"arm": "a", "n": 1}, {"arm": "b", "n": 2}], "sum": 0.1 + 0.2, "gone": True, "list": [1, 2]}
    after = {"rows": [{"arm": "b", "n": 3}, {"arm": "a", "n": 1}], "sum": 0.3, "come": None, "list": [1, 2, 3]}
    found = differences(json.dumps(before).encode(), json.dumps(after).encode())
    assert found == [
        Difference("rows.b.n", 2, 3), Difference("gone", True, None), Difference("list.2", None, 3),
    ]  # fmt: skip
    assert [one.moved for one in found] == [1.0, None, None]


def test_a_fault_keeps_nothing_and_says_so(site, monkeypatch):
    import opstap.reports

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("S-SECRET")

    monkeypatch.setattr(opstap.reports, "evaluate", broken)
    analyst = site.as_(Role.ANALYST)
    text_after(analyst, "/study/report/steps/ask/", language="nl")
    assert site.build(make) == 0
    run = site.build(lambda world: ReportRun.objects.get())
    assert (run.state, run.problem) == ("failed", "")
    shown = text(analyst.get(f"/study/reports/{veil(run.pk)}/"))
    assert "Something went wrong on our side" in shown
    assert "SECRET" not in shown


def test_a_report_of_someone_who_lost_the_role_stands_in_nobodys_way(site):
    analyst = site.as_(Role.ANALYST)
    text_after(analyst, "/study/report/steps/ask/", language="nl")
    site.build(lambda world: Grant.objects.filter(role="analyst").update(revoked_at=world.moment))
    assert site.build(make) == 0
    assert site.build(lambda world: ReportRun.objects.get().state) == "failed"
    assert site.build(lambda world: reporting.waiting()) == []


def test_those_who_took_part_read_what_came_out(site):
    participant = site.build(lambda world: world.consented())
    coordinator = site.as_(Role.COORDINATOR)

    def made(world: World) -> int:
        run = reporting.ask_report(by=world.person(Role.ANALYST), study=world.study, language="nl")
        run = reporting.take_report(by=SYSTEM, run=run).run
        reporting.keep_report(by=SYSTEM, run=run, lead="", summary="<p>Dit kwam eruit.</p>", files={})
        ReportRun.objects.filter(pk=run.pk).update(permuted=False)
        return veil(run.pk)

    number = site.build(made)
    with scopes_disabled():
        visit = Visit(site.world, participant)
    assert "Wat uit het onderzoek kwam" not in visit.get("/me/data/")
    visit.get("/me/data/results/", 404)
    assert "Dit kwam eruit" in text(coordinator.get(f"/study/summary/{number}/"))
    assert "shown" in text_after(coordinator, f"/study/summary/{number}/show/")
    assert "Wat uit het onderzoek kwam" in visit.get("/me/data/")
    assert "Dit kwam eruit" in visit.get("/me/data/results/")
    assert coordinator.post(f"/study/summary/{number}/else/").status_code == 404
    assert "not shown" in text_after(coordinator, f"/study/summary/{number}/back/")
    visit.get("/me/data/results/", 404)


def test_what_was_broken_off_is_begun_again(site):
    def broken(world: World) -> None:
        run = reporting.ask_report(by=world.person(Role.ANALYST), study=world.study, language="nl")
        reporting.take_report(by=SYSTEM, run=run)

    site.build(broken)
    assert site.build(make) == 0

    def later(world: World) -> list[ReportRun]:
        with clock.at(world.moment + timedelta(hours=1)):
            return reporting.waiting()

    assert len(site.build(later)) == 1


def test_what_waits_is_begun_by_what_runs_every_quarter_of_an_hour(site, monkeypatch):
    begun: list[str] = []
    monkeypatch.setattr(job, "begin", lambda: begun.append("begun"))
    site.build(lambda _world: due.run())
    assert begun == []
    site.build(lambda world: reporting.ask_report(by=world.person(Role.ANALYST), study=world.study, language="nl"))
    site.build(lambda _world: due.run())
    assert begun == ["begun"]
