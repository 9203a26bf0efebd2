"""A trial played out in the browser by who keeps it and who counts it: data manager, coordinators, analyst.

The data manager looks at signals, takes an event further, asks about an answer and closes what came back; the data of
each person and then of the study are locked by two; nothing changes after it; the analyst takes the frozen data along,
in SPSS's form with its labels, and reads the report; the data are opened with a reason.
"""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyreadstat
from tests.journeys.conftest import Walker

Company = Callable[[int], Walker]


def test_data_manager_coordinator_and_analyst_close_a_trial(company: Company, tmp_path: Path) -> None:
    manager, coordinator, analyst = company(1280), company(1280), company(390)
    manager.enter("steps", "data_manager")
    _looks_at_the_signals(manager)
    _takes_an_event_further(manager, coordinator.enter("steps", "coordinator"))
    asked = _asks_about_an_answer(manager)
    _answers(coordinator, asked)
    _closes(manager, asked)
    frozen = _locks(manager, coordinator)
    _changes_nothing(manager)
    _takes_the_data_along(analyst.enter("steps", "analyst"), frozen, tmp_path)
    _reads_the_flow_and_the_report(analyst)
    _opens_again(manager, coordinator)


def _looks_at_the_signals(manager: Walker) -> None:
    manager.go("/study/monitor/")
    manager.send("main form[action*='/look/']")
    assert "/study/monitor/" in manager.page.url
    assert manager.page.locator("main table tbody tr").count() >= 3


def _takes_an_event_further(manager: Walker, coordinator: Walker) -> None:
    """Look at an incident that waits; the coordinator, who follows it, adds to it, and the data manager reads that."""
    manager.go("/study/incidents/").follow("main a[href^='/study/incidents/']:not([href*='?'])")
    path, before = manager.page.url, manager.page.locator("ol.line li").count()
    assert manager.page.locator("button[name=doing]").count() == 0
    coordinator.go(path)
    coordinator.page.fill("main form textarea", "Gezien; de deelnemer is gebeld.")
    coordinator.page.locator("button[name=doing][value=note]").click()
    coordinator.page.wait_for_load_state()
    assert manager.go(path).page.locator("ol.line li").count() == before + 1
    assert manager.sees("Gezien; de deelnemer is gebeld.")


def _asks_about_an_answer(manager: Walker) -> str:
    manager.go("/study/review/").follow("main table a[href*='/study/review/']")
    manager.follow("main table a[href*='/ask/']")
    manager.page.fill("textarea", "Klopt dit met het papier?")
    manager.send()
    manager.go("/study/queries/")
    links = manager.page.locator("main table a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    for path in reversed(links):
        if "Klopt dit met het papier?" in manager.go(path).page.locator("main").inner_text():
            return str(path)
    raise AssertionError("the query that was raised is not in the list")


def _answers(coordinator: Walker, asked: str) -> None:
    coordinator.go(asked)
    _fill(coordinator, "Ja, nagekeken op het papier.")
    coordinator.send("main form:has(button[name=doing])")
    assert "nagekeken" in coordinator.go(asked).page.locator("main").inner_text()


def _closes(manager: Walker, asked: str) -> None:
    manager.go(asked)
    assert "nagekeken" in manager.page.locator("main").inner_text()
    _fill(manager, "Dank u wel.")
    manager.send("main form:has(button[name=doing])")
    assert manager.go(asked).page.locator("main form button[name=doing][value=close]").count() == 0


def _locks(manager: Walker, coordinator: Walker) -> str:
    """Lock each complete person, then the study by two; gives the hash of the frozen dataset."""
    manager.go("/study/data/").send("main form[action*='/lock-people/']")
    assert int(manager.page.locator("dl.kv dd").first.inner_text()) > 0
    manager.follow("main a[href*='/ask/lock/']")
    manager.page.fill("textarea", "Iedereen is gemeten.")
    manager.send()
    # Who asked cannot sign.
    assert manager.go("/study/data/").page.locator("main a[href*='/study/sign/']").count() == 0
    coordinator.go("/study/data/").follow("main a[href*='/study/sign/']")
    coordinator.page.fill("input[type=password]", "niet mijn wachtwoord")
    coordinator.send()
    assert coordinator.page.locator(".errors").first.is_visible()
    coordinator.page.fill("input[type=password]", coordinator.demo.password)
    coordinator.send()
    # An earlier lock that was opened again stands there too.
    lines = coordinator.go("/study/data/").page.locator("ol.line li").filter(has_not_text="Geopend")
    frozen = re.sub(r"\W", "", lines.locator("code").inner_text())
    assert re.fullmatch(r"[0-9a-f]{64}", frozen)
    return frozen


def _changes_nothing(manager: Walker) -> None:
    """Try to ask about an answer again: the data are locked, and it says so."""
    manager.go("/study/review/").follow("main table a[href*='/study/review/']")
    manager.follow("main table a[href*='/ask/']")
    manager.page.fill("textarea", "Nog een vraag.")
    manager.send()
    assert "slot" in manager.page.locator("main").inner_text()


def _takes_the_data_along(analyst: Walker, frozen: str, folder: Path) -> None:
    analyst.go("/study/export/")
    assert frozen in re.sub(r"\W", "", analyst.page.locator("main").inner_text())
    with analyst.page.expect_download() as waiting:
        analyst.page.locator("main form[action*='/sav/'] button").click()
    archive = zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    names = archive.namelist()
    assert "flow.svg" in names
    whole = next(name for name in names if name.endswith("persons.sav"))
    (folder / "persons.sav").write_bytes(archive.read(whole))
    people, about = pyreadstat.read_sav(folder / "persons.sav")
    assert isinstance(people, pd.DataFrame)
    assert len(people) > 20
    assert about.column_names_to_labels["arm"]
    assert set(people["arm"].dropna()) == set(about.variable_value_labels["arm"]) == {1, 2}
    assert frozen in archive.read("export.json").decode()


def _reads_the_flow_and_the_report(analyst: Walker) -> None:
    analyst.go("/study/flow/")
    drawn = analyst.page.locator("main svg").first.text_content() or ""
    table = analyst.page.locator("main table").first.text_content() or ""
    counted = re.search(r"\(n\s=\s(\d+)\)", drawn)
    assert counted
    assert counted[1] in table
    analyst.go("/study/report/").follow("main a[href*='/study/report/']").send("main form[action$='/ask/']")
    analyst.follow("main table a[href*='/study/reports/']")
    analyst.page.locator("main a[href$='/report.html']").first.wait_for(timeout=240_000)
    analyst.look().follow("main a[href$='/report.html']")
    assert analyst.page.locator("figure svg").count() > 3


def _opens_again(manager: Walker, coordinator: Walker) -> None:
    for one in (coordinator, manager):
        one.go("/study/data/")
        link = one.page.locator("main a[href$='/unlock/']")
        if link.count():
            one.follow("main a[href$='/unlock/']")
            one.page.fill("textarea", "Een vraag kwam later binnen.")
            one.send()
            assert "Een vraag kwam later binnen." in one.go("/study/data/").page.locator("main").inner_text()
            return
    raise AssertionError("nobody can open the data of the study again")


def _fill(walker: Walker, words: str) -> None:
    area = walker.page.locator("main form textarea").first
    if area.count():
        area.fill(words)
