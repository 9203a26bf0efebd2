"""The two questions that every act pays for: what ties this account to this record, and whether its data are locked.

Written in SQL because everything pays for them: several tables in one statement.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.db import connection

_GRANTS = "SELECT 'grant' AS tie, role, study_id, site_id FROM store_grant WHERE user_id = %s AND revoked_at IS NULL"
_RECORD = """
UNION ALL SELECT 'linked', profession, NULL, NULL FROM store_carelink
    WHERE user_id = %s AND participant_id = %s AND until IS NULL
UNION ALL SELECT 'linked', care.profession, NULL, NULL FROM store_carelink care
    JOIN store_cover cover ON cover.user_id = care.user_id
    JOIN store_participant who ON who.id = care.participant_id AND who.study_id = cover.study_id
    WHERE cover.stand_in_id = %s AND care.participant_id = %s AND care.until IS NULL
    AND cover.since <= %s AND cover.until >= %s
UNION ALL SELECT 'linked', 'workplace', NULL, NULL FROM store_workplacelink
    WHERE user_id = %s AND participant_id = %s AND ended_on IS NULL
UNION ALL SELECT 'own', 'participant', NULL, NULL FROM store_identity
    WHERE user_id = %s AND participant_id = %s
"""

_BELONGS = """
UNION ALL SELECT 'own', 'participant', who.study_id, NULL FROM store_identity self
    JOIN store_participant who ON who.id = self.participant_id WHERE self.user_id = %s
"""

_LOCKS = """
SELECT EXISTS(SELECT 1 FROM store_studylock WHERE study_id = %s AND opened_at IS NULL),
    EXISTS(SELECT 1 FROM store_personlock part JOIN store_participant who ON who.id = part.participant_id
        WHERE who.pseudonym = %s AND part.opened_at IS NULL)
"""


class Tie(NamedTuple):
    """One tie: a `grant` of a role (in a study, at a site, or in the house), a record `linked` to, or one's `own`."""

    tie: str
    role: str
    study: int | None
    site: int | None


def ties(user: int, participant: int | None, on: date) -> list[Tie]:
    """List an account's grants, and with a participant also what ties it to that record on a day.

    Ended ties do not count; a colleague's do for whoever stands in for that colleague.
    """
    pair, day = [user, participant], connection.ops.adapt_datefield_value(on)
    asked = [user] if participant is None else [user, *pair, *pair, day, day, *pair, *pair]
    return _asked(_GRANTS if participant is None else _GRANTS + _RECORD, asked)


def belongings(user: int) -> list[Tie]:
    """List where an account belongs: its grants, and with `own` the study of its own record."""
    return _asked(_GRANTS + _BELONGS, [user, user])


def locks_on(study: int, pseudonym: str | None) -> tuple[bool, bool]:
    """Tell whether the data of a whole study are locked, and those of one person in it."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCKS, [study, pseudonym])
        whole, one = cursor.fetchone()
        return bool(whole), bool(one)


def _asked(statement: str, values: list[Any]) -> list[Tie]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Tie(*row) for row in cursor.fetchall()]
