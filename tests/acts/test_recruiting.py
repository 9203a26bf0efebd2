"""Recruitment counted: per site and month, against the plan; who is missing; the log."""

from datetime import date, timedelta

import pytest

from opstap.acts import clock, protocols, recruitment
from opstap.acts.doors import SYSTEM
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight import recruitment as sight
from opstap.acts.sight.progress import ahead, progress
from opstap.acts.words import Contact
from opstap.domain.access import Role
from opstap.store.models import Grant, NonParticipation, Site
from tests.world import ELIGIBLE, World

ANNA = Contact("Anna Proef", "anna@proef.example")


class TestByThemselves:
    def test_someone_comes_in_through_the_public_page(self, steps: World) -> None:
        made = recruitment.refer(by=SYSTEM, site=steps.site, contact=ANNA)
        assert (made.referred_by, made.state) == (None, "referred")
        with pytest.raises(recruitment.KnownAlready):
            recruitment.refer(by=SYSTEM, site=steps.site, contact=ANNA)
        assert sight.joining("steps").sites[0][0] == "amsterdam"

    def test_only_where_the_protocol_lets_them_and_so_many_a_day(self, steps: World, monkeypatch) -> None:
        monkeypatch.setattr(recruitment, "MOST_A_DAY", 0)
        with pytest.raises(Refused):
            recruitment.refer(by=SYSTEM, site=steps.site, contact=ANNA)
        protocol = protocols.protocol_of(steps.study)
        closed = protocol.study.model_copy(update={"recruitment": type(protocol.study.recruitment)()})
        for place in (recruitment, sight):
            monkeypatch.setattr(place, "protocol_of", lambda _study: protocol.model_copy(update={"study": closed}))
        with pytest.raises(Refused):
            recruitment.refer(by=SYSTEM, site=steps.site, contact=ANNA)
        with pytest.raises(NotHere):
            sight.joining("steps")


class TestMissing:
    def test_details_are_kept_only_with_agreement(self, steps: World) -> None:
        coordinator = steps.person(Role.COORDINATOR)
        told = {"age_band": "from_45", "sex": "", "diagnosis": "lung"}
        first, second = steps.informed(), steps.informed()
        with pytest.raises(Refused) as refusal:
            recruitment.decline(by=coordinator, participant=first, reason="too_ill", details=told)
        assert refusal.value.field == "agreed"
        with pytest.raises(Refused) as refusal:
            recruitment.decline(
                by=coordinator, participant=first, reason="too_ill", agreed=True, details={"sex": "unknown"}
            )
        assert refusal.value.field == "sex"
        recruitment.decline(by=coordinator, participant=first, reason="too_ill", agreed=True, details=told)
        recruitment.decline(by=coordinator, participant=second, reason="too_busy", agreed=True)
        assert NonParticipation.objects.get(participant=first).details == {"age_band": "from_45", "diagnosis": "lung"}
        missing = sight.recruitment(coordinator)[0].missing
        assert (missing.count, missing.agreed) == (2, 1)
        assert dict(missing.questions) == {"Leeftijd": [("45 tot en met 54 jaar", 1)], "Soort kanker": [("Long", 1)]}


class TestFunnel:
    def test_each_step_counts_once_in_its_month(self, steps: World) -> None:
        one = steps.screened(treatments=None)
        steps.later(days=40)
        with clock.at(steps.moment):
            coordinator = steps.person(Role.COORDINATOR)
            recruitment.screen(
                by=coordinator,
                participant=steps.fresh(one),
                answers={**ELIGIBLE["steps"], "contract_end": "2026-12-31"},
            )
            allocated = steps.allocated()
        with clock.at(steps.moment):
            [found] = sight.recruitment(coordinator)
        counts = dict(zip(found.steps, found.totals, strict=True))
        assert counts == {
            "referred": 2, "screened": 2, "eligible": 2, "informed": 1, "consented": 1, "allocated": 1, "followed": 0,
        }  # fmt: skip
        april, march = found.months
        assert (march.first, dict(zip(found.steps, march.counts, strict=True))["screened"]) == (date(2026, 3, 1), 1)
        assert dict(zip(found.steps, april.counts, strict=True))["eligible"] == 2
        assert [month.included for month in found.months] == [1, 0]
        assert [month.planned for month in found.months] == [20, 10]  # 240 in 24 months
        assert found.sites[0].totals == found.totals
        assert (found.ahead.on > steps.moment.date(), 0 <= found.ahead.in_time < 0.5) == (True, True)
        assert allocated.participation.arm not in repr(found)
        [shown] = _progress(steps)
        assert (shown.reached_early, shown.reached_on, shown.reached_late) == (
            found.ahead.early, found.ahead.on, found.ahead.late,
        )  # fmt: skip

    def test_a_single_arm_counts_consent_and_a_late_plan_has_no_chance(self, rentree: World) -> None:
        rentree.baseline()
        with clock.at(rentree.moment + timedelta(days=800)):
            [late] = sight.recruitment(rentree.person(Role.COORDINATOR))
        assert "allocated" not in late.steps
        assert (late.included, late.planned, late.ahead) == (1, late.target, None)
        with clock.at(rentree.moment):
            [now] = sight.recruitment(rentree.person(Role.COORDINATOR))
        assert now.ahead.per_month > 0

    def test_without_a_plan_none_is_shown(self, rentree: World, monkeypatch) -> None:
        protocol = protocols.protocol_of(rentree.study)
        bare = protocol.study.model_copy(update={"recruitment": type(protocol.study.recruitment)()})
        monkeypatch.setattr(sight, "protocol_of", lambda _study: protocol.model_copy(update={"study": bare}))
        [found] = sight.recruitment(rentree.person(Role.COORDINATOR))
        assert (found.planned, found.plan_ends, found.months[0].planned, found.join) == (None, None, None, "")

    def test_a_site_sees_its_own_only(self, steps: World) -> None:
        steps.referred()
        there = Site.objects.get(study=steps.study, code="utrecht")
        coordinator = steps.person(Role.COORDINATOR)
        Grant.objects.filter(user=coordinator, role=Role.COORDINATOR).update(site=there)
        [found] = sight.recruitment(coordinator)
        assert (sum(found.totals), [site.title for site in found.sites]) == (0, ["Utrecht"])

    def test_never_is_no_day(self) -> None:
        assert ahead(date(2026, 1, 1), 40_000) is None


class TestLog:
    def test_every_screening_with_each_criterion(self, steps: World) -> None:
        coordinator = steps.person(Role.COORDINATOR)
        no, yes = steps.screened(treatments=["surgery"]), steps.screened()
        open_ = steps.screened(contract_end=None)
        assert [line.pseudonym for line in sight.screening_log(coordinator).lines] == [
            open_.pseudonym, yes.pseudonym, no.pseudonym,
        ]  # fmt: skip
        for outcome, one in (("yes", yes), ("no", no), ("open", open_)):
            [line] = sight.screening_log(coordinator, outcome=outcome).lines
            assert line.pseudonym == one.pseudonym
        [line] = sight.screening_log(coordinator, outcome="no", number=9).lines
        assert [one.title for one in line.screened.criteria if one.met is False] == ["Chemotherapie of bestraling"]


def _progress(world: World) -> list:
    with clock.at(world.moment):
        return progress(world.person(Role.COORDINATOR))
