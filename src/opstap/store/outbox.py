"""The statements that every mail pays for: take it, see what holds for it now, write down what became of it.

Written in SQL since a run may hand over a hundred thousand. Outside a transaction each is committed by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

_FACTS = """
SELECT mail.id, mail.tries, mail.sealed, who.no_screen, who.time_zone, who.language, self.bounced_at, one.wrapped,
    asked.submitted_at, asked.voided_on, asked.void_reason, asked.closes_on
FROM store_mail mail
JOIN store_participant who ON who.id = mail.participant_id
LEFT JOIN store_identity self ON self.participant_id = who.id
LEFT JOIN store_personkey one ON one.participant_id = who.id
LEFT JOIN store_measurement asked ON asked.id = mail.measurement_id
WHERE mail.id IN ({places})
"""
#: How often a mail was tried, and everything else that decides whether it goes, as the database writes it.
Facts = tuple[int, tuple[Any, ...]]


def take(mail: int, at: datetime) -> bool:
    """Mark a mail that waits as being handed over; False when it waits no longer, since another run took it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE store_mail SET state = 'sending', sent_at = %s, tries = tries + 1 "
            "WHERE id = %s AND state = 'waiting'",
            [connection.ops.adapt_datetimefield_value(at), mail],
        )
        return bool(cursor.rowcount == 1)


def facts(mails: Sequence[int]) -> dict[int, Facts]:
    """Give what holds for mails now: alike at two moments means that nothing that matters has changed."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS.format(places=", ".join(["%s"] * len(mails))), mails)
        return {number: (tries, tuple(rest)) for number, tries, *rest in cursor.fetchall()}


def was_sent(mail: int, at: datetime) -> None:
    """Write down that the mail server accepted a mail."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE store_mail SET state = 'sent', sent_at = %s WHERE id = %s",
            [connection.ops.adapt_datetimefield_value(at), mail],
        )
