"""A form that is sent twice does its work once.

Each form carries a mark of its own (`{% once %}`). What it asks is done together with keeping the mark; a second one
with the same mark finds it kept. When nothing was done after all, there is no mark.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from opstap.acts import marks

FIELD = "once"


class Again(Exception):
    """This very form was sent before, and what it asked was done then."""


def mark() -> str:
    """Make a mark for one drawing of one form."""
    return secrets.token_urlsafe(16)


@contextmanager
def once(request: HttpRequest, *, saying: str = "") -> Iterator[None]:
    """Do what is inside once for each mark; Again when it was done before. An error inside leaves no mark.

    `saying` is what the form says, where it may be sent with the same mark and other words (after going back).
    """
    given = request.POST.get(FIELD, "")[:64]
    if not given:
        yield
        return
    key = salted_hmac("opstap.once", f"{request.session.session_key}:{given}:{saying}", algorithm="sha256").hexdigest()
    try:
        with marks.once(key):
            yield
    except marks.DoneBefore:
        raise Again from None
