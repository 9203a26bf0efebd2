"""The audit trail only grows: what the database refuses, and what verification finds."""

import json
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from opstap.acts import trail
from opstap.acts.act import act, record
from opstap.acts.doors import SYSTEM
from opstap.domain.events import Event
from opstap.store import triggers
from opstap.store.models import AllocationRow, AuditEvent, ChainHead, Consent
from tests.world import World


@act
def happen(*, by=SYSTEM) -> None:
    record(Event.DUE_RUN, by=by)


@pytest.fixture
def without_guards():
    """Take the triggers away, as someone with the keys of the database could."""
    with connection.cursor() as cursor:
        triggers.remove(None, SimpleNamespace(connection=connection, execute=cursor.execute))


def test_an_untouched_trail_is_intact(rentree: World) -> None:
    rentree.in_care()
    verdict = trail.verify()
    assert verdict.intact
    assert verdict.events == AuditEvent.objects.count() > 5
    assert verdict.first_broken is None


@pytest.mark.parametrize("table", ["store_auditevent", "store_consent", "store_readevent"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET at = at", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_or_delete(rentree: World, table: str, statement: str) -> None:
    rentree.in_care()
    from opstap.acts import doors
    from opstap.domain.access import Permission, Role

    participant = rentree.in_care()
    doors.record_of(rentree.person(Role.COACH), participant.pseudonym, Permission.SEE_CASE, what="case")
    with transaction.atomic(), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert Consent.objects.exists()
    assert trail.verify().intact


def test_postgresql_refuses_to_truncate(rentree: World) -> None:
    if connection.vendor != "postgresql":
        assert "TRUNCATE" not in " ".join(triggers._sqlite())
        return
    happen()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE store_auditevent")


def test_a_drawn_lot_cannot_be_changed(steps: World) -> None:
    steps.allocated()
    row = AllocationRow.objects.exclude(participation=None).get()
    for change in ({"arm": "steps"}, {"participation": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            AllocationRow.objects.filter(pk=row.pk).update(**change)
    free = AllocationRow.objects.filter(participation=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        free.filter(pk=free[0].pk).update(arm="steps" if free[0].arm != "steps" else "usual_care")
    with pytest.raises(DatabaseError), transaction.atomic():
        AllocationRow.objects.filter(pk=row.pk).delete()


def test_a_changed_event_is_found(without_guards) -> None:
    for _ in range(4):
        happen()
    AuditEvent.objects.filter(number=2).update(by="999")
    assert trail.verify() == trail.Verdict(False, 1, 2, "changed")


def test_a_missing_event_is_found(without_guards) -> None:
    for _ in range(4):
        happen()
    AuditEvent.objects.filter(number=3).delete()
    assert trail.verify() == trail.Verdict(False, 2, 3, "missing")


def test_a_cut_at_the_end_is_found(without_guards) -> None:
    for _ in range(4):
        happen()
    AuditEvent.objects.filter(number=4).delete()
    assert trail.verify() == trail.Verdict(False, 3, 4, "cut")


def test_a_cut_that_also_moves_the_head_is_found_by_an_anchor(without_guards) -> None:
    for _ in range(4):
        happen()
    kept = json.loads(json.dumps(trail.anchor()))
    AuditEvent.objects.filter(number=4).delete()
    last = AuditEvent.objects.get(number=3)
    ChainHead.objects.update(number=3, digest=last.digest)
    assert trail.verify().intact
    assert trail.verify(kept) == trail.Verdict(False, 3, 4, "cut")


def test_a_recomputed_chain_is_found_by_an_anchor(without_guards) -> None:
    happen()
    happen()
    kept = trail.anchor()
    AuditEvent.objects.all().delete()
    ChainHead.objects.update(number=0, digest=trail.START)
    happen()
    happen()
    happen()
    # The same events at the same fixed moment: only one that differs can show.
    AuditEvent.objects.all().delete()
    ChainHead.objects.update(number=0, digest=trail.START)

    @act
    def other() -> None:
        record(Event.REPORT_RUN, by=SYSTEM)

    other()
    other()
    assert trail.verify().intact
    assert trail.verify(kept) == trail.Verdict(False, 1, 2, "rewritten")


def test_an_anchor_that_fits_leaves_the_chain_intact() -> None:
    happen()
    kept = trail.anchor()
    happen()
    assert trail.verify(kept).intact


def test_an_act_that_tells_nothing_does_nothing(rentree: World) -> None:
    @act
    def silent() -> None:
        ChainHead.objects.update(digest="1" * 64)

    with pytest.raises(RuntimeError, match="0 audit events"):
        silent()
    assert ChainHead.objects.get().digest == trail.START


def test_an_act_tells_one_thing() -> None:
    @act
    def twice() -> None:
        record(Event.DUE_RUN, by=SYSTEM)
        record(Event.DUE_RUN, by=SYSTEM)

    with pytest.raises(RuntimeError, match="2 audit events"):
        twice()
    assert not AuditEvent.objects.exists()


def test_an_act_inside_an_act_is_a_fault() -> None:
    @act
    def outer() -> None:
        happen()

    with pytest.raises(RuntimeError, match="inside another act"):
        outer()


def test_an_event_outside_an_act_is_a_fault() -> None:
    with pytest.raises(RuntimeError, match="inside an act"):
        record(Event.DUE_RUN, by=SYSTEM)


def test_events_are_counted_per_study(rentree: World) -> None:
    rentree.referred()
    assert trail.studies() == ["rentree"]
    assert 0 < trail.count("rentree") < AuditEvent.objects.count()
