"""Turns one address into Django's database settings: SQLite for one server, PostgreSQL for more."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def database(address: str, home: Path) -> dict[str, Any]:
    """Read `postgresql://user:password@host:port/name` or `sqlite:///path`; empty means SQLite in `home`.

    Raises ValueError, without repeating the password, for anything else.
    """
    if not address:
        return _sqlite(home / "opstap.sqlite3")
    parts = urlsplit(address)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or dict(parse_qsl(parts.query)).get("host", "")),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            # The wide questions behind each page are planned once for a connection, not each time they are asked.
            # A pooler in between must know prepared statements (PgBouncer 1.21 or newer does).
            "OPTIONS": {"server_side_binding": True, "prepare_threshold": 3},
        }
    raise ValueError(f"OPSTAP_DATABASE_URL: {parts.scheme or 'no'}:// is not known; use postgresql://… or sqlite:///…")


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            # A writer takes its lock at the start, so that two writers queue instead of failing half-way.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }
