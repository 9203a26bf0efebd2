"""What is typed while the connection is lost stays on the device, goes once it is back, and is saved once."""

import re
from collections.abc import Callable

from tests.journeys.conftest import Walker
from tests.journeys.deeds import someone_asked


def test_a_lost_connection_loses_nothing_and_saves_once(company: Callable[[int], Walker]) -> None:
    link = someone_asked(company(1280), "verbinding@steps.example")
    walker = company(390)
    page, context = walker.page, walker.page.context
    walker.go(link)
    walker.send()
    walker.follow("main a.btn.big")
    first = page.url
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)

    context.set_offline(True)
    page.fill("input[name=answer]", "53")
    page.locator("form.question button.btn.big").click()
    page.get_by_text("U bent even niet verbonden. Wat u typte, is bewaard op dit apparaat.").wait_for()
    walker.look()
    assert page.input_value("input[name=answer]") == "53"
    assert "53" in page.evaluate("JSON.stringify(localStorage)")

    # Back again: it goes by itself, on to the next question, and nothing stays on the device.
    context.set_offline(False)
    page.wait_for_url(lambda url: url != first)
    assert page.evaluate("localStorage.length") == 0
    assert len([one for one in sent if one == first]) == 2
    page.goto(first)
    assert page.input_value("input[name=answer]") == "53"

    # The answer of the server is lost on its way back: it arrived, and is not saved a second time.
    lost = []

    def lose(route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/me/questions/**", lose)
    page.fill("input[name=answer]", "54")
    page.locator("form.question button.btn.big").click()
    page.get_by_role("button", name="Nu opnieuw proberen").click()
    page.wait_for_url(lambda url: url != first)
    assert lost == [200]
    assert "/two/" not in page.url
    page.unroute("**/me/questions/**")
    page.goto(first)
    assert page.input_value("input[name=answer]") == "54"

    # Closed while there was no connection: kept until the questionnaire is opened again, and gone with signing out.
    context.set_offline(True)
    page.fill("input[name=answer]", "55")
    page.locator("form.question button.btn.big").click()
    page.get_by_role("button", name="Nu opnieuw proberen").wait_for()
    page.close()
    context.set_offline(False)
    again = walker.page = context.new_page()
    again.goto(re.sub(r"background/.*", "", first))
    again.wait_for_url(lambda url: "/background/" in url)
    again.goto(first)
    assert again.input_value("input[name=answer]") == "55"
    again.evaluate("localStorage.setItem('opstap-kept:somebody-else:1:/x', '{}')")
    again.reload()
    again.wait_for_load_state()
    assert again.evaluate("localStorage.length") == 0
