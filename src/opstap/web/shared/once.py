"""A form that is sent twice does its work once.

Each form carries a mark of its own (`{% once %}`). The first sending claims the mark; a second one with the same
mark finds it claimed. When nothing was done after all, the mark is given back.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.http import HttpRequest

FIELD = "once"
HOURS = 12


class Again(Exception):
    """This very form was sent before, and what it asked was done then."""


def mark() -> str:
    """Make a mark for one drawing of one form."""
    return secrets.token_urlsafe(16)


@contextmanager
def once(request: HttpRequest) -> Iterator[None]:
    """Do what is inside once for each mark; Again when it was done before. An error inside gives the mark back."""
    given = request.POST.get(FIELD, "")[:64]
    key = f"once:{request.session.session_key}:{given}"
    if given and not cache.add(key, True, HOURS * 3600):
        raise Again
    try:
        yield
    except BaseException:
        cache.delete(key)
        raise
