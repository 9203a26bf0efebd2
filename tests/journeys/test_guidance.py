"""The programme itself, on a phone: three taps, a goal, and the coach who looks back on it with the participant."""

import re

from tests.journeys.conftest import Walker


def test_energy_in_three_taps_a_goal_and_its_review(walker: Walker) -> None:
    page = walker.page
    walker.enter("steps", "participant")
    page.set_viewport_size({"width": 390, "height": 844})

    # Three taps, one request.
    walker.go("/me/energy/")
    page.set_viewport_size({"width": 390, "height": 844})
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.locator("label.tile", has_text="Werken").click()
    page.locator("label.tile", has_text="Kostte energie").click()
    page.get_by_role("button", name="Ging wel").click()
    page.wait_for_load_state()
    assert [url.removeprefix(walker.demo.address) for url in sent] == ["/me/energy/note/"]
    assert walker.sees(re.compile(r"Bewaard om .* werken, kostte energie, ging wel"))
    walker.press("Zet er woorden bij", role="link")
    page.fill("textarea[name=text]", "Een lange vergadering.")
    walker.press("Bewaar")

    # Open the diary to the care team, when it is not open yet.
    if page.get_by_role("button", name="Laat hen meelezen").count():
        walker.press("Laat hen meelezen")

    # A goal in own words.
    walker.go("/me/goals/new/")
    page.fill("textarea[name=text]", "Weer zelf de week indelen.")
    page.fill("input[name=importance]", "8")
    page.fill("input[name=confidence]", "12")
    walker.press("Bewaar dit doel")
    assert walker.sees("Vul een heel getal in van 0 tot en met 10.")
    assert page.input_value("textarea[name=text]") == "Weer zelf de week indelen."
    page.fill("input[name=confidence]", "5")
    walker.press("Bewaar dit doel")
    walker.press(re.compile("Weer zelf de week indelen"), role="link")
    page.get_by_text("Zet er een stap bij").click()
    page.fill("textarea[name=step-text]", "Elke maandag mijn week tekenen.")
    walker.press("Zet deze stap erbij")
    walker.press(re.compile("^Gedaan"))
    assert walker.sees(re.compile("gedaan op"))
    walker.go("/me/goals/stage/")
    pseudonym = walker.demo.way("steps", "participant")["name"].split(",")[0]

    # The coach finds both on the case, and looks back on the goal.
    ways = [way for way in walker.demo.ways if way["study"] == "steps" and way["role"] == "coach"]
    for number in range(len(ways)):
        walker.enter("steps", "coach", number)
        if page.goto(f"{walker.demo.address}/care/{pseudonym}/").status == 200:
            break
    walker.look()
    walker.go(f"/care/{pseudonym}/energy/")
    assert walker.sees(re.compile("Een lange vergadering."))
    walker.go(f"/care/{pseudonym}/stages/")
    walker.go(f"/care/{pseudonym}/goals/")
    walker.press(re.compile("Weer zelf de week indelen"), role="link")
    page.get_by_text("Schrijf een terugblik op").click()
    page.fill("textarea[name=review-text]", "Twee weken gelukt.")
    page.fill("input[name=review-confidence]", "7")
    walker.press("Bewaar deze terugblik")
    assert walker.sees("Twee weken gelukt.")

    # And the participant reads it.
    walker.enter("steps", "participant").go("/me/goals/")
    page.set_viewport_size({"width": 390, "height": 844})
    walker.press(re.compile("Weer zelf de week indelen"), role="link")
    assert walker.sees("Twee weken gelukt.")
