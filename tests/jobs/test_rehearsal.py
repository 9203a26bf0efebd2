"""A rehearsal shows every mail, and would show a wrong one: each check is tried with a rule broken on purpose."""

from datetime import date

import pytest
from django.db import transaction
from django_scopes import scopes_disabled

from opstap.acts import due, mailing, rehearsal
from opstap.acts.due import plan
from opstap.domain.followup import Hours
from opstap.domain.protocol import load
from opstap.jobs.rehearsal import Rehearsed, rehearse
from opstap.store.models import Mail, Measurement

pytestmark = pytest.mark.django_db


def play(count: int = 8, months: int = 2, **more) -> Rehearsed:
    # From the week before Easter 2026, over the night that skips an hour.
    return rehearse(
        load("rentree"), count=count, months=months, seed=3, start=date(2026, 3, 27), address="ik@hier.example", **more
    )


def test_every_mail_is_shown_once_by_day_and_with_its_day_in_the_subject() -> None:
    letters: list[dict[str, str]] = []
    found = play(send=letters.append)
    assert found.well
    assert len(letters) == len(found.mails) >= 8
    assert {letter["to"] for letter in letters} == {"ik@hier.example"}
    assert all(letter["subject"].startswith("[2026-0") for letter in letters)
    assert set(found.counts) == {"invitation", "reminder"}
    with scopes_disabled():
        assert Mail.objects.exclude(state="dropped").count() == len(found.mails)


def test_who_leaves_or_dies_is_left_alone_from_that_day(monkeypatch) -> None:
    monkeypatch.setattr(rehearsal, "LEAVE", 50)
    monkeypatch.setattr(rehearsal, "DIE", 50)
    monkeypatch.setattr(rehearsal, "BOUNCE", 50)
    found = play(count=6, months=3)
    assert found.well
    with scopes_disabled():
        assert {"withdrawn", "died"} & set(Measurement.objects.values_list("void_reason", flat=True))
        assert "bounced" in Mail.objects.values_list("state", flat=True)


def test_the_same_seed_gives_the_same_mails() -> None:
    told = []
    for _ in range(2):
        with transaction.atomic():
            told.append([(one.person, one.step, one.at) for one in play(count=2, months=1).mails])
            transaction.set_rollback(True)
    assert told[0] == told[1]


def test_a_rule_that_forgets_the_night_and_the_holidays_is_found_out(monkeypatch) -> None:
    monkeypatch.setattr(Hours, "calm", lambda _self, _moment: "")
    mailing._hours.cache_clear()
    found = play()
    assert found.at_night
    assert not found.well


def test_a_rule_that_forgets_what_was_made_is_found_out(monkeypatch) -> None:
    monkeypatch.setattr(due, "plan", lambda facts, now, hours: plan(forgetful(facts), now, hours))
    monkeypatch.setattr(due, "_key", lambda number, step: f"{number}:{step}:{Mail.objects.count()}")
    found = play(count=3, months=1)
    assert found.doubles
    assert not found.well


def forgetful(facts):
    from dataclasses import replace

    return replace(facts, made={})
