"""The pages of a study: each for its role and for nobody else, each act once, each refusal at its field."""

import re
from datetime import timedelta

import pytest
from django_scopes import scopes_disabled

from opstap.acts import measures
from opstap.acts.calendar import asked_of
from opstap.domain.access import Role
from opstap.store.models import (
    AllocationRow,
    CareLink,
    Consent,
    Correction,
    LifeEvent,
    Mail,
    Participant,
    ReadEvent,
)
from tests.world import ELIGIBLE, answers_to

PAGES = {
    "/study/progress/": {Role.COORDINATOR},
    "/study/participants/": {Role.COORDINATOR},
    "/study/refer/": {Role.COORDINATOR, Role.REFERRER},
    "/study/report/": {Role.ANALYST},
}
STAFF = [Role.COORDINATOR, Role.REFERRER, Role.ANALYST, Role.COACH, Role.STEWARD]


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def screening(**changed) -> dict:
    """The answers of someone who fits, as a browser sends them."""
    sent = {}
    for name, value in {**ELIGIBLE["steps"], **changed}.items():
        if name == "contract_end":
            sent["contract_end_permanent" if value == "permanent" else "contract_end_day"] = (
                "on" if value == "permanent" else value
            )
        else:
            sent[name] = str(value).lower() if isinstance(value, bool) else value
    return {**sent, "criteria": "registry"}


def act(participant: Participant, doing: str) -> str:
    return f"/study/participants/{participant.pseudonym}/{doing}/"


def page(participant: Participant) -> str:
    return f"/study/participants/{participant.pseudonym}/"


def fresh(participant: Participant) -> Participant:
    with scopes_disabled():
        return Participant.objects.select_related("enrolment", "participation").get(pk=participant.pk)


def count(model, **conditions) -> int:
    with scopes_disabled():
        return model.objects.filter(**conditions).count()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", STAFF)
def test_each_page_is_for_its_roles_only(site, path, role):
    response = site.as_(role).get(path)
    assert response.status_code == (200 if role in PAGES[path] else 404)


@pytest.mark.parametrize("path", PAGES)
def test_without_signing_in_one_is_asked_to(site, client, path):
    assert client.get(path).headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("role", [Role.REFERRER, Role.ANALYST, Role.COACH, Role.STEWARD])
@pytest.mark.parametrize("doing", ["", "screen/", "allocate/", "withdraw/", "contact/"])
def test_a_participant_is_for_coordinators_only(site, role, doing):
    participant = site.build(lambda world: world.allocated())
    response = site.as_(role).get(page(participant) + doing)
    assert response.status_code == 404
    assert participant.pseudonym not in text(response)


def test_a_coordinator_of_another_study_finds_nothing(site, flemish):
    participant = site.build(lambda world: world.referred())
    other = flemish.as_(Role.COORDINATOR)
    assert other.get(page(participant)).status_code == 404
    assert other.post(act(participant, "decline"), reason="other").status_code == 404
    assert participant.pseudonym not in text(other.get("/study/participants/"))
    assert fresh(participant).state == "referred"


def test_from_referral_to_the_lot_by_the_pages_alone(site):
    coordinator = site.as_(Role.COORDINATOR)
    referrer = site.as_(Role.REFERRER)
    asked = {"name": "Proef Persoon", "email": "proef@voorbeeld.example", "phone": "", "language": "nl"}
    sent = referrer.post("/study/refer/", site="steps/amsterdam", **asked)
    assert sent.status_code == 302
    with scopes_disabled():
        participant = Participant.objects.get()
    assert "Screen" in text(coordinator.get(page(participant)))
    assert coordinator.post(act(participant, "screen"), **screening()).status_code == 302
    assert fresh(participant).state == "eligible"
    today = site.world.moment.date()
    future = coordinator.post(act(participant, "inform"), on=today + timedelta(days=1))
    assert future.status_code == 400
    assert "today or in the past year" in text(future)
    assert coordinator.post(act(participant, "inform"), on=today).status_code == 302
    assert coordinator.post(act(participant, "consent-programme"), items_given=["team"]).status_code == 302
    early = coordinator.post(act(participant, "consent-study"), items_given=["questionnaires", "lot", "data"])
    assert early.status_code == 400
    assert "time to think until" in text(early)
    site.world.later(days=8)
    assert (
        coordinator.post(act(participant, "consent-study"), items_given=["questionnaires", "lot", "data"]).status_code
        == 302
    )
    assert count(Consent, channel="paper", decision="agreed") == 2
    too_soon = coordinator.post(act(participant, "allocate"))
    assert too_soon.status_code == 409
    site.build(lambda world: world.fill(world.fresh(participant), "t0"))
    before = text(coordinator.get(page(participant)))
    assert "Draw the lot" in before
    assert "Group" not in before
    assert coordinator.post(act(participant, "allocate")).status_code == 302
    with scopes_disabled():
        arm = AllocationRow.objects.get(participation__participant=participant).arm
    after = text(coordinator.get(page(participant)))
    assert ("STEPS programme" in after) is (arm == "steps")
    assert "The lot was drawn." in after
    assert "The lot was drawn." not in text(coordinator.get(page(participant)))
    assert coordinator.post(act(participant, "allocate")).status_code == 409
    assert count(AllocationRow, participation__isnull=False) == 1


def test_no_arm_on_progress_or_in_the_list(site):
    site.build(lambda world: world.allocated("steps"))
    site.build(lambda world: world.allocated("usual_care"))
    coordinator = site.as_(Role.COORDINATOR)
    for path in ("/study/progress/", "/study/participants/"):
        shown = text(coordinator.get(path)).lower()
        assert "usual care" not in shown
        assert "the steps programme" not in shown
        assert "usual_care" not in coordinator.get(path).content.decode()


def test_progress_counts_what_happened(site):
    site.build(lambda world: world.referred())
    site.build(lambda world: world.screened(contract_hours_per_week=4))
    site.build(lambda world: world.informed())
    site.build(lambda world: world.allocated())
    shown = text(site.as_(Role.COORDINATOR).get("/study/progress/"))
    for words in ("Referred: 4.", "Screened: 3.", "Eligible: 2.", "Informed: 2.", "Consented: 1.", "Allocated: 1."):
        assert words in shown
    assert "1 of 240 people allocated" in shown
    assert "NL-OMON" not in shown


def test_who_is_late_stands_on_progress_with_a_new_link(site):
    participant = site.build(lambda world: world.consented())
    site.world.later(days=3)
    coordinator = site.as_(Role.COORDINATOR)
    assert participant.pseudonym in text(coordinator.get("/study/progress/"))
    with scopes_disabled():
        measurement = participant.measurements.get(wave="t0")
    assert coordinator.post(f"/study/answers/{measurement.pk}/link/").status_code == 302
    assert count(Mail, kind="invitation") == 1  # the first mail that someone gets about a questionnaire
    assert coordinator.post(f"/study/answers/{measurement.pk}/link/").status_code == 302
    assert count(Mail, kind="link") == 1
    site.world.later(days=40)
    assert "not open now" in text_after(coordinator, f"/study/answers/{measurement.pk}/link/")
    assert count(Mail, kind="link") == 1
    assert "1 questionnaire closed without an answer" in text(coordinator.get("/study/progress/"))


def text_after(visitor, path: str, **data) -> str:
    sent = visitor.post(path, **data)
    assert sent.status_code == 302
    return text(visitor.get(sent.headers["Location"]))


def test_a_form_sent_twice_works_once(site):
    participant = site.build(lambda world: world.enrolled())
    coordinator = site.as_(Role.COORDINATOR)
    drawn = coordinator.get(act(participant, "life")).content.decode()
    mark = re.search(r'name="once" value="([^"]+)"', drawn)[1]
    sent = {"kind": "retirement", "on": "2026-02-01", "once": mark}
    assert "Written down." in text_after(coordinator, act(participant, "life"), **sent)
    assert "sent this form twice" in text_after(coordinator, act(participant, "life"), **sent)
    assert count(LifeEvent) == 1


def test_a_refused_form_can_be_sent_again_with_the_same_mark(site):
    participant = site.build(lambda world: world.enrolled())
    coordinator = site.as_(Role.COORDINATOR)
    late = (site.world.moment + timedelta(days=2)).date()
    assert coordinator.post(act(participant, "life"), kind="retirement", on=late, once="m").status_code == 400
    assert coordinator.post(act(participant, "life"), kind="retirement", on="2026-02-01", once="m").status_code == 302
    assert count(LifeEvent) == 1


@pytest.mark.parametrize(
    ("doing", "sent", "words"),
    [
        ("screen", {"date_of_birth": "31 februari"}, "This answer cannot be read"),
        ("screen", {"contract_hours_per_week": "veel"}, "This answer cannot be read"),
        ("screen", {"criteria": "none"}, "Select a valid choice"),
        ("decline", {"reason": "weather"}, "Select a valid choice"),
        ("contact", {"name": "A", "email": "geen adres"}, "This is not an e-mail address"),
        ("contact", {"name": "A", "email": "a@b.example", "phone": "bel maar"}, "Write the telephone number"),
        ("life", {"kind": "retirement", "on": "2030-01-01"}, "This day has not come yet"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(site, doing, sent, words):
    participant = site.build(lambda world: world.referred())
    given = {**screening(), **sent} if doing == "screen" else sent
    response = site.as_(Role.COORDINATOR).post(act(participant, doing), **given)
    assert response.status_code == 400
    assert words in text(response)
    assert 'class="field wrong"' in response.content.decode()
    assert fresh(participant).state == "referred"


def test_each_criterion_says_why(site):
    participant = site.build(lambda world: world.screened(contract_hours_per_week=4))
    shown = text(site.as_(Role.COORDINATOR).get(page(participant)))
    assert "asked: 8 or more" in shown
    assert "46 years" in shown
    assert "not eligible" in shown
    assert "1 September 2025" in shown


def test_decline_and_take_up_again(site):
    participant = site.build(lambda world: world.informed())
    coordinator = site.as_(Role.COORDINATOR)
    assert "does not take part" in text_after(coordinator, act(participant, "decline"), reason="too_ill")
    today = site.world.moment.date()
    assert coordinator.post(act(participant, "inform"), on=today).status_code == 409
    assert coordinator.post(act(participant, "reopen")).status_code == 302
    assert fresh(participant).state == "referred"


def test_care_team_is_chosen_from_those_who_work_there(site):
    participant = site.build(lambda world: world.allocated("steps"))
    coach = site.build(lambda world: world.person(Role.COACH))
    stranger = site.build(lambda world: world.person(Role.ANALYST))
    coordinator = site.as_(Role.COORDINATOR)
    assert coach.name in text(coordinator.get(act(participant, "assign")))
    assert coordinator.post(act(participant, "assign"), user=f"coach:{stranger.pk}").status_code == 400
    assert coordinator.post(act(participant, "assign"), user=f"coach:{coach.pk}").status_code == 302
    assert count(CareLink, participant=participant, user=coach) == 1


def test_leaving_the_study_and_the_programme_are_two_acts(site):
    participant = site.build(lambda world: world.allocated("steps"))
    coordinator = site.as_(Role.COORDINATOR)
    assert coordinator.post(act(participant, "withdraw"), reason="no_reason", answers="keep").status_code == 302
    assert fresh(participant).participation.state == "withdrawn"
    assert fresh(participant).enrolment.state == "active"
    assert coordinator.post(act(participant, "stop"), reason="too_busy").status_code == 302
    assert fresh(participant).enrolment.state == "stopped"
    assert coordinator.post(act(participant, "stop"), reason="too_busy").status_code == 409


def test_contact_changes_and_stays_out_of_the_address(site):
    participant = site.build(lambda world: world.referred())
    coordinator = site.as_(Role.COORDINATOR)
    sent = coordinator.post(act(participant, "contact"), name="Nieuwe Naam", email="nieuw@x.example", phone="")
    assert "Naam" not in sent.headers["Location"]
    shown = text(coordinator.get(sent.headers["Location"]))
    assert "Nieuwe Naam" in shown
    assert "nieuw@x.example" in shown


def test_opening_a_participant_is_recorded(site):
    participant = site.build(lambda world: world.referred())
    coordinator = site.as_(Role.COORDINATOR)
    coordinator.get(page(participant))
    assert count(ReadEvent, participant=participant, role="coordinator", what="record") == 1


def whole(site, measurement) -> dict:
    """Answers to a whole measurement, as the paper form sends them."""
    sent = {}
    for questionnaire in asked_of(measurement):
        for item, value in answers_to(questionnaire, site.world.moment).items():
            field = f"{questionnaire.id}.{item}"
            if isinstance(value, dict):
                sent |= {f"{field}_{row}": cell for row, cell in value.items()}
            elif isinstance(value, list) and isinstance(value[0], dict):
                for number, thing in enumerate(value, start=1):
                    sent |= {f"{field}_{number}-{part}": cell for part, cell in thing.items()}
            else:
                sent[field] = value
    return sent


def test_answers_from_paper_are_saved_handed_in_and_corrected(site):
    participant = site.build(lambda world: world.consented())
    measurement = site.build(lambda world: world.measurement(participant, "t0"))
    sent = site.build(lambda _world: whole(site, measurement))
    coordinator = site.as_(Role.COORDINATOR)
    path = f"/study/answers/{measurement.pk}/"
    assert "Answers from paper" in text(coordinator.get(path))
    missing = coordinator.post(path, submit="1")
    assert missing.headers["Location"] == f"{path}gaps/"
    assert "questions without an answer" in text(coordinator.get(f"{path}gaps/"))
    wrong = coordinator.post(path, **{**sent, "work-start.contract_hours": "veel"})
    assert wrong.status_code == 400
    assert "This is not a number" in text(wrong)
    assert coordinator.post(path, submit="1", **sent).status_code == 302
    with scopes_disabled():
        measurement.refresh_from_db()
    assert measurement.submitted_at is not None
    assert measurement.channel == "paper"
    assert coordinator.get(f"{path}gaps/").headers["Location"] == path
    assert coordinator.post(path, submit="1", **sent).status_code == 409
    assert "Answers" in text(coordinator.get(path))
    field = f"{path}correct/work-start.contract_hours/"
    assert coordinator.post(field, value="24", reason="").status_code == 400
    assert coordinator.post(field, value="veel", reason="typfout").status_code == 400
    assert coordinator.post(field, value="24", reason="typfout").status_code == 302
    assert count(Correction) == 1
    assert "typfout" in text(coordinator.get(path))
    assert coordinator.get(f"{path}correct/work-start.nothing/").status_code == 404


def test_paper_with_gaps_is_handed_in_with_a_reason_for_each(site):
    participant = site.build(lambda world: world.consented())
    measurement = site.build(lambda world: world.measurement(participant, "t0"))
    sent = site.build(lambda _world: whole(site, measurement))
    sent = {name: value for name, value in sent.items() if name not in ("background.age", "work-ability.was")}
    coordinator = site.as_(Role.COORDINATOR)
    path = f"/study/answers/{measurement.pk}/"
    early = coordinator.post(path, answered_on="2025-01-01", **sent)
    assert early.status_code == 400
    assert "This day does not fit" in text(early)
    on = site.world.moment.date().isoformat()
    assert coordinator.post(path, submit="1", channel="telephone", answered_on=on, **sent).status_code == 302
    shown = text(coordinator.get(f"{path}gaps/"))
    assert "2 questions have no answer" in shown
    assert coordinator.post(f"{path}gaps/", **{"background.age": "unreadable"}).status_code == 400
    reasons = {"background.age": "unreadable", "work-ability.was": "left_empty"}
    assert coordinator.post(f"{path}gaps/", **reasons).status_code == 302
    with scopes_disabled():
        measurement.refresh_from_db()
        assert measurement.sheets.get(questionnaire="background").gaps == {"age": "unreadable"}
        assert measurement.sheets.get(questionnaire="work-ability").gaps == {"was": "left_empty"}
    assert (measurement.channel, measurement.answered_on) == ("telephone", site.world.moment.date())
    shown = text(coordinator.get(path))
    assert "not readable" in shown
    assert "not filled in" in shown
    assert "by telephone, filled in on" in shown
    # An answer that comes to light later takes the place of the gap.
    coordinator.post(f"{path}correct/background.age/", value="51", reason="Gebeld.")
    assert "not readable" not in text(coordinator.get(path))


def test_an_empty_questionnaire_is_printed_in_the_language_of_who_fills_it_in(site):
    participant = site.build(lambda world: world.consented())
    measurement = site.build(lambda world: world.measurement(participant, "t0"))
    site.build(
        lambda world: measures.save_answers(
            by=world.account_of_unscoped(participant), measurement=measurement, answers={"background": {"age": 47}}
        )
    )
    shown = text(site.as_(Role.COORDINATOR).get(f"/study/answers/{measurement.pk}/print/"))
    assert "Hoe oud bent u?" in shown
    assert "Kruis aan wat het beste past" in shown
    assert "47" not in shown.split("<main")[-1]
    assert "Naam van het medicijn" in shown
    assert "Maandag" in shown
    assert "Alleen na" in shown
    assert "Proef Persoon" not in shown


def test_a_question_that_routing_closes_is_not_kept(site):
    participant = site.build(lambda world: world.consented())
    measurement = site.build(lambda world: world.measurement(participant, "t0"))
    path = f"/study/answers/{measurement.pk}/"
    sent = {"work-care.care": "0", "work-care.care_contacts": "12"}
    assert site.as_(Role.COORDINATOR).post(path, **sent).status_code == 302
    with scopes_disabled():
        answers = measurement.sheets.get(questionnaire="work-care").answers
    assert answers == {"care": 0}


def test_referring_the_same_person_twice_is_refused(site):
    referrer = site.as_(Role.REFERRER)
    sent = {"name": "P", "email": "p@x.example", "phone": "", "language": "nl", "site": "steps/amsterdam"}
    assert referrer.post("/study/refer/", **sent).status_code == 302
    again = referrer.post("/study/refer/", **sent)
    assert again.status_code == 400
    assert "already been referred" in text(again)
    assert count(Participant) == 1
    assert referrer.post("/study/refer/", **{**sent, "site": "rentree/elsewhere"}).status_code == 400


def test_a_referrer_sees_that_it_was_taken_up_and_nothing_else(site):
    participant = site.build(lambda world: world.screened(contract_hours_per_week=4))
    other = site.build(lambda world: world.referred())
    shown = text(site.as_(Role.REFERRER).get("/study/refer/"))
    assert participant.pseudonym in shown
    assert "taken up, does not take part" in shown
    assert "received, not yet taken up" in shown
    assert "Proef Persoon" not in shown
    assert "eligible" not in shown
    assert other.pseudonym in shown


def test_the_list_narrows_and_never_searches_by_name(site):
    first = site.build(lambda world: world.referred())
    second = site.build(lambda world: world.allocated())
    coordinator = site.as_(Role.COORDINATOR)

    def found(**query) -> set[str]:
        shown = text(coordinator.get("/study/participants/", **query))
        return {one.pseudonym for one in (first, second) if one.pseudonym in shown}

    assert found() == {first.pseudonym, second.pseudonym}
    assert found(search=first.pseudonym[2:].lower(), state="", place="") == {first.pseudonym}
    assert found(search="Proef") == set()
    assert found(state="in_follow_up") == {second.pseudonym}
    assert found(state="referred", place="steps/amsterdam") == {first.pseudonym}
    assert found(place="steps/utrecht") == set()
    assert coordinator.get("/study/participants/", page="99").status_code == 200


def test_the_number_of_queries_does_not_grow(site, django_assert_max_num_queries):
    coordinator = site.as_(Role.COORDINATOR)
    for path, most in (("/study/progress/", 40), ("/study/participants/", 25)):
        site.build(lambda world: [world.consented() for _ in range(3)])
        with django_assert_max_num_queries(most) as first:
            coordinator.get(path)
        site.build(lambda world: [world.consented() for _ in range(6)])
        with django_assert_max_num_queries(len(first)):
            coordinator.get(path)


def test_the_analyst_sees_numbers_only(site):
    participant = site.build(lambda world: world.allocated())
    shown = text(site.as_(Role.ANALYST).get("/study/report/"))
    assert "blinded" in shown
    assert participant.pseudonym not in shown
    assert "Proef Persoon" not in shown


def test_a_single_arm_has_no_lot(flemish):
    participant = flemish.build(lambda world: world.baseline())
    coordinator = flemish.as_(Role.COORDINATOR)
    assert "Draw the lot" not in text(coordinator.get(page(participant)))
    refused = coordinator.post(act(participant, "allocate"))
    assert refused.status_code == 400
    assert "one arm" in text(refused)
    assert "of 189 people included" in text(coordinator.get("/study/progress/"))


def test_a_coordinator_of_one_site_sees_that_site_only(site):
    from opstap.acts import people
    from opstap.acts.doors import SYSTEM
    from opstap.store.models import Site

    here = site.build(lambda world: world.referred())

    def other_site(world):
        user = people.make_account(by=SYSTEM, email="een@steps.example", name="Een Centrum", password=None)
        utrecht = Site.objects.get(study=world.study, code="utrecht")
        people.grant_role(by=SYSTEM, user=user, role=Role.COORDINATOR, study=world.study, site=utrecht)
        return user

    visitor = site.come_in(site.build(other_site))
    assert here.pseudonym not in text(visitor.get("/study/participants/"))
    assert visitor.get(page(here)).status_code == 404
    assert "Referred: 0." in text(visitor.get("/study/progress/"))


def test_screening_goes_on_where_it_stopped(site):
    participant = site.build(lambda world: world.screened(treatments=None))
    page = site.as_(Role.COORDINATOR).get(f"/study/participants/{participant.pseudonym}/screen/").content.decode()
    assert 'value="1979-05-04"' in page
    assert re.search(r'name="histologically_confirmed" value="true"[^>]*checked', page)
    assert 'value="96"' in page
