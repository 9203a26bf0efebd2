"""What a database needs now and then to stay quick."""

from __future__ import annotations

from django.db import connection


def refresh_statistics() -> None:
    """Let SQLite count its tables anew where they changed much, so that it chooses its indexes well.

    PostgreSQL does so by itself. Cheap when little changed, see https://www.sqlite.org/pragma.html#pragma_optimize.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # 0x10000: all tables, not only those this connection read; 0x02: count where that is worth it.
            cursor.execute("PRAGMA optimize = 0x10002")
