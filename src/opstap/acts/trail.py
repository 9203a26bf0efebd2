"""The audit trail: events chained by a keyed hash, so that a change, a cut or a swap shows.

Digest of an event = HMAC-SHA-256(audit key, digest of the event before ‖ canonical JSON of this one). The head is
one locked row: two acts at once take their numbers one after the other.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from opstap.acts import clock
from opstap.domain.events import Event
from opstap.store import chain
from opstap.store.models import AuditEvent, ChainHead, Study

START = "0" * 64


def append(event: Event, *, by: Any, study: Study | None, ids: dict[str, Any]) -> None:
    """Add an event to the chain, within the running transaction."""
    number, digest = chain.take_head()
    row = AuditEvent(
        number=number + 1,
        at=clock.now(),
        name=event.value,
        by=str(by.pk) if getattr(by, "pk", None) else "system",
        study=study.slug if study else "",
        ids=ids,
    )
    row.digest = _digest(digest, row)
    chain.put_link(row)


def _digest(before: str, row: AuditEvent) -> str:
    content = json.dumps(
        [row.number, row.at.astimezone(UTC).isoformat(), row.name, row.by, row.study, row.ids],
        sort_keys=True,
        separators=(",", ":"),
    )
    return hmac.new(settings.AUDIT_KEY.encode(), (before + content).encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """What verification found: how many events, and the number of the first that does not fit."""

    intact: bool
    events: int
    first_broken: int | None
    reason: str = ""


def verify(anchor: dict[str, Any] | None = None) -> Verdict:
    """Recompute the whole chain; with an anchor, also that the chain still contains what it says.

    An event is broken when its digest does not follow from its content and the event before, or when a number is
    missing. A chain cut at its end disagrees with the head, and with any anchor that left the system before.
    """
    digest, expected, events = START, 1, 0
    kept = {int(anchor["number"]): str(anchor["digest"])} if anchor else {}
    for row in AuditEvent.objects.order_by("number").iterator(chunk_size=2000):
        if row.number != expected:
            return Verdict(False, events, expected, "missing")
        digest = _digest(digest, row)
        if not hmac.compare_digest(digest, row.digest):
            return Verdict(False, events, row.number, "changed")
        if row.number in kept and not hmac.compare_digest(kept.pop(row.number), digest):
            return Verdict(False, events, row.number, "rewritten")
        events, expected = events + 1, expected + 1
    head = ChainHead.objects.get(pk=1)
    if (head.number, head.digest) != (events, digest):
        return Verdict(False, events, events + 1, "cut")
    if kept:
        return Verdict(False, events, events + 1, "cut")
    return Verdict(True, events, None)


def studies() -> list[str]:
    """List the names of the studies there are."""
    return list(Study.objects.order_by("slug").values_list("slug", flat=True))


def count(study: str) -> int:
    """Count the events of one study."""
    return AuditEvent.objects.filter(study=study).count()


def anchor() -> dict[str, Any]:
    """Give the head of the chain, to be kept outside the system: number, digest, moment."""
    head = ChainHead.objects.get(pk=1)
    return {
        "number": head.number,
        "digest": head.digest,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
