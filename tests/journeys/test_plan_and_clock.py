"""A plan from proposal to paper, one step back, and the dates of the law.

1. The coach has a proposal made, changes a step by hand, and offers it.
2. The participant agrees, prints it on one sheet, and takes it along in a calendar.
3. The participant goes one step back without a reason; the coach sees it first thing, and agrees.
4. The participant reads the dates of the law, and marks one as done.
"""

import re
from collections.abc import Callable
from pathlib import Path

from icalendar import Calendar

from tests.journeys.conftest import Walker


def test_a_plan_is_made_taken_a_step_back_and_the_clock_read(company: Callable[[int], Walker], tmp_path: Path) -> None:
    worker, coach = company(390), company(1280)
    worker.enter("steps", "participant")
    pseudonym = worker.demo.way("steps", "participant")["name"].split(",")[0]
    # 1
    coaches = [way for way in coach.demo.ways if (way["study"], way["role"]) == ("steps", "coach")]
    for number in range(len(coaches)):
        coach.enter("steps", "coach", number)
        if coach.page.request.get(f"{coach.demo.address}/care/{pseudonym}/").ok:
            break
    coach.go(f"/care/{pseudonym}/plan/")
    page = coach.page
    contract = float(page.input_value("input[name=contract_hours]"))
    page.fill("input[name=first_hours]", "4")
    page.fill("input[name=step_hours]", "4")
    coach.follow("button[value=propose]")
    rows = page.locator("input[name^=hours_]").count()
    assert rows == 1 + -(-(contract - 4) // 4)
    coach.follow(f"button[value=remove-{rows}]")
    coach.follow("button[value=add]")
    assert page.locator("input[name^=hours_]").count() == rows
    page.fill(f"input[name=hours_{rows}]", str(contract + 1))
    coach.follow("button[value=offer]")
    assert page.locator(".errors").is_visible()
    page.fill(f"input[name=hours_{rows}]", f"{contract:g}")
    page.fill("input[name=tasks_1]", "planning nakijken")
    coach.follow("button[value=offer]")
    assert page.url.endswith(f"/care/{pseudonym}/"), page.locator("main").inner_text()

    # 2
    worker.go("/me/plan/").follow("main form[action*='/agree/'] button")
    worker.go("/me/plan/paper/")
    assert worker.sees("planning nakijken")
    for name in ("color", "mono"):
        # The same sheet with all colour taken away: still one page.
        if name == "mono":
            worker.page.emulate_media(media="print", forced_colors="active")
        printed = worker.page.pdf(prefer_css_page_size=True, print_background=False)
        assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1
    worker.page.emulate_media(media="screen", forced_colors="none")
    calendar = Calendar.from_ical(worker.page.request.get(f"{worker.demo.address}/me/plan/plan.ics").body())
    assert len([event for event in calendar.walk("VEVENT") if "RRULE" not in event]) == rows

    # 3
    worker.go("/me/plan/").follow("main a[href='/me/plan/back/']")
    worker.follow("main form[method=post] button.btn.big")
    assert "stap terug" in worker.told()
    coach.go("/care/")
    coach.seen.clear()
    coach.go(f"/care/{pseudonym}/plan/").follow("#accept button")
    worker.seen.clear()
    worker.go("/me/plan/")
    assert not worker.page.locator("a[href='/me/plan/back/']").count() or worker.sees("geldt nu")

    # 4
    worker.go("/me/rights/")
    assert worker.sees("geen juridisch advies")
    form = worker.page.locator("main form[action*='/done/']").first
    form.locator("xpath=ancestor::details[1]").evaluate(
        "one => { for (let d = one; d; d = d.parentElement) d.open = true }"
    )
    form.locator("input[name=done_on]").fill(worker.page.evaluate("new Date().toISOString().slice(0, 10)"))
    form.locator("button").click()
    worker.page.wait_for_load_state()
    assert "gedaan" in worker.told()
