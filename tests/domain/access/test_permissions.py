"""Who may do what, written down a second time: by standing here, by permission in the table."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

import opstap
from opstap.domain.access import TABLE, Permission, Relation, Role, Standing, may

SOURCE = Path(opstap.__file__).parent

OWN = Standing(Role.PARTICIPANT, Relation.OWN)
THERAPIST = Standing(Role.THERAPIST, Relation.LINKED)
COACH = Standing(Role.COACH, Relation.LINKED)
WORKPLACE = Standing(Role.WORKPLACE, Relation.LINKED)
REFERRER = Standing(Role.REFERRER, Relation.STUDY)
COORDINATOR = Standing(Role.COORDINATOR, Relation.STUDY)
ANALYST = Standing(Role.ANALYST, Relation.STUDY)
DATA_MANAGER = Standing(Role.DATA_MANAGER, Relation.STUDY)
STEWARD = Standing(Role.STEWARD, Relation.HOUSE)
SYSTEM = Standing(Role.SYSTEM, Relation.HOUSE)

CARE = (
    "see_case deliver keep_goals keep_search keep_diary record_work offer_plan accept_plan write_relapse_plan "
    "report_incident keep_clock record_life_event propose_adjustment "
    "arrange_adjustment drop_adjustment log_contact write_message write_letter drop_letter speak_for choose_paper"
)
MAY = {
    OWN: "change_contact consent withdraw answer set_code record_work agree_plan invite_workplace keep_goals "
    "keep_diary share_diary keep_search share_search drop_adjustment write_message share_with_party drop_letter "
    "keep_feed step_back write_relapse_plan keep_clock look_back",
    THERAPIST: f"{CARE} answer_as_therapist",
    COACH: f"{CARE} answer_as_coach",
    WORKPLACE: "see_workplace confirm_plan arrange_adjustment write_message answer_as_workplace",
    Standing(Role.WORKPLACE, Relation.STUDY): "keep_feed",
    Standing(Role.THERAPIST, Relation.STUDY): "arrange_cover keep_feed",
    Standing(Role.COACH, Relation.STUDY): "arrange_cover keep_feed",
    REFERRER: "refer see_lot",
    COORDINATOR: "refer screen include enrol_partner sign_consent allocate change_contact consent withdraw "
    "enter_answers report_incident see_incidents follow_incident look_for_signals "
    "correct_answers send_link assign_care record_life_event see_progress publish_summary unblind choose_paper "
    "keep_calendar settle_mail see_queries answer_query take_alert correct_stratum see_lot "
    "see_flow see_delivered see_locks lock_study reveal",
    ANALYST: "see_report fix_plan see_lot see_balance see_flow see_delivered export",
    DATA_MANAGER: "see_queries review_answers raise_query close_query see_incidents look_for_signals "
    "see_lot see_balance see_flow see_delivered see_locks lock_person lock_study reveal export",
    STEWARD: "manage_people open_study see_audit",
    SYSTEM: "refer report_mail send_link see_report manage_people open_study run_due run_checks see_flow export",
}
STANDINGS = [Standing(role, relation) for role, relation in product(Role, Relation)]
PAIRS = [
    pytest.param(permission, standing, id=f"{permission}-{standing.role}-{standing.relation}")
    for permission, standing in product(Permission, STANDINGS)
]


@pytest.mark.parametrize(("permission", "standing"), PAIRS)
def test_each_permission_is_tried_in_each_standing(permission: Permission, standing: Standing) -> None:
    assert may(permission, [standing]) is (permission.value in MAY.get(standing, "").split())


def test_every_permission_is_possible_for_someone() -> None:
    assert set(TABLE) == set(Permission)
    assert all(TABLE.values())


@pytest.mark.parametrize("permission", Permission)
def test_nobody_may_without_a_standing_and_one_fitting_standing_is_enough(permission: Permission) -> None:
    assert not may(permission, [])
    assert may(permission, STANDINGS)


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_guards_an_act_or_a_door(permission: Permission) -> None:
    # Asked of `allow`, a door, or a table of standings, in the room of acts or by a page that opens a door.
    rooms = [*(SOURCE / "acts").rglob("*.py"), *(SOURCE / "web").rglob("*.py")]
    asked = [path for path in rooms if re.search(rf"Permission\.{permission.name}\b", path.read_text("utf-8"))]
    assert asked, f"{permission} is asked nowhere: delete it"


@pytest.mark.parametrize("role", [Role.WORKPLACE, Role.ANALYST, Role.STEWARD])
def test_a_workplace_an_analyst_and_a_steward_never_see_a_case(role: Role) -> None:
    seen = {Permission.SEE_CASE, Permission.DELIVER, Permission.ANSWER, Permission.ENTER_ANSWERS}
    assert not any(may(permission, [Standing(role, relation)]) for permission in seen for relation in Relation)


def test_who_analyses_cannot_open_the_blind() -> None:
    assert not any(may(Permission.UNBLIND, [Standing(Role.ANALYST, relation)]) for relation in Relation)
