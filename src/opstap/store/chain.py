"""The two statements that every act ends with: take the head of the audit chain, put a link on it.

Written in SQL because every act pays for them; the head's row is locked until the act is over, so that two acts at
once take their numbers one after the other.
"""

from __future__ import annotations

import json

from django.db import connection

from opstap.store.models import AuditEvent


def take_head() -> tuple[int, str]:
    """Lock the head of the chain and give its number and digest."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT number, digest FROM store_chainhead WHERE id = 1{lock}")
        number, digest = cursor.fetchone()
    return int(number), str(digest)


def put_link(event: AuditEvent) -> None:
    """Write an event and make it the head."""
    at = connection.ops.adapt_datetimefield_value(event.at)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO store_auditevent (number, at, name, by, study, ids, digest) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [event.number, at, event.name, event.by, event.study, json.dumps(event.ids), event.digest],
        )
        cursor.execute("UPDATE store_chainhead SET number = %s, digest = %s WHERE id = 1", [event.number, event.digest])
