"""What every act has in common: one transaction, one check of who may, one event in the audit trail."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from django.db import transaction

from opstap.acts import locked_data, trail
from opstap.domain.events import CHANGES_DATA, Event
from opstap.store.models import Study

P = ParamSpec("P")
R = TypeVar("R")

_events: ContextVar[list[Event] | None] = ContextVar("opstap_events", default=None)


def act(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function an act: atomic, and with exactly one audit event, or nothing happens at all."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _events.get() is not None:
            raise RuntimeError(f"{function.__name__} was called inside another act: an act is one event")
        token = _events.set([])
        try:
            with transaction.atomic():
                result = function(*args, **kwargs)
                written = _events.get() or []
                if len(written) != 1:
                    raise RuntimeError(f"{function.__name__} wrote {len(written)} audit events instead of one")
        finally:
            _events.reset(token)
        return result

    run.is_act = True  # type: ignore[attr-defined]  # read by the test that every act is one
    return run


def record(event: Event, /, *, by: Any, study: Study | None = None, **ids: Any) -> None:
    """Write the act's event to the audit trail: ids only, never a value or a word."""
    written = _events.get()
    if written is None:
        raise RuntimeError("an audit event is written inside an act")
    written.append(event)
    trail.append(event, by=by, study=study, ids=ids)
    # After the event: whoever holds the end of the trail has it alone, so that a lock is either there or comes later.
    if event in CHANGES_DATA and study is not None:
        locked_data.refuse(study, ids.get("participant"))
