"""Writes docs/reference/journeys.md from the tables: python -m tests.domain.journey.page."""

from pathlib import Path

from opstap.domain.journey import MACHINES

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "journeys.md"
WHAT = {
    "recruitment": "From a referral to a decision. `include` happens when someone agrees to the programme, "
    "to the study, or to both.",
    "enrolment": "The programme: the coaching itself. In a trial it waits for the lot. Once closed it can be reopened.",
    "participation": "The study: consent, measurements, follow-up. Leaving the study never moves the programme, "
    "nor the other way round.",
    "session": "One conversation of the programme.",
    "plan": "One version of a plan. Offering it is the professional's agreement; the participant always comes "
    "before the workplace.",
    "adjustment": "One adjustment at work. The participant decides first; then the workplace sees it, agrees, and says "
    "that it is arranged.",
    "letter": "One letter to someone around the participant, who reads it before it can go.",
    "application": "One application for work, of someone who looks for a new job. Each move is named by the state it "
    "leads to; only an offer can be accepted.",
    "permission": "The permission that a trial placement needs, of whoever must give it.",
    "closing": "Looking back at the end: each prepares, they look back together, the participant agrees, the programme "
    "closes. What is changed after the agreement has to be agreed anew.",
    "aftercare": "One contact of aftercare, during the (new) job. It counts as no session.",
    "query": "A question about an answer that was handed in, by a data manager or by a rule. The site answers in words "
    "or by a correction; the data manager closes. `satisfy` is a correction after which the rule that asked holds: it "
    "closes by itself, and says so. `withdraw` is for who asked.",
    "incident": "A deviation from the protocol, or an adverse event. An event is assessed before it is closed; a "
    "deviation can be settled at once. What was closed can turn out not to be over.",
    "measurement": "One wave of questionnaires for one respondent. Its state follows from its window and from what "
    "was handed in; the opening and the closing day both count.",
}


def page() -> str:
    """The page as the tables give it."""
    parts = [
        "# Journeys",
        "What can happen next, as tables: from each state, which moves lead where. A move that a state does not have "
        "is refused, with the moves that it does have. Who may make a move is another table "
        "(`opstap.domain.access`).",
        "This page is made from `opstap.domain.journey`; a test refuses a page that is out of step.",
    ]
    for machine in MACHINES:
        parts += [f"## {machine.name.capitalize()}", WHAT[machine.name], f"```mermaid\n{machine.diagram()}\n```"]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
