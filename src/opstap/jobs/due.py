"""Does what fell due: puts invitations and reminders in the outbox, and sends what waits there. Safe to run twice.

A report that somebody asked for and that nobody makes, since its process was broken off, is begun again.
"""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime

from opstap.acts import clock, reporting
from opstap.acts.doors import SYSTEM, entering
from opstap.acts.due import queue_due, send_waiting, tidy, waiting
from opstap.jobs import post, report


def run(at: datetime | None = None) -> dict[str, int]:
    """Run once, now or as if at another moment; counts `queued`, `sent`, `skipped`, `failed`, `unknown`, `waiting`.

    Without a mail server nothing is sent, nothing is lost, and `waiting` says how many letters there are.
    """
    with clock.at(at) if at else nullcontext(), entering(SYSTEM):
        counts = queue_due()
        try:
            post.check()
        except post.NoMailServer:
            counts["waiting"] = waiting()
        else:
            with post.round_of_post() as send:
                counts += send_waiting(send)
        tidy()
        if at is None and reporting.waiting():
            report.begin()
    return {name: counts[name] for name in ("queued", "sent", "skipped", "failed", "unknown", "waiting")}
