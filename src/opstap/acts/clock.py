"""The one clock of the acts, so that a demonstration or a rehearsal can live through a year in a minute."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_set: ContextVar[datetime | None] = ContextVar("opstap_clock", default=None)


def now() -> datetime:
    """Give the present moment, with its time zone."""
    return _set.get() or timezone.now()


def today() -> date:
    """Give the present day, in the installation's time zone."""
    return timezone.localdate(now())


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the acts inside happen at another moment."""
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)
